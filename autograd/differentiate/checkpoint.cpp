#include "autograd/differentiate/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "autograd/base/error.h"
#include "autograd/differentiate/backward.h"
#include "autograd/differentiate/forward.h"
#include "autograd/differentiate/function_rule.h"
#include "autograd/differentiate/listing.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/mode.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/reshape.h"
#include "autograd/tensor/ops/structural.h"
#include "autograd/tensor/rethrow.h"

namespace gradus::detail {

namespace {

// Several results travel as one vector.
struct Packing {
  std::vector<Shape> shapes;
  std::vector<DType> dtypes;

  explicit Packing(TensorList y) {
    for (const Tensor& t : y) {
      shapes.push_back(t.shape());
      dtypes.push_back(t.dtype());
    }
  }
  [[nodiscard]] static Tensor packed(const Tensors& y) {
    if (y.size() == 1) return y[0];
    Tensors flat;
    for (const Tensor& t : y) flat.push_back(reshape(t, Shape{t.size()}));
    return concat(flat);
  }
  [[nodiscard]] Tensors unpacked(const Tensor& y) const {
    if (shapes.size() == 1) return {y};
    std::vector<std::int64_t> sizes;
    for (const Shape& shape : shapes) sizes.push_back(shape.size());
    Tensors out = split(y, sizes);
    for (std::size_t k = 0; k < out.size(); ++k) out[k] = cast(reshape(out[k], shapes[k]), dtypes[k]);
    return out;
  }
};

bool have_same_bits(const Array& a, const Array& b) {
  const Array x = a.packed(), y = b.packed();
  return std::memcmp(x.bytes(), y.bytes(), static_cast<std::size_t>(x.size()) * size_of(x.dtype())) == 0;
}

class CheckpointRule : public FunctionRule {
 public:
  CheckpointRule(Function f, std::size_t count, Tensors captured, std::uint64_t oldest)
      : FunctionRule("checkpoint"), f_(std::move(f)), count_(count), captured_(std::move(captured)), oldest_(oldest) {}

  [[nodiscard]] Array evaluate(std::span<const Array> x) const override {
    const NoGrad no_grad;
    Tensors inputs;
    for (const Array& a : x.first(count_)) inputs.emplace_back(a, Counted<Record>());
    return Packing::packed(f_(inputs)).value();
  }
  void pull(Array&& g, std::span<const Array> x, const Array& y, std::uint32_t wanted, Array* out) const override {
    pull_through(recomputed(x, y), g, wanted, out);
  }
  void pull(Tensor&& g, std::span<const Tensor> x, const Tensor& y, std::uint32_t wanted, Tensor* out) const override {
    pull_through(recomputed(x, y.value()), g, wanted, out);
  }
  [[nodiscard]] Array push(std::span<const Array> t, std::span<const Array> x, const Array& y) const override {
    const Array tangent = push_through(recomputed(x, y), t);
    return tangent.defined() ? tangent : zeros<Array>(y);
  }
  [[nodiscard]] Tensor push(std::span<const Tensor> t, std::span<const Tensor> x, const Tensor& y) const override {
    const Tensor tangent = push_through(recomputed(x, y.value()), t);
    return tangent.defined() ? tangent : zeros<Tensor>(y.value());
  }

 private:
  struct Run {
    Tensors arguments;  // those of f, then what it captures
    Tensor y;
  };

  template <class V>
  static V zeros(const Array& like) {
    Array none = Array::zeros(like.shape(), like.dtype());
    if constexpr (std::same_as<V, Array>) {
      return none;
    } else {
      return Tensor(std::move(none), Counted<Record>());
    }
  }

  // A record of its own for each argument, so that f's share of the gradient is told from everybody else's.
  static Tensor input(const Array& x) { return argument_variable(x); }
  static Tensor input(const Tensor& x) { return x.requires_grad() ? ops::identity(x) : argument_variable(x.value()); }

  template <class V>
  Run recomputed(std::span<const V> x, const Array& y) const {
    for (const Tensor& t : captured_) check_unchanged(t);
    const Recording recording;
    // What f records now is younger than what it captures, on whatever thread this is.
    mode.last_id = std::max(mode.last_id, oldest_);
    Run run;
    for (std::size_t k = 0; k < count_; ++k) run.arguments.push_back(input(x[k]));
    run.y = Packing::packed(f_(run.arguments));
    check_same(run.y.value(), y);
    run.arguments.insert(run.arguments.end(), captured_.begin(), captured_.end());
    return run;
  }
  // Its gradient would be that of another function: of one that draws other random numbers, say, or that counts its calls.
  static void check_same(const Array& now, const Array& before) {
    if (now.shape() != before.shape() || now.dtype() != before.dtype()) {
      throw GraphError(fmt::format(
          "[checkpoint] the function gave a result of shape {} and {} when it was run again to "
          "differentiate it, and of shape {} and {} before",
          to_string(now.shape()), name_of(now.dtype()), to_string(before.shape()), name_of(before.dtype())));
    }
    if (!before.has_data() || have_same_bits(now, before)) return;
    throw GraphError(
        "[checkpoint] the function gave other numbers when it was run again to differentiate it: what it draws at "
        "random "
        "needs a key that stays the same");
  }
  template <class V>
  V push_through(const Run& run, std::span<const V> tangents) const {
    return ForwardWalk<V>(TensorList(&run.y, 1), run.arguments, oldest_).run(tangents)[0];
  }
  template <class V>
  void pull_through(const Run& run, const V& g, std::uint32_t wanted, V* out) const {
    const std::vector<std::size_t> places = places_of(wanted);
    Tensors targets;
    for (const std::size_t k : places) targets.push_back(run.arguments[k]);
    std::vector<V> found = gradients_since<V>(oldest_, run.y, targets, g);
    for (std::size_t k = 0; k < places.size(); ++k) {
      out[places[k]] = found[k].defined() ? std::move(found[k]) : zeros<V>(targets[k].value());
    }
  }
  static void check_unchanged(const Tensor& captured) {
    if (!captured.is_leaf() || captured.value().bytes() == captured.record()->result.bytes()) return;
    throw GraphError(fmt::format("[checkpoint] a {} that the function captures was given a new value since it ran",
                                 described(*captured.record())));
  }
  [[nodiscard]] std::vector<std::size_t> places_of(std::uint32_t wanted) const {
    std::vector<std::size_t> out;
    for (std::size_t k = 0; k < count_ + captured_.size(); ++k) {
      if ((wanted & bit_of(k)) != 0) out.push_back(k);
    }
    return out;
  }

  Function f_;
  std::size_t count_;
  Tensors captured_;      // with the values they had
  std::uint64_t oldest_;  // what is younger is f's own
};

// What y was computed from besides x: the ends of its graph, where what is older than the run is an end.
Tensors captured_by(TensorList y, TensorList x, std::uint64_t oldest) {
  std::vector<Record*> roots;
  for (const Tensor& t : y) roots.push_back(t.requires_grad() ? t.record().get() : nullptr);
  const Listing list(roots, oldest);
  Tensors out;
  for (std::size_t i = list.computed(); i < list.size(); ++i) {
    Record* end = &list[i];
    const bool own = std::ranges::any_of(x, [&](const Tensor& t) { return t.record().get() == end; });
    if (!own) out.emplace_back(end->result, Counted<Record>::share(end));
  }
  return out;
}

}  // namespace

std::vector<Tensor> checkpoint(Function f, TensorList x) {
  if (!recording()) return f(x);
  if (x.size() > most_arguments) {
    throw GraphError(fmt::format("[checkpoint] {} tensors: at most {} can be recorded", x.size(), most_arguments));
  }
  std::uint64_t oldest = mode.last_id;
  for (const Tensor& t : x) oldest = std::max(oldest, t.record() ? t.record()->id : 0);
  mode.last_id = oldest;
  Tensors y;
  Tensors arguments(x.begin(), x.end());
  {
    // Recorded for as long as this block lasts, to see what f captures.
    const Recording recording;
    Tensors own;
    for (const Tensor& t : x) own.push_back(argument_variable(t.value()));
    const Tensors recorded = f(own);
    for (Tensor& captured : captured_by(recorded, own, oldest)) arguments.push_back(std::move(captured));
    for (const Tensor& t : recorded) y.emplace_back(t.value(), Counted<Record>());
  }
  const Packing packing(y);
  Tensors captured(arguments.begin() + static_cast<std::ptrdiff_t>(x.size()), arguments.end());
  auto rule = std::make_unique<CheckpointRule>(std::move(f), x.size(), std::move(captured), oldest);
  const std::uint32_t keep = ((1U << x.size()) - 1U) | bit_of(arguments.size());
  return packing.unpacked(finish_function(std::move(rule), arguments, Packing::packed(y).value(), keep));
}

}  // namespace gradus::detail
