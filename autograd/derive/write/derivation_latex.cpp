#include "autograd/derive/write/derivation_latex.h"

#include <string_view>

#include "autograd/base/escape.h"
#include "autograd/base/utf8.h"
#include "autograd/derive/write/writer.h"

namespace gradus {

namespace {

/// Prose in LaTeX: what its fonts do not have goes through math mode, as names do.
std::string latex(std::string_view prose) {
  std::string out;
  std::string odd;
  const auto flush = [&] {
    if (!odd.empty()) out += "$" + Formula(odd).latex() + "$";
    odd.clear();
  };
  for (const char c : text::terminal_line(prose)) {
    const bool plain =
        static_cast<unsigned char>(c) < 0x80 && std::string_view("\\{}$&#%_^~<>|\"").find(c) == std::string_view::npos;
    if (plain) flush();
    (plain ? out : odd) += c;
  }
  flush();
  return out;
}

class LatexWriter : public DerivationWriter {
 public:
  using DerivationWriter::DerivationWriter;

 private:
  void begin() override {
    if (!style().fragment) {
      print(
          "\\documentclass{{article}}\n\\usepackage[utf8]{{inputenc}}\n"
          "\\usepackage{{amsmath}}\n\\usepackage{{graphicx}}\n\\usepackage[margin=2.5cm]{{geometry}}\n"
          "\\setlength{{\\emergencystretch}}{{3em}}\n\\begin{{document}}\n");
    }
    // What is wider than the page becomes as wide as the page, in a document that loads graphicx.
    print(
        "\\providecommand{{\\fitted}}[1]{{{{\\setbox0=\\hbox{{#1}}\\ifdim\\wd0>\\linewidth\\ifdefined\\resizebox"
        "\\resizebox{{\\linewidth}}{{!}}{{\\box0}}\\else\\box0\\fi\\else\\box0\\fi}}}}\n");
    if (!style().title.empty()) print("\\section*{{{}}}\n", latex(style().title));
  }

  void statement(const DerivationStatement& statement, bool /*before_steps*/) override {
    print("\\subsection*{{{}}}\n", latex(statement.title));
    if (!statement.text.empty()) print("{}\n", latex(statement.text));
    for (const Equation& line : statement.equations) equation(line);
  }

  void begin_phase(Phase phase, int number) override {
    print("\\subsection*{{{}}}\n\\begin{{enumerate}}\n", heading_of(phase));
    if (number > 1) print("\\setcounter{{enumi}}{{{}}}\n", number - 1);
  }
  void end_phase() override { print("\\end{{enumerate}}\n"); }

  void begin_step(const DerivationStep& step, int /*number*/) override {
    print("\\item \\textbf{{{}}} {}\n", latex(step.title), latex(step.text));
  }

  /// One line, or what would not fit the page broken before each equals sign.
  void equation(const Equation& equation) override {
    constexpr std::size_t fits = 70;
    std::size_t length = 0;
    for (const Formula& side : equation.sides) length += text::code_points(side.text()) + 3;
    const bool broken = equation.sides.size() > 1 && length > fits;
    std::string mathematics;
    for (std::size_t k = 0; k < equation.sides.size(); ++k) {
      const std::string_view sign = equation.sign_before(k) == "=" ? "=" : "\\approx";
      if (k > 0) mathematics += fmt::format("{} {}{} ", broken && k > 1 ? " \\\\\n" : "", broken ? "&" : "", sign);
      mathematics += equation.sides[k].latex();
    }
    if (broken) mathematics = "\\begin{aligned} " + mathematics + " \\end{aligned}";
    if (equation.hidden) mathematics += " = \\underline{\\hspace{4em}}";
    if (equation.blank > 0) mathematics += fmt::format("{}[{}]", equation.hidden ? "" : "\\quad ", equation.blank);
    if (!equation.shapes.empty()) mathematics += " \\qquad " + Formula(equation.shapes).latex();
    print("\\[ \\fitted{{$\\displaystyle {}$}} \\]\n", mathematics);
    if (!equation.reason.empty()) print("{}\n", latex(equation.reason));
  }

  void table(const DerivationTable& table) override {
    print("\\subsection*{{{}}}\n", latex(table.title));
    if (!table.text.empty()) print("{}\\par\\smallskip\n", latex(table.text));
    if (table.headings.empty()) return;
    print("\\noindent\\fitted{{\\begin{{tabular}}{{l{}}}\n",
          std::string(table.headings.size() - 1, table.numbers ? 'r' : 'l'));
    for (std::size_t c = 0; c < table.headings.size(); ++c) {
      print("{}{}", c == 0 ? "" : " & ", latex(table.headings[c]));
    }
    print(" \\\\ \\hline\n");
    for (const auto& row : table.rows) {
      print("{{}}");  // a row that begins with [ would be taken for an option of the line break
      for (std::size_t c = 0; c < row.size(); ++c) {
        const auto mathematics = table.mathematics_of(row, c);
        print("{}{}", c == 0 ? "" : " & ", mathematics ? "$" + mathematics->latex() + "$" : latex(row[c]));
      }
      print(" \\\\\n");
    }
    print("\\end{{tabular}}}}\n");
  }

  void end() override {
    if (!style().fragment) print("\\end{{document}}\n");
  }
};

}  // namespace

std::string to_latex(const Graph& graph, const Derivation& derivation, const DerivationStyle& style) {
  return LatexWriter(graph, derivation, style).write();
}

}  // namespace gradus
