#include "autograd/derive/write/derivation_text.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "autograd/base/escape.h"
#include "autograd/base/utf8.h"
#include "autograd/derive/write/writer.h"
#include "autograd/math/typeset.h"

namespace gradus {

namespace {

using text::terminal_line;

class TextWriter : public DerivationWriter {
 public:
  using DerivationWriter::DerivationWriter;

 private:
  void begin() override {
    if (!style().title.empty()) print("{}\n\n", colored("1", terminal_line(style().title)));
  }

  void statement(const DerivationStatement& statement, bool before_steps) override {
    print("{}{}\n", before_steps ? "" : "\n", colored("1", statement.title));
    if (!statement.text.empty()) print("     {}\n", terminal_line(statement.text));
    for (const Equation& line : statement.equations) equation(line);
    if (before_steps && !derivation().steps.empty()) print("\n");
  }

  void begin_phase(Phase phase, int number) override {
    const std::string_view color = phase == Phase::forward ? "1;34" : phase == Phase::backward ? "1;31" : "1;32";
    print("{}{}\n", number == 1 ? "" : "\n", colored(color, heading_of(phase)));
  }

  void begin_step(const DerivationStep& step, int number) override {
    print("{:>3}. {}\n", number, colored("1", terminal_line(step.title)));
    if (!step.text.empty()) print("     {}\n", terminal_line(step.text));
  }

  void equation(const Equation& equation) override {
    print("       ");
    for (std::size_t k = 0; k < equation.sides.size(); ++k) {
      if (k > 0) print(" {} ", equation.sign_before(k));
      print("{}", terminal_line(text::typeset(equation.sides[k].text())));
    }
    if (equation.blank > 0) print("{}[{}]", equation.hidden ? " = ____" : "   ", equation.blank);
    if (!equation.shapes.empty()) print("   {}", colored("2", equation.shapes));
    print("\n");
    if (!equation.reason.empty()) print("         {}\n", colored("2", terminal_line(equation.reason)));
  }

  void table(const DerivationTable& table) override {
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

  [[nodiscard]] std::string colored(std::string_view code, std::string_view words) const {
    return style().color ? fmt::format("\x1b[{}m{}\x1b[0m", code, words) : std::string(words);
  }
};

}  // namespace

std::string to_text(const Graph& graph, const Derivation& derivation, const DerivationStyle& style) {
  return TextWriter(graph, derivation, style).write();
}

}  // namespace gradus
