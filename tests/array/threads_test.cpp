// Results do not depend on the number of threads, to the last bit.
#include <functional>
#include <string>
#include <vector>

#include "autograd/array/elementwise.h"
#include "autograd/array/matmul.h"
#include "autograd/array/reduce.h"
#include "autograd/array/softmax_rows.h"
#include "autograd/base/parallel.h"
#include "tests/catch.h"
#include "tests/reference/naive.h"
#include "tests/reference/same.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

struct Work {
  std::string name;
  std::function<Array(const Array& x, const Array& row)> run;
};

const std::vector<Work>& works() {
  static const std::vector<Work> list{
      {"tanh", [](const Array& x, const Array&) { return bind(Tanh{}, x); }},
      {"x + row", [](const Array& x, const Array& row) { return x + row; }},
      {"x + column", [](const Array& x, const Array&) { return x + sum(x, 0b10U, true); }},
      {"transposed + x",
       [](const Array& x, const Array&) {
         const std::vector<int> order{1, 0};
         return (x.permute(order) + x.permute(order)).packed();
       }},
      {"sum of all", [](const Array& x, const Array&) { return sum(x, 0b11U, false); }},
      {"sum of rows", [](const Array& x, const Array&) { return sum(x, 0b01U, false); }},
      {"sum of columns", [](const Array& x, const Array&) { return sum(x, 0b10U, false); }},
      {"softmax", [](const Array& x, const Array&) { return softmax(x, 0b10U, 0.0); }},
      {"logsumexp", [](const Array& x, const Array&) { return logsumexp(x, 0b01U, false, "logsumexp"); }},
      {"xᵀx", [](const Array& x, const Array&) { return matmul(x, x, true, false); }},
      {"xxᵀ", [](const Array& x, const Array&) { return matmul(x, x, false, true); }},
  };
  return list;
}

}  // namespace

TEST_CASE("threads: the same bits on any number of threads", "[threads]") {
  const int before = num_threads();
  Numbers numbers(21);
  for (const DType dtype : {DType::float32, DType::float64}) {
    for (const Shape& shape : {Shape{400, 513}, Shape{3000, 70}, Shape{70, 3001}}) {
      const Array x = random_array(numbers, shape, dtype);
      const Array row = random_array(numbers, {shape[1]}, dtype);
      for (const Work& work : works()) {
        INFO(work.name << " of " << to_string(shape) << ", " << name_of(dtype));
        set_num_threads(1);
        const Array expected = work.run(x, row);
        for (const int threads : {2, 3, 5}) {
          set_num_threads(threads);
          CHECK(difference(work.run(x, row), expected) == "");
        }
      }
    }
  }
  set_num_threads(before);
}
