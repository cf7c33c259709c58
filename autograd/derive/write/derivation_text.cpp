#include "autograd/derive/write/derivation_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

#include "autograd/base/escape.h"
#include "autograd/base/utf8.h"
#include "autograd/derive/write/derivation_layout.h"
#include "autograd/math/typeset.h"

namespace gradus {

namespace {

using detail::heading;
using detail::Table;
using detail::tables_of;
using text::terminal_line;

class TextWriter {
 public:
  TextWriter(const Graph& graph, const Derivation& derivation, const DerivationTextStyle& style)
      : graph_(graph), derivation_(derivation), style_(style) {}

  std::string write() {
    if (!style_.title.empty()) print("{}\n\n", colored("1", terminal_line(style_.title)));
    int number = 0;
    const Phase* phase = nullptr;
    for (const DerivationStep& step : derivation_.steps) {
      if (phase == nullptr || *phase != step.phase) {
        print("{}{}\n", phase == nullptr ? "" : "\n", colored(color_of(step.phase), heading(step.phase)));
      }
      phase = &step.phase;
      print("{:>3}. {}\n", ++number, colored("1", terminal_line(step.title)));
      if (!step.text.empty()) print("     {}\n", terminal_line(step.text));
      for (const Equation& equation : step.equations) line(equation);
    }
    for (const Table& table : tables_of(graph_, derivation_)) print_table(table);
    return std::move(out_);
  }

 private:
  template <class... X>
  void print(fmt::format_string<X...> format, X&&... x) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<X>(x)...);
  }
  static std::string_view color_of(Phase phase) {
    return phase == Phase::forward ? "1;34" : phase == Phase::backward ? "1;31" : "1;32";
  }
  [[nodiscard]] std::string colored(std::string_view code, std::string_view words) const {
    return style_.color ? fmt::format("\x1b[{}m{}\x1b[0m", code, words) : std::string(words);
  }

  void line(const Equation& equation) {
    out_ += "       ";
    for (std::size_t k = 0; k < equation.sides.size(); ++k) {
      print("{}{}", k == 0 ? "" : " = ", terminal_line(text::typeset(equation.sides[k].text())));
    }
    if (equation.blank > 0) print("{}[{}]", equation.hidden ? " = ____" : "   ", equation.blank);
    if (!equation.shapes.empty()) print("   {}", colored("2", equation.shapes));
    out_ += '\n';
    if (!equation.reason.empty()) print("         {}\n", colored("2", terminal_line(equation.reason)));
  }

  void print_table(const Table& table) {
    std::vector<std::vector<std::string>> rows{table.headings};
    for (const auto& row : table.rows) {
      rows.push_back(row);
      if (table.first_is_symbol) rows.back()[0] = text::subscripted(row[0]);
      for (std::string& cell : rows.back()) cell = terminal_line(cell);
    }
    std::vector<std::size_t> widths(table.headings.size());
    for (const auto& row : rows) {
      for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], text::code_points(row[c]));
    }
    print("\n{}\n", colored("1", table.title));
    if (!table.text.empty()) print("     {}\n", terminal_line(table.text));
    if (table.headings.empty()) return;
    for (const auto& row : rows) {
      std::string line = "     ";
      for (std::size_t c = 0; c < row.size(); ++c) {
        const std::string padding(widths[c] - text::code_points(row[c]), ' ');
        if (c > 0) line += "   ";
        line += c == 0 || !table.numbers ? row[c] + padding : padding + row[c];
      }
      line.erase(line.find_last_not_of(' ') + 1);
      print("{}\n", line);
    }
  }

  const Graph& graph_;
  const Derivation& derivation_;
  const DerivationTextStyle& style_;
  std::string out_;
};

}  // namespace

std::string to_text(const Graph& graph, const Derivation& derivation, const DerivationTextStyle& style) {
  return TextWriter(graph, derivation, style).write();
}

}  // namespace gradus
