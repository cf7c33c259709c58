#include "autograd/save/saved_op_shapes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "autograd/base/error.h"

namespace gradus::detail {

namespace {

std::vector<std::int64_t> list_of(const Shape& shape) { return {shape.begin(), shape.end()}; }
Shape as_shape(const std::vector<std::int64_t>& sizes) { return Shape(std::span<const std::int64_t>(sizes)); }

[[noreturn]] void refuse(std::string_view op, std::string_view what, const Shape& x) {
  throw ShapeError(fmt::format("[{}] {}: {}", op, what, to_string(x)));
}

void need_rank(std::string_view op, const Shape& x, int least) {
  if (x.rank() < least) refuse(op, fmt::format("{} axes are needed at least", least), x);
}

/// The last two axes must be what the window says.
void need_window(std::string_view op, const WindowAxes& window, const Shape& x, std::int64_t WindowAxis::*size) {
  need_rank(op, x, 2);
  for (int k = 0; k < 2; ++k) {
    if (x[x.rank() - 2 + k] != window[static_cast<std::size_t>(k)].*size) {
      refuse(op, "the window belongs to other sizes", x);
    }
  }
}

/// Padding behind an input, which follows from the output, is no wider than the window.
void need_overlap(std::string_view op, const WindowAxes& window) {
  for (const WindowAxis& axis : window) {
    const std::int64_t reach = (axis.kernel - 1) * axis.dilation + 1;
    const std::int64_t end = (axis.output - 1) * axis.stride + reach - axis.before;
    const bool fits = reach <= axis.input + 2 * axis.before + axis.stride;
    if (!fits || axis.before > reach || end > axis.input + reach + axis.stride) {
      throw ShapeError(fmt::format("[{}] the window leaves the input", op));
    }
  }
}

/// What a file asks for is computed when it is read: it must come to an end.
void need_bounded(std::string_view op, double products, const Shape& result) {
  constexpr double most = 1e11;
  if (products > most) refuse(op, "too much work for", result);
}

double taps(const WindowAxes& window) {
  return static_cast<double>(window[0].kernel) * static_cast<double>(window[1].kernel);
}

Shape windowed(std::string_view op, const Shape& x, const WindowAxes& window) {
  std::vector<std::int64_t> sizes = list_of(x);
  sizes[sizes.size() - 2] = window[0].output;
  sizes[sizes.size() - 1] = window[1].output;
  Shape result = as_shape(sizes);
  need_bounded(op, taps(window) * static_cast<double>(result.size()), result);
  return result;
}

void need_one_axis(std::string_view op, std::uint32_t axes, const Shape& x) {
  if (axes == 0 && x.rank() > 0) refuse(op, "no axis is given", x);
}

}  // namespace

std::optional<Shape> result_shape(const Broadcast& op, Shapes x) {
  if (!broadcasts_to(x[0], op.shape))
    refuse(Broadcast::name, fmt::format("cannot become {}", to_string(op.shape)), x[0]);
  return op.shape;
}

std::optional<Shape> result_shape(const Reshape& op, Shapes x) {
  if (x[0].size() != op.shape.size()) refuse(Reshape::name, fmt::format("cannot become {}", to_string(op.shape)), x[0]);
  return op.shape;
}

std::optional<Shape> result_shape(const MatMul& op, Shapes x) {
  for (const Shape& factor : x) need_rank(MatMul::name, factor, 2);
  const auto seen = [](const Shape& s, bool transposed) {
    std::vector<std::int64_t> sizes = list_of(s);
    if (transposed) std::swap(sizes[sizes.size() - 1], sizes[sizes.size() - 2]);
    return sizes;
  };
  const std::vector<std::int64_t> a = seen(x[0], op.transpose_a);
  const std::vector<std::int64_t> b = seen(x[1], op.transpose_b);
  if (a[a.size() - 1] != b[b.size() - 2]) {
    throw ShapeError(
        fmt::format("[matmul] inner sizes differ: {} by {}", to_string(as_shape(a)), to_string(as_shape(b))));
  }
  const Shape all = broadcast(as_shape({a.begin(), a.end() - 2}), as_shape({b.begin(), b.end() - 2}), MatMul::name);
  if (!broadcasts_to(op.batch, all))
    refuse(MatMul::name, fmt::format("batches {} cannot become", to_string(all)), op.batch);
  std::vector<std::int64_t> sizes = list_of(op.batch);
  sizes.insert(sizes.end(), {a[a.size() - 2], b[b.size() - 1]});
  Shape result = as_shape(sizes);
  need_bounded(MatMul::name, static_cast<double>(a.back()) * static_cast<double>(result.size()), result);
  return result;
}

std::optional<Shape> result_shape(const CrossEntropy& op, Shapes x) {
  if (x[0].rank() != 2 || op.labels.size() != x[0][0]) {
    refuse(CrossEntropy::name, fmt::format("{} labels do not suit", op.labels.size()), x[0]);
  }
  for (const std::int64_t label : op.labels.values()) {
    if (label >= x[0][1]) refuse(CrossEntropy::name, fmt::format("label {} is out of range", label), x[0]);
  }
  return Shape{x[0][0]};
}

std::optional<Shape> result_shape(const CumSum& op, Shapes x) {
  need_one_axis(CumSum::name, op.axes, x[0]);
  return x[0];
}
std::optional<Shape> result_shape(const CumProd& op, Shapes x) {
  need_one_axis(CumProd::name, op.axes, x[0]);
  return x[0];
}

std::optional<Shape> matrices_shape(std::string_view op, Shapes x) {
  need_rank(op, x[0], 2);
  return x[0];
}

std::optional<Shape> result_shape(const DiagonalMatrix& op, Shapes x) {
  need_rank(DiagonalMatrix::name, x[0], 1);
  if (op.rows < 0 || op.columns < 0) refuse(DiagonalMatrix::name, "a negative size for", x[0]);
  const std::int64_t down = std::max<std::int64_t>(-op.offset, 0);
  const std::int64_t right = std::max<std::int64_t>(op.offset, 0);
  const std::int64_t length = std::max<std::int64_t>(std::min(op.rows - down, op.columns - right), 0);
  if (x[0][x[0].rank() - 1] != length) {
    refuse(DiagonalMatrix::name, fmt::format("the diagonal of [{}, {}] is not", op.rows, op.columns), x[0]);
  }
  std::vector<std::int64_t> sizes = list_of(x[0]);
  sizes.pop_back();
  sizes.insert(sizes.end(), {op.rows, op.columns});
  return as_shape(sizes);
}

std::optional<Shape> result_shape(const Diagonal&, Shapes x) {
  need_rank(Diagonal::name, x[0], 2);
  return std::nullopt;
}

std::optional<Shape> result_shape(const JoinAxes& op, Shapes x) {
  if (op.first >= op.second || op.second >= x[0].rank() || x[0][op.first] != x[0][op.second]) {
    refuse(JoinAxes::name, fmt::format("axes {} and {} have no diagonal", op.first, op.second), x[0]);
  }
  return std::nullopt;
}

std::optional<Shape> result_shape(const SplitAxes& op, Shapes x) {
  if (op.first >= op.second || op.second > x[0].rank() || op.first >= x[0].rank()) {
    refuse(SplitAxes::name, fmt::format("axes {} and {} are out of range", op.first, op.second), x[0]);
  }
  std::vector<std::int64_t> sizes = list_of(x[0]);
  sizes.insert(sizes.begin() + op.second, sizes[static_cast<std::size_t>(op.first)]);
  return as_shape(sizes);
}

std::optional<Shape> result_shape(const Concat& op, Shapes x) {
  if (op.axis >= x[0].rank()) refuse(Concat::name, fmt::format("axis {} is out of range", op.axis), x[0]);
  std::vector<std::int64_t> sizes = list_of(x[0]);
  for (const Shape& other : x.subspan(1)) {
    for (int k = 0; k < x[0].rank(); ++k) {
      if (other.rank() != x[0].rank() || (k != op.axis && other[k] != x[0][k])) {
        refuse(Concat::name, fmt::format("{} does not fit behind", to_string(other)), x[0]);
      }
    }
    sizes[static_cast<std::size_t>(op.axis)] += other[op.axis];
  }
  return as_shape(sizes);
}

std::optional<Shape> result_shape(const Pad& op, Shapes x) {
  if (op.window.shape() != x[0]) refuse(Pad::name, "the window belongs to other sizes", x[0]);
  return op.window.whole();
}

std::optional<Shape> result_shape(const Extract& op, Shapes x) {
  if (op.window.whole() != x[0]) refuse(Extract::name, "the window belongs to other sizes", x[0]);
  return std::nullopt;
}

std::optional<Shape> result_shape(const Convolve& op, Shapes x) {
  const auto& [window, groups] = op.geometry;
  if (x[0].rank() != 4) refuse(Convolve::name, "four axes are needed", x[0]);
  if (x[1].rank() != 4) refuse(Convolve::name, "four axes are needed", x[1]);
  need_window(Convolve::name, window, x[0], &WindowAxis::input);
  need_window(Convolve::name, window, x[1], &WindowAxis::kernel);
  need_overlap(Convolve::name, window);
  if (x[1][0] % groups != 0 || x[0][1] != x[1][1] * groups) {
    refuse(Convolve::name, fmt::format("the weight {} does not suit", to_string(x[1])), x[0]);
  }
  const Shape result{x[0][0], x[1][0], window[0].output, window[1].output};
  const auto channels = static_cast<double>(x[1][1]);
  need_bounded(Convolve::name, taps(window) * channels * static_cast<double>(result.size()), result);
  return result;
}

std::optional<Shape> result_shape(const ConvolveBiased& op, Shapes x) {
  std::optional<Shape> shape = result_shape(Convolve{{}, op.geometry}, x.first(2));
  if (x[2] != Shape{x[1][0]}) refuse(ConvolveBiased::name, "the bias does not suit", x[2]);
  return shape;
}

std::optional<Shape> result_shape(const ConvolveInput& op, Shapes x) {
  const auto& window = op.geometry.window;
  for (const Shape& s : x) need_rank(ConvolveInput::name, s, 4);
  const Shape image{x[0][0], x[1][1] * op.geometry.groups, window[0].input, window[1].input};
  if (result_shape(Convolve{{}, op.geometry}, std::array{image, x[1]}) != x[0]) {
    refuse(ConvolveInput::name, "the window belongs to other sizes", x[0]);
  }
  return image;
}

std::optional<Shape> result_shape(const ConvolveWeight& op, Shapes x) {
  const auto& [window, groups] = op.geometry;
  for (const Shape& s : x) need_rank(ConvolveWeight::name, s, 4);
  if (x[0][1] % groups != 0) refuse(ConvolveWeight::name, "the groups do not suit", x[0]);
  const Shape weight{x[1][1], x[0][1] / groups, window[0].kernel, window[1].kernel};
  if (result_shape(Convolve{{}, op.geometry}, std::array{x[0], weight}) != x[1]) {
    refuse(ConvolveWeight::name, "the window belongs to other sizes", x[1]);
  }
  return weight;
}

std::optional<Shape> result_shape(const MaxPool& op, Shapes x) {
  need_window(MaxPool::name, op.window, x[0], &WindowAxis::input);
  need_overlap(MaxPool::name, op.window);
  return windowed(MaxPool::name, x[0], op.window);
}

std::optional<Shape> result_shape(const AvgPool& op, Shapes x) {
  need_window(AvgPool::name, op.average.window, x[0], &WindowAxis::input);
  need_overlap(AvgPool::name, op.average.window);
  return windowed(AvgPool::name, x[0], op.average.window);
}

}  // namespace gradus::detail
