// Derivations as Markdown and LaTeX.
#include <fmt/format.h>

#include <iterator>
#include <string_view>

#include "autograd/base/escape.h"
#include "autograd/base/utf8.h"
#include "autograd/derive/write/derivation_layout.h"
#include "autograd/derive/write/derivation_text.h"

namespace gradus {

namespace {

using detail::heading;
using detail::Table;
using detail::tables_of;
using text::terminal_line;

class Printer {
 public:
  std::string take() { return std::move(out_); }

 protected:
  template <class... X>
  void print(fmt::format_string<X...> format, X&&... x) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<X>(x)...);
  }

 private:
  std::string out_;
};

std::string joined(const Equation& equation, std::string_view equals) {
  std::string out;
  for (std::size_t k = 0; k < equation.sides.size(); ++k) {
    if (k > 0) out += equals;
    out += equation.sides[k].latex();
  }
  return out;
}

// -------------------------------------------------------------------------------------------------------------- Markdown

/// Prose with everything escaped that Markdown takes for markup.
std::string markdown(std::string_view prose) {
  std::string out;
  for (const char c : terminal_line(prose)) {
    if (std::string_view("\\`*_{}[]<>()#+-.!|$&~^").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

class MarkdownWriter : public Printer {
 public:
  void title(const std::string& words) {
    if (!words.empty()) print("# {}\n\n", markdown(words));
  }

  void steps(const Derivation& derivation) {
    int number = 0;
    const Phase* phase = nullptr;
    for (const DerivationStep& step : derivation.steps) {
      if (phase == nullptr || *phase != step.phase) print("## {}\n\n", heading(step.phase));
      phase = &step.phase;
      const std::string marker = fmt::format("{}. ", ++number);
      indent_.assign(marker.size(), ' ');  // what belongs to an item is as far in as its first word
      print("{}**{}**\n", marker, markdown(step.title));
      if (!step.text.empty()) print("\n{}{}\n", indent_, markdown(step.text));
      for (const Equation& equation : step.equations) line(equation);
      print("\n");
    }
  }

  void table(const Table& table) {
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
        const bool symbol = c == 0 && table.first_is_symbol;
        print("| {} ", symbol ? "$" + Formula(row[c]).latex() + "$" : markdown(row[c]));
      }
      print("|\n");
    }
    print("\n");
  }

 private:
  void line(const Equation& equation) {
    print("\n{}${}{}$", indent_, joined(equation, " = "), equation.hidden ? " =" : "");
    if (equation.blank > 0) print("{}\\[{}\\]", equation.hidden ? " ____" : "   ", equation.blank);
    if (!equation.shapes.empty()) print("   {}", markdown(equation.shapes));
    print("\n");
    if (!equation.reason.empty()) print("{}({})\n", indent_, markdown(equation.reason));
  }

  std::string indent_;
};

// ----------------------------------------------------------------------------------------------------------------- LaTeX

/// Prose in LaTeX: what its fonts do not have goes through math mode, as names do.
std::string latex(std::string_view prose) {
  std::string out;
  std::string odd;
  const auto flush = [&] {
    if (!odd.empty()) out += "$" + Formula(odd).latex() + "$";
    odd.clear();
  };
  for (const char c : terminal_line(prose)) {
    const bool plain =
        static_cast<unsigned char>(c) < 0x80 && std::string_view("\\{}$&#%_^~<>|\"").find(c) == std::string_view::npos;
    if (plain) flush();
    (plain ? out : odd) += c;
  }
  flush();
  return out;
}

class LatexWriter : public Printer {
 public:
  void begin() {
    print(
        "\\documentclass{{article}}\n\\usepackage[utf8]{{inputenc}}\n"
        "\\usepackage{{amsmath}}\n\\usepackage{{graphicx}}\n\\usepackage[margin=2.5cm]{{geometry}}\n"
        "\\setlength{{\\emergencystretch}}{{3em}}\n\\begin{{document}}\n");
  }
  /// What is wider than the page becomes as wide as the page, in a document that loads graphicx.
  void fitting() {
    print(
        "\\providecommand{{\\fitted}}[1]{{{{\\setbox0=\\hbox{{#1}}\\ifdim\\wd0>\\linewidth\\ifdefined\\resizebox"
        "\\resizebox{{\\linewidth}}{{!}}{{\\box0}}\\else\\box0\\fi\\else\\box0\\fi}}}}\n");
  }
  void end() { print("\\end{{document}}\n"); }

  void title(const std::string& words) {
    if (!words.empty()) print("\\section*{{{}}}\n", latex(words));
  }

  void steps(const Derivation& derivation) {
    int number = 0;
    const Phase* phase = nullptr;
    for (const DerivationStep& step : derivation.steps) {
      if (phase == nullptr || *phase != step.phase) {
        print("{}\\subsection*{{{}}}\n\\begin{{enumerate}}\n", phase == nullptr ? "" : "\\end{enumerate}\n",
              heading(step.phase));
        if (number > 0) print("\\setcounter{{enumi}}{{{}}}\n", number);
      }
      phase = &step.phase;
      ++number;
      print("\\item \\textbf{{{}}} {}\n", latex(step.title), latex(step.text));
      for (const Equation& equation : step.equations) line(equation);
    }
    if (phase != nullptr) print("\\end{{enumerate}}\n");
  }

  void table(const Table& table) {
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
        const bool symbol = c == 0 && table.first_is_symbol;
        const bool matrix = row[c].starts_with("[[") && table.numbers;
        print("{}{}", c == 0 ? "" : " & ",
              symbol   ? "$" + Formula(row[c]).latex() + "$"
              : matrix ? "$" + Formula::array(row[c]).latex() + "$"
                       : latex(row[c]));
      }
      print(" \\\\\n");
    }
    print("\\end{{tabular}}}}\n");
  }

 private:
  /// One line, or what would not fit the page broken before each equals sign.
  void line(const Equation& equation) {
    constexpr std::size_t fits = 70;
    std::size_t length = 0;
    for (const Formula& side : equation.sides) length += text::code_points(side.text()) + 3;
    const bool broken = equation.sides.size() > 1 && length > fits;
    std::string mathematics;
    for (std::size_t k = 0; k < equation.sides.size(); ++k) {
      if (k > 0) mathematics += broken ? (k == 1 ? " &= " : " \\\\\n &= ") : " = ";
      mathematics += equation.sides[k].latex();
    }
    if (broken) mathematics = "\\begin{aligned} " + mathematics + " \\end{aligned}";
    if (equation.hidden) mathematics += " = \\underline{\\hspace{4em}}";
    if (equation.blank > 0) mathematics += fmt::format("{}[{}]", equation.hidden ? "" : "\\quad ", equation.blank);
    if (!equation.shapes.empty()) mathematics += " \\qquad " + Formula(equation.shapes).latex();
    print("\\[ \\fitted{{$\\displaystyle {}$}} \\]\n", mathematics);
    if (!equation.reason.empty()) print("{}\n", latex(equation.reason));
  }
};

}  // namespace

std::string to_markdown(const Graph& graph, const Derivation& derivation, const std::string& title) {
  MarkdownWriter writer;
  writer.title(title);
  writer.steps(derivation);
  for (const Table& table : tables_of(graph, derivation)) writer.table(table);
  return writer.take();
}

std::string to_latex(const Graph& graph, const Derivation& derivation, const std::string& title, bool standalone) {
  LatexWriter writer;
  if (standalone) writer.begin();
  writer.fitting();
  writer.title(title);
  writer.steps(derivation);
  for (const Table& table : tables_of(graph, derivation)) writer.table(table);
  if (standalone) writer.end();
  return writer.take();
}

}  // namespace gradus
