// Derives many expressions in one process, for tests that read what is printed.  A line of standard input is an expression,
// the digits, and bindings (x=2, or ?w=3 for a parameter), parted by tabs; each is answered by the derivation as text, as
// LaTeX and as HTML, or by an error, parted by the control characters that are made for it.
#include <fmt/format.h>

#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "autograd/autograd.h"
#include "autograd/derive/derivation.h"
#include "autograd/derive/write/derivation_html.h"
#include "autograd/derive/write/derivation_latex.h"
#include "autograd/derive/write/derivation_text.h"
#include "tools/gradus/commands/bindings.h"

using namespace gradus;

namespace {

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    c == '\t' ? fields.emplace_back() : fields.back() += c;
  }
  return fields;
}

std::string derived(const std::vector<std::string>& fields) {
  command::Bindings bindings;
  for (std::size_t k = 2; k < fields.size(); ++k) {
    const bool parameter = fields[k].starts_with('?');
    (parameter ? bindings.parameters : bindings.variables).push_back(fields[k].substr(parameter ? 1 : 0));
  }
  command::Problem problem;
  command::solve(fields[0], bindings, problem);
  Graph graph(problem.results);
  graph.compute_gradients();
  DerivationOptions options;
  options.digits = std::stoi(fields.at(1));
  const Derivation derivation = gradus::derivation(graph, options);
  DerivationStyle style;
  style.fragment = true;
  return to_text(graph, derivation, style) + '\x1f' + to_latex(graph, derivation, style) + '\x1f' +
         to_html(graph, derivation, style);
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    std::string answer;
    try {
      answer = derived(split(line));
    } catch (const std::exception& error) {
      answer = fmt::format("error: {}", error.what());
    }
    std::cout << answer << '\x1e';
  }
  return 0;
}
