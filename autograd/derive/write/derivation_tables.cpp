#include "autograd/derive/write/derivation_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>

#include "autograd/array/print.h"
#include "autograd/derive/derivation_numbers.h"
#include "autograd/derive/derivation_update.h"
#include "autograd/derive/formula_value.h"
#include "autograd/derive/write/derivation_order_tables.h"

namespace gradus {

namespace {

/// How a gradient and its difference compare.
enum class Agreement : std::uint8_t { good, within_rounding, apart, no_derivative, undefined };
struct Comparison {
  Agreement agreement = Agreement::good;
  double distance = 0.0;  // the largest of those that tell the agreement, relative to the larger number
};

/// A difference has about ten right digits where nothing is in its way.
constexpr double good_distance = 1e-5;

Comparison compare(double gradient, double difference, double uncertainty, bool breaks) {
  if (std::isnan(difference)) return {Agreement::undefined, 0.0};
  if (breaks) return {Agreement::no_derivative, 0.0};
  const double distance = std::fabs(gradient - difference);
  const double relative = distance == 0.0 ? 0.0 : distance / std::fmax(std::fabs(gradient), std::fabs(difference));
  if (relative <= good_distance) return {Agreement::good, relative};
  return {distance <= uncertainty ? Agreement::within_rounding : Agreement::apart, relative};
}

/// The worst of all numbers of a leaf.
Comparison compare(const DerivationCheck& check) {
  const std::vector<double> a = check.gradient.to_vector();
  const std::vector<double> b = check.difference.to_vector();
  const std::vector<double> off = check.uncertainty.to_vector();
  Comparison worst;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const Comparison one = compare(a[i], b[i], off[i], i < check.breaks.size() && check.breaks[i]);
    const bool further = one.agreement == worst.agreement && !(one.distance <= worst.distance);
    if (one.agreement > worst.agreement || further) worst = one;
  }
  return worst;
}

/// How small it is depends on the last bits of a difference: nothing is to be read into that.
std::string distance_in_words(const Comparison& compared) {
  switch (compared.agreement) {
    case Agreement::good:
      return "< 1e−5";
    case Agreement::within_rounding:
      return "within rounding";
    case Agreement::apart:
      return derivation_number(compared.distance, 1);
    case Agreement::no_derivative:
      return "no derivative";
    case Agreement::undefined:
      return "–";
  }
  return "";
}

/// NaN is where there is no difference: a dash.
std::string dashed(std::string numbers) {
  for (std::size_t i = numbers.find("nan"); i != std::string::npos; i = numbers.find("nan", i)) {
    numbers.replace(i, 3, "–");
  }
  return numbers;
}

/// Few numbers are written out, of many the shape is told.
std::string written(const Array& a, int digits) {
  return a.defined() && a.size() > detail::most_written ? fmt::format("({})", text::dimensions(a.shape()))
                                                        : detail::numbers_of(a, digits);
}

DerivationTable table_of_checks(const Derivation& derivation) {
  DerivationTable table{"Check", "", {"leaf", "gradient", "central difference", "relative distance"}, {}, true, true};
  // A difference has no more right digits than about half of a number's.
  const int digits_of_difference = std::min(derivation.digits, 7);
  std::array<bool, 5> seen{};
  for (const DerivationCheck& check : derivation.checks) {
    const Comparison compared = check.difference.defined() ? compare(check) : Comparison{};
    if (check.difference.defined()) seen[static_cast<std::size_t>(compared.agreement)] = true;
    table.rows.push_back({derivation.symbols[static_cast<std::size_t>(check.slot)],
                          written(check.gradient, derivation.digits),
                          dashed(written(check.difference, digits_of_difference)),
                          check.difference.defined() ? distance_in_words(compared) : ""});
  }
  table.text =
      "The central difference measures the slope without any rule: the result a little above the number less that a "
      "little below, divided by the distance. Where the two are apart by less than 1e−5 of the larger, they agree.";
  const auto says = [&](Agreement agreement, std::string_view words) {
    if (seen[static_cast<std::size_t>(agreement)]) table.text += words;
  };
  says(Agreement::within_rounding,
       " Within rounding: apart by no more than what rounding and the function's bend do to a difference.");
  says(Agreement::apart,
       " Where the two are apart, the function has a kink or a jump, bends sharply or loses digits on the way: a "
       "difference looks at both sides.");
  says(Agreement::no_derivative,
       " No derivative: the function has a kink or a jump right there. The gradient is a convention, the difference "
       "looks at "
       "both sides, and that they agree or do not says nothing.");
  says(
      Agreement::undefined,
      derivation.digits_lost
          ? " A dash: there or right beside it the result or its slope is not finite, here for the digits that were "
            "lost "
            "in a step above, and there is no difference."
          : " A dash: there or right beside it the function or its slope is not defined or not finite, and there is no "
            "difference.");
  return table;
}

DerivationTable table_of_update(const Graph& graph, const Derivation& derivation, const DerivationUpdate& update) {
  DerivationTable table{"Before and after", "", {"", "before", "gradient", "after"}, {}, true, true};
  for (const DerivationUpdate::Leaf& leaf : update.leaves) {
    table.rows.push_back({derivation.symbols[static_cast<std::size_t>(leaf.slot)],
                          written(leaf.before, derivation.digits), written(leaf.gradient, derivation.digits),
                          written(leaf.after, derivation.digits)});
  }
  const auto number = [&](double x) { return derivation_number(x, derivation.digits); };
  table.rows.push_back({detail::result_formula(graph, derivation).text(), number(update.before), "",
                        update.after ? number(*update.after) : "not computed"});
  return table;
}

}  // namespace

std::optional<Formula> DerivationTable::mathematics_of(const std::vector<std::string>& row, std::size_t column) const {
  const std::string& cell = row[column];
  if (column == 0 && first_is_symbol) return Formula(cell);
  if (numbers && (cell.starts_with("[[") || (cell.starts_with('[') && cell.find('e') != std::string::npos))) {
    return Formula::array(cell);
  }
  if (numbers && cell.find('e') != std::string::npos && detail::read_number(cell)) return Formula::put_in(cell);
  return std::nullopt;
}

std::vector<DerivationTable> tables_of(const Graph& graph, const Derivation& derivation) {
  std::vector<DerivationTable> tables;
  if (derivation.update) tables.push_back(table_of_update(graph, derivation, *derivation.update));
  if (derivation.order)
    std::ranges::move(detail::tables_of_orders(derivation, *derivation.order), std::back_inserter(tables));
  if (!derivation.checks.empty()) tables.push_back(table_of_checks(derivation));
  return tables;
}

}  // namespace gradus
