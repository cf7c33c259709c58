#include "tools/gradus/output/render.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "autograd/base/error.h"
#include "tests/catch.h"
#include "tests/test_run.h"
#include "tools/gradus/output/font_widths.h"

using gradus::command::render;

TEST_CASE("render: other formats are refused", "[render]") {
  for (const char* format : {"", "dot", "svg:cairo", "xlib", "PNG"}) {
    CHECK_THROWS_AS(render("digraph g { a }", format), gradus::ValueError);
  }
}

TEST_CASE("render: text is as wide as in the widest of the usual fonts", "[render]") {
  using namespace gradus::command;
  CHECK(widest_text("", Face::sans, 10.0) == 0.0);
  // DejaVu Sans: 637 and 318 thousandths; in bold 696; every letter of its mono 602.
  CHECK(widest_text("10 1", Face::sans, 10.0) == test::Approx(22.29));
  CHECK(widest_text("10", Face::bold, 20.0) == test::Approx(27.84));
  CHECK(widest_text("−0.5", Face::mono, 10.0) == test::Approx(24.1).margin(0.1));
  CHECK(widest_text("e\u0301", Face::sans, 10.0) == widest_text("e", Face::sans, 10.0));  // an accent takes no room
  CHECK(widest_text("中", Face::mono, 10.0) >= 10.0);
  CHECK(widest_text("\xff", Face::sans, 10.0) > 0.0);
}

#ifdef GRADUS_HAVE_GRAPHVIZ

TEST_CASE("render: SVG, PNG and PDF", "[render]") {
  const std::string dot = "digraph g { a -> b; b [label=\"größer\"] }";
  CHECK(render(dot, "svg").find("größer</text>") != std::string::npos);
  CHECK(render(dot, "png").starts_with("\x89PNG"));
  CHECK(render(dot, "pdf").starts_with("%PDF"));
}

TEST_CASE("render: runs of a line are spans of one text", "[render]") {
  const std::string svg = render(
      "digraph g { a [shape=plain, label=<<TABLE><TR><TD><FONT><B>x &amp; y</B></FONT><FONT COLOR=\"red\">  "
      "input</FONT>"
      "</TD><TD>next</TD></TR></TABLE>>] }",
      "svg");
  CHECK(svg.find("<text xml:space=\"preserve\" text-anchor=\"middle\" ") != std::string::npos);
  CHECK(svg.find(">x &amp; y</tspan><tspan ") != std::string::npos);
  CHECK(svg.find("fill=\"red\"> &#160;input</tspan></text>") != std::string::npos);
  CHECK(svg.find(">next</text>") != std::string::npos);  // another cell
}

TEST_CASE("render: a number on an arrow's way steps aside", "[render]") {
  // The arrow comes down into b, so that what stands above its head is in its way.
  const auto drawn = [](const char* kind) {
    const std::string svg =
        render(std::string("digraph g { rankdir=LR; node [shape=box]; edge [class=\"") + kind +
                   "\"]; a -> b:w [headlabel=\"12345678\", labelangle=-14, labeldistance=4]; c -> b [style=invis];"
                   " { rank=same; a; c; d } a -> c -> d [style=invis]; d -> b [style=invis, weight=99] }",
               "svg");
    const std::size_t label = svg.rfind("<text", svg.find("12345678"));
    return std::stod(svg.substr(svg.find(" y=\"", label) + 4));
  };
  CHECK(drawn("local") > drawn("other") + 5.0);  // y grows downwards
}

TEST_CASE("render: letters as shapes", "[render]") {
  const std::string svg = gradus::command::render_outlined("digraph g { a [label=\"word\"] }");
  CHECK(svg.find("<svg") != std::string::npos);
  CHECK(svg.find("<text") == std::string::npos);
}

TEST_CASE("render: what Graphviz cannot read is an error that says so", "[render]") {
  CHECK_THROWS_AS(render("digraph g {", "svg"), gradus::Error);
  CHECK_THROWS_WITH(render("digraph g { a -> ; }", "svg"), test::ContainsSubstring("syntax error"));
  CHECK_THROWS_AS(render("", "svg"), gradus::Error);
  // Graphviz itself draws the name of the node instead, and goes on.
  CHECK_THROWS_WITH(render("digraph g { a [label=<<B></B>>] }", "svg"), test::ContainsSubstring("label"));
}

TEST_CASE("render: threads that go on do not matter", "[render]") {
  // A process that was forked while another thread holds a lock, of the allocator's say, would wait for it for ever.
  std::atomic<bool> done = false;
  std::vector<std::thread> busy;
  for (int k = 0; k < 3; ++k) {
    busy.emplace_back([&done] {
      while (!done) std::vector<std::string>(100, std::string(1000, 'x')).clear();
    });
  }
  const std::string first = render("digraph g { a -> b }", "svg");
  std::vector<std::thread> drawing;
  std::atomic<int> same = 0;
  for (int k = 0; k < 4; ++k) {
    drawing.emplace_back([&] { same += render("digraph g { a -> b }", "svg") == first ? 1 : 0; });
  }
  for (std::thread& t : drawing) t.join();
  done = true;
  for (std::thread& t : busy) t.join();
  CHECK(same == 4);
}

TEST_CASE("render: a text that is larger than a pipe", "[render]") {
  std::string dot = "digraph g { a; /*";
  dot.append(3'000'000, ' ');
  CHECK(render(dot + "*/ }", "svg").find("<svg") != std::string::npos);
  CHECK_THROWS_AS(render("}" + dot, "svg"), gradus::Error);
}

TEST_CASE("render: boxes that lie too deep in each other are refused", "[render]") {
  const auto nested = [](int depth) {
    std::string dot = "digraph g { ";
    for (int k = 0; k < depth; ++k) dot += "subgraph cluster_" + std::to_string(k) + " { label=\"{\"; ";
    return dot + "a [label=<{<b>{</b>>]; " + std::string(static_cast<std::size_t>(depth), '}') + "}";
  };
  CHECK(render(nested(20), "svg").find("<svg") != std::string::npos);
  CHECK_THROWS_WITH(render(nested(100'000), "svg"), test::ContainsSubstring("100000 deep"));
}

#else

TEST_CASE("render: without Graphviz there is a message", "[render]") {
  CHECK_THROWS_WITH(render("digraph g { a }", "svg"), test::ContainsSubstring(".dot"));
}

#endif

int main(int argc, char** argv) {
  gradus::command::draw_if_asked(argc, argv);
  return run_tests(argc, argv);
}
