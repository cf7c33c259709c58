#include "autograd/tensor/ops/softmax.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "autograd/array/softmax_rows.h"
#include "autograd/base/parallel.h"
#include "autograd/tensor/boxed_rule.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/shape_checks.h"

namespace gradus {

namespace {

// f(i, row i, its length, its label, where the row's results go) for each row of a matrix that has a label, else zeros.
template <class F>
Array map_labelled(const Array& x, const Indices& labels, const Shape& shape, F&& f) {
  const Array flat = x.packed();
  const std::int64_t columns = x.sizes()[1];
  Array out = Array::uninitialized(shape, x.dtype());
  const std::int64_t width = labels.size() == 0 ? 0 : out.size() / labels.size();
  dispatch(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    detail::spread(labels.size(), columns, [&](std::int64_t i) {
      T* to = out.mutable_data<T>() + i * width;
      if (labels[i] < 0) {
        std::fill_n(to, width, T(0));
      } else {
        f(i, flat.data<T>() + i * columns, columns, labels[i], to);
      }
    });
  });
  return out;
}

// exp_row, where nothing can be told of a row of −∞ alone (K12).
template <class T>
ExpRow exp_of_labelled(const T* row, std::int64_t n, T* out) {
  ExpRow e = exp_row<T>(row, n, out);
  if (e.largest == -std::numeric_limits<double>::infinity()) e.others = std::numeric_limits<double>::quiet_NaN();
  return e;
}

// g · (softmax(row) − one-hot(label)); nothing at all where g is 0 (K7).
template <class T>
void write_slope(const T* row, std::int64_t n, std::int64_t label, double g, T* to) {
  if (g == 0.0) {
    std::fill_n(to, n, T(0));
    return;
  }
  const ExpRow e = exp_of_labelled<T>(row, n, to);
  const bool is_largest = static_cast<double>(row[label]) == e.largest;
  const double rest = is_largest ? e.others : (1.0 + e.others) - static_cast<double>(to[label]);
  const double share = g / (1.0 + e.others);
  scale_row<T>(to, n, share);
  to[label] = static_cast<T>(-rest * share);
}

}  // namespace

Array Softmax::value(const Array& x) const { return gradus::softmax(x, axes, of_nothing); }

Array LogSumExp::value(const Array& x) const {
  if (x.size() == 0) {  // −∞ is the neutral element
    return Array::full(reduced(x.shape(), axes, keepdims), -std::numeric_limits<double>::infinity(), x.dtype());
  }
  return gradus::logsumexp(x, axes, keepdims, name);
}

Shape CrossEntropy::result_shape(std::span<const Shape> x) const {
  if (x[0].rank() != 2 || labels.size() != x[0][0]) {
    detail::refuse_shape(name, fmt::format("{} labels do not suit", labels.size()), x[0]);
  }
  for (const std::int64_t label : labels.values()) {
    if (label >= x[0][1]) detail::refuse_shape(name, fmt::format("label {} is out of range", label), x[0]);
  }
  return Shape{x[0][0]};
}

Array CrossEntropy::value(const Array& x) const {
  return map_labelled(x, labels, {x.sizes()[0]},
                      [](std::int64_t, const auto* row, std::int64_t n, std::int64_t label, auto* to) {
                        using T = std::remove_reference_t<decltype(*to)>;
                        const ExpRow e = exp_of_labelled<T>(row, n, nullptr);
                        const auto at_label = static_cast<double>(row[label]);
                        const double gap = at_label == e.largest ? 0.0 : e.largest - at_label;
                        *to = static_cast<T>(std::log1p(e.others) + gap);
                      });
}

Array CrossEntropyPullback::value(const Array& g, const Array& x) const {
  const Array of_rows = g.packed();
  return map_labelled(x, labels, x.shape(),
                      [&](std::int64_t i, const auto* row, std::int64_t n, std::int64_t label, auto* to) {
                        using T = std::remove_reference_t<decltype(*to)>;
                        write_slope<T>(row, n, label, static_cast<double>(of_rows.data<T>()[i]), to);
                      });
}

Array CrossEntropySlope::value(const Array& x) const {
  return map_labelled(x, labels, x.shape(),
                      [](std::int64_t, const auto* row, std::int64_t n, std::int64_t label, auto* to) {
                        write_slope<std::remove_reference_t<decltype(*to)>>(row, n, label, 1.0, to);
                      });
}

Array CrossEntropySlope::counted_rows(DType dtype) const {
  std::vector<double> counts(labels.values().size());
  std::ranges::transform(labels.values(), counts.begin(), [](std::int64_t label) { return label < 0 ? 0.0 : 1.0; });
  return Array(Shape{labels.size(), 1}, counts).to(dtype);
}

// ------------------------------------------------------------------------------- the rules as they are taught (taught_rule.h)

namespace {

using detail::along, detail::call_on, detail::times;

/// Whether an array of so many axes is taken in parts.
bool in_parts(std::uint32_t axes, int rank) { return rank >= 2 && axes != (1U << rank) - 1U; }

/// "axis=1" where an array of so many axes is taken in parts, along one of them.
std::vector<Formula> named_axis(std::uint32_t axes, int rank) {
  if (!in_parts(axes, rank) || std::popcount(axes) != 1) return {};
  return {Formula(fmt::format("axis={}", std::countr_zero(axes)))};
}

/// Σ of all numbers; of a part for each number in it sum(x, axis=1, keepdims=true).
Formula added_up(const Formula& x, std::uint32_t axes, int rank) {
  std::vector<Formula> options = named_axis(axes, rank);
  if (options.empty()) return call_on("Σ", x);
  options.emplace_back(std::string("keepdims=true"));
  return call_on("sum", x, options);
}

}  // namespace

TaughtRule Softmax::taught(std::size_t, const TaughtStep& step) const {
  const int rank = step.shape.rank();
  return {times(step.y, step.gradient - added_up(times(step.y, step.gradient), axes, rank)),
          fmt::format("{} adds up all numbers{}: it is the mean of G, weighed by the shares",
                      named_axis(axes, rank).empty() ? "Σ" : "sum", along(axes, rank))};
}

TaughtRule LogSoftmax::taught(std::size_t, const TaughtStep& step) const {
  const int rank = step.shape.rank();
  const std::vector<Formula> axis = named_axis(axes, rank);
  return {step.gradient - times(call_on("softmax", step.x[0], axis), added_up(step.gradient, axes, rank)),
          fmt::format("softmax and {} run over all numbers{}, as on the way forward", axis.empty() ? "Σ" : "sum",
                      along(axes, rank))};
}

std::string_view LogSumExp::convention(const Array& x, const Array&) const {
  for (const double v : value(x).to_vector()) {
    if (v < -std::numeric_limits<double>::max()) {
      return "nothing can be told of numbers that are all −∞: the derivative of logsumexp is taken as 0";
    }
  }
  return "";
}

TaughtRule LogSumExp::taught(std::size_t, const TaughtStep& step) const {
  return {times(step.gradient, call_on("softmax", step.x[0], named_axis(axes, step.shape.rank()))),
          fmt::format("each number{} receives its share of G", along(axes, step.shape.rank()))};
}

TaughtRule CrossEntropy::taught(std::size_t, const TaughtStep& step) const {
  const bool ignores = std::ranges::any_of(labels.values(), [](std::int64_t label) { return label < 0; });
  const bool has_parts = step.parts.size() == 2;
  const Formula p = has_parts ? step.parts[0] : call_on("softmax", step.x[0]);
  const Formula label = has_parts ? step.parts[1] : Formula::call("onehot", step.options);
  return {times(step.gradient, p - label),
          fmt::format("each row holds its probabilities, less 1 at its label, times its number of G{}",
                      ignores ? "; a row without a label (–) receives 0" : "")};
}

Formula Softmax::spelled(const Formula& x) {
  const Formula e = exp(x);
  return e / call_on("Σ", e);
}

std::vector<TaughtPart> CrossEntropy::parts(const Array& x, const Formula& name,
                                            std::span<const Formula> options) const {
  if (!x.defined() || !x.has_data()) return {};
  return {{"p P", call_on("softmax", name), Softmax{{}, 0b10}.value(x)},
          {"y t Y", Formula::call("onehot", options), one_hot(x.shape()).to(x.dtype())}};
}

Array CrossEntropy::one_hot(const Shape& shape) const {
  std::vector<double> ones(static_cast<std::size_t>(shape.size()), 0.0);
  for (std::int64_t row = 0; row < labels.size(); ++row) {
    const std::int64_t label = labels.values()[static_cast<std::size_t>(row)];
    if (label >= 0) ones[static_cast<std::size_t>(row * shape[1] + label)] = 1.0;
  }
  return Array(shape, ones);
}

// The same in ops that people know.

namespace {

// A reduced array, beside what it was reduced from.
Tensor beside(const Tensor& reduced_array, std::uint32_t axes, const Tensor& x) {
  return broadcast_to(reshape(reduced_array, reduced(x.shape(), axes, true)), x.shape());
}

Tensor all_added(const Tensor& x, std::uint32_t axes) { return beside(apply(Sum{{}, axes, false}, x), axes, x); }

}  // namespace

Tensor Softmax::plain_vjp(std::size_t, const Tensor& g, std::span<const Tensor>, const Tensor& y) const {
  return y * (g - all_added(y * g, axes));
}

Tensor LogSoftmax::plain_vjp(std::size_t, const Tensor& g, std::span<const Tensor> x, const Tensor&) const {
  return g - apply(Softmax{{}, axes}, x[0]) * all_added(g, axes);
}

Tensor LogSumExp::plain_vjp(std::size_t, const Tensor& g, std::span<const Tensor> x, const Tensor&) const {
  return beside(g, axes, x[0]) * apply(Softmax{{}, axes}, x[0]);
}

Tensor CrossEntropy::plain_vjp(std::size_t, const Tensor& g, std::span<const Tensor> x, const Tensor&) const {
  const std::span<const std::int64_t> of_rows = labels.values();
  if (std::ranges::any_of(of_rows, [](std::int64_t label) { return label < 0; })) return {};  // no such form
  constexpr std::size_t most_labels = 8;
  const std::string name =
      of_rows.size() > most_labels ? "onehot(labels)" : fmt::format("onehot([{}])", fmt::join(of_rows, ", "));
  const Tensor label = variable(one_hot(x[0].shape()).to(x[0].dtype()), name);
  return beside(g, 0b10, x[0]) * (apply(Softmax{{}, 0b10}, x[0]) - label);
}

// ----------------------------------------------------------------------------------------------- what the ops are made of

namespace {

Tensor sum_of_exp(const Tensor& x, std::uint32_t axes, bool keepdims) { return apply(Sum{{}, axes, keepdims}, exp(x)); }

}  // namespace

Tensor Softmax::composed(const Tensor& x) const {
  const Tensor e = exp(x);
  return e / broadcast_to(apply(Sum{{}, axes, true}, e), x.shape());
}

Tensor LogSoftmax::composed(const Tensor& x) const {
  return x - broadcast_to(log(sum_of_exp(x, axes, true)), x.shape());
}

Tensor LogSumExp::composed(const Tensor& x) const { return log(sum_of_exp(x, axes, keepdims)); }

Tensor CrossEntropy::composed(const Tensor& x) const {
  return less_scores_of_labels([](const Tensor& rows) { return log(sum_of_exp(rows, 0b10, false)); }, x);
}

Tensor CrossEntropy::less_scores_of_labels(Tensor (*of_rows)(const Tensor&), const Tensor& x) const {
  std::vector<std::int64_t> places;
  std::vector<double> counted;
  for (const std::int64_t label : labels.values()) {
    places.push_back(std::max<std::int64_t>(label, 0));
    counted.push_back(label < 0 ? 0.0 : 1.0);
  }
  const auto rows = static_cast<std::int64_t>(places.size());
  const Tensor of_labels = reshape(gather(x, 1, Indices(Shape{rows, 1}, places)), Shape{rows});
  const Tensor losses = of_rows(x) - of_labels;
  if (std::ranges::find(counted, 0.0) == counted.end()) return losses;
  return bind(Where{}, Tensor(Array(Shape{rows}, counted).to(x.dtype())), losses, 0.0);
}

Tensor softmax(const Tensor& x, const Axes& axes) { return apply(Softmax{{}, axes.mask(x.rank(), Softmax::name)}, x); }

Tensor log_softmax(const Tensor& x, const Axes& axes) {
  return apply(LogSoftmax{{}, axes.mask(x.rank(), LogSoftmax::name)}, x);
}

Tensor logsumexp(const Tensor& x, const Axes& axes, bool keepdims) {
  return apply(LogSumExp{{}, axes.mask(x.rank(), LogSumExp::name), keepdims}, x);
}

// Saved graphs name these (save/saved_ops.cpp).
template const detail::RuleEntry& detail::unlisted_rule<Softmax>();
template const detail::RuleEntry& detail::unlisted_rule<LogSoftmax>();
template const detail::RuleEntry& detail::unlisted_rule<LogSumExp>();

}  // namespace gradus
