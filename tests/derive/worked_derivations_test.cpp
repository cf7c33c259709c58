// The published worked examples of single numbers as derivations.
#include "tests/derive/worked_derivation.h"

using namespace gradus;
using namespace gradus::reference;

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
  const Tensor x = variable(4.0, "x"), y = variable(-3.0, "y");
  const Example e("cs231n_mul", named(x * y, "f"));
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
