#include "autograd/derive/symbolic.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "autograd/array/elementwise.h"
#include "autograd/base/index.h"
#include "autograd/base/utf8.h"
#include "autograd/derive/symbolic_steps.h"
#include "autograd/derive/symbolic_writing.h"
#include "autograd/math/typeset.h"

namespace gradus {

namespace {

using namespace detail;

// Large graphs say little in letters, and expressions on large arrays take time to check.
constexpr std::size_t most_steps = 400;
constexpr std::int64_t most_numbers = 10'000;

/// Whether the letters give the gradient, up to rounding in what was added on the way.
bool gives(const Algebra& algebra, const Product& letters, const Array& gradient) {
  const Array value = algebra.value(letters);
  const Array magnitude = algebra.magnitude(letters);
  if (!value.defined() || !magnitude.defined() || !gradient.has_data()) return false;
  const double tolerance = gradient.dtype() == DType::float32 ? 1e-4 : 1e-9;
  // A vector may be a row or a column where the algebra has it.
  const bool same_size = value.size() == gradient.size();
  if (!same_size && broadcast(value.shape(), gradient.shape(), "letters") != gradient.shape()) return false;
  const auto numbers = [&](const Array& x) {
    return (x.size() == gradient.size() ? x : x.broadcast_to(gradient.shape())).to_vector();
  };
  const std::vector<double> a = numbers(value);
  const std::vector<double> m = numbers(magnitude);
  const std::vector<double> g = gradient.to_vector();
  for (std::size_t i = 0; i < g.size(); ++i) {
    // Written so that NaN fails.
    if (!(std::fabs(a[i] - g[i]) <= tolerance * std::fmax(m[i], std::fabs(g[i])))) return false;
  }
  return true;
}

/// Ways of simplifying, from the plainest.
std::vector<SymbolicWay> all_ways() {
  std::vector<SymbolicWay> ways;
  for (const WrittenOut out : {WrittenOut::what_has_no_name, WrittenOut::nothing, WrittenOut::everything}) {
    for (const Sums sums : {Sums::as_they_stand, Sums::multiplied_out}) ways.push_back({sums, out});
  }
  return ways;
}

/// Names the values that a result mentions.  What has no name of its own is written out where that is short, or where it
/// is mentioned once and not long.
class Letters {
 public:
  Letters(const Graph& graph, const std::vector<std::string>& symbols) : graph_(graph), symbols_(symbols) {}

  struct Result {
    Formula formula;
    std::set<int> named;  // slots that are mentioned by a symbol and have to be defined
    std::size_t cost = 0;
  };

  [[nodiscard]] Result write(const Algebra& algebra, const Product& product) const {
    std::unordered_map<int, int> mentions;
    static_cast<void>(written(algebra, product, [&](int slot) {
      ++mentions[slot];
      return Formula(symbols_[at(slot)]);
    }));
    Result result{Formula(0.0), {}, 0};
    result.formula = written(algebra, product, [&](int slot) {
      const Formula out = written_out(slot);
      constexpr std::size_t always = 8;
      constexpr std::size_t once = 24;
      const std::size_t length = text::code_points(out.text());
      const bool is_leaf = graph_.slots()[at(slot)].step < 0;
      const bool has_name = !graph_.slots()[at(slot)].name.empty() || slot == graph_.outputs().front();
      if (!is_leaf && !has_name && length <= (mentions[slot] == 1 ? once : always)) return out;
      if (!is_leaf) result.named.insert(slot);
      return Formula(symbols_[at(slot)]);
    });
    result.cost = letters_in(result.formula);
    for (const int slot : result.named) {  // one more thing to look up
      const bool is_new = graph_.slots()[at(slot)].name.empty() && slot != graph_.outputs().front();
      if (is_new) result.cost += 4 + letters_in(written_out(slot)) / 3;
    }
    return result;
  }

  /// How long a formula is to the reader, who passes over parentheses and signs of products.
  static std::size_t letters_in(const Formula& formula) {
    std::string text = text::typeset(formula.text());
    std::erase_if(text, [](char c) { return c == ' ' || c == '(' || c == ')'; });
    std::size_t dots = 0;
    constexpr std::string_view dot = "·";
    for (std::size_t i = text.find(dot); i != std::string::npos; i = text.find(dot, i + dot.size())) ++dots;
    return text::code_points(text) - dots;
  }

  [[nodiscard]] Formula written_out(int slot) const { return graph_.formula(slot, 60); }

 private:
  const Graph& graph_;
  const std::vector<std::string>& symbols_;
};

bool is_small(const Graph& graph) {
  std::int64_t numbers = 0;
  for (const Slot& s : graph.slots()) numbers += s.shape.size();
  return graph.steps().size() <= most_steps && numbers <= most_numbers;
}

/// Calls f(slot, algebra, gradient in letters) for each leaf and each way.
template <class F>
void for_each_candidate(const Graph& graph, F&& f) {
  if (!is_small(graph)) return;
  for (const SymbolicWay& way : all_ways()) {
    Algebra algebra(way.sums);
    const std::vector<Product> gradients = gradients_in_letters(graph, way, algebra);
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      const Slot& leaf = graph.slots()[i];
      if (leaf.step < 0 && leaf.gradient.defined() && gradients[i].known())
        f(static_cast<int>(i), algebra, gradients[i]);
    }
  }
}

}  // namespace

SymbolicResult symbolic_gradients(const Graph& graph, const std::vector<std::string>& symbols, std::size_t longest) {
  const Letters letters(graph, symbols);
  std::vector<std::optional<Letters::Result>> best(graph.slots().size());
  for_each_candidate(graph, [&](int slot, const Algebra& algebra, const Product& gradient) {
    if (!gives(algebra, gradient, graph.slots()[at(slot)].gradient)) return;
    Letters::Result result = letters.write(algebra, gradient);
    std::optional<Letters::Result>& shortest = best[at(slot)];
    if (!shortest || result.cost < shortest->cost) shortest = std::move(result);
  });
  SymbolicResult out;
  std::set<int> named;
  for (std::size_t i = 0; i < best.size(); ++i) {
    if (!best[i] || text::code_points(best[i]->formula.text()) > longest) continue;
    named.insert(best[i]->named.begin(), best[i]->named.end());
    out.gradients.push_back({static_cast<int>(i), best[i]->formula});
  }
  for (const int slot : named) out.definitions.push_back({slot, letters.written_out(slot)});
  return out;
}

namespace detail {

std::vector<SymbolicCandidate> symbolic_candidates(const Graph& graph, const std::vector<std::string>& symbols) {
  std::vector<SymbolicCandidate> out;
  for_each_candidate(graph, [&](int slot, const Algebra& algebra, const Product& gradient) {
    out.push_back({slot, written(algebra, gradient, [&](int s) { return Formula(symbols[at(s)]); }),
                   gives(algebra, gradient, graph.slots()[at(slot)].gradient)});
  });
  return out;
}

}  // namespace detail

}  // namespace gradus
