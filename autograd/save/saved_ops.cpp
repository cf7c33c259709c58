#include "autograd/save/saved_ops.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <type_traits>
#include <typeindex>
#include <unordered_map>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/suggest.h"
#include "autograd/base/text.h"
#include "autograd/math/loss_ops.h"
#include "autograd/math/ops.h"
#include "autograd/save/saved_fields.h"
#include "autograd/save/saved_op_shapes.h"

namespace gradus::detail {

namespace {

/// How ops of one type are written and read.
struct Codec {
  std::string key;
  int arity = 0;
  SavedAttributes (*save)(const void* op) = nullptr;
  LoadedRule (*load)(AttributeReader& in, std::span<const Shape> arguments) = nullptr;
};

template <class Op>
std::unique_ptr<Rule> rule_for(const Op& op) {
  const RuleEntry& entry = rule_of<Op>();
  return entry.make != nullptr ? entry.make(&op) : entry.shared->clone();
}

// ------------------------------------------------------------------------------------------------- attributes of an op

template <class Op>
void save_attributes(SavedAttributes& out, const Op& op) {
  if constexpr (requires { Op::fields; }) {
    std::apply([&](const auto&... f) { (save(out, f.name, op.*(f.member)), ...); }, Op::fields);
  } else if constexpr (requires { Op::attributes; }) {
    for (const auto& attribute : Op::attributes) save(out, attribute.name, op.*(attribute.member));
  }
}
void save_attributes(SavedAttributes& out, const Power& op) {
  save(out, "exponent", op.exponent);
  save(out, "coefficient", op.coefficient);
}
void save_attributes(SavedAttributes& out, const Permute& op) {
  out.push_back({"order", std::vector<std::int64_t>(op.order.begin(), op.order.begin() + op.rank)});
}
template <bool pointwise>
void save_attributes(SavedAttributes& out, const Gather<pointwise>& op) {
  save(out, "axis", op.lookup.axis);
  save(out, "indices", op.lookup.indices);
}
template <bool pointwise>
void save_attributes(SavedAttributes& out, const ScatterAdd<pointwise>& op) {
  save(out, "axis", op.lookup.axis);
  save(out, "indices", op.lookup.indices);
  save(out, "shape", op.shape);
}

template <class Op>
Op load_op(AttributeReader& in, std::type_identity<Op>) {
  Op op{};
  if constexpr (requires { Op::fields; }) {
    std::apply([&](const auto&... f) { (in.load(f.name, op.*(f.member)), ...); }, Op::fields);
  } else if constexpr (requires { Op::attributes; }) {
    for (const auto& attribute : Op::attributes) in.load(attribute.name, op.*(attribute.member));
  }
  return op;
}
Power load_op(AttributeReader& in, std::type_identity<Power>) {
  Power op;
  in.load("exponent", op.exponent);
  in.load("coefficient", op.coefficient);
  return op;
}
Permute load_op(AttributeReader& in, std::type_identity<Permute>) {
  Permute op;
  op.rank = in.argument(0).rank();
  std::ranges::copy(in.load_order("order"), op.order.begin());
  return op;
}
Lookup load_lookup(AttributeReader& in, const Shape& shape, bool pointwise, std::string_view name) {
  int axis = 0;
  Indices indices{};
  in.load("axis", axis);
  in.load("indices", indices);
  return {shape, indices, axis, pointwise, name};
}
template <bool pointwise>
Gather<pointwise> load_op(AttributeReader& in, std::type_identity<Gather<pointwise>>) {
  return {{}, load_lookup(in, in.argument(0), pointwise, Gather<pointwise>::name)};
}
template <bool pointwise>
ScatterAdd<pointwise> load_op(AttributeReader& in, std::type_identity<ScatterAdd<pointwise>>) {
  Shape shape;
  in.load("shape", shape);
  return {{}, load_lookup(in, shape, pointwise, ScatterAdd<pointwise>::name), shape};
}

// --------------------------------------------------------------------------------------------------- the table of codecs

class Codecs {
 public:
  Codecs() {
    for_each_op(Elementwise{}, [&]<class Op>(const Op&) {
      // Those that only the derivatives of others use may be given no attributes but their own.
      if constexpr (!Op::internal || std::is_empty_v<Op>) {
        add<Op>(Op::name == "max" ? "maximum" : Op::name == "min" ? "minimum" : Op::name);
      }
    });
    add<Power>("power");
    add_named<Huber, Bce, BceWithLogits, KlTerm>();
    add_named<Broadcast, Reshape, Permute, Cast, Sum, Mean, Passed>();
    add_named<Prod, ExtremeOf<Extreme::largest>, ExtremeOf<Extreme::smallest>, Var, Std, Norm, CumSum, CumProd>();
    add_named<Softmax, LogSoftmax, LogSumExp, CrossEntropy>();
    add_named<MatMul, DiagonalMatrix, Diagonal, Triangle<true>, Triangle<false>, SplitAxes>();
    add<JoinAxes>("diagonal_of_axes");
    add_named<Concat, Pad, Extract, Gather<false>, Gather<true>>();
    add<ScatterAdd<false>>("put");
    add<ScatterAdd<true>>("scatter_add");
    add_named<Convolve, ConvolveInput, ConvolveWeight, MaxPool, AvgPool>();
    add<ConvolveBiased>("conv_biased");
  }

  [[nodiscard]] const Codec* of(const Rule& rule) const {
    const AnyOp op = rule.op_struct();
    if (op.type == nullptr) return nullptr;
    const auto found = by_type_.find(*op.type);
    return found == by_type_.end() ? nullptr : found->second;
  }
  [[nodiscard]] bool has(const std::string& key) const { return by_key_.contains(key); }
  [[nodiscard]] const Codec& of(const std::string& key) const {
    if (const auto found = by_key_.find(key); found != by_key_.end()) return found->second;
    std::vector<std::string_view> keys;
    for (const auto& [known, codec] : by_key_) keys.push_back(known);
    throw ValueError(fmt::format("there is no op {}{}", in_quotes(key), did_you_mean(key, keys)));
  }

 private:
  template <class Op>
  void add(std::string_view key) {
    Codec codec{std::string(key), Op::arity,
                [](const void* op) {
                  SavedAttributes out;
                  save_attributes(out, *static_cast<const Op*>(op));
                  return out;
                },
                [](AttributeReader& in, std::span<const Shape> arguments) {
                  const Op op = load_op(in, std::type_identity<Op>{});
                  in.check_all_read();
                  std::optional<Shape> shape = result_shape(op, arguments);
                  return LoadedRule{rule_for(op), std::move(shape)};
                }};
    by_type_[typeid(Op)] = &by_key_.emplace(std::string(key), std::move(codec)).first->second;
  }
  template <class... Op>
  void add_named() {
    (add<Op>(Op::name), ...);
  }

  std::map<std::string, Codec> by_key_;
  std::unordered_map<std::type_index, const Codec*> by_type_;
};

const Codecs& codecs() {
  static const Codecs all;
  return all;
}

}  // namespace

const AttributeValue* SavedOp::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(attributes, name, &SavedAttribute::name);
  return found == attributes.end() ? nullptr : &found->value;
}

bool can_be_saved(const Rule& rule) { return codecs().of(rule) != nullptr; }

SavedOp saved_op(const Rule& rule) {
  const Codec* codec = codecs().of(rule);
  if (codec == nullptr) {
    std::string name(rule.name());
    // No reader may take an op of the user's for the one of ours that has its name.
    return {codecs().has(name) ? "custom:" + name : std::move(name), {}};
  }
  return {codec->key, codec->save(rule.op_struct().op)};
}

LoadedRule load_rule(const SavedOp& op, std::span<const Shape> arguments) {
  const Codec& codec = codecs().of(op.key);
  const bool fits = codec.arity == variadic ? !arguments.empty() && arguments.size() <= most_arguments
                                            : arguments.size() == static_cast<std::size_t>(codec.arity);
  if (!fits) {
    throw ValueError(fmt::format("[{}] takes {} argument{}, not {}", op.key,
                                 codec.arity == variadic ? "1 to 31" : fmt::format("{}", codec.arity),
                                 codec.arity == 1 ? "" : "s", arguments.size()));
  }
  AttributeReader in(op, arguments);
  return codec.load(in, arguments);
}

}  // namespace gradus::detail
