#include "autograd/graph/written_call.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "autograd/math/loss_ops.h"
#include "autograd/math/ops.h"
#include "autograd/save/saved_ops.h"
#include "autograd/tensor/ops/diagonal.h"
#include "autograd/tensor/ops/join_axes.h"
#include "autograd/tensor/ops/structural.h"
#include "autograd/tensor/rule.h"

namespace gradus::detail {

namespace {

using List = std::vector<std::int64_t>;

constexpr std::size_t most_places = 12;

/// The attributes of an op, as files have them.
class Attributes {
 public:
  explicit Attributes(const SavedOp& op) : op_(op) {}

  template <class T>
  [[nodiscard]] const T* get(std::string_view name) const {
    const AttributeValue* value = op_.find(name);
    return value == nullptr ? nullptr : std::get_if<T>(value);
  }
  [[nodiscard]] const List& list(std::string_view name) const { return *get<List>(name); }

 private:
  const SavedOp& op_;
};

/// "2" for [2, 2], "(1, 2)" for others.
std::string of_each_axis(const List& sizes) {
  const bool same = std::ranges::all_of(sizes, [&](std::int64_t n) { return n == sizes.front(); });
  return same && !sizes.empty() ? fmt::format("{}", sizes.front()) : fmt::format("({})", fmt::join(sizes, ", "));
}

/// 1:, ::2 as in NumPy; whole axes at the end are left out.
std::string slices_of(const Attributes& window) {
  const List& whole = window.list("whole");
  const List& first = window.list("first");
  const List& count = window.list("count");
  const List& step = window.list("step");
  const List& dropped = window.list("dropped");
  std::vector<std::string> slices;
  std::size_t needed = 1;
  for (std::size_t k = 0; k < whole.size(); ++k) {
    const std::int64_t end = first[k] + count[k] * step[k];
    if (std::ranges::find(dropped, static_cast<std::int64_t>(k)) != dropped.end()) {
      slices.push_back(fmt::format("{}", first[k]));
    } else {
      const bool from_end = first[k] == (step[k] > 0 ? 0 : whole[k] - 1);
      const bool to_end = step[k] > 0 ? end >= whole[k] : end < 0;
      slices.push_back(fmt::format("{}:{}{}", from_end ? "" : fmt::format("{}", first[k]),
                                   to_end ? "" : fmt::format("{}", end),
                                   step[k] == 1 ? "" : fmt::format(":{}", step[k])));
    }
    if (slices.back() != ":") needed = k + 1;
  }
  slices.resize(std::min(needed, slices.size()));
  return fmt::format("[{}]", fmt::join(slices, ", "));
}

/// Pairs of widths, the last axis first, as pad() takes them.
std::string widths_of(const Attributes& window) {
  const List& whole = window.list("whole");
  List widths;
  std::size_t needed = 2;
  for (std::size_t k = whole.size(); k-- > 0;) {
    const std::int64_t before = window.list("first")[k];
    const std::int64_t after = whole[k] - before - window.list("count")[k];
    widths.insert(widths.end(), {before, after});
    if (before != 0 || after != 0) needed = widths.size();
  }
  widths.resize(std::min(needed, widths.size()));
  return fmt::format("({})", fmt::join(widths, ", "));
}

bool is_plain_padding(const Attributes& window) {
  return window.list("dropped").empty() &&
         std::ranges::all_of(window.list("step"), [](std::int64_t step) { return step == 1; });
}

/// "[2, 0]", with a dash for a row without a label; a word for many.
std::string places_of(const List& places, std::string_view word) {
  if (places.size() > most_places) return std::string(word);
  std::vector<std::string> all;
  for (const std::int64_t place : places) all.push_back(place < 0 ? "–" : fmt::format("{}", place));
  return fmt::format("[{}]", fmt::join(all, ", "));
}

void add_geometry(std::vector<Formula>& out, const Attributes& window, bool pools) {
  const auto add = [&](std::string_view word, const List& sizes) {
    out.emplace_back(fmt::format("{}={}", word, of_each_axis(sizes)));
  };
  const List& kernel = window.list("kernel");
  const List& stride = window.list("stride");
  const auto differs = [](const List& sizes, std::int64_t usual) {
    return std::ranges::any_of(sizes, [&](std::int64_t n) { return n != usual; });
  };
  if (pools) add("kernel", kernel);
  if (pools ? stride != kernel : differs(stride, 1)) add("stride", stride);
  if (differs(window.list("padding_before"), 0)) add("padding", window.list("padding_before"));
  if (differs(window.list("dilation"), 1)) add("dilation", window.list("dilation"));
  const auto* groups = window.get<std::int64_t>("groups");
  if (groups != nullptr && *groups != 1) out.emplace_back(fmt::format("groups={}", *groups));
}

bool is_one_of(std::string_view key, std::initializer_list<std::string_view> keys) {
  return std::ranges::find(keys, key) != keys.end();
}

}  // namespace

std::string_view written_name(const Rule& rule) {
  if (is_op<DiagonalMatrix, SplitAxes>(rule)) return "diag";
  if (is_op<ChainProduct>(rule)) return "mul";
  if (is_op<Broadcast>(rule)) return "broadcast_to";
  return is_op<KlTerm>(rule) ? "kl_div" : rule.name();
}

std::vector<Formula> written_options(const Rule& rule, const Shape& first) {
  std::vector<Formula> out;
  if (!can_be_saved(rule)) return out;
  const SavedOp op = saved_op(rule);
  const Attributes attributes(op);
  if (const List* axes = attributes.get<List>("axes")) {
    if (static_cast<int>(axes->size()) < first.rank()) out.emplace_back("axis=" + of_each_axis(*axes));
    const double* p = attributes.get<double>("p");
    if (p != nullptr && *p != 2.0) out.emplace_back(fmt::format("p={}", *p));
  } else if (op.key == "slice") {
    out.emplace_back(slices_of(attributes));
  } else if (op.key == "pad") {
    out.emplace_back(is_plain_padding(attributes) ? widths_of(attributes) : slices_of(attributes));
    const double fill = *attributes.get<double>("fill");
    if (fill != 0.0) out.emplace_back(fmt::format("value={}", fill));
  } else if (op.key == "cross_entropy") {
    out.emplace_back(places_of(attributes.list("labels"), "labels"));
  } else if (is_one_of(op.key, {"take", "gather", "scatter_add"})) {
    out.emplace_back(places_of(attributes.list("indices"), "places"));
  } else if (is_one_of(op.key, {"conv", "conv_biased", "conv_transpose", "max_pool", "avg_pool"})) {
    add_geometry(out, attributes, op.key.ends_with("pool"));
  } else if (const auto* offset = attributes.get<std::int64_t>("offset"); offset != nullptr && *offset != 0) {
    out.emplace_back(fmt::format("offset={}", *offset));
  }
  if (const auto* axis = attributes.get<std::int64_t>("axis")) out.emplace_back(fmt::format("axis={}", *axis));
  return out;
}

Formula written_slices(const Rule& rule) {
  const SavedOp op = saved_op(rule);
  return Formula(slices_of(Attributes(op)));
}

Formula written_call(const Rule& rule, std::span<const Formula> x, const Shape& first) {
  const std::vector<Formula> options = written_options(rule, first);
  if (options.empty() && !is_op<DiagonalMatrix, SplitAxes>(rule)) return rule.formula(x);
  std::vector<Formula> all(x.begin(), x.end());
  all.insert(all.end(), options.begin(), options.end());
  return Formula::call(written_name(rule), all);
}

}  // namespace gradus::detail
