#include "autograd/graph/written_call.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "autograd/array/convolve.h"
#include "autograd/array/indices.h"
#include "autograd/array/lookup.h"
#include "autograd/array/print.h"
#include "autograd/array/slice.h"
#include "autograd/array/window_pooling.h"
#include "autograd/tensor/op_traits.h"

namespace gradus::detail {

namespace {

using List = std::vector<std::int64_t>;

constexpr std::size_t most_places = 12;

/// "2" for [2, 2], "(1, 2)" for others.
std::string of_each_axis(const List& sizes) {
  const bool same = std::ranges::all_of(sizes, [&](std::int64_t n) { return n == sizes.front(); });
  return same && !sizes.empty() ? fmt::format("{}", sizes.front()) : fmt::format("({})", fmt::join(sizes, ", "));
}

/// Where a window starts along an axis, and how many places it has there.
struct Extent {
  std::int64_t first;
  std::int64_t count;
};
std::vector<Extent> extents_of(const Window& window) {
  const Shape seen = window.shape();
  std::vector<Extent> out;
  int kept = 0;
  for (const Slice& slice : window.slices()) out.push_back({slice.start.value_or(0), slice.single ? 1 : seen[kept++]});
  return out;
}

/// Pairs of widths, the last axis first, as pad() takes them.
std::string widths_of(const Window& window) {
  const std::vector<Extent> extents = extents_of(window);
  List widths;
  std::size_t needed = 2;
  for (std::size_t k = extents.size(); k-- > 0;) {
    const std::int64_t before = extents[k].first;
    const std::int64_t after = window.whole()[static_cast<int>(k)] - before - extents[k].count;
    widths.insert(widths.end(), {before, after});
    if (before != 0 || after != 0) needed = widths.size();
  }
  widths.resize(std::min(needed, widths.size()));
  return fmt::format("({})", fmt::join(widths, ", "));
}

bool is_block(const Window& window) {
  return std::ranges::all_of(window.slices(), [](const Slice& slice) { return !slice.single && slice.step == 1; });
}

/// "[2, 0]", nested as they are given, with a dash for a row without a label; a word for many.
std::string places_of(const Indices& places, std::string_view word) {
  if (places.values().size() > most_places) return std::string(word);
  if (places.values().empty()) return "[]";
  const std::vector<double> all(places.values().begin(), places.values().end());
  return text::nested(Array(places.shape(), all),
                      [](double place) { return place < 0.0 ? std::string("–") : fmt::format("{}", place); });
}

/// Collects what people write behind the arguments, the first of which has so many axes.
class OptionWriter final : public FieldVisitor {
 public:
  explicit OptionWriter(int rank) : rank_(rank) {}
  [[nodiscard]] std::vector<Formula> take() && { return std::move(out_); }

  // A flag is written where it is set; those of the arithmetic, not of what is meant, are not written at all.
  void visit(const About& field, bool value) override {
    if (value) named(field, "true");
  }
  void visit(const About& field, int axis) override { named(field, fmt::format("{}", axis)); }
  void visit(const About& field, std::int64_t value, std::int64_t preset) override {
    if (value != preset) named(field, fmt::format("{}", value));
  }
  void visit(const About& field, double value, double preset) override {
    if (value != preset) named(field, fmt::format("{}", value));
  }
  void visit(const About& field, std::uint32_t axes) override {
    List list;
    for (int k = 0; k < max_rank; ++k) {
      if (((axes >> k) & 1U) != 0) list.push_back(k);
    }
    if (static_cast<int>(list.size()) < rank_) named({field.name, field.written, "axis"}, of_each_axis(list));
  }
  void visit(const About&, const Shape&) override {}
  void visit(const About&, DType) override {}
  void visit(const About&, const AxisOrder&) override {}
  void visit(const About& field, const Indices& value) override { plain(field, places_of(value, field.word)); }
  void visit(const About& field, const Lookup& value) override {
    plain(field, places_of(value.indices, "places"));
    named({field.name, field.written, "axis"}, fmt::format("{}", value.axis));
  }
  void visit(const About& field, const Window& value) override {
    plain(field, field.written == InCalls::as_widths && is_block(value) ? widths_of(value) : in_slices(value));
  }
  void visit(const About& field, const WindowAxes& value) override { pooling(field, value); }
  void visit(const About& field, const AverageWindow& value) override { pooling(field, value.window); }
  void visit(const About& field, const Convolution& value) override {
    each_axis_unless(field, "stride", both(value.window, &WindowAxis::stride), {1, 1});
    padding_and_dilation(field, value.window);
    if (value.groups != 1) named({field.name, field.written, "groups"}, fmt::format("{}", value.groups));
  }

 private:
  void plain(const About& field, std::string text) {
    if (field.written != InCalls::not_at_all) out_.emplace_back(std::move(text));
  }
  void named(const About& field, const std::string& text) { plain(field, fmt::format("{}={}", field.word, text)); }

  static List both(const WindowAxes& window, std::int64_t WindowAxis::*member) {
    return {window[0].*member, window[1].*member};
  }
  void each_axis_unless(const About& field, std::string_view word, const List& sizes, const List& usual) {
    if (sizes != usual) named({field.name, field.written, word}, of_each_axis(sizes));
  }
  void padding_and_dilation(const About& field, const WindowAxes& window) {
    each_axis_unless(field, "padding", both(window, &WindowAxis::before), {0, 0});
    each_axis_unless(field, "dilation", both(window, &WindowAxis::dilation), {1, 1});
  }
  void pooling(const About& field, const WindowAxes& window) {
    const List kernel = both(window, &WindowAxis::kernel);
    each_axis_unless(field, "kernel", kernel, {});
    each_axis_unless(field, "stride", both(window, &WindowAxis::stride), kernel);
    padding_and_dilation(field, window);
  }

  int rank_;
  std::vector<Formula> out_;
};

}  // namespace

std::string_view written_name(const Rule& rule) {
  const OpTraits* traits = rule.op_struct().traits;
  return traits == nullptr ? rule.name() : traits->called;
}

std::vector<Formula> written_options(const Rule& rule, const Shape& first) {
  const AnyOp op = rule.op_struct();
  OptionWriter writer(first.rank());
  if (op.traits != nullptr && op.traits->visit_fields != nullptr) op.traits->visit_fields(op.op, writer);
  return std::move(writer).take();
}

Formula written_call(const Rule& rule, std::span<const Formula> x, const Shape& first) {
  const OpTraits* traits = rule.op_struct().traits;
  if (traits != nullptr && traits->written_out != nullptr) return traits->written_out(x);
  const std::vector<Formula> options = written_options(rule, first);
  if (options.empty()) return rule.formula(x);
  std::vector<Formula> all(x.begin(), x.end());
  all.insert(all.end(), options.begin(), options.end());
  return Formula::call(written_name(rule), all, rule.op_struct().type);
}

}  // namespace gradus::detail
