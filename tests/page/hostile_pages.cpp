// Writes lesson pages of hostile text: hostile_pages FOLDER.  Each line of standard input makes a page 0.html, 1.html, …
// Its words are bytes in hexadecimal, "-" for none: the title, then the names of the parameters whose sum is explained.
#include <cstdio>
#include <exception>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "autograd/base/file.h"
#include "autograd/derive/derivation.h"
#include "autograd/draw/dot.h"
#include "autograd/graph/graph.h"
#include "autograd/math/typeset.h"
#include "tools/gradus/output/render.h"
#include "tools/gradus/page/lesson_page.h"

namespace {

std::string bytes_of(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; hex != "-" && i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

std::string page_of(const std::string& title, const std::vector<std::string>& names) {
  gradus::Tensor sum(0.5);
  for (const std::string& name : names) sum = sum + gradus::parameter(0.25, name);
  gradus::Graph graph(sum);
  graph.compute_gradients();
  const gradus::Derivation derived = gradus::derivation(graph);
  gradus::DotStyle style;
  style.anchors = true;
  for (const std::string& symbol : derived.symbols) style.symbols.push_back(gradus::text::subscripted(symbol));
  const std::string svg = gradus::command::render(gradus::to_dot(graph, style), "svg");
  return gradus::command::lesson_page(graph, derived, svg, {title});
}

}  // namespace

int main(int argc, char** argv) {
  gradus::command::draw_if_asked(argc, argv);
  if (argc != 2) return 2;
  try {
    std::string line;
    for (int k = 0; std::getline(std::cin, line); ++k) {
      std::istringstream words(line);
      std::vector<std::string> texts;
      for (std::string word; words >> word;) texts.push_back(bytes_of(word));
      gradus::write_file(std::string(argv[1]) + "/" + std::to_string(k) + ".html",
                         page_of(texts.at(0), {texts.begin() + 1, texts.end()}));
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
