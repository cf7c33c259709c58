#include "tools/gradus/functions/invocation.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <stdexcept>

namespace gradus::command {

Value places_as_value(const Indices& places) {
  std::vector<double> numbers;
  for (const std::int64_t k : places.values()) numbers.push_back(static_cast<double>(k));
  return Tensor(Array(places.shape(), numbers));
}

std::vector<Tensor> Invocation::tensors(std::size_t k) const {
  std::vector<Tensor> out;
  for (; k < count(); ++k) out.push_back(tensor(k));
  return out;
}

Indices Invocation::indices(std::size_t k) const {
  constexpr double largest = 9007199254740992.0;  // 2^53
  const Array numbers = tensor(k).value();
  std::vector<std::int64_t> whole;
  for (const double v : numbers.to_vector()) {
    if (std::abs(v) > largest) throw ValueError(fmt::format("[{}] {} is too large a number here", function_.name, v));
    if (std::trunc(v) != v) {
      throw ValueError(fmt::format("[{}] whole numbers are needed, not {}", function_.name, v));
    }
    whole.push_back(static_cast<std::int64_t>(v));
  }
  return {numbers.shape(), std::move(whole)};
}

bool Invocation::has(std::string_view name) const { return !std::holds_alternative<None>(value(name)); }

double Invocation::number(std::string_view name) const { return std::get<double>(value(name)); }

std::int64_t Invocation::whole(std::string_view name) const { return static_cast<std::int64_t>(number(name)); }

bool Invocation::flag(std::string_view name) const { return std::get<bool>(value(name)); }

const std::string& Invocation::text(std::string_view name) const { return std::get<std::string>(value(name)); }

std::vector<std::int64_t> Invocation::list(std::string_view name) const {
  const OptionValue& option = value(name);
  if (const auto* list = std::get_if<std::vector<std::int64_t>>(&option)) return *list;
  return {static_cast<std::int64_t>(std::get<double>(option))};
}

int Invocation::axis(std::string_view name) const { return checked_axis(name, whole(name)); }

std::vector<int> Invocation::axis_list(std::string_view name) const {
  std::vector<int> axes;
  for (const std::int64_t axis : list(name)) axes.push_back(checked_axis(name, axis));
  return axes;
}

Axes Invocation::axes(std::string_view name) const {
  return has(name) ? Axes(std::span<const int>(axis_list(name))) : Axes();
}

Shape Invocation::shape(std::string_view name) const { return Shape(std::span<const std::int64_t>(list(name))); }

const Option* Invocation::find(std::string_view name) const noexcept {
  for (const Option& option : options_) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

const OptionValue& Invocation::value(std::string_view name) const {
  if (const Option* option = find(name)) return option->value;
  for (const OptionDeclaration& option : function_.options) {
    if (option.name == name) return option.preset.value();
  }
  throw std::logic_error(fmt::format("{} declares no option {}", function_.name, name));
}

int Invocation::checked_axis(std::string_view name, std::int64_t axis) const {
  if (std::abs(axis) <= max_rank) return static_cast<int>(axis);
  const Option* option = find(name);
  throw EvaluationError(fmt::format("[{}] {} {} is out of range", function_.name, name, axis),
                        option == nullptr ? 0 : option->offset);
}

}  // namespace gradus::command
