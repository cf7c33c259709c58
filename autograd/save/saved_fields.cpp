#include "autograd/save/saved_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/text.h"
#include "autograd/tensor/op_traits.h"

namespace gradus::detail {

namespace {

constexpr std::int64_t largest_size = std::int64_t{1} << 31;

std::vector<std::int64_t> list_of(const Shape& shape) { return {shape.begin(), shape.end()}; }

/// A member of both axes of a sliding window.
template <class F>
std::vector<std::int64_t> both(const WindowAxes& window, F member) {
  return {window[0].*member, window[1].*member};
}

/// Makes attributes of what it is shown.  Some are several: their own name is not written.
class FieldSaver final : public FieldVisitor {
 public:
  explicit FieldSaver(SavedAttributes& out) : out_(out) {}

  void visit(const About& field, bool value) override { add(field.name, value); }
  void visit(const About& field, int axis) override { add(field.name, std::int64_t{axis}); }
  void visit(const About& field, std::int64_t value, std::int64_t) override { add(field.name, value); }
  void visit(const About& field, double value, double) override { add(field.name, value); }
  void visit(const About& field, std::uint32_t axes) override {
    std::vector<std::int64_t> list;
    for (int k = 0; k < max_rank; ++k) {
      if (((axes >> k) & 1U) != 0) list.push_back(k);
    }
    add(field.name, std::move(list));
  }
  void visit(const About& field, const Shape& value) override { add(field.name, list_of(value)); }
  void visit(const About& field, DType value) override { add(field.name, std::string(name_of(value))); }
  void visit(const About& field, const Indices& value) override { indices(field.name, value); }
  void visit(const About& field, const AxisOrder& value) override {
    add(field.name, std::vector<std::int64_t>(value.list().begin(), value.list().end()));
  }
  void visit(const About&, const Lookup& value) override {
    add("axis", std::int64_t{value.axis});
    indices("indices", value.indices);
  }
  void visit(const About&, const Window& value) override;
  void visit(const About&, const WindowAxes& value) override { window(value); }
  void visit(const About&, const AverageWindow& value) override {
    window(value.window);
    add("count_padding", value.count_padding);
  }
  void visit(const About&, const Convolution& value) override {
    window(value.window);
    add("groups", value.groups);
  }

 private:
  void add(std::string_view name, AttributeValue value) { out_.push_back({std::string(name), std::move(value)}); }
  void indices(std::string_view name, const Indices& value) {
    add(name, std::vector<std::int64_t>(value.values().begin(), value.values().end()));
    add(fmt::format("{}_shape", name), list_of(value.shape()));
  }
  void window(const WindowAxes& value) {
    add("input", both(value, &WindowAxis::input));
    add("kernel", both(value, &WindowAxis::kernel));
    add("output", both(value, &WindowAxis::output));
    add("stride", both(value, &WindowAxis::stride));
    add("dilation", both(value, &WindowAxis::dilation));
    add("padding_before", both(value, &WindowAxis::before));
  }

  SavedAttributes& out_;
};

void FieldSaver::visit(const About&, const Window& value) {
  std::vector<std::int64_t> first;
  std::vector<std::int64_t> count;
  std::vector<std::int64_t> step;
  std::vector<std::int64_t> dropped;
  const Shape seen = value.shape();
  int kept = 0;
  std::int64_t axis = 0;
  for (const Slice& slice : value.slices()) {
    first.push_back(slice.start.value_or(0));
    step.push_back(slice.single ? 1 : slice.step);
    count.push_back(slice.single ? 1 : seen[kept++]);
    if (slice.single) dropped.push_back(axis);
    ++axis;
  }
  add("whole", list_of(value.whole()));
  add("first", std::move(first));
  add("count", std::move(count));
  add("step", std::move(step));
  add("dropped", std::move(dropped));
}

}  // namespace

SavedAttributes attributes_of(const AnyOp& op) {
  SavedAttributes out;
  FieldSaver saver(out);
  if (op.traits != nullptr && op.traits->visit_fields != nullptr) op.traits->visit_fields(op.op, saver);
  return out;
}

// --------------------------------------------------------------------------------------------------------------- reading

void AttributeReader::fail(std::string_view name, std::string_view what) const {
  throw ValueError(fmt::format("[{}] attribute '{}' {}", printable(op_.key), printable(name), what));
}

template <class T>
const T& AttributeReader::get(std::string_view name, std::string_view type) {
  const AttributeValue* value = op_.find(name);
  if (value == nullptr) fail(name, "is missing");
  read_.push_back(name);
  const T* typed = std::get_if<T>(value);
  if (typed == nullptr) fail(name, fmt::format("is not {}", type));
  return *typed;
}

void AttributeReader::check_all_read() const {
  for (const SavedAttribute& attribute : op_.attributes) {
    if (std::ranges::find(read_, attribute.name) == read_.end()) fail(attribute.name, "is unknown");
  }
}

void AttributeReader::load(std::string_view name, bool& value) { value = get<bool>(name, "true or false"); }

void AttributeReader::load(std::string_view name, int& value) {
  const std::int64_t wide = get<std::int64_t>(name, "a whole number");
  if (wide < 0 || wide > max_rank) fail(name, fmt::format("is out of range: {}", wide));
  value = static_cast<int>(wide);
}

void AttributeReader::load(std::string_view name, std::int64_t& value) {
  value = get<std::int64_t>(name, "a whole number");
  if (value < -largest_size || value > largest_size) fail(name, fmt::format("is out of range: {}", value));
}

void AttributeReader::load(std::string_view name, double& value) {
  if (const AttributeValue* whole = op_.find(name); whole != nullptr && std::holds_alternative<std::int64_t>(*whole)) {
    value = static_cast<double>(get<std::int64_t>(name, "a number"));
  } else {
    value = get<double>(name, "a number");
  }
}

void AttributeReader::load(std::string_view name, std::uint32_t& axes) {
  axes = 0;
  for (const std::int64_t axis : get<std::vector<std::int64_t>>(name, "a list of axes")) {
    if (axis < 0 || axis >= argument(0).rank()) {
      fail(name, fmt::format("is out of range: axis {} of {}", axis, to_string(argument(0))));
    }
    if (((axes >> axis) & 1U) != 0) fail(name, fmt::format("has axis {} twice", axis));
    axes |= 1U << axis;
  }
}

void AttributeReader::load(std::string_view name, Shape& value) {
  value = Shape(std::span<const std::int64_t>(get<std::vector<std::int64_t>>(name, "a list of sizes")));
}

void AttributeReader::load(std::string_view name, DType& value) {
  const std::string& written = get<std::string>(name, "the name of a dtype");
  if (written == name_of(DType::float32)) {
    value = DType::float32;
  } else if (written == name_of(DType::float64)) {
    value = DType::float64;
  } else {
    fail(name, fmt::format("is no dtype: {}", in_quotes(written)));
  }
}

void AttributeReader::load(std::string_view name, Indices& value) {
  const auto& values = get<std::vector<std::int64_t>>(name, "a list of whole numbers");
  const std::string shape_name = fmt::format("{}_shape", name);
  const AttributeValue* sizes = op_.find(shape_name);
  if (sizes == nullptr || !std::holds_alternative<std::vector<std::int64_t>>(*sizes)) fail(shape_name, "is missing");
  for (const SavedAttribute& attribute : op_.attributes) {
    if (attribute.name == shape_name) read_.push_back(attribute.name);
  }
  value = Indices(Shape(std::span<const std::int64_t>(std::get<std::vector<std::int64_t>>(*sizes))), values);
}

void AttributeReader::load(std::string_view name, AxisOrder& value) {
  const auto& list = get<std::vector<std::int64_t>>(name, "a list of axes");
  const int rank = argument(0).rank();
  std::uint32_t seen = 0;
  value.rank = 0;
  for (const std::int64_t axis : list) {
    if (axis < 0 || axis >= rank || ((seen >> axis) & 1U) != 0) fail(name, "is no order of the axes");
    seen |= 1U << static_cast<unsigned>(axis);
    value.axes[static_cast<std::size_t>(value.rank++)] = static_cast<int>(axis);
  }
  if (value.rank != rank) fail(name, fmt::format("must have {} entries", rank));
}

void AttributeReader::load(std::string_view, Lookup& value) {
  int axis = 0;
  Indices places{};
  load("axis", axis);
  load("indices", places);
  // What is looked up lies in the argument; what is added lands in the array whose shape the op names.
  Shape array = argument(0);
  if (op_.find("shape") != nullptr) load("shape", array);
  value = Lookup(array, places, axis, value.pointwise, op_.key);
}

void AttributeReader::load(std::string_view, Window& value) {
  Shape whole;
  load("whole", whole);
  const auto rank = static_cast<std::size_t>(whole.rank());
  const auto list = [&](std::string_view name) {
    const auto& values = get<std::vector<std::int64_t>>(name, "a list of whole numbers");
    if (values.size() != rank) fail(name, fmt::format("must have {} entries", rank));
    return values;
  };
  const std::vector<std::int64_t> first = list("first");
  const std::vector<std::int64_t> count = list("count");
  const std::vector<std::int64_t> step = list("step");
  std::vector<Slice> slices;
  for (std::size_t k = 0; k < rank; ++k) {
    const std::int64_t size = whole[static_cast<int>(k)];
    if (count[k] < 0 || count[k] > size) fail("count", fmt::format("is out of range: {}", count[k]));
    if (step[k] == 0 || step[k] < -largest_size || step[k] > largest_size) {
      fail("step", fmt::format("is out of range: {}", step[k]));
    }
    const std::int64_t last = count[k] == 0 ? 0 : first[k] + (count[k] - 1) * step[k];
    const bool inside = count[k] == 0 || (first[k] >= 0 && first[k] < size && last >= 0 && last < size);
    if (!inside) fail("first", fmt::format("leads outside of {}", to_string(whole)));
    const std::int64_t end = last + step[k];
    slices.push_back(count[k] == 0 ? Slice(0, 0)
                                   : Slice(first[k], end < 0 ? std::nullopt : std::optional(end), step[k]));
  }
  for (const std::int64_t axis : get<std::vector<std::int64_t>>("dropped", "a list of axes")) {
    if (axis < 0 || axis >= whole.rank() || count[static_cast<std::size_t>(axis)] != 1) {
      fail("dropped", fmt::format("is out of range: {}", axis));
    }
    slices[static_cast<std::size_t>(axis)] = Slice(first[static_cast<std::size_t>(axis)]);
  }
  value = Window(whole, slices);
}

std::array<std::int64_t, 2> AttributeReader::pair(std::string_view name, std::int64_t least) {
  const auto& list = get<std::vector<std::int64_t>>(name, "a list of two whole numbers");
  if (list.size() != 2) fail(name, "must have 2 entries");
  for (const std::int64_t v : list) {
    if (v < least || v > largest_size) fail(name, fmt::format("is out of range: {}", v));
  }
  return {list[0], list[1]};
}

void AttributeReader::load(std::string_view, WindowAxes& value) {
  const auto set = [&](std::string_view name, std::int64_t WindowAxis::*member, std::int64_t least) {
    const std::array<std::int64_t, 2> both = pair(name, least);
    value[0].*member = both[0];
    value[1].*member = both[1];
  };
  set("input", &WindowAxis::input, 0);
  set("kernel", &WindowAxis::kernel, 1);
  set("output", &WindowAxis::output, 0);
  set("stride", &WindowAxis::stride, 1);
  set("dilation", &WindowAxis::dilation, 1);
  set("padding_before", &WindowAxis::before, 0);
}

void AttributeReader::load(std::string_view name, AverageWindow& value) {
  load(name, value.window);
  load("count_padding", value.count_padding);
}

void AttributeReader::load(std::string_view name, Convolution& value) {
  load(name, value.window);
  load("groups", value.groups);
  if (value.groups < 1) fail("groups", fmt::format("is out of range: {}", value.groups));
}

}  // namespace gradus::detail
