#include "tools/gradus/output/render.h"

#include <string>

#include "autograd/base/error.h"
#include "tests/catch.h"

using gradus::command::render;

TEST_CASE("render: other formats are refused", "[render]") {
  for (const char* format : {"", "dot", "svg:cairo", "xlib", "PNG"}) {
    CHECK_THROWS_AS(render("digraph g { a }", format), gradus::ValueError);
  }
}

#ifdef GRADUS_HAVE_GRAPHVIZ

TEST_CASE("render: SVG, PNG and PDF", "[render]") {
  const std::string dot = "digraph g { a -> b; b [label=\"größer\"] }";
  CHECK(render(dot, "svg").find("größer</text>") != std::string::npos);
  CHECK(render(dot, "png").starts_with("\x89PNG"));
  CHECK(render(dot, "pdf").starts_with("%PDF"));
}

TEST_CASE("render: what Graphviz cannot read is an error that says so", "[render]") {
  CHECK_THROWS_AS(render("digraph g {", "svg"), gradus::Error);
  CHECK_THROWS_WITH(render("digraph g { a -> ; }", "svg"), test::ContainsSubstring("syntax error"));
  CHECK_THROWS_AS(render("", "svg"), gradus::Error);
  // Graphviz itself draws the name of the node instead, and goes on.
  CHECK_THROWS_WITH(render("digraph g { a [label=<<B></B>>] }", "svg"), test::ContainsSubstring("label"));
}

#else

TEST_CASE("render: without Graphviz there is a message", "[render]") {
  CHECK_THROWS_WITH(render("digraph g { a }", "svg"), test::ContainsSubstring(".dot"));
}

#endif
