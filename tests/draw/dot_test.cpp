#include "autograd/draw/dot.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <regex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/base/escape.h"
#include "autograd/base/utf8.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/structural.h"
#include "tests/catch.h"
#include "tests/draw/occurrences.h"

using namespace gradus;
using test::count;
using test::has;

namespace {

struct LabelCase {
  std::string id, input, quoted, xml;
};

std::vector<LabelCase> label_cases() {
  std::ifstream file(std::string(GRADUS_TEST_DATA) + "/labels.json");
  REQUIRE(file);
  std::vector<LabelCase> out;
  const nlohmann::json all = nlohmann::json::parse(file);
  for (const auto& c : all["cases"]) {
    if (c["kind"] != "escape") continue;
    std::string input;
    if (c.contains("input")) {
      input = c["input"];
    } else {
      const std::string hex = c["input_hex"];
      for (std::size_t i = 0; i < hex.size(); i += 2)
        input += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    }
    out.push_back({c["id"], input, c["expected"]["dot_label"], c["expected"]["xml_text_and_attribute"]});
  }
  REQUIRE(out.size() > 30);
  return out;
}

std::string replace(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t i = text.find(from); i != std::string::npos; i = text.find(from, i + to.size())) {
    text.replace(i, from.size(), to);
  }
  return text;
}

std::string unescaped(std::string text) {
  for (const auto& [entity, character] : std::vector<std::pair<std::string, std::string>>{{"&lt;", "<"},
                                                                                          {"&gt;", ">"},
                                                                                          {"&quot;", "\""},
                                                                                          {"&#39;", "'"},
                                                                                          {"&#45;", "-"},
                                                                                          {"&#160;", "\u00a0"},
                                                                                          {"&amp;", "&"}}) {
    text = replace(std::move(text), entity, character);
  }
  return text;
}

/// What the program dot says on standard output and error; empty with `ran` false where there is none.
struct Drawn {
  bool ran = false;
  int status = -1;
  std::string svg, complaints;
};

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Drawn draw(const std::string& dot) {
  Drawn drawn;
  if (std::system("dot -V >/dev/null 2>&1") != 0) return drawn;
  const auto base = std::filesystem::temp_directory_path() / ("gradus-dot-test-" + std::to_string(getpid()));
  const std::string in = base.string() + ".dot", out = base.string() + ".svg", err = base.string() + ".err";
  std::ofstream(in, std::ios::binary) << dot;
  drawn.ran = true;
  drawn.status = std::system(("dot -Tsvg '" + in + "' >'" + out + "' 2>'" + err + "'").c_str());
  drawn.svg = contents(out);
  drawn.complaints = contents(err);
  for (const std::string& file : {in, out, err}) std::filesystem::remove(file);
  return drawn;
}

/// The texts of one node of an SVG, from top to bottom.
std::vector<std::string> texts_of(const std::string& svg, const std::string& node) {
  const std::size_t begin = svg.find("<title>" + node + "</title>");
  REQUIRE(begin != std::string::npos);
  std::string group = svg.substr(begin, svg.find("\n</g>", begin) - begin);
  std::vector<std::string> texts;
  for (std::size_t i = group.find("<text"); i != std::string::npos; i = group.find("<text", i + 1)) {
    const std::size_t from = group.find('>', i) + 1;
    texts.push_back(unescaped(group.substr(from, group.find("</text>", from) - from)));
  }
  return texts;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (std::size_t i = 0; i < lines.size(); ++i) out += (i == 0 ? "" : "\n") + lines[i];
  return out;
}

Tensor neuron() {
  const Tensor x1 = variable(2.0, "x1"), x2 = variable(0.0, "x2");
  const Tensor w1 = parameter(-3.0, "w1"), w2 = parameter(1.0, "w2"), b = parameter(6.8813735870195432, "b");
  Tensor n = x1 * w1 + x2 * w2 + b;
  n.set_name("n");
  return tanh(n).set_name("o");
}

std::string dot_with_gradients(const Tensor& y, const DotStyle& style = {}) {
  Graph graph(y);
  graph.compute_gradients();
  return to_dot(graph, style);
}

/// The lines that are edges between drawn nodes.
std::vector<std::string> edges(const std::string& dot) {
  std::vector<std::string> out;
  const std::regex edge(R"(\n  (\w+)(?::e)? -> (\w+)(?::in\d+)?(?::w)? \[)");
  for (std::sregex_iterator i(dot.begin(), dot.end(), edge), end; i != end; ++i) {
    out.push_back((*i)[1].str() + " -> " + (*i)[2].str());
  }
  return out;
}

}  // namespace

TEST_CASE("labels: every character is escaped", "[dot]") {
  for (const LabelCase& c : label_cases()) {
    INFO(c.id);
    CHECK(text::quote_label(c.input) == c.quoted);
    CHECK(text::xml_text(c.input) == c.xml);
  }
  CHECK(text::html_label("a\r\nb\n<c>") == "a<BR/>b<BR/>&lt;c&gt;");
  CHECK(text::html_label("") == " ");
  CHECK(text::html_label("\\N") == "\\\\N");
  CHECK(text::quote_label(std::string_view("a\0b\t\x1b", 5)) == "\"a␀b␉␛\"");
  CHECK(text::xml_text("\xF4\x90\x80\x80") == "\uFFFD\uFFFD\uFFFD\uFFFD");
  CHECK(text::xml_text("\xF0\x9F\x98") == "\uFFFD");
  CHECK(text::xml_text("\xEF\xB7\x90 \xF0\x9F\xBF\xBF") == "\uFFFD \uFFFD");
}

TEST_CASE("labels: Graphviz shows them as they were written", "[dot]") {
  std::vector<LabelCase> cases = label_cases();
  std::string quoted = "digraph g {\n";
  Tensor sum;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    quoted += "n" + std::to_string(i) + "[tooltip=" + cases[i].quoted + ", label=" + cases[i].quoted + "]\n";
    const Tensor x = variable(static_cast<double>(i), cases[i].input);
    sum = i == 0 ? x : sum + x;
  }
  for (const std::string name : {"\\N \\G \\E \\T \\H \\L", "\\\\N", "\\\\", "a\\\\\\b"}) {
    cases.push_back({name, name, "", name});
    sum = sum + variable(0.0, name);
  }
  const Drawn plain = draw(quoted + "}\n");
  const Drawn cards = draw(dot_with_gradients(sum));
  if (!plain.ran) return;
  CHECK(plain.status == 0);
  CHECK(cards.status == 0);
  CHECK(cards.complaints == "");
  for (std::size_t i = 0; i < cases.size(); ++i) {
    INFO(cases[i].id);
    const std::string expected = unescaped(cases[i].xml);
    if (!cases[i].quoted.empty()) CHECK(joined(texts_of(plain.svg, "n" + std::to_string(i))) == expected);
    if (expected.empty()) continue;
    const std::string card = joined(texts_of(cards.svg, "input_" + std::to_string(i + 1)));
    CHECK(card.substr(0, expected.size()) == expected);
  }
  for (const char* active : {"<script", "<foreignObject", "<image", "href=", "<svg onload"}) {
    CHECK_FALSE(has(cards.svg, active));
  }
}

TEST_CASE("dot: names of every kind leave ids and attributes alone", "[dot]") {
  Tensor y = variable(1.0, "graph") + variable(1.0, "n1") + variable(1.0, "a b") + variable(1.0, "");
  y = y * variable(1.0, "n1") * variable(1.0, "\"];x[URL=\"javascript:alert(1)\"");
  y.set_name("</TABLE>>; evil [shape=record]");
  const std::string dot = dot_with_gradients(y);
  CHECK(has(dot, "input_6 ["));
  CHECK_FALSE(has(dot, "</TABLE>>;"));
  for (const char* never : {"shape=record", "Mrecord", " URL", "href", "image=", "shapefile"}) {
    INFO(never);
    CHECK_FALSE(has(replace(dot, "shape=record]", "user text"), never));
  }
  for (const std::string& edge : edges(dot)) CHECK(std::regex_match(edge, std::regex(R"([a-z0-9_]+ -> [a-z0-9_]+)")));
  const Drawn drawn = draw(dot);
  if (drawn.ran) CHECK(drawn.status == 0);
}

TEST_CASE("dot: a very long name is cut", "[dot]") {
  std::string name;
  for (int i = 0; i < 100000; ++i) name += "∂";
  const std::string dot = dot_with_gradients(tanh(variable(1.0, name)));
  CHECK(count(dot, "∂") > 1000);
  CHECK(count(dot, "∂") < 5000);
  CHECK(has(dot, "∂…"));
  CHECK(text::cut("abc", 3) == "abc");
  CHECK(text::cut("äöü", 2) == "äö…");
  CHECK(text::code_points("äöü\xff") == 4);
}

TEST_CASE("dot: a neuron", "[dot]") {
  const std::string dot = dot_with_gradients(neuron(), {"A perceptron", "o = tanh(…)", false});
  CHECK(has(dot, "x₂w₂"));
  CHECK_FALSE(has(dot, "x₁w₁ + x₂w₂"));  // three arrows lead to one sum
  DotStyle binary;
  binary.join_sums = false;
  CHECK(has(dot_with_gradients(neuron(), binary), "x₁w₁ + x₂w₂"));
  CHECK(has(dot, "<B>x₁</B></FONT><FONT COLOR=\"#0B4F79\" POINT-SIZE=\"10\">  input</FONT>"));
  CHECK(has(dot, ">  weight<"));
  CHECK(has(dot, ">  bias<"));
  CHECK(has(dot, ">  pre-activation<"));
  CHECK(has(dot, ">  output<"));
  CHECK(has(dot, ">0.7071<"));
  CHECK(has(dot, ">−1.5<"));
  CHECK(has(dot, "input_1:e -> mul_"));
  CHECK(has(dot, "headlabel=\" −3 \""));
  CHECK(has(dot, "headlabel=\" 0.5 \""));
  CHECK(has(dot, "penwidth=2.60"));
  CHECK(has(dot, "penwidth=1.10"));
  CHECK(has(dot, "At the head of each arrow: the "));
  CHECK(has(dot, "edge [style=invis]; input_1 -> parameter_1 -> input_2 -> parameter_2 }"));
  CHECK_FALSE(has(dot_with_gradients(neuron()), "At the head"));
  CHECK(has(dot_with_gradients(neuron(), {"", "", true}), "bgcolor=\"#11161D\""));
}

TEST_CASE("dot: the same graph gives the same text", "[dot]") {
  CHECK(dot_with_gradients(neuron(), {"t", "s", true}) == dot_with_gradients(neuron(), {"t", "s", true}));
}

TEST_CASE("dot: ids for a page that shows the drawing", "[dot]") {
  const Tensor x = variable(3.0, "x");
  DotStyle style;
  style.anchors = true;
  const std::string dot = dot_with_gradients(tanh(x * x), style);
  CHECK(has(dot, "input_1 [id=\"v_input_1\", "));
  CHECK(has(dot, "input_1:e -> mul_1:in0:w [id=\"e_input_1_mul_1_0\", "));
  CHECK(has(dot, "input_1:e -> mul_1:in1:w [id=\"e_input_1_mul_1_1\", "));
  CHECK(has(dot, "ID=\"value_mul_1\" TITLE=\"value\""));
  CHECK_FALSE(has(dot_with_gradients(tanh(x * x)), "id=\""));
  const Drawn drawn = draw(dot);
  if (!drawn.ran) return;
  CHECK(drawn.complaints == "");
  for (const char* id : {"v_input_1", "v_tanh_1", "e_input_1_mul_1_1", "a_value_mul_1", "a_gradient_input_1"}) {
    INFO(id);
    CHECK(count(drawn.svg, "id=\"" + std::string(id) + "\"") == 1);
  }
  CHECK_FALSE(has(drawn.svg, "href="));
}

TEST_CASE("dot: symbols for values without a name", "[dot]") {
  const Tensor x = variable(3.0, "x");
  Tensor n = x * 2.0;
  n.set_name("n");
  const Graph graph(tanh(n) + 1.0);
  DotStyle style;
  for (const Slot& slot : graph.slots()) style.symbols.push_back(slot.step < 0 ? "" : "v" + std::to_string(slot.step));
  const std::string dot = to_dot(graph, style);
  CHECK(has(dot, "<B>v1</B>"));
  CHECK(has(dot, ">  = tanh(n)<"));
  CHECK(has(dot, "<B>n</B>"));
  CHECK_FALSE(has(dot, "v0"));
  style.symbols.pop_back();
  CHECK_THROWS_AS(to_dot(graph, style), ValueError);
}

TEST_CASE("dot: one edge for each operand", "[dot]") {
  const Tensor x = variable(3.0, "x");
  const std::vector<std::string> square = edges(dot_with_gradients(x * x));
  CHECK(square == std::vector<std::string>{"input_1 -> mul_1", "input_1 -> mul_1"});

  const Tensor shared = exp(x);
  const std::string dot = dot_with_gradients(shared + tanh(shared));
  CHECK(count(dot, "\n    exp_1 [") == 1);
  CHECK(edges(dot) ==
        std::vector<std::string>{"input_1 -> exp_1", "exp_1 -> tanh_1", "exp_1 -> add_1", "tanh_1 -> add_1"});
}

TEST_CASE("dot: numbers that are no numbers", "[dot]") {
  const double inf = std::numeric_limits<double>::infinity();
  const Tensor a = variable(std::nan(""), "a"), b = variable(inf, "b"), c = variable(-0.0, "c"), d = variable(0.0, "d");
  const Tensor e = variable(-inf, "e");
  const std::string dot = dot_with_gradients(a + b + c + d + e);
  CHECK_FALSE(has(dot, "−0<"));  // beside 0 it would be a riddle
  for (const char* shown : {">nan<", ">inf<", ">0<", ">−inf<"}) {
    INFO(shown);
    CHECK(has(dot, shown));
  }
  CHECK_FALSE(std::regex_search(dot, std::regex("(penwidth|width|height|weight)=\"?-?(nan|inf)")));
  const std::string product = dot_with_gradients(a * b * c);
  CHECK_FALSE(has(product, "penwidth=nan"));
  CHECK_FALSE(has(product, "penwidth=inf"));
}

TEST_CASE("dot: what was not computed is a dash and not a zero", "[dot]") {
  const Tensor y = variable(0.0, "x") * 2.0;
  const std::string dot = to_dot(Graph(y));
  CHECK(count(dot, ">—<") == 2);
  CHECK(has(dot, "<B>2</B>"));
  CHECK(has(dot, "constant_1"));
  CHECK_FALSE(has(dot_with_gradients(y), ">—<"));
}

TEST_CASE("dot: modules are boxes, nested ones in each other", "[dot]") {
  const Tensor x = variable(Array::full({64, 2}, 0.5), "x");
  const Tensor target(Array::full({64, 3}, 1.0), "y");
  const Tensor w = parameter(Array::full({2, 3}, 0.1), "W1"), b = parameter(Array::full({3}, 0.1), "b1");
  Tensor h, loss;
  {
    const ScopeGuard net("net", "Sequential");
    const ScopeGuard layer("layer <1>", "Linear", "2 → 3");
    h = tanh(matmul(x, w) + b);
  }
  {
    const ScopeGuard scope("MSE", ModuleRole::loss);
    loss = mean(pow(h - target, 2.0));
  }
  DotStyle style;
  style.elements = 4;
  const std::string dot = dot_with_gradients(loss, style);
  CHECK(has(dot, "subgraph cluster_1 {\n    graph [label=<<FONT POINT-SIZE=\"13\"><B>net</B>"));
  CHECK(has(dot, "<B>layer &lt;1&gt;</B></FONT><FONT POINT-SIZE=\"11\">   2 → 3</FONT>"));
  CHECK(dot.find("cluster_2") < dot.find("  }\n"));
  CHECK(has(dot, "{ rank=same; matmul_1; parameter_1 }"));
  CHECK(has(dot, "{ rank=same; add_1; parameter_2 }"));
  CHECK(has(dot, ">weight<"));
  CHECK(has(dot, ">64×2<"));
  CHECK(has(dot, "label=\" 64×3 \""));
  CHECK(has(dot, ">target<"));
  CHECK(has(dot, "<B>ŷ</B>"));
  CHECK(has(dot, "tanh_1_result"));
  CHECK(has(dot, "<B>x²</B>"));
  CHECK(has(dot, "class=\"node loss\""));
  CHECK_FALSE(has(dot, "broadcast"));
  const std::vector<std::string> all = edges(dot);
  CHECK(std::find(all.begin(), all.end(), "parameter_2 -> add_1") != all.end());
  CHECK(count(dot, "{") - count(dot, "}") == 0);
  const Drawn drawn = draw(dot);
  if (!drawn.ran) return;
  CHECK(drawn.status == 0);
  CHECK(drawn.complaints == "");
  CHECK(count(drawn.svg, "class=\"cluster\"") == 3);
}

TEST_CASE("dot: small arrays show their numbers", "[dot]") {
  const Tensor w = parameter(Array({2, 2}, {1, -2, 3, 4}), "W");
  const std::string dot = dot_with_gradients(sum(w * 2.0));
  const auto row = [](const std::string& a, const std::string& b) {
    const std::string cell = "<TD ALIGN=\"RIGHT\" HEIGHT=\"18\">";
    return "<TR>" + cell + a + "</TD>" + cell + b + "</TD></TR>";
  };
  CHECK(has(dot, ">" + row("1", "−2") + row("3", "4") + "</TABLE>"));
  CHECK(has(dot, ">" + row("2", "2") + row("2", "2") + "</TABLE>"));
  // A vector in rows of eight; two matrices below each other.
  CHECK(has(dot_with_gradients(sum(parameter(Array::full({9}, 1.0), "v"))),
            "1</TD></TR><TR><TD ALIGN=\"RIGHT\" HEIGHT=\"18\">1</TD></TR>"));
  CHECK(has(dot_with_gradients(sum(parameter(Array::full({2, 2, 2}, 1.0), "t"))),
            row("1", "1") + row("1", "1") + "<TR><TD BORDER=\"0\" HEIGHT=\"4\" CELLPADDING=\"0\"></TD></TR>" +
                row("1", "1")));
}

TEST_CASE("dot: leaves and nothing at all can be drawn too", "[dot]") {
  for (const Graph& graph : {Graph(variable(1.0, "x")), Graph(Tensor(2.0)), Graph(std::span<const Tensor>()),
                             Graph(variable(Array::zeros({0, 3}))), Graph({tanh(variable(1.0)), variable(2.0)})}) {
    const Drawn drawn = draw(to_dot(graph, {"t", "", false}));
    if (drawn.ran) CHECK(drawn.status == 0);
    CHECK(drawn.complaints == "");
  }
}

TEST_CASE("dot: a chain of 100,000 ops is written quickly", "[dot]") {
  Tensor y = variable(0.0, "x");
  for (int i = 0; i < 100000; ++i) y = y + 1.0;
  Graph graph(y);
  graph.compute_gradients();
  const auto start = std::chrono::steady_clock::now();
  const std::string dot = to_dot(graph);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  CHECK(count(dot, ":w [") == 200000);
  CHECK(seconds.count() < 30.0);  // with sanitizers on a busy machine; usually a fraction of a second
}

TEST_CASE("dot: modules as deep as one likes", "[dot]") {
  std::vector<std::unique_ptr<ScopeGuard>> scopes;
  for (int i = 0; i < 20000; ++i) scopes.push_back(std::make_unique<ScopeGuard>("m", ""));
  const std::string dot = to_dot(Graph(tanh(variable(1.0))));
  while (!scopes.empty()) scopes.pop_back();
  CHECK(count(dot, "subgraph cluster_") == 20000);
  CHECK(count(dot, "{") == count(dot, "}"));
}

TEST_CASE("dot: what reads a parameter decides whether it is a weight or a bias", "[dot]") {
  const Tensor x = variable(2.0, "x"), b = parameter(3.0, "b"), c = parameter(1.0, "b2"), w = parameter(1.0, "w");
  const std::string multiplied = to_dot(Graph(x * b));
  CHECK(has(multiplied, ">  parameter<"));
  CHECK_FALSE(has(multiplied, ">  bias<"));
  CHECK(has(to_dot(Graph(x + c)), ">  bias<"));
  CHECK_FALSE(has(to_dot(Graph(x + w)), ">  weight<"));
}
