// Derivations: the rules they state are true, and say something.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/autograd.h"
#include "autograd/derive/derivation.h"
#include "autograd/derive/write/derivation_html.h"
#include "autograd/derive/write/derivation_json.h"
#include "autograd/derive/write/derivation_latex.h"
#include "autograd/derive/write/derivation_markdown.h"
#include "autograd/derive/write/derivation_text.h"
#include "autograd/graph/unfold.h"
#include "autograd/tensor/boxed_rule.h"
#include "autograd/tensor/taught_rule.h"
#include "tests/catch.h"
#include "tests/derive/derivation_text_of.h"
#include "tests/reference/with_gradients.h"

using namespace gradus;
using gradus::reference::holds;
using gradus::reference::text_of;
using gradus::reference::with_gradients;

namespace derivation_rules_test {

namespace {

void has(const Tensor& y, const std::string& line) {
  const std::string text = text_of(y);
  INFO(text);
  INFO(line);
  CHECK(text.find(line) != std::string::npos);
}

Tensor sine_over_x(const Tensor& x) {
  const Tensor here = equal(x, 0.0);
  const Tensor sine = sin(x);
  return where(here, 1.0, sine / x);
}

/// An op of the user's that says of itself what ours do.
struct Doubled : Unary {
  static constexpr std::string_view name = "doubled";
  static constexpr OpWords words{"Double {0}", "the doubling", "It went in twice."};
  static constexpr bool structural = true, multilinear = true;
  static constexpr std::uint32_t reads(wrt<0>) { return 0; }
  [[nodiscard]] Array value(const Array& x) const { return x + x; }
  template <class V>
  V vjp(wrt<0>, const V& g, const V&, const V&) const {
    return apply(Doubled{}, g);
  }
  [[nodiscard]] TaughtRule taught(std::size_t, const TaughtStep& step) const {
    return {detail::call_on("two_of", step.gradient), "one for each time"};
  }
  [[nodiscard]] Tensor composed(const Tensor& x) const { return x + x; }
};

/// An elementwise one.
struct Tripled : Unary {
  static constexpr std::string_view name = "tripled";
  static constexpr auto value(auto x) { return decltype(x)(3.0) * x; }
  static constexpr auto d(wrt<0>, auto x, auto) { return 3.0 + 0.0 * x; }
  static constexpr auto shown(wrt<0>, const auto&, const auto&) { return 3.0; }
  static auto composed(const auto& x) { return 3.0 * x; }
};

std::vector<std::string_view> names_of_steps(const Graph& graph) {
  std::vector<std::string_view> names;
  for (const Graph::Step& step : graph.steps()) names.push_back(step.rule->name());
  return names;
}

Tensor matrix(const char* name) { return variable(Array({2, 3}, {1, 2, 3, 0, -1, 1}), name); }

}  // namespace

TEST_CASE("derivation: a gradient of 0 stops, and no false arithmetic is printed", "[derivation][rules]") {
  for (const Tensor& y : {sine_over_x(variable(0.0, "x")), relu(log(variable(0.0, "x")))}) {
    const Graph graph = with_gradients(y);
    const Derivation derived = derivation(graph);
    for (const std::string& form : {to_text(graph, derived), to_markdown(graph, derived), to_latex(graph, derived),
                                    to_html(graph, derived), to_json(graph, derived)}) {
      const std::string back = form.substr(form.rfind("ackward"));
      INFO(form);
      CHECK(holds(form, "is 0 and stops here"));
      for (const char* lie : {"0·inf", "0·nan", "nan +", "= nan", "0 \\cdot \\infty"}) CHECK_FALSE(holds(back, lie));
    }
  }
  has(sine_over_x(variable(0.0, "x")), " = 0 + 0·1 + 0·0 = 0 + 0 + 0 = 0\n");
  has(sine_over_x(variable(0.0, "x")), "∂y/∂v₂ = ∂y/∂v₃·∂v₃/∂v₂ = ∂y/∂v₃·1/x = 0\n");
  has(sum(sine_over_x(variable(Array({2}, {0.0, 1.0}), "x"))), "Where the gradient that arrives is 0 it stops");
}

TEST_CASE("derivation: an infinite gradient does not reach a branch that was not taken", "[derivation][rules]") {
  const Tensor x = variable(0.0, "x"), z = variable(3.0, "z");
  const Tensor chosen = where(ops::greater(z, 1.0), x, z);
  has(sqrt(chosen), "Nothing is passed on where the derivative is 0 by definition");
}

TEST_CASE("derivation: the comparison of orders multiplies as the engine does", "[derivation][rules]") {
  const Tensor x = variable(0.0, "x");
  const Graph graph = with_gradients(sine_over_x(x));
  const OrderComparison order = compare_orders(graph);
  for (const int slot : order.slots) {
    CHECK(order.runs[0].gradients[static_cast<std::size_t>(slot)] ==
          graph.slots()[static_cast<std::size_t>(slot)].gradient.item());
  }
  DerivationOptions options;
  options.compare_orders = true;
  const std::string text = text_of(sine_over_x(x), options);
  CHECK_FALSE(holds(text.substr(text.find("What comes out")), "nan"));
}

TEST_CASE("derivation: ∂q/∂x stands only for the whole derivative of q by x", "[derivation][rules]") {
  const Tensor x = variable(2.0, "x"), z = variable(5.0, "z");
  has(x * x, "∂y/∂x = x + x = 2 + 2 = 4\n");
  const Tensor t = tanh(x);
  has(x * t, "∂y/∂x = v₁ + ∂y/∂v₁·∂v₁/∂x = ");
  has(x * t, "       ∂y/∂y·v₁ = v₁ = 0.964028\n");
  // Two paths that do not lie one within the other: the formula that everybody knows.
  const Tensor product = x * z;
  const Tensor sine = sin(z);
  has(product + sine, "∂y/∂z = ∂y/∂v₂·∂v₂/∂z + ∂y/∂v₁·∂v₁/∂z = ");
  // Around two corners.
  const Tensor far = exp(sine);
  has(z * far, "∂y/∂z = v₂ + ∂y/∂v₁·∂v₁/∂z = ");
}

TEST_CASE("derivation: rules of ops on whole arrays say what they do", "[derivation][rules]") {
  const Tensor x = matrix("x");
  has(sum(square(softmax(x))), "= v₁ ⊙ (G − sum(v₁ ⊙ G, axis=1, keepdims=true)) = ");
  has(sum(square(softmax(x))), "sum adds up all numbers along axis 1");
  has(sum(square(log_softmax(x, 0))), "= G − softmax(x, axis=0) ⊙ sum(G, axis=0, keepdims=true) = ");
  has(logsumexp(x), "= G ⊙ softmax(x) = ");
  has(cross_entropy(x, Indices{2, 0}), "cross_entropy(x, [2, 0]) = ");
  has(cross_entropy(x, Indices{2, 0}), "p = softmax(x) = [[");
  has(cross_entropy(x, Indices{2, 0}), "t = onehot([2, 0]) = [[0, 0, 1], [1, 0, 0]]");
  has(cross_entropy(x, Indices{2, 0}), "= G ⊙ (p − t) = ");
  has(max(x, 0), "= G ⊙ (x = y)/ties = ");
  has(max(x, 0), "where the maximum along axis 0 is");
  has(prod(x, 1), "= G ⊙ ∏(the others) = ");
  has(var(x, 1, false, 1.0), "= G ⊙ 2·(x − mean(x, axis=1, keepdims=true))/(3 − 1) = ");
  has(stddev(x), "= G ⊙ (x − mean(x))/(6y) = ");
  has(norm(x, std::numeric_limits<double>::infinity()), "= G ⊙ sign(x) ⊙ (|x| = y)/ties = ");
  has(norm(x, 3.0), "= G ⊙ sign(x) ⊙ (|x|/y)² = ");
  has(cumsum(x, 1), "= flip(cumsum(flip(G))) = ");
  has(sum(square(sum(x, 1))), "each number of G goes to all that were added along axis 1");
  const Tensor image = variable(Array({1, 1, 3}, {1, 2, 4}), "x"), kernel = variable(Array({1, 1, 2}, {1, -1}), "w");
  has(conv1d(image, kernel), "each weight receives the sum of G times the input that it met");
  has(max_pool1d(image, 2), "the windows that a number lies in");
  has(avg_pool1d(image, 2), "Σ(G/size)");
}

TEST_CASE("derivation: losses number by number", "[derivation][rules]") {
  const Tensor p = variable(Array({2}, {0.25, 0.5}), "p"), t = variable(Array({2}, {1.0, 0.0}), "t");
  has(huber(p, t, 0.5), "= G ⊙ clamp(v₁, −0.5, 0.5) = ");
  has(smooth_l1(p, t, 2.0), "= G ⊙ clamp(v₁/2, −1, 1) = ");
  has(bce_with_logits(p, t), "= G ⊙ (sigmoid(p) − t) = ");
  has(bce(p, t), "= G ⊙ (p − t)/(p·(1 − p)) = ");
  has(kl_div(p, t), "v₁ = t·(log(t) − p) = ");
}

TEST_CASE("derivation: each side of a matrix product is told apart", "[derivation][rules]") {
  const Tensor x = variable(Array({2}, {1.0, 2.0}), "x");
  const Tensor w = parameter(Array({3, 2}, {1, 2, 3, 4, 5, 6}), "w");
  const std::string outputs = text_of(sum(tanh(matmul(w, x))));
  INFO(outputs);
  CHECK_FALSE(holds(outputs, "batch"));
  CHECK(holds(outputs, "what comes back from the 3 rows of w: each makes results of its own out of x"));
  const Tensor batch = variable(Array({3, 2}, {1, 2, 3, 4, 5, 6}), "X");
  const Tensor layer = parameter(Array({2, 2}, {1, -1, 0.5, 2}), "W");
  has(mean(matmul(batch, layer)), "the sum adds up what the 3 rows of the batch X contribute");
  has(mean(matmul(batch, layer)), "what comes back from the 2 columns of W: each makes results of its own out of X");
  const Tensor one = variable(Array({1, 2}, {1, 2}), "X");
  has(mean(matmul(one, layer)), "X has one row: there is nothing to add up");
  const Tensor bias = parameter(Array({2}, {0.5, -0.5}), "b1");
  const std::string alone = text_of(mean(matmul(one, layer) + bias));
  INFO(alone);
  CHECK(holds(alone, "b₁ was used once: there is nothing to add up"));
  CHECK_FALSE(holds(alone, "1 times"));
  CHECK_FALSE(holds(alone, "sum(G"));
}

TEST_CASE("derivation: parts of arrays show their numbers", "[derivation][rules]") {
  const Tensor x = variable(Array({2}, {1.0, 3.0}), "x");
  const Tensor square_of_x = x * x;
  has(sum(square_of_x * x), "= [1, 9] + [1, 9] + [1, 9] = [3, 27]");
  has(sum(square_of_x * x), "= G ⊙ v₁ = [1, 9]");
  // Through a broadcast, what a part is worth is summed too.
  const Tensor b = variable(2.0, "b");
  const Tensor wide = x * b;
  has(sum(wide * b), "= 8 + 8 = 16");
}

TEST_CASE("derivation: shapes stand in parentheses", "[derivation][rules]") {
  const Tensor x = variable(Array({2}, {1.0, 3.0}), "x"), m = matrix("m");
  has(sum(square(x)), "= [1, 9]   (2)\n");
  has(sum(square(m)), "   (2×3)\n");
  const Tensor b = variable(Array({3}, {1, 2, 3}), "b");
  has(sum(m * b), "   (2×3) → (3)\n");
}

TEST_CASE("derivation: differences are compared by the size of the numbers", "[derivation][rules]") {
  // A gradient of 1.1e−9 that was said to be 0 is wrong.
  const Tensor x = variable(-20.0, "x");
  const Graph graph = with_gradients(sigmoid(x) + 1.0);
  Derivation derived = derivation(graph);
  const auto distance = [&] {
    const std::string text = to_text(graph, derived);
    const std::string table = text.substr(text.find("relative distance"));
    return table.substr(table.find("\n     x"));
  };
  CHECK(holds(distance(), "within rounding"));
  derived.checks[0].gradient = Array::scalar(0.0, DType::float64);
  CHECK(holds(distance(), "   1\n"));
  CHECK(holds(text_of(pow(variable(0.0, "x"), 3.0)), "within rounding"));
  CHECK(holds(text_of(relu(variable(0.0, "x"))), "a kink or a jump"));
}

TEST_CASE("derivation: no difference where the function is not finite", "[derivation][rules]") {
  const Tensor x = variable(1.0, "x"), zero = variable(0.0, "y");
  const Tensor huge = variable(1e200, "x"), other = variable(1e200, "y");
  for (const Tensor& y : {x / zero, sqrt(variable(0.0, "x")), log(variable(-1.0, "x")), huge * other}) {
    const std::string text = text_of(y);
    const std::string table = text.substr(text.find("\nCheck"));
    INFO(text);
    CHECK(holds(table, "–\n"));
    CHECK(holds(table, "A dash: "));
    CHECK_FALSE(holds(text, "−nan"));
  }
  CHECK(derivation_number(-std::nan(""), 6) == "nan");
}

TEST_CASE("derivation: an op of the user's is explained as it explains itself", "[derivation][rules]") {
  const Tensor x = variable(Array({2}, {1, 2}), "x");
  const Tensor y = sum(apply(Doubled{}, x));
  const std::string text = text_of(y);
  INFO(text);
  CHECK(holds(text, "Double x"));
  CHECK(holds(text, "Back through the doubling"));
  CHECK(holds(text, "It went in twice."));
  CHECK(holds(text, "two_of(G)"));
  CHECK(holds(text, "one for each time"));
  CHECK(names_of_steps(unfolded(Graph(y))) == std::vector<std::string_view>{"add", "sum"});
  const Tensor z = bind(Tripled{}, variable(2.0, "z"));
  has(z, "∂y/∂z = 3\n");
  CHECK(names_of_steps(unfolded(Graph(z))) == std::vector<std::string_view>{"mul"});
}

}  // namespace derivation_rules_test
