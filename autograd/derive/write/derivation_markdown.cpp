#include "autograd/derive/write/derivation_markdown.h"

#include <string_view>

#include "autograd/base/escape.h"
#include "autograd/derive/write/writer.h"

namespace gradus {

namespace {

/// Prose with everything escaped that Markdown takes for markup.
std::string markdown(std::string_view prose) {
  std::string out;
  for (const char c : text::terminal_line(prose)) {
    if (std::string_view("\\`*_{}[]<>()#+-.!|$&~^").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

class MarkdownWriter : public DerivationWriter {
 public:
  using DerivationWriter::DerivationWriter;

 private:
  void begin() override {
    if (!style().title.empty()) print("# {}\n\n", markdown(style().title));
  }

  void statement(const DerivationStatement& statement, bool /*before_steps*/) override {
    indent_.clear();
    print("## {}\n", markdown(statement.title));
    if (!statement.text.empty()) print("\n{}\n", markdown(statement.text));
    for (const Equation& line : statement.equations) equation(line);
    print("\n");
  }

  void begin_phase(Phase phase, int /*number*/) override { print("## {}\n\n", heading_of(phase)); }

  void begin_step(const DerivationStep& step, int number) override {
    const std::string marker = fmt::format("{}. ", number);
    indent_.assign(marker.size(), ' ');  // what belongs to an item is as far in as its first word
    print("{}**{}**\n", marker, markdown(step.title));
    if (!step.text.empty()) print("\n{}{}\n", indent_, markdown(step.text));
  }

  void equation(const Equation& equation) override {
    print("\n{}$", indent_);
    for (std::size_t k = 0; k < equation.sides.size(); ++k) {
      if (k > 0) print(" {} ", equation.sign_before(k) == "=" ? "=" : "\\approx");
      print("{}", equation.sides[k].latex());
    }
    print("{}$", equation.hidden ? " =" : "");
    if (equation.blank > 0) print("{}\\[{}\\]", equation.hidden ? " ____" : "   ", equation.blank);
    if (!equation.shapes.empty()) print("   {}", markdown(equation.shapes));
    print("\n");
    if (!equation.reason.empty()) print("{}({})\n", indent_, markdown(equation.reason));
  }

  void end_step(const DerivationStep& /*step*/) override { print("\n"); }

  void table(const DerivationTable& table) override {
    print("## {}\n\n", markdown(table.title));
    if (!table.text.empty()) print("{}\n\n", markdown(table.text));
    if (table.headings.empty()) return;
    std::string rule = "|";
    for (std::size_t c = 0; c < table.headings.size(); ++c) {
      print("| {} ", markdown(table.headings[c]));
      rule += c == 0 || !table.numbers ? "---|" : "---:|";
    }
    print("|\n{}\n", rule);
    for (const auto& row : table.rows) {
      for (std::size_t c = 0; c < row.size(); ++c) {
        // A matrix on several lines would break the row.
        const auto symbol = c == 0 ? table.mathematics_of(row, c) : std::nullopt;
        print("| {} ", symbol ? "$" + symbol->latex() + "$" : markdown(row[c]));
      }
      print("|\n");
    }
    print("\n");
  }

  std::string indent_;
};

}  // namespace

std::string to_markdown(const Graph& graph, const Derivation& derivation, const DerivationStyle& style) {
  return MarkdownWriter(graph, derivation, style).write();
}

}  // namespace gradus
