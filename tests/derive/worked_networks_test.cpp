// The published worked examples of arrays and networks as derivations.
#include "tests/derive/worked_derivation.h"

using namespace gradus;
using namespace gradus::reference;

// The order in which C++ computes arguments is not fixed: each op stands in a statement of its own.

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
  const auto updated = [](int k) { return fmt::format("new w{0} ← w{0} − η·∂E/∂w{0}", k); };
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
