// The published worked examples as derivations: compared whole with the stored text, and every published number looked for in
// the line where a reader of the publication expects it.
//
// GRADUS_WRITE_DERIVATIONS=FOLDER writes the texts there, for looking at what a change does to them.
#include <fmt/format.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "autograd/autograd.h"
#include "autograd/base/file.h"
#include "autograd/graph/derivation.h"
#include "autograd/graph/derivation_text.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"

using namespace gradus;
using reference::Json;

namespace {

/// A number of worked_examples.json, and the value or gradient ("d x") that it is.
struct Published {
  std::string pointer;
  std::string what;
};

Tensor named(Tensor x, const char* name) {
  x.set_name(name);
  return x;
}

class Example {
 public:
  Example(std::string name, const Tensor& result, int digits = 6) : Example(std::move(name), result, with(digits)) {}
  Example(std::string name, const Tensor& result, const DerivationOptions& options)
      : name_(std::move(name)), graph_(with_gradients(result)), derivation_(derivation(graph_, options)) {
    text_ = to_text(graph_, derivation_, {name_, false});
    if (const char* folder = std::getenv("GRADUS_WRITE_DERIVATIONS")) {
      write_file(fmt::format("{}/{}.txt", folder, name_), text_);
    }
  }

  void is_as_stored() const {
    INFO(name_);
    CHECK(text_ == read_file(fmt::format("{}/derivations/{}.txt", GRADUS_TEST_DATA, name_)));
  }

  /// The last side of the equation for a value or a gradient, as it is printed.
  [[nodiscard]] std::string shown(const std::string& what) const {
    const bool gradient = what.starts_with("d ");
    const std::string symbol = gradient ? what.substr(2) : what;
    std::string result = derivation_.symbols[static_cast<std::size_t>(graph_.outputs().front())];
    if (graph_.slots()[static_cast<std::size_t>(graph_.outputs().front())].shape.size() != 1)
      result = "sum(" + result + ")";
    const std::string left = gradient ? fmt::format("∂{}/∂{}", result, symbol) : symbol;
    std::optional<std::string> found;
    for (const DerivationStep& step : derivation_.steps) {
      if (step.phase == (gradient ? Phase::backward : Phase::forward)) look(step, left, found);
      if (step.phase == Phase::update && what.starts_with("new ")) look(step, what.substr(4), found);
    }
    return found.value_or("nothing");
  }

  /// The number is the published one in the digits that are printed, and stands in the text.
  void publishes(const Json& all, const std::vector<Published>& numbers, int digits = 6) const {
    for (const Published& p : numbers) {
      const Json& published = all.at(Json::json_pointer(p.pointer));
      std::string expected;
      if (published.is_array()) {
        for (const double x : reference::numbers_of(published)) {
          expected += (expected.empty() ? "" : ", ") + derivation_number(x, digits);
        }
        expected = "[" + expected + "]";
      } else {
        expected = derivation_number(reference::number_of(published), digits);
      }
      INFO(name_ << ": " << p.what << ", " << p.pointer);
      CHECK(shown(p.what) == expected);
      CHECK(text_.find("= " + expected) != std::string::npos);
    }
  }

  /// A number as it stands in print: rounded to as many decimals, the shown one is the same.
  void prints(const std::string& what, const std::string& literal) const {
    INFO(name_ << ": " << what << " = " << literal);
    std::string digits = shown(what);
    if (digits.starts_with("−")) digits.replace(0, std::string("−").size(), "-");
    const std::size_t decimals = literal.size() - literal.find('.') - 1;
    CHECK(fmt::format("{:.{}f}", std::strtod(digits.c_str(), nullptr), decimals) == literal);
  }

  [[nodiscard]] const Derivation& derived() const { return derivation_; }

 private:
  static DerivationOptions with(int digits) {
    DerivationOptions options;
    options.digits = digits;
    return options;
  }
  static Graph with_gradients(const Tensor& y) {
    Graph graph(y);
    graph.compute_gradients();
    return graph;
  }
  static void look(const DerivationStep& step, const std::string& left, std::optional<std::string>& found) {
    for (const Equation& equation : step.equations) {
      if (equation.sides.front().text() == left) found = equation.sides.back().text();
    }
  }

  std::string name_;
  Graph graph_;
  Derivation derivation_;
  std::string text_;
};

const Json& of(const char* name) {
  static const Json all = reference::read_data("worked_examples.json");
  return all.at(name);
}

}  // namespace

// The order in which C++ computes arguments is not fixed: each op stands in a statement of its own.

TEST_CASE("worked derivation: Baydin et al., where two paths meet", "[derivation][published]") {
  const Tensor x1 = variable(2.0, "x1"), x2 = variable(5.0, "x2");
  const Tensor v1 = log(x1);
  const Tensor v2 = x1 * x2;
  const Tensor v3 = sin(x2);
  const Tensor v4 = v1 + v2;
  const Example e("baydin", v4 - v3);
  e.is_as_stored();
  e.publishes(of("baydin"), {{"/v1", "v1"},
                             {"/v2", "v2"},
                             {"/v3", "v3"},
                             {"/v4", "v4"},
                             {"/y", "y"},
                             {"/adj/v4", "d v4"},
                             {"/adj/v3", "d v3"},
                             {"/adj/v1", "d v1"},
                             {"/adj/v2", "d v2"},
                             {"/adj/x1", "d x1"},
                             {"/adj/x2", "d x2"}});
  e.prints("y", "11.652");
  e.prints("d x1", "5.5");
  e.prints("d x2", "1.716");
}

TEST_CASE("worked derivation: Griewank and Walther, chapter 1", "[derivation][published]") {
  const Tensor x1 = variable(1.5, "x1"), x2 = variable(0.5, "x2");
  const Tensor v1 = x1 / x2;
  const Tensor v2 = sin(v1);
  const Tensor v3 = exp(x2);
  const Tensor v4 = v1 - v3;
  const Tensor v5 = v2 + v4;
  const Example e("griewank_1_1", v5 * v4);
  e.is_as_stored();
  e.publishes(of("griewank_1_1"), {{"/v1", "v1"},
                                   {"/v2", "v2"},
                                   {"/v3", "v3"},
                                   {"/v4", "v4"},
                                   {"/v5", "v5"},
                                   {"/y", "y"},
                                   {"/adj/v5", "d v5"},
                                   {"/adj/v4", "d v4"},
                                   {"/adj/v3", "d v3"},
                                   {"/adj/v2", "d v2"},
                                   {"/adj/v1", "d v1"},
                                   {"/adj/x1", "d x1"},
                                   {"/adj/x2", "d x2"}});
  e.prints("v1", "3.0000");
  e.prints("v2", "0.1411");
  e.prints("v3", "1.6487");
  e.prints("v4", "1.3513");
  e.prints("v5", "1.4924");
}

TEST_CASE("worked derivation: the lighthouse", "[derivation][published]") {
  for (const int row : {0, 1}) {
    const Tensor nu = variable(1.0, "ν"), gamma = variable(2.0, "γ"), omega = variable(0.5, "ω"),
                 t = variable(1.0, "t");
    const Tensor angle = omega * t;
    const Tensor tangent = tan(angle);
    const Tensor above = nu * tangent;
    const Tensor below = gamma - tangent;
    const Tensor y1 = named(above / below, "y1");
    const Example e(row == 0 ? "lighthouse_y1" : "lighthouse_y2", row == 0 ? y1 : named(gamma * y1, "y2"));
    e.is_as_stored();
    std::vector<Published> numbers{{"/y1", "y1"}};
    if (row == 1) numbers.push_back({"/y2", "y2"});
    const char* names[] = {"ν", "γ", "ω", "t"};
    for (int k = 0; k < 4; ++k) numbers.push_back({fmt::format("/J/{}/{}", row, k), fmt::format("d {}", names[k])});
    e.publishes(of("lighthouse_at_(nu=1,gamma=2,omega=.5,t=1)"), numbers);
  }
}

TEST_CASE("worked derivation: the encyclopedia's article", "[derivation][published]") {
  {
    const Tensor x = variable(2.0, "x"), y = variable(3.0, "y");
    const Tensor sum = x + y;
    const Tensor product = x * sum;
    const Tensor square = y * y;
    const Example e("wikipedia_code", named(product + square, "z"));
    e.is_as_stored();
    e.publishes(of("wikipedia_code"), {{"/z", "z"}, {"/dx", "d x"}, {"/dy", "d y"}});
  }
  const Tensor x1 = variable(2.0, "x1"), x2 = variable(3.0, "x2");
  const Tensor product = x1 * x2;
  const Tensor sine = sin(x1);
  const Example e("wikipedia_figure", named(product + sine, "z"));
  e.is_as_stored();
  e.publishes(of("wikipedia_figure_at_(2,3)"), {{"/z", "z"}, {"/dx1", "d x1"}, {"/dx2", "d x2"}});
}

TEST_CASE("worked derivation: CS231n, f = (x + y)z", "[derivation][published]") {
  const Tensor x = variable(-2.0, "x"), y = variable(5.0, "y"), z = variable(-4.0, "z");
  const Tensor q = named(x + y, "q");
  const Example e("cs231n_xyz", named(q * z, "f"));
  e.is_as_stored();
  e.publishes(of("cs231n_xyz"),
              {{"/q", "q"}, {"/f", "f"}, {"/dx", "d x"}, {"/dy", "d y"}, {"/dz", "d z"}, {"/dq", "d q"}});
}

TEST_CASE("worked derivation: CS231n, a product", "[derivation][published]") {
  const Example e("cs231n_mul", named(variable(4.0, "x") * variable(-3.0, "y"), "f"));
  e.is_as_stored();
  e.publishes(of("cs231n_mul"), {{"/f", "f"}, {"/dx", "d x"}, {"/dy", "d y"}});
}

TEST_CASE("worked derivation: CS231n, a sigmoid neuron gate by gate", "[derivation][published]") {
  const Tensor w0 = variable(2.0, "w0"), x0 = variable(-1.0, "x0"), w1 = variable(-3.0, "w1"),
               x1 = variable(-2.0, "x1");
  const Tensor w2 = variable(-3.0, "w2");
  const Tensor p0 = w0 * x0;
  const Tensor p1 = w1 * x1;
  const Tensor sum = p0 + p1;
  const Tensor dot = named(sum + w2, "dot");
  const Tensor neg = named(-dot, "neg");
  const Tensor power = named(exp(neg), "power");
  const Tensor den = named(power + 1.0, "den");
  const Example e("cs231n_sigmoid_neuron", named(1.0 / den, "f"));
  e.is_as_stored();
  e.publishes(of("cs231n_sigmoid_neuron"), {{"/dot", "dot"},
                                            {"/exp", "power"},
                                            {"/den", "den"},
                                            {"/f", "f"},
                                            {"/dw/0", "d w0"},
                                            {"/dw/1", "d w1"},
                                            {"/dw/2", "d w2"},
                                            {"/dx/0", "d x0"},
                                            {"/dx/1", "d x1"},
                                            {"/d_den", "d den"},
                                            {"/d_exp", "d power"},
                                            {"/d_neg", "d neg"},
                                            {"/d_dot", "d dot"}});
  e.prints("power", "0.37");
  e.prints("den", "1.37");
  e.prints("f", "0.73");
  e.prints("d den", "-0.53");
  e.prints("d neg", "-0.20");
  e.prints("d dot", "0.20");
}

TEST_CASE("worked derivation: CS231n, staged computation", "[derivation][published]") {
  const Tensor x = variable(3.0, "x"), y = variable(-4.0, "y");
  const Tensor sigy = named(sigmoid(y), "sigy");
  const Tensor num = named(x + sigy, "num");
  const Tensor sigx = named(sigmoid(x), "sigx");
  const Tensor xpy = named(x + y, "xpy");
  const Tensor xpysqr = named(pow(xpy, 2.0), "xpysqr");
  const Tensor den = named(sigx + xpysqr, "den");
  const Tensor invden = named(1.0 / den, "invden");
  const Example e("cs231n_staged", named(num * invden, "f"));
  e.is_as_stored();
  e.publishes(of("cs231n_staged"), {{"/sigy", "sigy"},
                                    {"/num", "num"},
                                    {"/sigx", "sigx"},
                                    {"/xpy", "xpy"},
                                    {"/xpysqr", "xpysqr"},
                                    {"/den", "den"},
                                    {"/invden", "invden"},
                                    {"/f", "f"},
                                    {"/dx", "d x"},
                                    {"/dy", "d y"}});
}

TEST_CASE("worked derivation: CS231n, patterns in backward flow", "[derivation][published]") {
  const Tensor x = variable(3.0, "x"), y = variable(-4.0, "y"), z = variable(2.0, "z"), w = variable(-1.0, "w");
  const Tensor product = x * y;
  const Tensor larger = maximum(z, w);
  const Tensor sum = product + larger;
  const Example e("cs231n_patterns", named(sum * 2.0, "f"));
  e.is_as_stored();
  e.publishes(of("cs231n_patterns"), {{"/f", "f"}, {"/g/0", "d x"}, {"/g/1", "d y"}, {"/g/2", "d z"}, {"/g/3", "d w"}});
}

TEST_CASE("worked derivation: micrograd's README", "[derivation][published]") {
  const Tensor a = variable(-4.0, "a"), b = variable(2.0, "b");
  Tensor c = a + b;
  const Tensor ab = a * b;
  const Tensor b3 = pow(b, 3.0);
  Tensor d = ab + b3;
  const Tensor c1 = c + 1.0;
  c = c + c1;
  const Tensor one_more = 1.0 + c;
  const Tensor less_a = one_more + (-a);
  c = c + less_a;
  const Tensor d2 = d * 2.0;
  const Tensor positive = relu(b + a);
  const Tensor more = d2 + positive;
  d = d + more;
  const Tensor d3 = 3.0 * d;
  const Tensor other = relu(b - a);
  const Tensor still_more = d3 + other;
  d = d + still_more;
  const Tensor e = named(c - d, "e");
  const Tensor f = named(pow(e, 2.0), "f");
  const Tensor half = f / 2.0;
  const Tensor tenth = 10.0 / f;
  const Example example("micrograd_readme", named(half + tenth, "g"));
  example.is_as_stored();
  example.publishes(of("micrograd_readme"), {{"/g", "g"}, {"/da", "d a"}, {"/db", "d b"}});
  example.prints("g", "24.7041");
  example.prints("d a", "138.834");
  example.prints("d b", "645.577");
}

TEST_CASE("worked derivation: micrograd's tests", "[derivation][published]") {
  {
    const Tensor x = variable(-4.0, "x");
    const Tensor two_x = 2.0 * x;
    const Tensor plus = two_x + 2.0;
    const Tensor z = named(plus + x, "z");
    const Tensor positive = relu(z);
    const Tensor zx = z * x;
    const Tensor q = named(positive + zx, "q");
    const Tensor zz = z * z;
    const Tensor h = named(relu(zz), "h");
    const Tensor hq = h + q;
    const Tensor qx = q * x;
    const Example e("micrograd_sanity", named(hq + qx, "y"));
    e.is_as_stored();
    e.publishes(of("micrograd_sanity"), {{"/y", "y"}, {"/dx", "d x"}});
  }
  const Tensor x = variable(1.0, "x");
  const Tensor twice = x * 2.0;
  const Example e("micrograd_trace_simple", named(relu(twice + 1.0), "y"));
  e.is_as_stored();
  e.publishes(of("micrograd_trace_simple"), {{"/y", "y"}, {"/dx", "d x"}});
}

TEST_CASE("worked derivation: the diamond that needs the topological order", "[derivation][published]") {
  const Tensor a = variable(1.0, "a");
  const Tensor b = named(a + a, "b");
  DerivationOptions options;
  options.compare_orders = true;
  const Example e("micrograd_pr64_diamond", named(b + b, "c"), options);
  e.is_as_stored();
  e.publishes(of("micrograd_pr64_diamond"), {{"/c", "c"}, {"/da", "d a"}});
}

TEST_CASE("worked derivation: Karpathy's neuron", "[derivation][published]") {
  for (const bool float32_bias : {false, true}) {
    const Tensor x1 = variable(2.0, "x1"), x2 = variable(0.0, "x2"), w1 = parameter(-3.0, "w1"),
                 w2 = parameter(1.0, "w2");
    const Tensor b = parameter(float32_bias ? 6.881373405456543 : 6.8813735870195432, "b");
    const Tensor p1 = x1 * w1;
    const Tensor p2 = x2 * w2;
    const Tensor sum = p1 + p2;
    const Tensor n = named(sum + b, "n");
    // The lecture prints four digits; the float32 bias shows in the seventh.
    const int digits = float32_bias ? 7 : 4;
    const char* name = float32_bias ? "karpathy_neuron_float32_bias" : "karpathy_neuron";
    const Example e(name, named(tanh(n), "o"), digits);
    e.is_as_stored();
    e.publishes(of(name),
                {{"/n", "n"},
                 {"/o", "o"},
                 {"/dn", "d n"},
                 {"/x1", "d x1"},
                 {"/x2", "d x2"},
                 {"/w1", "d w1"},
                 {"/w2", "d w2"},
                 {"/b", "d b"}},
                digits);
    e.prints("n", "0.8814");
    e.prints("o", "0.7071");
  }
}

TEST_CASE("worked derivation: Karpathy's first expressions", "[derivation][published]") {
  {
    const Tensor a = variable(2.0, "a"), b = variable(-3.0, "b"), c = variable(10.0, "c"), f = variable(-2.0, "f");
    const Tensor e = named(a * b, "e");
    const Tensor d = named(e + c, "d");
    const Example example("karpathy_L", named(d * f, "L"));
    example.is_as_stored();
    example.publishes(of("karpathy_L"), {{"/L", "L"},
                                         {"/e", "e"},
                                         {"/d", "d"},
                                         {"/a", "d a"},
                                         {"/b", "d b"},
                                         {"/c", "d c"},
                                         {"/f", "d f"},
                                         {"/de", "d e"},
                                         {"/dd", "d d"}});
  }
  {
    const Tensor a = variable(3.0, "a");
    const Example example("karpathy_a_plus_a", named(a + a, "b"));
    example.is_as_stored();
    example.publishes(of("karpathy_a_plus_a"), {{"/b", "b"}, {"/da", "d a"}});
  }
  {
    const Tensor a = variable(-2.0, "a"), b = variable(3.0, "b");
    const Tensor d = named(a * b, "d");
    const Tensor e = named(a + b, "e");
    const Example example("karpathy_reuse", named(d * e, "f"));
    example.is_as_stored();
    example.publishes(of("karpathy_reuse"),
                      {{"/f", "f"}, {"/da", "d a"}, {"/db", "d b"}, {"/dd", "d d"}, {"/de", "d e"}});
  }
  const Tensor x = variable(3.0, "x");
  const Tensor square = pow(x, 2.0);
  const Tensor three = 3.0 * square;
  const Tensor four = 4.0 * x;
  const Tensor difference = three - four;
  const Example example("karpathy_quadratic", named(difference + 5.0, "f"));
  example.is_as_stored();
  example.publishes(of("karpathy_quadratic"), {{"/f", "f"}, {"/df", "d x"}});
}

TEST_CASE("worked derivation: Olah, calculus on computational graphs", "[derivation][published]") {
  const Tensor a = variable(2.0, "a"), b = variable(1.0, "b");
  const Tensor c = named(a + b, "c");
  const Tensor d = named(b + 1.0, "d");
  const Example e("colah", named(c * d, "e"));
  e.is_as_stored();
  e.publishes(of("colah"), {{"/e", "e"}, {"/da", "d a"}, {"/db", "d b"}});
}

TEST_CASE("worked derivation: Autodidax", "[derivation][published]") {
  const Tensor x = variable(3.0, "x");
  const Tensor sine = sin(x);
  const Tensor y = sine * 2.0;
  const Tensor z = -y;
  const Example e("autodidax", named(z + x, "f"));
  e.is_as_stored();
  e.publishes(of("autodidax"), {{"/f", "f"}, {"/df", "d x"}});
}

TEST_CASE("worked derivation: Bishop and Bishop", "[derivation][published]") {
  const Tensor x1 = variable(1.0, "x1"), x2 = variable(2.0, "x2");
  const Tensor v3 = named(x1 * x2, "v3");
  const Tensor v4 = named(sin(x2), "v4");
  const Tensor v5 = named(exp(v3), "v5");
  const Tensor v6 = named(v3 - v4, "v6");
  const Example e("bishop2024", named(v5 + v6, "v7"));
  e.is_as_stored();
  e.publishes(
      of("bishop2024"),
      {{"/v3", "v3"}, {"/v4", "v4"}, {"/v5", "v5"}, {"/v6", "v6"}, {"/v7", "v7"}, {"/dx1", "d x1"}, {"/dx2", "d x2"}});
}

TEST_CASE("worked derivation: PyTorch's tutorial, a vector", "[derivation][published]") {
  const Tensor a = variable(Array({2}, {2, 3}), "a"), b = variable(Array({2}, {6, 4}), "b");
  const Tensor cube = pow(a, 3.0);
  const Tensor three = 3.0 * cube;
  const Tensor square = pow(b, 2.0);
  const Example e("pytorch_blitz", named(three - square, "Q"));
  e.is_as_stored();
  const Json& rows = of("pytorch_blitz").at("Q");
  Json columns = Json::object();
  const char* names[] = {"Q", "da", "db"};
  for (std::size_t k = 0; k < 3; ++k) columns[names[k]] = Json::array({rows[0][k], rows[1][k]});
  e.publishes(columns, {{"/Q", "Q"}, {"/da", "d a"}, {"/db", "d b"}});
}

TEST_CASE("worked derivation: exclusive or (Goodfellow et al.) and NAND (Nielsen)", "[derivation][published]") {
  const Tensor x(Array({4, 2}, {0, 0, 0, 1, 1, 0, 1, 1}));
  const Tensor w1 = parameter(Array({2, 2}, {1, 1, 1, 1}), "W"), c = parameter(Array({2}, {0, -1}), "c");
  const Tensor product = matmul(x, w1);
  const Tensor moved = product + c;
  const Tensor hidden = named(relu(moved), "h");
  const Example xor_net("goodfellow_xor", named(matmul(hidden, parameter(Array({2, 1}, {1, -2}), "w")), "y"));
  xor_net.is_as_stored();
  CHECK(of("goodfellow_xor").at("hidden") == Json::parse("[[0, 0], [1, 0], [1, 0], [2, 1]]"));
  CHECK(xor_net.shown("h") == "[[0, 0], [1, 0], [1, 0], [2, 1]]");
  CHECK(of("goodfellow_xor").at("out") == Json::parse("[0, 1, 1, 0]"));
  CHECK(xor_net.shown("y") == "[[0], [1], [1], [0]]");

  const Tensor dot = matmul(x, parameter(Array({2}, {-2, -2}), "w"));
  const Example nand("nielsen_nand", named(dot + parameter(3.0, "b"), "z"));
  nand.is_as_stored();
  nand.publishes(of("nielsen_nand"), {{"/z", "z"}});
}

TEST_CASE("worked derivation: one neuron's first step by squares and by cross-entropy (Nielsen)",
          "[derivation][published]") {
  struct Start {
    const char* file;
    const char* example;
    double start;
    double bias;
    bool squares;
  };
  for (const Start& start : {Start{"nielsen_squares_0.6_0.9", "nielsen_quad_0.6_0.9", 0.6, 0.9, true},
                             {"nielsen_squares_2_2", "nielsen_quad_2.0_2.0", 2.0, 2.0, true},
                             {"nielsen_cross_entropy_0.6_0.9", "nielsen_ce_0.6_0.9_eta.15", 0.6, 0.9, false},
                             {"nielsen_cross_entropy_2_2", "nielsen_ce_2.0_2.0_eta.15", 2.0, 2.0, false}}) {
    const Tensor x = variable(1.0, "x"), w = parameter(start.start, "w"), b = parameter(start.bias, "b");
    const Tensor wx = w * x;
    const Tensor z = named(wx + b, "z");
    const Tensor a = named(sigmoid(z), "a");
    Tensor cost;
    if (start.squares) {
      cost = pow(a, 2.0) / 2.0;
    } else {
      const Tensor rest = 1.0 - a;
      cost = -log(rest);
    }
    DerivationOptions options;
    options.learning_rate = 0.15;
    const Example e(start.file, named(cost, "C"), options);
    e.is_as_stored();
    e.publishes(of(start.example), {{"/a0", "a"}, {"/grad0", "d w"}});
  }
}

TEST_CASE("worked derivation: Mazur's network and its first update", "[derivation][published]") {
  const Tensor i1 = variable(0.05, "i1"), i2 = variable(0.10, "i2");
  std::vector<Tensor> w;
  for (const double start : {0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55}) {
    w.push_back(parameter(start, fmt::format("w{}", w.size() + 1)));
  }
  const Tensor b1 = variable(0.35, "b1"), b2 = variable(0.60, "b2");
  const auto unit = [](const Tensor& a, const Tensor& wa, const Tensor& b, const Tensor& wb, const Tensor& bias,
                       const char* net_name, const char* out_name) {
    const Tensor first = wa * a;
    const Tensor second = wb * b;
    const Tensor both = first + second;
    const Tensor net = named(both + bias, net_name);
    return named(sigmoid(net), out_name);
  };
  const Tensor h1 = unit(i1, w[0], i2, w[1], b1, "net_h1", "out_h1");
  const Tensor h2 = unit(i1, w[2], i2, w[3], b1, "net_h2", "out_h2");
  const Tensor o1 = unit(h1, w[4], h2, w[5], b2, "net_o1", "out_o1");
  const Tensor o2 = unit(h1, w[6], h2, w[7], b2, "net_o2", "out_o2");
  const auto error = [](double target, const Tensor& out, const char* name) {
    const Tensor difference = target - out;
    const Tensor square = pow(difference, 2.0);
    return named(0.5 * square, name);
  };
  const Tensor e1 = error(0.01, o1, "E_o1");
  const Tensor e2 = error(0.99, o2, "E_o2");
  DerivationOptions options;
  options.digits = 10;
  options.learning_rate = 0.5;
  const Example e("mazur", named(e1 + e2, "E"), options);
  e.is_as_stored();
  e.publishes(of("mazur_forward"),
              {{"/out_h/0", "out_h1"},
               {"/out_h/1", "out_h2"},
               {"/net_o/0", "net_o1"},
               {"/net_o/1", "net_o2"},
               {"/out_o/0", "out_o1"},
               {"/out_o/1", "out_o2"},
               {"/E/0", "E_o1"},
               {"/E/1", "E_o2"},
               {"/Etot", "E"}},
              10);
  e.publishes(of("mazur_grads"),
              {{"/grad_out/0", "d w5"},
               {"/grad_out/1", "d w6"},
               {"/grad_out/2", "d w7"},
               {"/grad_out/3", "d w8"},
               {"/grad_hid/0", "d w1"},
               {"/grad_hid/1", "d w2"},
               {"/grad_hid/2", "d w3"},
               {"/grad_hid/3", "d w4"},
               {"/dE_dh/0", "d out_h1"},
               {"/dE_dh/1", "d out_h2"},
               {"/dE_dneto/0", "d net_o1"},
               {"/dE_dneto/1", "d net_o2"},
               {"/dE_dneth/0", "d net_h1"},
               {"/dE_dneth/1", "d net_h2"}},
              10);
  // The update, and what the page prints of all of it.
  const auto updated = [](int k) { return fmt::format("new w{0} ← w{0} − lr·∂E/∂w{0}", k); };
  for (int k = 0; k < 8; ++k) e.publishes(of("mazur_W1"), {{fmt::format("/W/{}", k), updated(k + 1)}}, 10);
  e.publishes(of("mazur_W1"), {{"/E1", "new E"}}, 10);
  for (const auto& [what, literal] : {std::pair{std::string("out_h1"), "0.593269992"},
                                      {"out_h2", "0.596884378"},
                                      {"net_o1", "1.105905967"},
                                      {"out_o1", "0.75136507"},
                                      {"out_o2", "0.772928465"},
                                      {"E", "0.298371109"},
                                      {updated(1), "0.149780716"},
                                      {updated(2), "0.19956143"},
                                      {updated(3), "0.24975114"},
                                      {updated(4), "0.29950229"},
                                      {updated(5), "0.35891648"},
                                      {updated(6), "0.408666186"},
                                      {updated(7), "0.511301270"},
                                      {updated(8), "0.561370121"}}) {
    e.prints(what, literal);
  }
}
