#include "autograd/graph/derivation_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <vector>

#include "autograd/graph/derivation_layout.h"
#include "autograd/graph/text.h"

namespace gradus {

namespace {

using detail::harmless;
using detail::heading;
using detail::Table;
using detail::tables_of;

// ------------------------------------------------------------------------------------------------------------------ text

class TextWriter {
 public:
  TextWriter(const Graph& graph, const Derivation& derivation, const DerivationTextStyle& style)
      : graph_(graph), derivation_(derivation), style_(style) {}

  std::string write() {
    if (!style_.title.empty()) print("{}\n\n", colored("1", harmless(style_.title)));
    int number = 0;
    const Phase* phase = nullptr;
    for (const DerivationStep& step : derivation_.steps) {
      if (phase == nullptr || *phase != step.phase) {
        print("{}{}\n", phase == nullptr ? "" : "\n", colored(color_of(step.phase), heading(step.phase)));
      }
      phase = &step.phase;
      print("{:>3}. {}\n", ++number, colored("1", harmless(step.title)));
      if (!step.text.empty()) print("     {}\n", harmless(step.text));
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
  static std::string_view color_of(Phase phase) { return phase == Phase::forward ? "1;34" : "1;31"; }
  [[nodiscard]] std::string colored(std::string_view code, std::string_view words) const {
    return style_.color ? fmt::format("\x1b[{}m{}\x1b[0m", code, words) : std::string(words);
  }

  void line(const Equation& equation) {
    out_ += "       ";
    for (std::size_t k = 0; k < equation.sides.size(); ++k) {
      print("{}{}", k == 0 ? "" : " = ", harmless(text::typeset(equation.sides[k].text())));
    }
    if (!equation.shapes.empty()) print("   {}", colored("2", equation.shapes));
    out_ += '\n';
    if (!equation.reason.empty()) print("         {}\n", colored("2", harmless(equation.reason)));
  }

  void print_table(const Table& table) {
    std::vector<std::vector<std::string>> rows{table.headings};
    for (const auto& row : table.rows) {
      rows.push_back(row);
      if (table.first_is_symbol) rows.back()[0] = text::subscripted(row[0]);
      for (std::string& cell : rows.back()) cell = harmless(cell);
    }
    std::vector<std::size_t> widths(table.headings.size());
    for (const auto& row : rows) {
      for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], text::code_points(row[c]));
    }
    print("\n{}\n", colored("1", table.title));
    if (!table.text.empty()) print("     {}\n", harmless(table.text));
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

// -------------------------------------------------------------------------------------------------- Markdown and LaTeX

/// Prose for LaTeX and Markdown: characters that either takes for markup are escaped.
std::string escaped(std::string_view prose, std::string_view special) {
  std::string out;
  for (const char c : harmless(prose)) {
    if (special.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}
std::string markdown_prose(std::string_view prose) { return escaped(prose, "\\`*_{}[]<>()#+-.!|$&~^"); }

std::string latex_equation(const Equation& equation) {
  std::string out;
  for (std::size_t k = 0; k < equation.sides.size(); ++k) {
    out += (k == 0 ? "" : " = ") + equation.sides[k].latex();
  }
  return out;
}

/// A number of the table, or its text, in math mode.
std::string latex_cell(const std::string& cell) { return Formula(cell).latex(); }

/// Prose in LaTeX: what its fonts do not have goes through math mode, as names do.
std::string latex_prose(std::string_view prose) {
  std::string out;
  std::string odd;
  const auto flush = [&] {
    if (!odd.empty()) out += "$" + Formula(odd).latex() + "$";
    odd.clear();
  };
  for (const char c : harmless(prose)) {
    const bool plain =
        static_cast<unsigned char>(c) < 0x80 && std::string_view("\\{}$&#%_^~<>|\"").find(c) == std::string_view::npos;
    if (plain) flush();
    (plain ? out : odd) += c;
  }
  flush();
  return out;
}

}  // namespace

std::string to_text(const Graph& graph, const Derivation& derivation, const DerivationTextStyle& style) {
  return TextWriter(graph, derivation, style).write();
}

std::string to_markdown(const Graph& graph, const Derivation& derivation, const std::string& title) {
  std::string out;
  const auto print = [&](const auto& format, const auto&... x) {
    fmt::format_to(std::back_inserter(out), fmt::runtime(format), x...);
  };
  if (!title.empty()) print("# {}\n\n", markdown_prose(title));
  int number = 0;
  const Phase* phase = nullptr;
  for (const DerivationStep& step : derivation.steps) {
    if (phase == nullptr || *phase != step.phase) print("## {}\n\n", heading(step.phase));
    phase = &step.phase;
    print("{}. **{}**\n", ++number, markdown_prose(step.title));
    if (!step.text.empty()) print("\n   {}\n", markdown_prose(step.text));
    for (const Equation& equation : step.equations) {
      print("\n   ${}${}\n", latex_equation(equation),
            equation.shapes.empty() ? "" : "   " + markdown_prose(equation.shapes));
      if (!equation.reason.empty()) print("   ({})\n", markdown_prose(equation.reason));
    }
    out += '\n';
  }
  for (const Table& table : tables_of(graph, derivation)) {
    print("## {}\n\n", markdown_prose(table.title));
    if (!table.text.empty()) print("{}\n\n", markdown_prose(table.text));
    std::string rule = "|";
    for (std::size_t c = 0; c < table.headings.size(); ++c) {
      print("| {} ", markdown_prose(table.headings[c]));
      rule += c == 0 || !table.numbers ? "---|" : "---:|";
    }
    print("|\n{}\n", rule);
    for (const auto& row : table.rows) {
      for (std::size_t c = 0; c < row.size(); ++c) {
        const bool symbol = c == 0 && table.first_is_symbol;
        print("| {} ", symbol ? "$" + Formula(row[c]).latex() + "$" : markdown_prose(row[c]));
      }
      out += "|\n";
    }
    out += '\n';
  }
  return out;
}

std::string to_latex(const Graph& graph, const Derivation& derivation, const std::string& title, bool standalone) {
  std::string out;
  const auto print = [&](const auto& format, const auto&... x) {
    fmt::format_to(std::back_inserter(out), fmt::runtime(format), x...);
  };
  if (standalone) {
    out +=
        "\\documentclass{article}\n\\usepackage[T1]{fontenc}\n\\usepackage[utf8]{inputenc}\n\\usepackage{amsmath}\n"
        "\\usepackage[margin=2.5cm]{geometry}\n\\begin{document}\n";
  }
  if (!title.empty()) print("\\section*{{{}}}\n", latex_prose(title));
  const Phase* phase = nullptr;
  for (const DerivationStep& step : derivation.steps) {
    const bool first = phase == nullptr;
    const bool turns = first || *phase != step.phase;
    if (turns)
      print("{}\\subsection*{{{}}}\n\\begin{{enumerate}}\n", first ? "" : "\\end{enumerate}\n", heading(step.phase));
    phase = &step.phase;
    print("\\item \\textbf{{{}}} {}\n", latex_prose(step.title), latex_prose(step.text));
    for (const Equation& equation : step.equations) {
      print("\\[ {} {} \\]\n", latex_equation(equation),
            equation.shapes.empty() ? "" : "\\qquad " + latex_cell(equation.shapes));
      if (!equation.reason.empty()) print("{}\n", latex_prose(equation.reason));
    }
  }
  if (phase != nullptr) out += "\\end{enumerate}\n";
  for (const Table& table : tables_of(graph, derivation)) {
    print("\\subsection*{{{}}}\n", latex_prose(table.title));
    if (!table.text.empty()) print("{}\n\n", latex_prose(table.text));
    const auto columns = std::string(table.headings.size() - 1, table.numbers ? 'r' : 'l');
    print("\\begin{{tabular}}{{l{}}}\n", columns);
    for (std::size_t c = 0; c < table.headings.size(); ++c) {
      print("{}{}", c == 0 ? "" : " & ", latex_prose(table.headings[c]));
    }
    out += " \\\\ \\hline\n";
    for (const auto& row : table.rows) {
      for (std::size_t c = 0; c < row.size(); ++c) {
        const bool symbol = c == 0 && table.first_is_symbol;
        print("{}{}", c == 0 ? "" : " & ", symbol ? "$" + Formula(row[c]).latex() + "$" : latex_prose(row[c]));
      }
      out += " \\\\\n";
    }
    out += "\\end{tabular}\n";
  }
  if (standalone) out += "\\end{document}\n";
  return out;
}

}  // namespace gradus
