#include "autograd/derive/write/derivation_formats.h"

#include <set>
#include <string>

#include "autograd/derive/derivation.h"
#include "autograd/math/ops.h"
#include "tests/catch.h"

using namespace gradus;

TEST_CASE("formats: every row can be asked for by its name and its ending, and writes", "[derivation]") {
  Graph graph(tanh(variable(0.5, "alpha") * parameter(2.0, "w")));
  graph.compute_gradients();
  const Derivation derived = derivation(graph);
  std::set<std::string_view> words;
  std::set<std::string> texts;
  for (const DerivationFormat& format : derivation_formats()) {
    INFO(format.name);
    CHECK(find_derivation_format(format.name) == &format);
    CHECK(find_derivation_format(format.ending) == &format);
    CHECK(words.insert(format.name).second);
    if (format.ending != format.name) CHECK(words.insert(format.ending).second);
    const std::string text = format.write(graph, derived, {"A title"});
    CHECK((text.find("alpha") != std::string::npos || text.find("α") != std::string::npos));
    CHECK(text.find("A title") != std::string::npos);
    CHECK(texts.insert(text).second);
  }
  CHECK(words.size() >= 6);
  CHECK(find_derivation_format("docx") == nullptr);
  CHECK(find_derivation_format("") == nullptr);
}
