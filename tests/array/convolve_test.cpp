// Convolutions of every size and type, against plain loops in double, on any number of threads.
#include "autograd/array/convolve.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "autograd/base/parallel.h"
#include "autograd/math/ops.h"
#include "tests/catch.h"
#include "tests/reference/naive.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

struct Problem {
  Array x;
  Array w;
  Array bias;
  Array g;
  Convolution c;
};

/// A sum, and the sum of its terms' sizes: the measure for its rounding.
struct Sums {
  std::vector<double> value;
  std::vector<double> size;
  explicit Sums(std::int64_t count) : value(static_cast<std::size_t>(count)), size(value) {}
  void add(std::int64_t at, double term) {
    value[static_cast<std::size_t>(at)] += term;
    size[static_cast<std::size_t>(at)] += std::abs(term);
  }
};

struct Expected {
  Sums y;
  Sums x;
  Sums w;
};

/// All three convolutions by their definition, term by term.
Expected by_definition(const Problem& p) {
  const auto& [v, h] = p.c.window;
  const Shape sx = p.x.shape();
  const Shape sw = p.w.shape();
  const std::vector<double> x = p.x.to_vector();
  const std::vector<double> w = p.w.to_vector();
  const std::vector<double> g = p.g.to_vector();
  const std::vector<double> bias = p.bias.to_vector();
  Expected out{Sums(p.g.size()), Sums(p.x.size()), Sums(p.w.size())};
  std::int64_t at_y = 0;
  for (std::int64_t n = 0; n < sx[0]; ++n) {
    for (std::int64_t o = 0; o < sw[0]; ++o) {
      const std::int64_t first = n * sx[1] + o / (sw[0] / p.c.groups) * sw[1];  // the first plane that o sees
      for (std::int64_t i = 0; i < v.output; ++i) {
        for (std::int64_t j = 0; j < h.output; ++j, ++at_y) {
          out.y.add(at_y, bias[static_cast<std::size_t>(o)]);
          for (std::int64_t tap = 0; tap < sw[1] * v.kernel * h.kernel; ++tap) {
            const std::int64_t row = i * v.stride + tap / h.kernel % v.kernel * v.dilation - v.before;
            const std::int64_t column = j * h.stride + tap % h.kernel * h.dilation - h.before;
            if (row < 0 || row >= v.input || column < 0 || column >= h.input) continue;
            const std::int64_t at_x = ((first + tap / (v.kernel * h.kernel)) * v.input + row) * h.input + column;
            const std::int64_t at_w = o * sw[1] * v.kernel * h.kernel + tap;
            const double a = x[static_cast<std::size_t>(at_x)];
            const double b = w[static_cast<std::size_t>(at_w)];
            const double u = g[static_cast<std::size_t>(at_y)];
            out.y.add(at_y, a * b);
            out.x.add(at_x, u * b);
            out.w.add(at_w, u * a);
          }
        }
      }
    }
  }
  return out;
}

/// Empty, or the first number that is further from what is expected than rounding explains.
std::string wrong(const Array& got, const Sums& expected) {
  const double unit = got.dtype() == DType::float32 ? 0x1p-24 : 0x1p-53;
  const std::vector<double> numbers = got.to_vector();
  if (numbers.size() != expected.value.size()) return "another size";
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    if (!(std::abs(numbers[k] - expected.value[k]) <= 32 * unit * expected.size[k])) {
      return std::to_string(numbers[k]) + " is not " + std::to_string(expected.value[k]) + " at " + std::to_string(k);
    }
  }
  return "";
}

Problem random_problem(Numbers& numbers, const Convolution& c, std::int64_t images, std::int64_t channels,
                       std::int64_t outputs, DType dtype) {
  const auto& [v, h] = c.window;
  const auto random = [&](const Shape& shape) {
    return shuffled_in_memory(numbers, random_array(numbers, shape, DType::float32)).to(dtype);
  };
  return {random({images, c.groups * channels, v.input, h.input}),
          random({c.groups * outputs, channels, v.kernel, h.kernel}), random({c.groups * outputs}),
          random({images, c.groups * outputs, v.output, h.output}), c};
}

WindowAxis random_axis(Numbers& numbers, std::int64_t most) {
  WindowAxis a;
  a.kernel = 1 + numbers.whole(5);
  a.stride = numbers.chance(0.6) ? 1 : 1 + numbers.whole(3);
  a.dilation = numbers.chance(0.7) ? 1 : 2;
  const std::int64_t reach = a.dilation * (a.kernel - 1) + 1;
  // Padding in front and behind of its own, and inputs behind the last window.
  a.before = numbers.whole(std::min<std::int64_t>(reach, 4));
  const std::int64_t after = numbers.whole(std::min<std::int64_t>(reach, 4));
  a.input = std::max<std::int64_t>(reach - a.before - after, 1) + numbers.whole(most);
  a.output = (a.input + a.before + after - reach) / a.stride + 1;
  return a;
}

void check(const Problem& p) {
  INFO(to_string(p.x.shape()) << " by " << to_string(p.w.shape()) << " to " << to_string(p.g.shape()) << ", "
                              << p.c.groups << " groups, stride " << p.c.window[0].stride << " by "
                              << p.c.window[1].stride << ", dilation " << p.c.window[0].dilation << " by "
                              << p.c.window[1].dilation << ", "
                              << (p.x.dtype() == DType::float32 ? "float32" : "float64"));
  const Expected expected = by_definition(p);
  CHECK(wrong(convolve(p.x, p.w, p.c, p.bias), expected.y) == "");
  CHECK(wrong(convolve_input(p.g, p.w, p.c), expected.x) == "");
  CHECK(wrong(convolve_weight(p.x, p.g, p.c), expected.w) == "");
}

/// A square window over square images.
Convolution square(std::int64_t side, std::int64_t kernel, std::int64_t padding, std::int64_t stride = 1,
                   std::int64_t groups = 1) {
  const WindowAxis a{side, kernel, (side + 2 * padding - kernel) / stride + 1, stride, 1, padding};
  return {{a, a}, groups};
}

bool same_bits(const Array& a, const Array& b) {
  return a.shape() == b.shape() && std::memcmp(a.packed().bytes(), b.packed().bytes(),
                                               static_cast<std::size_t>(a.size()) * size_of(a.dtype())) == 0;
}

class Threads {
 public:
  explicit Threads(int count) : before_(num_threads()) { set_num_threads(count); }
  ~Threads() { set_num_threads(before_); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  int before_;
};

}  // namespace

TEST_CASE("convolve: all three passes in any geometry and both types, against plain loops", "[conv][array]") {
  Numbers numbers(81);
  for (int round = 0; round < 400; ++round) {
    Convolution c;
    if (numbers.chance(0.3)) c.groups = 1 + numbers.whole(20);
    c.window = {random_axis(numbers, 9), random_axis(numbers, 20)};
    const std::int64_t most = c.groups == 1 ? 40 : c.groups > 8 ? 2 : 9;
    check(random_problem(numbers, c, 1 + numbers.whole(4), 1 + numbers.whole(most), 1 + numbers.whole(most),
                         numbers.chance(0.7) ? DType::float32 : DType::float64));
  }
}

TEST_CASE("convolve: work for several threads, against plain loops", "[conv][array]") {
  Numbers numbers(82);
  for (const DType dtype : {DType::float32, DType::float64}) {
    check(random_problem(numbers, square(28, 3, 1), 7, 16, 32, dtype));
    check(random_problem(numbers, square(28, 3, 1, 2), 5, 32, 48, dtype));
    check(random_problem(numbers, square(30, 1, 0), 5, 64, 64, dtype));
    check(random_problem(numbers, square(40, 5, 2), 3, 3, 16, dtype));
    check(random_problem(numbers, square(24, 3, 1, 1, 32), 9, 1, 1, dtype));
    check(random_problem(numbers, square(20, 3, 1, 1, 2), 6, 16, 16, dtype));
    check(random_problem(numbers, square(60, 3, 1), 1, 20, 20, dtype));
    check(random_problem(numbers, square(20, 3, 1), 1, 70, 105, dtype));
    check(random_problem(numbers, {{WindowAxis{}, {700, 9, 700, 1, 1, 4}}, 1}, 5, 24, 20, dtype));
  }
}

TEST_CASE("convolve: the same bits on any number of threads", "[conv][array]") {
  Numbers numbers(83);
  const std::vector<Convolution> geometries = {square(28, 3, 1), square(28, 3, 1, 2), square(17, 1, 0),
                                               square(9, 3, 1),  square(64, 3, 1),    square(28, 3, 1, 1, 4)};
  for (const DType dtype : {DType::float32, DType::float64}) {
    for (const Convolution& c : geometries) {
      for (const std::int64_t images : {1, 5, 16}) {
        for (const std::int64_t channels : {3, images == 1 ? 64 : 16}) {
          const Problem p = random_problem(numbers, c, images, channels, images == 1 ? 80 : 32, dtype);
          INFO(to_string(p.x.shape()) << " by " << to_string(p.w.shape()));
          const auto all = [&](int threads) {
            const Threads set(threads);
            return std::vector{convolve(p.x, p.w, p.c, p.bias), convolve_input(p.g, p.w, p.c),
                               convolve_weight(p.x, p.g, p.c)};
          };
          const auto one = all(1);
          for (const int threads : {2, 3}) {
            const auto several = all(threads);
            for (std::size_t k = 0; k < one.size(); ++k) CHECK(same_bits(several[k], one[k]));
          }
        }
      }
    }
  }
}

TEST_CASE("convolve: NaN and infinity reach the windows that see them, and no others", "[conv][array]") {
  const double inf = std::numeric_limits<double>::infinity();
  Numbers numbers(84);
  for (const DType dtype : {DType::float32, DType::float64}) {
    for (const std::int64_t channels : {3, 16, 20}) {
      for (const double bad : {std::nan(""), inf}) {
        const Problem p = random_problem(numbers, square(12, 3, 1), 3, channels, 20, dtype);
        const auto at_5_6 = [&](const Array& a) {  // in the second plane of the second image
          std::vector<double> numbers_of = a.to_vector();
          numbers_of[static_cast<std::size_t>(((a.shape()[1] + 1) * 12 + 5) * 12 + 6)] = bad;
          return Array(a.shape(), numbers_of).to(dtype);
        };
        const auto near = [](const Index& at) {
          return at[0] == 1 && std::abs(at[2] - 5) <= 1 && std::abs(at[3] - 6) <= 1;
        };
        const Array y = convolve(at_5_6(p.x), p.w, p.c);
        for_each_index(y.shape(), [&](const Index& at) { CHECK(std::isfinite(element(y, at)) != near(at)); });
        const Array x = convolve_input(at_5_6(p.g), p.w, p.c);
        for_each_index(x.shape(), [&](const Index& at) { CHECK(std::isfinite(element(x, at)) != near(at)); });
        const Array by_x = convolve_weight(at_5_6(p.x), p.g, p.c);
        for_each_index(by_x.shape(), [&](const Index& at) { CHECK(std::isfinite(element(by_x, at)) == (at[1] != 1)); });
        const Array by_g = convolve_weight(p.x, at_5_6(p.g), p.c);
        for_each_index(by_g.shape(), [&](const Index& at) { CHECK(std::isfinite(element(by_g, at)) == (at[0] != 1)); });
      }
    }
  }
}

TEST_CASE("convolve: operands that repeat in memory", "[conv][array]") {
  Numbers numbers(85);
  Problem p = random_problem(numbers, square(28, 3, 1), 6, 16, 32, DType::float32);
  p.g = Array::full({}, 0.5, DType::float32).broadcast_to(p.g.shape());
  check(p);
  p.x = random_array(numbers, {1, 16, 28, 28}, DType::float32).broadcast_to(p.x.shape());
  check(p);
  p.w = random_array(numbers, {16, 3, 3}, DType::float32).broadcast_to(p.w.shape());
  p.bias = Array::full({}, 3.0, DType::float32).broadcast_to({32});
  check(p);
}
