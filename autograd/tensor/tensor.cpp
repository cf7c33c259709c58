#include "autograd/tensor/tensor.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "autograd/array/elementwise.h"
#include "autograd/base/error.h"
#include "autograd/tensor/rule.h"
#include "autograd/tensor/trace.h"

namespace gradus {

namespace {

Tensor make_leaf_tensor(Array value, LeafKind kind, std::string name) {
  if (!value.defined()) throw GraphError("[tensor] the array is empty: it was never given numbers");
  return Tensor(Array(), Counted<detail::Record>::adopt(detail::make_leaf(std::move(value), kind, std::move(name))));
}

}  // namespace

Tensor::Tensor(std::initializer_list<detail::NestedNumbers> list) : Tensor(detail::NestedNumbers::array(list)) {}

Tensor::Tensor(Array value, std::string name)
    : Tensor(make_leaf_tensor(std::move(value), LeafKind::constant, std::move(name))) {}

Tensor variable(Array value, std::string name) {
  return make_leaf_tensor(std::move(value), LeafKind::input, std::move(name));
}

Tensor parameter(Array value, std::string name) {
  return make_leaf_tensor(std::move(value), LeafKind::parameter, std::move(name));
}

// In a compiled function, numbers that come from its arguments are others in the next run.
Tensor variable(const Tensor& value, std::string name) {
  if (detail::is_traced(value.record().get())) return detail::passed(value.detach(), true);
  return variable(value.value(), std::move(name));
}

Tensor parameter(const Tensor& value, std::string name) {
  if (detail::is_traced(value.record().get())) return detail::passed(value.detach(), true);
  return parameter(value.value(), std::move(name));
}

void Tensor::throw_empty() {
  throw GraphError("[tensor] this tensor is empty: it was never given a value, or it was moved from");
}

detail::Leaf& Tensor::leaf(std::string_view what) const {
  if (!defined()) throw GraphError(fmt::format("[{}] this tensor is empty", what));
  if (!is_leaf()) throw GraphError(fmt::format("[{}] only a leaf has one: this tensor was computed", what));
  return static_cast<detail::Leaf&>(*record_);
}

void Tensor::refuse_to_look(std::string_view what) const { detail::refuse_in_trace(*this, what); }

double Tensor::item() const {
  refuse_to_look("item()");
  return value().item();
}

Tensor Tensor::constant_of_type(double x) const { return constant_like(*this, x); }

Tensor& Tensor::assign(Tensor result, std::string_view op) & {
  if (!result.value().same_shape(value())) {
    throw ShapeError(fmt::format("[{}] the tensor is {}, the result {}: x = x + y gives a tensor of another shape", op,
                                 gradus::to_string(shape()), gradus::to_string(result.shape())));
  }
  const bool held_by_others = is_leaf() && requires_grad() && !static_cast<const detail::Leaf&>(*record_).is_argument;
  if (!held_by_others) return *this = detail::cast_to(result, dtype());
  if (detail::recording()) {
    throw GraphError(
        fmt::format("[{}] this is a leaf that is differentiated, and would be one no more: give the result "
                    "a name of its own, or update the leaf by set_value() or inside a NoGrad",
                    op));
  }
  set_value(result.value());
  return *this;
}

Tensor& Tensor::operator+=(const Tensor& other) & { return assign(*this + other, "+="); }
Tensor& Tensor::operator-=(const Tensor& other) & { return assign(*this - other, "-="); }
Tensor& Tensor::operator*=(const Tensor& other) & { return assign(*this * other, "*="); }
Tensor& Tensor::operator/=(const Tensor& other) & { return assign(*this / other, "/="); }

std::string Tensor::name() const { return record_ && record_->named() ? record_->extra->name : std::string(); }

Tensor& Tensor::set_name(std::string name) {
  if (!record_) throw GraphError("[set_name] this value has no record: it is not part of a graph");
  record_->make_extra().name = std::move(name);
  return *this;
}

detail::Leaf& Tensor::leaf_like(const Array& value, std::string_view what) const {
  detail::Leaf& target = leaf(what);
  if (detail::tracing() != nullptr) [[unlikely]]
    detail::refuse_in_trace(fmt::format("{}()", what), "return the new value, and set it outside");
  if (!value.defined()) throw GraphError(fmt::format("[{}] the array is empty: it was never given numbers", what));
  if (!value.same_shape(target.result)) {
    throw ShapeError(fmt::format("[{}] the leaf is {}, the new value {}", what,
                                 gradus::to_string(target.result.shape()), gradus::to_string(value.shape())));
  }
  return target;
}

void Tensor::set_value(const Array& value) {
  detail::Leaf& target = leaf_like(value, "set_value");
  target.result = value.to(target.result.dtype());
}

void Tensor::descend(double rate, const Array& direction) {
  detail::Leaf& target = leaf_like(direction, "descend");
  const Array along = direction.to(target.result.dtype());
  const Array& from = target.result;
  // The op writes over the leaf's own numbers only if this handle is the last one.
  target.result = detail::run_op_over(ScaledDifference{{}, rate}, std::move(target.result), std::array{&from, &along});
}

Array Tensor::grad() const {
  const detail::Leaf& target = leaf("grad");
  detail::refuse_in_trace(".grad()", "use grad(y, {x}), whose result is a tensor");
  if (!target.requires_grad) throw GraphError("[grad] a constant has no gradient");
  return target.gradient.defined() ? target.gradient : Array::zeros(target.result.shape(), target.result.dtype());
}

bool Tensor::has_grad() const noexcept {
  if (const detail::Trace* trace = detail::tracing(); trace != nullptr) [[unlikely]] {
    const auto own = [this](const detail::GradientEffect& effect) { return effect.leaf.get() == record_.get(); };
    const auto latest = std::find_if(trace->effects.rbegin(), trace->effects.rend(), own);
    if (latest != trace->effects.rend()) return latest->gradient.defined();
  }
  return is_leaf() && static_cast<detail::Leaf&>(*record_).gradient.defined();
}

void Tensor::zero_grad() {
  detail::Leaf& target = leaf("zero_grad");
  if (detail::Trace* trace = detail::tracing(); trace != nullptr) [[unlikely]] {
    trace->effects.push_back({record_, Tensor()});
  } else {
    target.gradient = Array();
  }
}

HookHandle Tensor::add_hook(detail::HookFunction run) const {
  if (!requires_grad()) throw GraphError("[register_hook] this tensor has no gradient: it does not require one");
  return HookHandle(detail::add_hook(*record_, std::move(run)));
}

Tensor Tensor::detach() const {
  if (detail::is_traced(record_.get())) [[unlikely]]
    return detail::passed(*this, false);
  return Tensor(value());
}

std::string to_string(const Tensor& tensor) { return to_string(tensor.value()); }

}  // namespace gradus
