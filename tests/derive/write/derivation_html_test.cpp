// Derivations as a page: names stay text.
#include "autograd/derive/write/derivation_html.h"

#include <random>
#include <string>

#include "autograd/autograd.h"
#include "autograd/base/text.h"
#include "tests/catch.h"

using namespace gradus;

namespace derivation_html_test {

namespace {

std::string page(const std::string& name) {
  Graph graph(tanh(variable(2.0, name) * 3.0));
  graph.compute_gradients();
  return to_html(graph, derivation(graph), name);
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t i = text.find(part); i != std::string::npos; i = text.find(part, i + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("derivation as HTML: no name opens an element", "[derivation][html]") {
  const std::string plain = page("x");
  const std::string characters = "<>&\"'=/ !-\x01\x1b\x7f\xff\xc3\n\tabscript";
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    std::string name = "n";
    for (std::size_t n = random() % 20; n > 0; --n) name += characters[random() % characters.size()];
    const std::string html = page(name);
    REQUIRE(is_utf8(html));
    REQUIRE(count(html, "<") == count(plain, "<"));
    REQUIRE(html.find('\x1b') == std::string::npos);
  }
}

TEST_CASE("derivation as HTML: without a title it says what it is", "[derivation][html]") {
  Graph graph(variable(2.0, "x") * 3.0);
  graph.compute_gradients();
  CHECK(count(to_html(graph, derivation(graph)), "<title>Derivation</title>") == 1);
}

}  // namespace derivation_html_test
