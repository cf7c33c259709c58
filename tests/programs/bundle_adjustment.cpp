// Bundle adjustment: two cameras of four, and all points, from where each camera sees them.  Blocks of the Jacobian, nine numbers at
// a time in forward mode, are those of the tape; the steps are Levenberg and Marquardt's.
#include <cmath>

#include "verify.h"
using namespace gradus;

constexpr std::size_t cameras = 4, known = 2, points = 12, first_point = 6 * (cameras - known);

/// Where a camera, turned about each axis and moved, sees a point: x is three angles, where to, and the point.
template <class S>
std::array<S, 2> seen(const std::array<S, 9>& x) {
  const auto turned = [](const S& a, const S& b, const S& angle) {
    return std::array<S, 2>{cos(angle) * a - sin(angle) * b, sin(angle) * a + cos(angle) * b};
  };
  const auto [y, z] = turned(x[7], x[8], x[0]);
  const auto [depth, right] = turned(z, x[6], x[1]);
  const auto [across, down] = turned(right, y, x[2]);
  return {(across + x[3]) / (depth + x[5]), (down + x[4]) / (depth + x[5])};
}

/// The place among the unknowns of the k-th number that a view is made of; beyond all of them: it is known.
std::size_t place(std::size_t camera, std::size_t point, std::size_t k) {
  return k < 6 ? 6 * (camera - known) + k : first_point + 3 * point + k - 6;
}

template <class S>
std::vector<S> views(std::span<const S> x) {
  std::vector<S> out;
  for (std::size_t camera = 0; camera < cameras; ++camera) {
    for (std::size_t point = 0; point < points; ++point) {
      std::array<S, 9> in;
      for (std::size_t k = 0; k < 9; ++k) {
        const std::size_t at = place(camera, point, k);
        in[k] = at < x.size() ? x[at] : S(k == 5 ? 6.0 : 0.1 * static_cast<double>(camera));
      }
      for (const S& number : seen(in)) out.push_back(number);
    }
  }
  return out;
}

int main() {
  const Key key{.seed = 8};
  const Tensor turns = concat({normal({2, 3}, 0.0, 0.2, key.part(0)), Tensor{{0.3, -0.2, 6.0}, {-0.4, 0.1, 5.5}}}, 1);
  const std::vector<double> truth =
      concat({reshape(turns, {-1}), normal({std::int64_t{3 * points}}, 0.0, 1.0, key.part(1))}).to_vector();
  const std::vector<double> seen_there = views<double>(truth);
  const auto start = (Tensor(truth) + normal({std::ssize(truth)}, 0.0, 0.05, key.part(2))).to_vector();
  const auto residuals = [&]<class S>(std::span<const S> x) {
    std::vector<S> r = views(x);
    for (std::size_t k = 0; k < r.size(); ++k) r[k] = r[k] - seen_there[k];
    return r;
  };

  Tape tape;
  std::vector<Scalar> x;
  for (const double number : start) x.push_back(tape.variable(number));
  const std::vector<double> jacobian = tape.jacobian(residuals(std::span<const Scalar>(x)), x);
  double blocks = 0.0;
  for (std::size_t point = 0; point < points; ++point) {
    std::array<double, 9> in{};
    for (std::size_t k = 0; k < 9; ++k) in[k] = start[place(3, point, k)];
    const auto block = gradient_forward([](const auto& numbers) { return seen(numbers); }, in).jacobian;
    for (std::size_t i = 0; i < 2; ++i) {
      for (std::size_t k = 0; k < 9; ++k) {
        const std::size_t row = 2 * (3 * points + point) + i;
        blocks = std::max(blocks, std::abs(block[i][k] - jacobian[row * start.size() + place(3, point, k)]));
      }
    }
  }

  const auto found = least_squares(residuals, start, {.gradient_tolerance = 1e-13});
  const bool right = within("blocks of the Jacobian", blocks, 1e-13) &&
                     within("truth", apart(Tensor(found.x), Tensor(truth)), 1e-10) &&
                     within("steps", found.iterations, 12);
  return right ? 0 : 1;
}
