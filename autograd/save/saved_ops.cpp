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
#include "autograd/math/attributes.h"
#include "autograd/save/saved_fields.h"
#include "autograd/tensor/ops/every_op.h"

namespace gradus::detail {

namespace {

/// How ops of one type are read.
struct Codec {
  std::string key;
  int arity = 0;
  LoadedRule (*load)(AttributeReader& in, std::span<const Shape> arguments) = nullptr;
};

template <class Op>
std::unique_ptr<Rule> rule_for(const Op& op) {
  const RuleEntry& entry = rule_of<Op>();
  return entry.make != nullptr ? entry.make(&op) : entry.shared->clone();
}

template <class Op>
Op load_op(AttributeReader& in) {
  Op op{};
  if constexpr (requires { Op::fields; }) {
    with_fields<Op>([&](const auto&... f) { (in.load(f.name, op.*(f.member)), ...); });
  }
  return allowed(op);
}

// ------------------------------------------------------------------------------------------------- the work of an op

double taps(const WindowAxes& window) {
  return static_cast<double>(window[0].kernel) * static_cast<double>(window[1].kernel);
}

/// How many products an op computes, where they may be many more than the numbers of its result; else 0.
template <class Op>
double products(const Op&, std::span<const Shape>, const Shape&) {
  return 0.0;
}
double products(const MatMul& op, std::span<const Shape> x, const Shape& y) {
  return static_cast<double>(x[0][x[0].rank() - (op.transpose_a ? 2 : 1)]) * static_cast<double>(y.size());
}
double convolved(const Convolution& c, std::int64_t channels, const Shape& outputs) {
  return taps(c.window) * static_cast<double>(channels) * static_cast<double>(outputs.size());
}
double products(const Convolve& op, std::span<const Shape> x, const Shape& y) {
  return convolved(op.geometry, x[1][1], y);
}
double products(const ConvolveBiased& op, std::span<const Shape> x, const Shape& y) {
  return convolved(op.geometry, x[1][1], y);
}
double products(const ConvolveInput& op, std::span<const Shape> x, const Shape&) {
  return convolved(op.geometry, x[1][1], x[0]);
}
double products(const ConvolveWeight& op, std::span<const Shape> x, const Shape& y) {
  return convolved(op.geometry, y[1], x[1]);
}
double products(const MaxPool& op, std::span<const Shape>, const Shape& y) {
  return taps(op.window) * static_cast<double>(y.size());
}
double products(const AvgPool& op, std::span<const Shape>, const Shape& y) {
  return taps(op.average.window) * static_cast<double>(y.size());
}

/// The shape of the result.  What a file asks for is computed when it is read: it must come to an end.
template <class Op>
Shape bounded_shape(const Op& op, std::span<const Shape> x) {
  constexpr double most = 1e11;
  const Shape shape = shape_of_result(op, x);
  if (products(op, x, shape) > most) {
    throw ShapeError(fmt::format("[{}] too much work for: {}", Op::name, to_string(shape)));
  }
  return shape;
}

// --------------------------------------------------------------------------------------------------- the table of codecs

class Codecs {
 public:
  Codecs() {
    for_each_type(EveryOp{}, [&]<class Op>(std::type_identity<Op>) {
      if constexpr (is_saved<Op>()) add<Op>();
    });
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
  void add() {
    const std::string key(key_of<Op>());
    Codec codec{key, Op::arity, [](AttributeReader& in, std::span<const Shape> arguments) {
                  const Op op = load_op<Op>(in);
                  in.check_all_read();
                  const Shape shape = bounded_shape(op, arguments);
                  return LoadedRule{rule_for(op), shape};
                }};
    by_type_[typeid(Op)] = &by_key_.emplace(key, std::move(codec)).first->second;
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
  return {codec->key, attributes_of(rule.op_struct())};
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
