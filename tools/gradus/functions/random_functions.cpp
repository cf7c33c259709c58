// Random numbers: constants that a seed determines, the same on every machine.
#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "autograd/array/distributions.h"
#include "autograd/array/random.h"
#include "autograd/tensor/ops/sampling.h"
#include "tools/gradus/functions/function_table.h"
#include "tools/gradus/functions/options.h"

namespace gradus::command {

namespace {

using Given = const Invocation&;
using namespace option;  // NOLINT: the words of the table below

Key key_of(Given c) {
  const std::int64_t seed = c.whole("seed");
  if (seed < 0) throw ValueError(fmt::format("[{}] the seed must not be negative: {}", c.function(), seed));
  return {static_cast<std::uint64_t>(seed)};
}

}  // namespace

void add_random(Definitions& list) {
  const auto add = [&](const char* name, std::vector<OptionDeclaration> options, const char* line,
                       std::function<Array(Given)> numbers) {
    options.insert(options.begin(), sizes("shape"));
    options.push_back(whole("seed", 0.0));
    const std::size_t positional = options.size();
    list.push_back(
        Definition(Theme::random, name, "", std::move(options), line, [numbers = std::move(numbers)](Given c) -> Value {
          return Tensor(numbers(c));
        }).positional(positional));
    list.back().function.may_be_bound = true;  // parameters are called gamma and beta
  };
  add("uniform", {number("low", 0.0), number("high", 1.0)}, "evenly spread over [low, high)",
      [](Given c) { return uniform_array(c.shape("shape"), c.number("low"), c.number("high"), key_of(c)); });
  add("normal", {number("mean", 0.0), number("deviation", 1.0)}, "normally distributed",
      [](Given c) { return normal_array(c.shape("shape"), c.number("mean"), c.number("deviation"), key_of(c)); });
  add("bernoulli", {number("p", 0.5)}, "1 with probability p, else 0",
      [](Given c) { return bernoulli_array(c.shape("shape"), c.number("p"), key_of(c)); });
  add("exponential", {number("scale", 1.0)}, "waiting times, scale in the mean",
      [](Given c) { return exponential_array(c.shape("shape"), c.number("scale"), key_of(c)); });
  add("gamma", {number("concentration", 1.0), number("scale", 1.0)}, "the gamma distribution",
      [](Given c) { return gamma_array(c.shape("shape"), c.number("concentration"), c.number("scale"), key_of(c)); });
  add("beta", {number("a", 1.0), number("b", 1.0)}, "the beta distribution, in [0, 1]",
      [](Given c) { return beta_array(c.shape("shape"), c.number("a"), c.number("b"), key_of(c)); });
  add("poisson", {number("rate", 1.0)}, "numbers of rare events, rate in the mean",
      [](Given c) { return poisson_array(c.shape("shape"), c.number("rate"), key_of(c)); });
  add("truncated_normal", {number("mean", 0.0), number("deviation", 1.0), number("low", -2.0), number("high", 2.0)},
      "normally distributed within [low, high]", [](Given c) {
        return truncated_normal_array(c.shape("shape"), c.number("mean"), c.number("deviation"), c.number("low"),
                                      c.number("high"), key_of(c));
      });
  const auto add_from = [&](const char* name, const char* arguments, std::vector<OptionDeclaration> options,
                            const char* line, std::function<Value(Given)> action) {
    options.push_back(whole("seed", 0.0));
    const std::size_t positional = options.size();
    list.push_back(
        Definition(Theme::random, name, arguments, std::move(options), line, std::move(action)).positional(positional));
  };
  add_from("randint", "", {sizes("shape"), whole("low"), whole("high")}, "whole numbers in [low, high)", [](Given c) {
    return places_as_value(randint(c.shape("shape"), c.whole("low"), c.whole("high"), key_of(c)));
  });
  add_from("categorical", "logits", {axis(-1)}, "a place in each row, with the probability softmax(logits)",
           [](Given c) { return places_as_value(categorical(c.tensor(0), key_of(c), c.axis())); });
  add_from("multinomial", "probabilities", {whole("n")}, "how often each outcome comes up in n trials",
           [](Given c) -> Value { return multinomial(c.whole("n"), c.tensor(0), key_of(c)); });
  add_from("shuffle", "x", {axis(0)}, "x with the entries along an axis in a random order",
           [](Given c) -> Value { return shuffle(c.tensor(0), key_of(c), c.axis()); });
}

}  // namespace gradus::command
