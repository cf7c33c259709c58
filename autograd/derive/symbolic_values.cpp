#include "autograd/derive/symbolic_values.h"

#include <cstddef>
#include <optional>
#include <vector>

#include "autograd/derive/formula_value.h"

namespace gradus::detail {

Array value_of_term(const Formula::Term& term, std::span<const Array> x) {
  Shape shape;
  for (const Array& a : x) shape = broadcast(shape, a.shape(), "value_of_term");
  std::vector<std::vector<double>> arguments;
  for (const Array& a : x) arguments.push_back(a.broadcast_to(shape).to_vector());
  std::vector<double> numbers;
  for (std::int64_t i = 0; i < shape.size(); ++i) {
    std::vector<Formula::Term> terms;
    for (const std::vector<double>& argument : arguments) {
      terms.push_back({Formula::Kind::number, 0, "0", "", argument[static_cast<std::size_t>(i)]});
    }
    terms.push_back(term);
    const std::optional<FormulaValue> value = value_of(terms, NumbersOf::memory);
    if (!value || value->numbers.size() != 1) return {};
    numbers.push_back(static_cast<double>(value->numbers.front()));
  }
  return Array(shape, numbers);
}

}  // namespace gradus::detail
