// Derivatives as functions: what they give is recorded, so that it can be differentiated again.
#include <fmt/format.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "autograd/base/text.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/differentiate/transforms.h"
#include "autograd/tensor/ops/reshape.h"
#include "tools/gradus/functions/function_table.h"
#include "tools/gradus/functions/stacking.h"

namespace gradus::command {

namespace {

using Given = const Invocation&;

/// What is differentiated by.
Tensor variable_of(Given c) {
  Tensor x = c.tensor(1);
  if (x.requires_grad()) return x;
  throw ValueError(
      fmt::format("[{}] {} is a constant here: bind it with --var or --param, without --const, and name it "
                  "in --wrt if that is given",
                  c.function(), in_quotes(x.name())));
}

/// What is differentiated; it must be one number for a gradient and a Hessian.
Tensor number_of(Given c) {
  Tensor f = c.tensor(0);
  if (f.size() == 1) return f;
  throw ShapeError(
      fmt::format("[{}] the gradient is that of one number, not of shape {}: take sum(...) or mean(...), or "
                  "jacobian(f, x)",
                  c.function(), to_string(f.shape())));
}

Tensor axis_of(const Tensor& like, std::int64_t k) {
  std::vector<double> numbers(static_cast<std::size_t>(like.size()), 0.0);
  numbers[static_cast<std::size_t>(k)] = 1.0;
  return Tensor(Array(like.shape(), numbers).to(like.dtype()));
}

Shape joined(const Shape& first, const Shape& second) {
  std::vector<std::int64_t> sizes(first.begin(), first.end());
  sizes.insert(sizes.end(), second.begin(), second.end());
  return Shape(std::span<const std::int64_t>(sizes));
}

/// ∂f/∂x of shape f.shape + x.shape, row by row or column by column, whichever are fewer.
Tensor jacobian_of(const Tensor& f, const Tensor& x) {
  const Shape shape = joined(f.shape(), x.shape());
  if (f.size() == 0 || x.size() == 0 || !f.requires_grad()) return Tensor(Array::zeros(shape, x.dtype()));
  std::vector<Tensor> lines;
  if (f.size() <= x.size()) {
    for (std::int64_t k = 0; k < f.size(); ++k) {
      const Tensor axis = axis_of(f, k);
      lines.push_back(detail::recorded_grad_or_zeros(std::span(&f, 1), std::span(&x, 1), std::span(&axis, 1))[0]);
    }
    return reshape(stacked(std::move(lines)), shape);
  }
  for (std::int64_t k = 0; k < x.size(); ++k) lines.push_back(recorded_jvp(f, {x}, {axis_of(x, k)}));
  const Tensor columns = reshape(stacked(std::move(lines)), {x.size(), f.size()});
  return reshape(transpose(columns), shape);
}

/// Zeros for a constant: an expression may well be one.
Tensor recorded_grad_of(Given c) {
  const Tensor x = variable_of(c);
  return gradus::detail::recorded_grad_or_zeros(number_of(c), std::span(&x, 1))[0];
}

}  // namespace

void add_derivatives(Definitions& list) {
  const auto add = [&](const char* name, const char* line, std::function<Value(Given)> action) {
    list.push_back(Definition(Theme::derivatives, name, "f, x", {}, line, std::move(action)).of_name(2));
  };
  add("grad", "∂f/∂x of a number f by a variable or a named value x, of x's shape",
      [](Given c) -> Value { return recorded_grad_of(c); });
  add("jacobian", "∂f/∂x, of f's shape and behind it x's",
      [](Given c) -> Value { return jacobian_of(c.tensor(0), variable_of(c)); });
  add("hessian", "∂²f/∂x² of a number f, of x's shape twice", [](Given c) -> Value {
    const Tensor x = variable_of(c);
    return jacobian_of(recorded_grad_of(c), x);
  });
}

}  // namespace gradus::command
