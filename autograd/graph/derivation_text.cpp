#include "autograd/graph/derivation_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <string_view>
#include <vector>

#include "autograd/graph/text.h"

namespace gradus {

namespace {

std::string_view word(Phase phase) { return phase == Phase::forward ? "Forward" : "Backward"; }

/// Names in a derivation are the user's: nothing in them may act on a terminal or break a line.
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

// ------------------------------------------------------------------------------------------------------ the closing table

using Row = std::array<std::string, 4>;

std::string numbers_of(const Array& a, int digits) {
  if (!a) return "not computed";
  if (a.size() == 1) return derivation_number(a.item(), digits);
  std::string list;
  for (const double x : a.to_vector()) list += (list.empty() ? "" : ", ") + derivation_number(x, digits);
  return "[" + list + "]";
}

/// The largest distance of two numbers at the same place.
std::string largest_distance(const DerivationCheck& check) {
  if (!check.difference) return "";
  const std::vector<double> a = check.gradient.to_vector();
  const std::vector<double> b = check.difference.to_vector();
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double distance = std::fabs(a[i] - b[i]);
    largest = distance <= largest ? largest : distance;  // NaN stays
  }
  // How small it is depends on the last bits of a difference: nothing is to be read into that.
  return largest < 1e-8 ? "< 1e−8" : derivation_number(largest, 1);
}

/// Few numbers are written out, of many the shape is told.
Row row_of(const Graph& graph, const Derivation& derivation, const DerivationCheck& check) {
  const Slot& slot = graph.slots()[static_cast<std::size_t>(check.slot)];
  const auto written = [&](const Array& a) {
    return a && a.size() > 6 ? text::dimensions(slot.shape) : numbers_of(a, derivation.digits);
  };
  return {derivation.symbols[static_cast<std::size_t>(check.slot)], written(check.gradient), written(check.difference),
          largest_distance(check)};
}

constexpr std::array<std::string_view, 4> headings{"leaf", "gradient", "central difference", "distance"};

std::vector<Row> table(const Graph& graph, const Derivation& derivation) {
  std::vector<Row> rows;
  for (const DerivationCheck& check : derivation.checks) rows.push_back(row_of(graph, derivation, check));
  return rows;
}

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
        print("{}{}\n", phase == nullptr ? "" : "\n", colored(color_of(step.phase), word(step.phase)));
      }
      phase = &step.phase;
      print("{:>3}. {}\n", ++number, colored("1", harmless(step.title)));
      if (!step.text.empty()) print("     {}\n", harmless(step.text));
      for (const Equation& equation : step.equations) line(equation);
    }
    closing_table();
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

  void closing_table() {
    std::vector<Row> rows{{"leaf", "gradient", "central difference", "distance"}};
    for (Row row : table(graph_, derivation_)) {
      row[0] = harmless(text::subscripted(row[0]));
      rows.push_back(std::move(row));
    }
    if (rows.size() == 1) return;
    std::array<std::size_t, 4> widths{};
    for (const Row& row : rows) {
      for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], text::code_points(row[c]));
    }
    print("\n{}\n", colored("1", "Check"));
    for (const Row& row : rows) {
      std::string line = "     ";
      for (std::size_t c = 0; c < row.size(); ++c) {
        const std::string padding(widths[c] - text::code_points(row[c]), ' ');
        line += c == 0 ? row[c] + padding : "   " + padding + row[c];
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
    if (phase == nullptr || *phase != step.phase) print("## {}\n\n", word(step.phase));
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
  if (derivation.checks.empty()) return out;
  print("## Check\n\n| {} | {} | {} | {} |\n|---|---:|---:|---:|\n", headings[0], headings[1], headings[2],
        headings[3]);
  for (const Row& row : table(graph, derivation)) {
    print("| ${}$ | {} | {} | {} |\n", Formula(row[0]).latex(), markdown_prose(row[1]), markdown_prose(row[2]),
          markdown_prose(row[3]));
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
      print("{}\\subsection*{{{}}}\n\\begin{{enumerate}}\n", first ? "" : "\\end{enumerate}\n", word(step.phase));
    phase = &step.phase;
    print("\\item \\textbf{{{}}} {}\n", latex_prose(step.title), latex_prose(step.text));
    for (const Equation& equation : step.equations) {
      print("\\[ {} {} \\]\n", latex_equation(equation),
            equation.shapes.empty() ? "" : "\\qquad " + latex_cell(equation.shapes));
      if (!equation.reason.empty()) print("{}\n", latex_prose(equation.reason));
    }
  }
  if (phase != nullptr) out += "\\end{enumerate}\n";
  if (!derivation.checks.empty()) {
    print("\\subsection*{{Check}}\n\\begin{{tabular}}{{lrrr}}\n{} & {} & {} & {} \\\\ \\hline\n", headings[0],
          headings[1], headings[2], headings[3]);
    for (const Row& row : table(graph, derivation)) {
      print("${}$ & {} & {} & {} \\\\\n", Formula(row[0]).latex(), latex_prose(row[1]), latex_prose(row[2]),
            latex_prose(row[3]));
    }
    out += "\\end{tabular}\n";
  }
  if (standalone) out += "\\end{document}\n";
  return out;
}

}  // namespace gradus
