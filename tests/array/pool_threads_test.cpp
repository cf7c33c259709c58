// Results do not depend on the number of threads, to the last bit.
#include <array>
#include <functional>
#include <string>
#include <vector>

#include "autograd/array/elementwise.h"
#include "autograd/array/matmul.h"
#include "autograd/array/reduce.h"
#include "autograd/array/softmax_rows.h"
#include "autograd/base/parallel.h"
#include "autograd/math/ops.h"
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
      {"tanh", [](const Array& x, const Array&) { return bind(ops::Tanh{}, x); }},
      {"x + row", [](const Array& x, const Array& row) { return x + row; }},
      {"x + column", [](const Array& x, const Array&) { return x + sum_axes(x, 0b10U, true); }},
      {"transposed + x",
       [](const Array& x, const Array&) {
         const std::vector<int> order{1, 0};
         return (x.permute(order) + x.permute(order)).packed();
       }},
      {"sum of all", [](const Array& x, const Array&) { return sum_axes(x, 0b11U, false); }},
      {"sum of rows", [](const Array& x, const Array&) { return sum_axes(x, 0b01U, false); }},
      {"sum of columns", [](const Array& x, const Array&) { return sum_axes(x, 0b10U, false); }},
      {"softmax", [](const Array& x, const Array&) { return softmax(x, 0b10U, 0.0); }},
      {"logsumexp", [](const Array& x, const Array&) { return logsumexp(x, 0b01U, false, "logsumexp"); }},
      {"xᵀx", [](const Array& x, const Array&) { return matmul(x, x, true, false); }},
      {"xxᵀ", [](const Array& x, const Array&) { return matmul(x, x, false, true); }},
  };
  return list;
}

// A product with its factors transposed or not, on several numbers of threads.
void check_product(Numbers& numbers, std::int64_t m, std::int64_t n, std::int64_t k, DType dtype) {
  const bool ta = numbers.chance(0.5);
  const bool tb = numbers.chance(0.5);
  const Array a = random_array(numbers, ta ? Shape{k, m} : Shape{m, k}, dtype);
  const Array b = random_array(numbers, tb ? Shape{n, k} : Shape{k, n}, dtype);
  INFO(m << " × " << k << (ta ? "ᵀ" : "") << " by " << k << " × " << n << (tb ? "ᵀ" : "") << ", " << name_of(dtype));
  set_num_threads(1);
  const Array expected = matmul(a, b, ta, tb);
  for (const int threads : {2, 3, 4, 8}) {
    set_num_threads(threads);
    CHECK(difference(matmul(a, b, ta, tb), expected) == "");
  }
}

}  // namespace

TEST_CASE("threads: the same bits on any number of threads", "[threads]") {
  const int before = num_threads();
  Numbers numbers(21);
  for (const DType dtype : {DType::float32, DType::float64}) {
    for (const Shape& shape : {Shape{400, 513}, Shape{1200, 70}, Shape{70, 1201}}) {
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

TEST_CASE("threads: products of many sizes have the same bits on any number of threads", "[threads]") {
  const int before = num_threads();
  Numbers numbers(22);
  for (int round = 0; round < 60; ++round) {
    const DType dtype = round % 2 == 0 ? DType::float32 : DType::float64;
    const auto side = [&] { return 1 + numbers.whole(round % 3 == 0 ? 900 : 150); };
    const std::int64_t m = side();
    const std::int64_t n = side();
    const std::int64_t k = side();
    check_product(numbers, m, n, k, dtype);
  }
  set_num_threads(before);
}

TEST_CASE("threads: products of layers have the same bits on any number of threads", "[threads]") {
  const int before = num_threads();
  Numbers numbers(23);
  const std::array<std::int64_t, 3> sizes[] = {{64, 128, 784},   {128, 512, 784},  {784, 512, 128}, {256, 1024, 1024},
                                               {688, 768, 1180}, {411, 1024, 683}, {299, 107, 977}, {200, 200, 768}};
  for (const auto& [m, n, k] : sizes) {
    for (int round = 0; round < 4; ++round) check_product(numbers, m, n, k, DType::float32);
    check_product(numbers, m, n, k, DType::float64);
  }
  set_num_threads(before);
}
