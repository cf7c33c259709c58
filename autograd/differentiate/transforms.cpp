#include "autograd/differentiate/transforms.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/differentiate/forward.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/mode.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/reshape.h"
#include "autograd/tensor/ops/structural.h"
#include "autograd/tensor/trace.h"

namespace gradus {

namespace detail {

void refuse_count(std::string_view op, std::size_t takes, std::size_t given) {
  throw GraphError(fmt::format("[{}] the function takes {} tensors, {} are given", op, takes, given));
}

namespace {

Tensor constant(Array value) { return Tensor(std::move(value), Counted<Record>()); }

// The directions, one for each x, of its shape and in its dtype.
template <class V>
std::vector<V> directions(TensorList x, TensorList v, std::string_view op) {
  if (x.size() != v.size()) {
    throw GraphError(fmt::format("[{}] {} tensors but {} tangents: each needs one", op, x.size(), v.size()));
  }
  std::vector<V> out;
  for (std::size_t k = 0; k < x.size(); ++k) {
    if (!v[k].value().same_shape(x[k].value())) {
      throw ShapeError(
          fmt::format("[{}] the tangent is {}, the tensor {}", op, to_string(v[k].shape()), to_string(x[k].shape())));
    }
    if constexpr (std::same_as<V, Array>) {
      out.push_back(v[k].value().to(x[k].dtype()));
    } else {
      out.push_back(cast(v[k], x[k].dtype()));
    }
  }
  return out;
}

Tensor as_tensor(Array a) { return constant(std::move(a)); }
Tensor as_tensor(Tensor t) { return t; }

template <class V>
Tensors or_zeros(std::vector<V> tangents, TensorList y) {
  Tensors out;
  for (std::size_t k = 0; k < y.size(); ++k) {
    out.push_back(tangents[k].defined() ? as_tensor(std::move(tangents[k]))
                                        : constant(Array::zeros(y[k].shape(), y[k].dtype())));
  }
  return out;
}

template <class V>
Tensors push(TensorList y, TensorList x, TensorList v, std::string_view op) {
  const std::vector<V> tangents = directions<V>(x, v, op);
  return or_zeros(ForwardWalk<V>(y, x).run(tangents), y);
}

// The same numbers, cut off from what computed them.
Tensors detached(const Tensors& list) {
  Tensors out;
  for (const Tensor& t : list) out.push_back(t.detach());
  return out;
}

// What a function that is being differentiated computes is differentiated in turn, the derivatives it takes among it.
Derivative inside_another(Derivative kind) { return differentiating() ? Derivative::recorded : kind; }

// Where a function is traced, numbers are what a recorded derivative gives, cut off afterwards.
bool traced_numbers(Derivative kind) { return kind == Derivative::plain && tracing() != nullptr; }

Tensors push(TensorList y, TensorList x, TensorList v, Derivative kind, std::string_view op) {
  kind = inside_another(kind);
  if (traced_numbers(kind)) return detached(push<Tensor>(y, x, v, op));
  return kind == Derivative::plain ? push<Array>(y, x, v, op) : push<Tensor>(y, x, v, op);
}

// Zeros of a tensor's shape with a 1 at one place.
Array unit(const Tensor& like, std::int64_t k) {
  Array out = Array::zeros(like.shape(), like.dtype());
  dispatch(out.dtype(), [&](auto zero) { out.mutable_data<decltype(zero)>()[k] = 1; });
  return out;
}

std::int64_t count(TensorList tensors) {
  std::int64_t n = 0;
  for (const Tensor& t : tensors) n += t.size();
  return n;
}

Shape joined_shape(const Shape& a, const Shape& b) {
  std::vector<std::int64_t> sizes(a.begin(), a.end());
  sizes.insert(sizes.end(), b.begin(), b.end());
  return Shape(std::span<const std::int64_t>(sizes));
}

// The axes of `width + height` numbers turned around: [columns..., rows...] to [rows..., columns...].
Tensor turned(const Tensor& t, int columns) {
  std::vector<int> order;
  for (int k = columns; k < t.rank(); ++k) order.push_back(k);
  for (int k = 0; k < columns; ++k) order.push_back(k);
  return permute(t, order);
}

// One block of a Jacobian from its rows, each of x's shape, in the order of the elements of y.
Tensor from_rows(const Tensors& rows, const Tensor& y, const Tensor& x) {
  const Shape shape = joined_shape(y.shape(), x.shape());
  const DType dtype = promote(y.dtype(), x.dtype());
  if (shape.size() == 0) return constant(Array::zeros(shape, dtype));
  return cast(reshape(ops::stack(rows), shape), dtype);
}
// The same from its columns, [elements of x, y.shape].
Tensor from_columns(const Tensor& columns, const Tensor& y, const Tensor& x) {
  const Shape shape = joined_shape(x.shape(), y.shape());
  const DType dtype = promote(y.dtype(), x.dtype());
  if (shape.size() == 0) return constant(Array::zeros(joined_shape(y.shape(), x.shape()), dtype));
  return cast(turned(reshape(columns, shape), x.rank()), dtype);
}

// Block [i][j] is ∂y[i]/∂x[j]: one backward pass for each element of y.
std::vector<Tensors> by_rows(const Evaluated& run, Derivative kind) {
  std::vector<Tensors> blocks;
  for (const Tensor& y : run.y) {
    std::vector<Tensors> rows(run.x.size());
    const Evaluated one{run.x, {y}};
    for (std::int64_t k = 0; k < y.size(); ++k) {
      const Tensor seed = constant(unit(y, k));
      Tensors row = pull_back(one, TensorList(&seed, 1), kind);
      for (std::size_t j = 0; j < row.size(); ++j) rows[j].push_back(std::move(row[j]));
    }
    Tensors& block = blocks.emplace_back();
    for (std::size_t j = 0; j < run.x.size(); ++j) block.push_back(from_rows(rows[j], y, run.x[j]));
  }
  return blocks;
}

// The directions of the elements of `like` from the first on, one behind the other along an axis in front.
Array units(const Tensor& like, std::int64_t first, std::int64_t count) {
  Array out = Array::zeros(in_front(count, like.shape()), like.dtype());
  dispatch(out.dtype(), [&](auto zero) {
    auto* numbers = out.mutable_data<decltype(zero)>();
    for (std::int64_t k = 0; k < count; ++k) numbers[k * like.size() + first + k] = 1;
  });
  return out;
}

// The same: a tangent pushed through for each element of x, so many at once as keep the arrays in reach of the caches.
std::vector<Tensors> by_columns_of_numbers(const Evaluated& run) {
  constexpr std::int64_t at_once = 1 << 21;  // numbers in an array
  const ForwardWalk<Array> walk(run.y, run.x);
  const std::int64_t most = std::max<std::int64_t>(at_once / walk.largest(), 1);
  std::vector<Tensors> blocks(run.y.size());
  for (std::size_t j = 0; j < run.x.size(); ++j) {
    std::vector<Tensors> columns(run.y.size());
    std::vector<Array> tangents(run.x.size());
    const std::int64_t size = run.x[j].size();
    for (std::int64_t k = 0; k < size; k += most) {
      const std::int64_t count = std::min(most, size - k);
      tangents[j] = units(run.x[j], k, count);
      const std::vector<Array> pushed = walk.run_many(tangents, count);
      for (std::size_t i = 0; i < pushed.size(); ++i) {
        const Tensor& y = run.y[i];
        columns[i].push_back(
            constant(pushed[i].defined() ? pushed[i] : Array::zeros(in_front(count, y.shape()), y.dtype())));
      }
    }
    for (std::size_t i = 0; i < run.y.size(); ++i) {
      const Tensor& y = run.y[i];
      if (columns[i].empty()) columns[i].push_back(constant(Array::zeros(in_front(0, y.shape()), y.dtype())));
      blocks[i].push_back(from_columns(concat(columns[i]), y, run.x[j]));
    }
  }
  return blocks;
}

// The same, recorded, one by one.
std::vector<Tensors> by_recorded_columns(const Evaluated& run) {
  const ForwardWalk<Tensor> walk(run.y, run.x);
  std::vector<Tensors> blocks(run.y.size());
  for (std::size_t j = 0; j < run.x.size(); ++j) {
    std::vector<Tensors> columns(run.y.size());
    Tensors tangents(run.x.size());
    for (std::int64_t k = 0; k < run.x[j].size(); ++k) {
      tangents[j] = constant(unit(run.x[j], k));
      Tensors column = or_zeros(walk.run(tangents), run.y);
      for (std::size_t i = 0; i < column.size(); ++i) columns[i].push_back(std::move(column[i]));
    }
    for (std::size_t i = 0; i < run.y.size(); ++i) {
      const Tensor& y = run.y[i];
      blocks[i].push_back(columns[i].empty() ? constant(Array::zeros(joined_shape(y.shape(), run.x[j].shape()),
                                                                     promote(y.dtype(), run.x[j].dtype())))
                                             : from_columns(ops::stack(columns[i]), y, run.x[j]));
    }
  }
  return blocks;
}
std::vector<Tensors> by_columns(const Evaluated& run, Derivative kind) {
  kind = inside_another(kind);
  if (kind == Derivative::plain && tracing() == nullptr) return by_columns_of_numbers(run);
  std::vector<Tensors> blocks = by_recorded_columns(run);
  if (kind == Derivative::plain) std::ranges::transform(blocks, blocks.begin(), detached);
  return blocks;
}

// h where it is the same in its mirror image or both are finite, else NaN.  A zero ends a path in the one order of
// differentiating and not in the other (K7): that is no number to rely on.
Tensor agreed(const Tensor& h, const Tensor& mirror) {
  const Tensor same = equal(h, mirror);
  const Tensor near = ops::less(abs(h - mirror), std::numeric_limits<double>::infinity());
  return where(maximum(same, near), h, std::numeric_limits<double>::quiet_NaN());
}
std::vector<Tensors> agreed(const std::vector<Tensors>& blocks, TensorList x) {
  std::vector<Tensors> out = blocks;
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j < x.size(); ++j) {
      if (i == j && x[i].size() <= 1) continue;
      out[i][j] = agreed(blocks[i][j], turned(blocks[j][i], x[j].rank()));
    }
  }
  return out;
}

// The function run, and its gradient recorded in place of its value.
Evaluated gradient_of(const Function& f, TensorList x, Derivative kind, std::string_view op) {
  Evaluated run = evaluate(f, x, kind);
  const Tensor& y = run.y[0];
  if (y.size() != 1) {
    throw GraphError(fmt::format("[{}] the function gives {}, not one number", op, to_string(y.shape())));
  }
  const Recording recording;
  return {run.x, recorded_grad_or_zeros(y, run.x)};
}

}  // namespace

Tensor argument_variable(Array value, std::string name) {
  Tensor out = variable(std::move(value), std::move(name));
  static_cast<Leaf&>(*out.record()).is_argument = true;
  return out;
}

Evaluated evaluate(const Function& f, TensorList x, Derivative kind) {
  kind = inside_another(kind);
  const Recording recording;
  Evaluated run;
  for (const Tensor& t : x) {
    // A record of its own, so that what f captures is not taken for its argument.
    if (is_traced(t.record().get())) {
      run.x.push_back(passed(t, true));
    } else {
      run.x.push_back(kind == Derivative::recorded && t.requires_grad() ? ops::identity(t)
                                                                        : argument_variable(t.value()));
    }
  }
  const Differentiating inside;
  run.y = f(run.x);
  return run;
}

Tensors results(const Evaluated& run, Derivative kind) {
  kind = inside_another(kind);
  if (kind == Derivative::recorded) return run.y;
  Tensors out;
  if (tracing() != nullptr) return detached(run.y);
  for (const Tensor& y : run.y) out.push_back(constant(y.value()));
  return out;
}

Tensors pull_back(const Evaluated& run, TensorList seeds, Derivative kind) {
  kind = inside_another(kind);
  if (traced_numbers(kind)) return detached(recorded_grad_or_zeros(run.y, run.x, seeds));
  if (kind == Derivative::recorded) return recorded_grad_or_zeros(run.y, run.x, seeds);
  std::vector<Array> numbers;
  for (const Tensor& seed : seeds) numbers.push_back(seed.value());
  return grad_or_zeros(run.y, run.x, numbers);
}

Tensors jvp(TensorList y, TensorList x, TensorList v, Derivative kind) { return push(y, x, v, kind, "jvp"); }

Pushed jvp(const Function& f, TensorList x, TensorList v, Derivative kind) {
  const Evaluated run = evaluate(f, x, kind);
  return {results(run, kind), push(run.y, run.x, v, kind, "jvp")};
}

ValueAndGrad value_and_grad(const Function& f, TensorList x, Derivative kind) {
  const Evaluated run = evaluate(f, x, kind);
  const Tensor& y = run.y[0];
  Tensors gradients = kind == Derivative::plain ? grad_or_zeros(y, run.x) : recorded_grad_or_zeros(y, run.x);
  return {results(run, kind)[0], std::move(gradients)};
}

std::vector<Tensors> jacobian(const Function& f, TensorList x, Derivative kind) {
  const Evaluated run = evaluate(f, x, kind);
  return count(run.y) <= count(run.x) ? by_rows(run, kind) : by_columns(run, kind);
}

std::vector<Tensors> hessian(const Function& f, TensorList x, Derivative kind) {
  return agreed(by_columns(gradient_of(f, x, kind, "hessian"), kind), x);
}

Tensors hvp(const Function& f, TensorList x, TensorList v, Derivative kind) {
  const Evaluated gradient = gradient_of(f, x, kind, "hvp");
  return push(gradient.y, gradient.x, v, kind, "hvp");
}

}  // namespace detail

}  // namespace gradus
