// Random numbers: constants that a seed determines, the same on every machine.
#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "autograd/array/random.h"
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
  };
  add("uniform", {number("low", 0.0), number("high", 1.0)}, "evenly spread over [low, high)",
      [](Given c) { return uniform_array(c.shape("shape"), c.number("low"), c.number("high"), key_of(c)); });
  add("normal", {number("mean", 0.0), number("deviation", 1.0)}, "normally distributed",
      [](Given c) { return normal_array(c.shape("shape"), c.number("mean"), c.number("deviation"), key_of(c)); });
  add("bernoulli", {number("p", 0.5)}, "1 with probability p, else 0",
      [](Given c) { return bernoulli_array(c.shape("shape"), c.number("p"), key_of(c)); });
}

}  // namespace gradus::command
