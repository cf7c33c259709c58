// Quizzes: nothing that is to be computed can be read off the questions.
#include "autograd/derive/derivation_quiz.h"

#include <set>
#include <string>

#include "autograd/autograd.h"
#include "autograd/derive/write/derivation_html.h"
#include "autograd/derive/write/derivation_latex.h"
#include "autograd/derive/write/derivation_markdown.h"
#include "autograd/derive/write/derivation_text.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t i = text.find(part); i != std::string::npos; i = text.find(part, i + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("quiz: the questions hold no number that is to be computed", "[derivation][quiz]") {
  // Numbers that none of the results begins with.
  const Tensor x = variable(0.7, "p"), w = parameter(-1.3, "w"), b = parameter(0.45, "b");
  Graph graph(tanh(x * w + b) * x);
  graph.compute_gradients();
  DerivationOptions options;
  options.learning_rate = 0.2;
  options.compare_orders = true;
  const Derivation whole = derivation(graph, options);
  const Quiz quiz = quiz_of(whole);
  std::set<std::string> results;
  for (const Slot& slot : graph.slots()) {
    if (slot.step >= 0) results.insert(derivation_number(slot.value.item(), 6));
    if (slot.gradient.defined() && slot.gradient.item() != 1.0)
      results.insert(derivation_number(slot.gradient.item(), 6));
  }
  results.insert(derivation_number(*whole.update->after, 6));
  results.erase("0.7");  // a gradient that is p, which is given
  REQUIRE(results.size() >= 8);
  const std::string questions[] = {to_text(graph, quiz.questions), to_markdown(graph, quiz.questions),
                                   to_latex(graph, quiz.questions), to_html(graph, quiz.questions)};
  const std::string answers = to_text(graph, quiz.answers);
  for (const std::string& result : results) {
    INFO(result);
    const std::string digits =
        result.substr(result.find_first_of("0123456789"));  // the sign is written in several ways
    for (const std::string& form : questions) CHECK(form.find(digits) == std::string::npos);
    CHECK(answers.find(result) != std::string::npos);
  }
  CHECK(questions[0].find("w = −1.3\n") != std::string::npos);
  CHECK(questions[0].find("v₁ = pw = ____[1]\n") != std::string::npos);
  CHECK(answers.find("v₁ = pw = 0.7·(−1.3) = −0.91   [1]\n") != std::string::npos);
}

TEST_CASE("quiz: every blank is numbered once, in order, and answered", "[derivation][quiz]") {
  const Tensor x = variable(0.7, "p"), w = parameter(-1.3, "w");
  Graph graph(sin(x * w) + x);
  graph.compute_gradients();
  const Quiz quiz = quiz_of(derivation(graph));
  REQUIRE(quiz.blanks == 7);  // three values; sin: v₁; product: a part of p, p and w; the slopes of a sum are no blanks
  int next = 0;
  for (std::size_t s = 0; s < quiz.answers.steps.size(); ++s) {
    for (std::size_t e = 0; e < quiz.answers.steps[s].equations.size(); ++e) {
      const Equation& question = quiz.questions.steps[s].equations[e];
      const Equation& answer = quiz.answers.steps[s].equations[e];
      CHECK(question.blank == answer.blank);
      if (answer.blank == 0) continue;
      CHECK(answer.blank == ++next);
      CHECK(question.hidden);
      CHECK_FALSE(answer.hidden);
      CHECK(question.sides.size() == answer.symbolic);
      CHECK(answer.sides.size() > answer.symbolic);
    }
  }
  CHECK(next == quiz.blanks);
  const std::string blanks[] = {"____[7]", "____\\[7\\]", "\\underline{\\hspace{4em}}[7]", "= ____[7]</span>"};
  const std::string forms[] = {to_text(graph, quiz.questions), to_markdown(graph, quiz.questions),
                               to_latex(graph, quiz.questions), to_html(graph, quiz.questions)};
  for (std::size_t k = 0; k < 4; ++k) CHECK(count(forms[k], blanks[k]) == 1);
  CHECK(count(forms[0], "____") == 7);
}
