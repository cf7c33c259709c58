// What an op unfolds into, in the order of computation: the stored one, whatever the compiler does with operands.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "autograd/autograd.h"
#include "autograd/base/file.h"
#include "autograd/graph/unfold.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

/// "tan: sin_1 = sin(a); cos_1 = cos(a); div_1 = div(sin_1, cos_1)"
std::string order_of(std::string_view name, const Tensor& y) {
  const Graph graph = unfolded(Graph(y));
  const auto id = [&](int slot) -> const std::string& { return graph.slots()[static_cast<std::size_t>(slot)].id; };
  std::string line = fmt::format("{}:", name);
  for (const Graph::Step& step : graph.steps()) {
    std::vector<std::string> arguments;
    for (const int argument : step.arguments) arguments.push_back(id(argument));
    line += fmt::format(" {} = {}({});", id(step.result), step.rule->name(), fmt::join(arguments, ", "));
  }
  return line + "\n";
}

std::string all_orders() {
  std::string out;
  for_each_op(Elementwise{}, [&]<class Op>(const Op& op) {
    if constexpr (!Op::internal) {
      std::vector<Tensor> x;
      for (int k = 0; k < Op::arity; ++k) x.push_back(variable(0.25 + 0.25 * k));
      const Tensor y = [&]<std::size_t... K>(std::index_sequence<K...>) { return bind(op, x[K]...); }
      (std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
      out += order_of(Op::name, y);
    }
  });
  const Tensor x = variable(Array({2, 3}, {0.5, 0.2, 0.75, 0.1, 0.25, 0.9}));
  const Tensor t = variable(Array({2, 3}, {0.25, 0.5, 0.125, 0.3, 0.6, 0.7}));
  out += order_of("softmax", softmax(x, 1));
  out += order_of("log_softmax", log_softmax(x, 1));
  out += order_of("logsumexp", logsumexp(x, 1));
  out += order_of("mean", mean(x, 1));
  out += order_of("var", var(x, 1));
  out += order_of("std", stddev(x, 1));
  out += order_of("norm", norm(x));
  out += order_of("norm, p = 1", norm(x, 1.0));
  out += order_of("mse", mse(x, t));
  out += order_of("mae", mae(x, t));
  out += order_of("huber", huber(x, t));
  out += order_of("hinge", hinge(x, t));
  out += order_of("bce", bce(x, t));
  out += order_of("bce_with_logits", bce_with_logits(x, t));
  out += order_of("bce_with_logits, weighed", bce_with_logits(x, t, Tensor(2.0)));
  out += order_of("kl_div", kl_div(x, t));
  out += order_of("kl_div, log_target", kl_div(x, t, true));
  out += order_of("cosine_similarity", cosine_similarity(x, t));
  out += order_of("cross_entropy", cross_entropy(x, Indices{2, 0}));
  out += order_of("cross_entropy, smoothed", cross_entropy(x, Indices{2, 0}, {.label_smoothing = 0.1}));
  return out;
}

}  // namespace

TEST_CASE("unfold: the order of computation is the stored one", "[unfold]") {
  const std::string orders = all_orders();
  // GRADUS_WRITE_ORDERS=FILE writes them there, for looking at what a change does to them.
  if (const char* file = std::getenv("GRADUS_WRITE_ORDERS")) write_file(file, orders);
  CHECK(orders == read_file(GRADUS_TEST_DATA "/unfolded_orders.txt"));
}
