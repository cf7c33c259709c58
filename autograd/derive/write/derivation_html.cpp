#include "autograd/derive/write/derivation_html.h"

#include <string_view>

#include "autograd/base/escape.h"
#include "autograd/derive/write/writer.h"

namespace gradus {

namespace {

using text::xml_text;

// Names may hold characters that change the direction of text: each stays within its element.
constexpr std::string_view style_sheet = R"(
:root { color-scheme: light dark; --ink: #1a1d24; --soft: #555c6b; --line: #d5d9e2; --back: #ffffff;
  --forward: #1f4fbf; --backward: #a32020; --update: #1c6b34 }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaf0; --soft: #a9b1c2; --line: #3a4150; --back: #14171d;
  --forward: #9db8ff; --backward: #ff9d94; --update: #8fd6a4 } }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 54rem; font: 1rem/1.5 system-ui, sans-serif;
  color: var(--ink); background: var(--back) }
h1 { font-size: 1.5rem } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line) }
h3 { font-size: 1rem; margin: 0 }
h1, h3, p, th, td, mi, mtext { unicode-bidi: isolate; overflow-wrap: anywhere }
.numbers td { overflow-wrap: normal; word-break: normal } .numbers th:first-child { min-width: 4ch }
ol { padding-left: 2.2rem } li { margin: 0 0 1.2rem; break-inside: avoid } p { margin: .2rem 0 }
.forward li::marker { color: var(--forward); font-weight: bold }
.backward li::marker { color: var(--backward); font-weight: bold }
.update li::marker { color: var(--update); font-weight: bold }
.equation { margin: .5rem 0 .5rem 1rem; overflow-x: auto; overflow-y: hidden; line-height: 2.2 }
.note { color: var(--soft); font-size: .9rem; margin-left: 1rem } .blank { white-space: nowrap }
.wide { overflow-x: auto } table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .2rem .8rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
.numbers :is(th, td):not(:first-child) { text-align: right }
@media print { :root { color-scheme: light; --ink: #000; --soft: #444; --line: #999; --back: #fff; --forward: #000;
  --backward: #000; --update: #000 } body { max-width: none; padding: 0 } .equation, .wide { overflow: visible } }
)";
// Of exactly these bytes; a test computes it.
constexpr std::string_view style_hash = "sha256-9CLstG9c2Fxglx/+KKhy9BOGDvE10uBNvUKJjFk3b+A=";

class HtmlWriter : public DerivationWriter {
 public:
  using DerivationWriter::DerivationWriter;

 private:
  void begin() override {
    const std::string name = xml_text(style().title.empty() ? "Derivation" : style().title);
    print(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
        "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{}'; base-uri 'none'; "
        "form-action 'none'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"referrer\" content=\"no-referrer\">\n<title>{}</title>\n<style>{}</style>\n</head>\n"
        "<body>\n<main>\n<h1>{}</h1>\n",
        style_hash, name, style_sheet, name);
  }

  void statement(const DerivationStatement& statement, bool /*before_steps*/) override {
    print("<section>\n<h2>{}</h2>\n", xml_text(statement.title));
    if (!statement.text.empty()) print("<p>{}</p>\n", xml_text(statement.text));
    for (const Equation& line : statement.equations) equation(line);
    print("</section>\n");
  }

  void begin_phase(Phase phase, int number) override {
    print("<section class=\"{0}\">\n<h2>{1}</h2>\n<ol start=\"{2}\">\n", name_of(phase), heading_of(phase), number);
  }
  void end_phase() override { print("</ol>\n</section>\n"); }

  void begin_step(const DerivationStep& step, int number) override {
    print("<li id=\"step-{}\"><h3>{}</h3>\n", number, xml_text(step.title));
    if (!step.text.empty()) print("<p>{}</p>\n", xml_text(step.text));
  }
  void end_step(const DerivationStep& /*step*/) override { print("</li>\n"); }

  /// Each side is an element of its own, so that a long line can break before an equals sign.
  void equation(const Equation& equation) override {
    print("<div class=\"equation\">");
    for (std::size_t k = 0; k < equation.sides.size(); ++k) {
      print("<math displaystyle=\"true\"><mrow>{}{}</mrow></math>\n",
            k == 0 ? ""
                   : fmt::format("<mo form=\"infix\" lspace=\"0\" rspace=\"0.3em\">{}</mo>", equation.sign_before(k)),
            equation.sides[k].mathml());
    }
    if (equation.blank > 0) {
      print("<span class=\"blank\">{}[{}]</span>", equation.hidden ? "= ____" : "", equation.blank);
    }
    if (!equation.shapes.empty()) print("<span class=\"note\">{}</span>", xml_text(equation.shapes));
    print("</div>\n");
    if (!equation.reason.empty()) print("<p class=\"note\">{}</p>\n", xml_text(equation.reason));
  }

  void table(const DerivationTable& table) override {
    print("<section>\n<h2>{}</h2>\n", xml_text(table.title));
    if (!table.text.empty()) print("<p>{}</p>\n", xml_text(table.text));
    if (!table.headings.empty()) {
      print("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table{}>\n<thead><tr>",
            xml_text(table.title), table.numbers ? " class=\"numbers\"" : "");
      for (const std::string& cell : table.headings) print("<th scope=\"col\">{}</th>", xml_text(cell));
      print("</tr></thead>\n<tbody>\n");
      for (const auto& row : table.rows) table_row(table, row);
      print("</tbody>\n</table></div>\n");
    }
    print("</section>\n");
  }

  void table_row(const DerivationTable& table, const std::vector<std::string>& row) {
    print("<tr>");
    for (std::size_t c = 0; c < row.size(); ++c) {
      const auto mathematics = table.mathematics_of(row, c);
      const std::string cell = mathematics ? "<math>" + mathematics->mathml() + "</math>" : xml_text(row[c]);
      print("{}{}{}", c == 0 ? "<th scope=\"row\">" : "<td>", cell, c == 0 ? "</th>" : "</td>");
    }
    print("</tr>\n");
  }

  void end() override { print("</main>\n</body>\n</html>\n"); }
};

}  // namespace

std::string to_html(const Graph& graph, const Derivation& derivation, const DerivationStyle& style) {
  return HtmlWriter(graph, derivation, style).write();
}

}  // namespace gradus
