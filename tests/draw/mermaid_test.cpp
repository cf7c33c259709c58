#include "autograd/draw/mermaid.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/base/escape.h"
#include "autograd/base/utf8.h"
#include "autograd/graph/graph.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/draw/occurrences.h"

using namespace gradus;
using test::has;

namespace {

/// What Mermaid shows of a label: its own entities decoded, lines parted.
std::string shown(const std::string& label) {
  std::string out;
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (label.compare(i, 5, "<br/>") == 0) {
      out += '\n';
      i += 4;
    } else if (label[i] == '#') {
      const std::size_t end = label.find(';', i);
      REQUIRE(end != std::string::npos);
      append_utf8(out, static_cast<char32_t>(std::stoul(label.substr(i + 1, end - i - 1))));
      i = end;
    } else {
      out += label[i];
    }
  }
  return out;
}

/// Every line of a flowchart is one of these; whatever stands in the place of a label has no power there.
void check_grammar(const std::string& text) {
  const std::string label = "\"(?:[A-Za-z0-9 \\x80-\\xff]|#[0-9]+;|<br/>)+\"";
  const std::regex known("flowchart LR|---|title: \"[^\"<>&]*\"|config:|  theme: dark|  end|  subgraph m_[0-9]+\\[" +
                         label + "\\]|  n_[a-z0-9_]+(?:\\[|\\[\\[|\\(|\\(\\[)" + label +
                         "(?:\\]|\\]\\]|\\)|\\]\\)):::[a-z_]+|  n_[a-z0-9_]+ -->(?:\\|" + label +
                         "\\|)? n_[a-z0-9_]+|  (?:classDef [a-z_]+|style n_[a-z0-9_]+) "
                         "fill:#[0-9A-F]{6},stroke:#[0-9A-F]{6},color:#[0-9A-F]{6}");
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    CHECK(std::regex_match(line, known));
  }
}

std::string drawn(const Tensor& y, const DotStyle& style = {}) {
  Graph graph(y);
  graph.compute_gradients();
  std::string text = to_mermaid(graph, style);
  check_grammar(text);
  return text;
}

}  // namespace

TEST_CASE("mermaid: a neuron", "[mermaid]") {
  const Tensor x = variable(2.0, "x1"), w = parameter(-3.0, "w"), b = parameter(6.5, "b");
  const std::string text = drawn(tanh(x * w + b).set_name("o"));
  CHECK(text.starts_with("flowchart LR\n"));
  CHECK(has(text, "  n_input_1[\"x₁<br/>input<br/>value 2<br/>gradient −2#46;359\"]:::role_input\n"));
  CHECK(has(text, "  n_tanh_1[\"o<br/>output<br/>tanh<br/>value 0#46;4621<br/>gradient 1\"]:::role_output\n"));
  CHECK(has(text, "  n_input_1 -->|\"−3\"| n_mul_1\n"));
  CHECK(has(text, "  classDef role_parameter fill:#FFF3DC,stroke:#C98200,color:#7A4B00\n"));
  CHECK(text == drawn(tanh(x * w + b).set_name("o")));
}

TEST_CASE("mermaid: modules, shapes and what is collapsed", "[mermaid]") {
  Tensor h = variable(Array::full({6, 5}, 0.5), "x");
  for (int k = 1; k <= 4; ++k) {
    const ScopeGuard scope("layer" + std::to_string(k), "Linear");
    h = tanh(matmul(h, parameter(Array::full({5, 5}, 0.1), "W")));
  }
  const Tensor y = sum(h);
  const std::string open = drawn(y);
  CHECK(has(open, "  subgraph m_2[\"layer2<br/>Linear\"]\n"));
  CHECK(has(open, "  n_matmul_1(\"matmul\"):::role_value\n"));
  CHECK(has(open, "  n_parameter_1([\"W<br/>weight<br/>5×5\"]):::role_parameter\n"));
  CHECK(has(open, "  n_tanh_1 -->|\"6×5\"| n_matmul_2\n"));
  DotStyle style{.title = "T", .dark = true, .depth = 0, .fold_repeats = true};
  const std::string folded = drawn(y, style);
  CHECK(folded.starts_with("---\ntitle: \"T\"\nconfig:\n  theme: dark\n---\nflowchart LR\n"));
  CHECK(has(folded, "  n_module_1[[\"layer1 … layer4 ×4<br/>Linear<br/>25 parameters each\"]]:::module_card\n"));
  style.max_nodes = 2;
  CHECK(has(drawn(y, style), "left out\"]:::role_constant\n"));
  CHECK(has(drawn(tanh(h)), "_result([\"output<br/>6×5\"]):::role_output"));
}

TEST_CASE("mermaid: dollars are no formula", "[mermaid]") {
  CHECK(text::mermaid_label("$") == "#36;");
  CHECK(text::mermaid_label("$$$") == "#36;\u200B#36;\u200B#36;");
  CHECK(text::mermaid_label("#36;$") == "#35;36#59;#36;");
}

TEST_CASE("mermaid: filled by the size of the gradient", "[mermaid]") {
  DotStyle style;
  style.coloring = Coloring::gradient;
  const Tensor w = parameter(1.0, "w"), v = parameter(1.0, "v");
  const std::string text = drawn(w * 1e-6 + v, style);
  CHECK(has(text,
            "<br/>vanishing\"]:::role_parameter\n  style n_parameter_1 fill:#B2ABD2,stroke:#542788,color:#1B2430\n"));
  CHECK(has(text, "  style n_parameter_2 fill:#F7F7F7,"));
  CHECK(has(text, "violet smaller\\x2c orange larger\\x2c grey 0"));
}

TEST_CASE("mermaid: whatever a name is, it is text", "[mermaid]") {
  std::ifstream file(std::string(GRADUS_TEST_DATA) + "/torture.json");
  REQUIRE(file);
  std::vector<std::string> names{"end",
                                 "click n_input_1 href \"javascript:alert(1)\"",
                                 "%%{init: {}}%%",
                                 "`**bold**`",
                                 "style:x\"#quot;",
                                 "#35;",
                                 "1. list",
                                 "- list",
                                 "$$x^2$$",
                                 "a[b](c){d}|e|",
                                 "  a  b  ",
                                 "graph TD; a-->b"};
  const nlohmann::json all = nlohmann::json::parse(file);
  std::size_t cases = 0;
  for (const auto& c : all["cases"]) {
    if (!std::string(c["id"]).starts_with("esc-") || c["kind"] != "escape") continue;
    ++cases;
    std::string name;
    if (c.contains("input")) {
      name = c["input"];
    } else {
      const std::string hex = c["input_hex"];
      for (std::size_t i = 0; i < hex.size(); i += 2)
        name += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    }
    names.push_back(name);
  }
  CHECK(cases > 30);
  Tensor sum;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const ScopeGuard scope(names[i], names[i], names[i]);
    const Tensor x = variable(0.5, names[i]);
    sum = i == 0 ? tanh(x) : sum + tanh(x);
    INFO(names[i]);
    // XML's own notation of the same text, read back.
    std::string expected;
    const std::string xml = text::xml_text(names[i]);
    for (std::size_t k = 0; k < xml.size(); ++k) {
      if (xml[k] != '&') {
        expected += xml[k];
        continue;
      }
      const std::size_t end = xml.find(';', k);
      const std::string entity = xml.substr(k, end + 1 - k);
      expected += entity == "&lt;"     ? '<'
                  : entity == "&gt;"   ? '>'
                  : entity == "&amp;"  ? '&'
                  : entity == "&quot;" ? '"'
                                       : '\'';
      k = end;
    }
    // Nothing that Mermaid would take for a formula.
    for (std::size_t k = expected.find("$$"); k != std::string::npos; k = expected.find("$$")) {
      expected.insert(k + 1, "\u200B");
    }
    CHECK(shown(text::mermaid_label(names[i])) == expected);
    drawn(tanh(x), {.title = names[i], .subtitle = names[i]});
  }
  drawn(sum);
}
