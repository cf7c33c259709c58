#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/derive/derivation.h"
#include "autograd/graph/graph.h"
#include "tests/catch.h"
#include "tools/gradus/page/lesson_page.h"
#include "tools/gradus/page/page_drawing.h"
#include "tools/gradus/page/page_fill.h"

using namespace gradus;
using command::json_in_script;
using command::page_drawing;

namespace {

std::string bytes_of(const nlohmann::json& c) {
  if (c.contains("input")) return c["input"];
  std::string bytes;
  const std::string hex = c["input_hex"];
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

std::string svg_of(const std::string& inside) {
  return "<?xml version=\"1.0\"?>\n<!DOCTYPE svg>\n<!-- a -->\n<svg width=\"90pt\" height=\"45pt\"\n "
         "viewBox=\"0.00 0.00 90.00 45.00\" xmlns=\"http://www.w3.org/2000/svg\">" +
         inside + "</svg>\n";
}

std::string inside_of(const std::string& drawing) {
  const std::size_t begin = drawing.find('>') + 1;
  return drawing.substr(begin, drawing.rfind("</svg>") - begin);
}

}  // namespace

TEST_CASE("json_in_script: every published case", "[page]") {
  std::ifstream file(std::string(GRADUS_TEST_DATA) + "/labels.json");
  REQUIRE(file);
  int seen = 0, of_bad_utf8 = 0;
  const nlohmann::json all = nlohmann::json::parse(file);
  for (const nlohmann::json& c : all["cases"]) {
    if (c["kind"] != "escape") continue;
    INFO(c["id"]);
    const std::string input = bytes_of(c);
    const std::string written = json_in_script(input);
    ++seen;
    if (c["expected"].contains("json_in_script")) {
      CHECK(written == c["expected"]["json_in_script"]);
      CHECK(nlohmann::json::parse(written) == input);
    } else {  // what is not UTF-8 is replaced as everywhere
      ++of_bad_utf8;
      CHECK(nlohmann::json::parse(written) == c["expected"]["xml_text_and_attribute"]);
    }
    CHECK(written.find_first_of("<>&") == std::string::npos);
  }
  CHECK(seen > 30);
  CHECK(of_bad_utf8 > 3);
}

TEST_CASE("json_in_script: every byte below a space", "[page]") {
  for (int c = 0; c < 0x20; ++c) {
    const std::string text(1, static_cast<char>(c));
    const std::string written = json_in_script(text);
    CHECK(nlohmann::json::parse(written) == text);
    CHECK(written.find(text) == std::string::npos);
  }
}

TEST_CASE("page_drawing: tooltips go, what is drawn stays", "[page]") {
  const std::string drawing = page_drawing(
      svg_of("<!-- x_1 --><g id=\"v_x_1\"><title>x_1</title><g id=\"a_v\"><a xlink:title=\"x &gt; y\"><path d=\"M0\"/>"
             "<g id=\"a_value_x_1\"><a xlink:title=\"value\" target=\"_self\"><text>a &lt;a&gt; "
             "b</text></a></g></a></g></g>"),
      "a \"drawing\" <b>");
  CHECK(inside_of(drawing) ==
        "<g id=\"v_x_1\"><g id=\"a_v\"><path d=\"M0\"/><g id=\"a_value_x_1\"><text>a &lt;a&gt; b</text></g></g></g>");
  CHECK(drawing.starts_with(
      "<svg role=\"img\" aria-label=\"a &quot;drawing&quot; &lt;b&gt;\" class=\"shrinks\" width=\"99\" viewBox="));
  CHECK(drawing.ends_with("</svg>"));
}

TEST_CASE("page_drawing: the arrow to a result has an id", "[page]") {
  for (const std::string arrow : {"&#45;&gt;", "->"}) {
    CHECK(inside_of(page_drawing(
              svg_of("<g id=\"edge7\" class=\"edge\">\n<title>tanh_1" + arrow +
                     "tanh_1_result</title>\n<path/></g><g id=\"edge8\"><title>a" + arrow + "b</title></g>"),
              "")) == "<g id=\"e_tanh_1_result\" class=\"edge\">\n\n<path/></g><g id=\"edge8\"></g>");
  }
}

TEST_CASE("page_drawing: wide drawings scroll", "[page]") {
  const std::string wide = "<svg viewBox=\"0.00 0.00 4000.5 45.00\"></svg>";
  CHECK(page_drawing(wide, "").find("class=\"scrolls\" width=\"4401\"") != std::string::npos);
}

TEST_CASE("page_drawing: what is not SVG is refused", "[page]") {
  for (const char* text :
       {"", "<svg>", "<svg viewBox=\"0 0 10 10\">", "<svg viewBox=\"0 0\"></svg>", "<svg viewBox=\"0 0 x 10\"></svg>",
        "<svg viewBox=\"0 0 -5 10\"></svg>", "<svg viewBox=\"0 0 9 9\"><!-- </svg>"}) {
    INFO(text);
    CHECK_THROWS_AS(page_drawing(text, ""), ValueError);
  }
}

TEST_CASE("lesson_page: what is filled in is not filled in again", "[page]") {
  Graph graph(parameter(2.0, "@steps@") * parameter(3.0, "@data@"));
  graph.compute_gradients();
  const std::string page = command::lesson_page(graph, derivation(graph), svg_of("<g/>"), {"@checks@"});
  CHECK(page.find("<title>@checks@</title>") != std::string::npos);
  CHECK(page.find("<bdi>@steps@</bdi>") != std::string::npos);
  CHECK(page.find("<bdi>@data@</bdi>") != std::string::npos);
}
