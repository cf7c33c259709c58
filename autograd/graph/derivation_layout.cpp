#include "autograd/graph/derivation_layout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "autograd/graph/derivation_order_tables.h"
#include "autograd/graph/text.h"

namespace gradus::detail {

std::string_view word(Phase phase) {
  constexpr std::array<std::string_view, 3> words{"forward", "backward", "update"};
  return words[static_cast<std::size_t>(phase)];
}
std::string_view heading(Phase phase) {
  constexpr std::array<std::string_view, 3> words{"Forward", "Backward", "Update"};
  return words[static_cast<std::size_t>(phase)];
}

std::string harmless(std::string_view user_text) {
  const std::string quoted = text::quote_label(user_text);
  std::string out;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    const std::string_view rest = std::string_view(quoted).substr(i);
    if (quoted[i] == '\\') {
      out += quoted[++i] == 'n' ? ' ' : quoted[i];
    } else if (rest.starts_with("&lt;") || rest.starts_with("&gt;")) {
      out += rest[1] == 'l' ? '<' : '>';
      i += 3;
    } else if (rest.starts_with("&amp;")) {
      out += '&';
      i += 4;
    } else {
      out += quoted[i];
    }
  }
  return out;
}

std::string numbers_of(const Array& a, int digits) {
  if (!a) return "not computed";
  const std::vector<double> all = a.to_vector();
  const auto sizes = a.sizes();
  // A bracket opens or closes for every axis of which the number is the first or the last.
  const auto brackets = [&](std::size_t position) {
    std::size_t n = 0;
    std::size_t block = 1;
    for (std::size_t k = sizes.size(); k-- > 0;) {
      block *= static_cast<std::size_t>(sizes[k]);
      n += position % block == 0 ? 1U : 0U;
    }
    return n;
  };
  if (all.empty()) return "[]";
  if (all.size() == 1) return derivation_number(all[0], digits);
  std::string out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i > 0) out += ", ";
    out.append(brackets(i), '[');
    out += derivation_number(all[i], digits);
    out.append(brackets(i + 1), ']');
  }
  return out;
}

namespace {

/// The largest distance of two numbers at the same place.
double largest_distance(const DerivationCheck& check) {
  if (!check.difference) return 0.0;
  const std::vector<double> a = check.gradient.to_vector();
  const std::vector<double> b = check.difference.to_vector();
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double distance = std::fabs(a[i] - b[i]);
    largest = distance <= largest ? largest : distance;  // NaN stays
  }
  return largest;
}

/// How small it is depends on the last bits of a difference: nothing is to be read into that.
std::string distance(const DerivationCheck& check) {
  if (!check.difference) return "";
  const double largest = largest_distance(check);
  return largest < 1e-8 ? "< 1e−8" : derivation_number(largest, 1);
}

/// Further apart than truncation and rounding explain.
bool is_apart(const DerivationCheck& check) {
  double size = 1.0;
  for (const double x : check.gradient.to_vector()) size = std::fmax(size, std::fabs(x));
  return largest_distance(check) > 1e-3 * size;
}

/// Few numbers are written out, of many the shape is told.
std::string written(const Array& a, int digits) {
  return a && a.size() > most_written ? text::dimensions(a.shape()) : numbers_of(a, digits);
}

Table table_of_checks(const Derivation& derivation) {
  Table table{"Check", "", {"leaf", "gradient", "central difference", "distance"}, {}, true, true};
  // A difference has no more right digits than about half of a number's.
  const int digits_of_difference = std::min(derivation.digits, 7);
  for (const DerivationCheck& check : derivation.checks) {
    table.rows.push_back({derivation.symbols[static_cast<std::size_t>(check.slot)],
                          written(check.gradient, derivation.digits), written(check.difference, digits_of_difference),
                          distance(check)});
    if (is_apart(check)) {
      table.text =
          "Where the two are apart, the function has a kink or a jump: a difference looks at both sides of it.";
    }
  }
  return table;
}

Table table_of_update(const Graph& graph, const Derivation& derivation, const DerivationUpdate& update) {
  Table table{"Before and after", "", {"", "before", "gradient", "after"}, {}, true, true};
  for (const DerivationUpdate::Leaf& leaf : update.leaves) {
    table.rows.push_back({derivation.symbols[static_cast<std::size_t>(leaf.slot)],
                          written(leaf.before, derivation.digits), written(leaf.gradient, derivation.digits),
                          written(leaf.after, derivation.digits)});
  }
  const auto number = [&](double x) { return derivation_number(x, derivation.digits); };
  table.rows.push_back({derivation.symbols[static_cast<std::size_t>(graph.outputs().front())], number(update.before),
                        "", update.after ? number(*update.after) : "not computed"});
  return table;
}

}  // namespace

std::vector<Table> tables_of(const Graph& graph, const Derivation& derivation) {
  std::vector<Table> tables;
  if (derivation.order) tables = tables_of_orders(derivation, *derivation.order);
  if (derivation.update) tables.push_back(table_of_update(graph, derivation, *derivation.update));
  if (!derivation.checks.empty()) tables.push_back(table_of_checks(derivation));
  return tables;
}

}  // namespace gradus::detail
