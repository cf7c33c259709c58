// as_scalars: a graph of arrays as a graph of their single numbers.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/base/index.h"
#include "autograd/graph/rebuild.h"
#include "autograd/graph/unfold.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/reductions.h"

namespace gradus {

namespace {

using Elements = std::vector<Tensor>;  // of an array, in row-major order

using detail::at;

/// "w12" for the element in row 1 and column 2, "b_12" where the name itself ends in a digit or is long.
std::string element_name(const std::string& name, const Shape& shape, std::int64_t element) {
  if (name.empty() || shape.size() == 1) return name;
  std::vector<std::int64_t> index(static_cast<std::size_t>(shape.rank()));
  for (int k = shape.rank() - 1; k >= 0; --k) {
    index[at(k)] = element % shape[k] + 1;
    element /= shape[k];
  }
  const bool short_ones = std::ranges::all_of(shape.sizes(), [](std::int64_t n) { return n < 10; });
  const bool letters = name.find_first_of("0123456789._") == std::string::npos;
  return fmt::format("{}{}{}", name, short_ones && letters ? "" : "_", fmt::join(index, short_ones ? "" : "_"));
}

/// Where each element of a result finds its operand in an argument that broadcasts to it.
std::int64_t operand_of(std::int64_t element, const Shape& result, const Shape& argument) {
  std::int64_t place = 0;
  std::int64_t stride = 1;
  for (int k = 1; k <= argument.rank(); ++k) {
    const std::int64_t size = result[result.rank() - k];
    const std::int64_t own = argument[argument.rank() - k];
    place += own == 1 ? 0 : (element % size) * stride;
    stride *= own;
    element /= size;
  }
  return place;
}

class Expansion {
 public:
  Expansion(const Graph& graph, const ScalarsOptions& options)
      : graph_(graph), left_(options.most_slots), most_(options.most_slots), elements_(graph.slots().size()) {}

  Graph run() {
    const Recording recorded;
    const std::vector<Counted<Scope>> scopes = detail::scopes_of(graph_.modules());
    for (std::size_t i = 0; i < graph_.slots().size(); ++i) {
      const Slot& slot = graph_.slots()[i];
      const detail::InScope inside(slot.scope < 0 ? nullptr : scopes[at(slot.scope)].get());
      elements_[i] = slot.step < 0 ? leaf(slot) : step(graph_.steps()[at(slot.step)], slot);
      if (slot.step >= 0) name_elements(slot, elements_[i]);
    }
    Elements outputs;
    for (const int output : graph_.outputs()) {
      outputs.insert(outputs.end(), elements_[at(output)].begin(), elements_[at(output)].end());
    }
    return Graph(outputs);
  }

 private:
  [[nodiscard]] const Slot& slot(int i) const { return graph_.slots()[at(i)]; }

  void count(std::int64_t more) {
    left_ -= more;
    if (left_ < 0) throw GraphError(fmt::format("[as_scalars] the graph would have more than {} values", most_));
  }

  /// What has more elements than there may be values is not taken apart.
  void need_room(std::int64_t elements) { count(elements > most_ ? elements : 0); }

  Elements leaf(const Slot& slot) {
    count(slot.shape.size());
    const std::vector<double> values = slot.value.to_vector();
    Elements out;
    for (std::size_t k = 0; k < values.size(); ++k) {
      out.push_back(detail::leaf_again(slot, Array::scalar(values[k], slot.dtype),
                                       element_name(slot.name, slot.shape, static_cast<std::int64_t>(k))));
    }
    return out;
  }

  static void name_elements(const Slot& slot, Elements& elements) {
    if (slot.name.empty()) return;
    for (std::size_t k = 0; k < elements.size(); ++k) {
      Tensor& element = elements[k];
      if (element.record() && !element.is_leaf() && element.name().empty()) {
        element.set_name(element_name(slot.name, slot.shape, static_cast<std::int64_t>(k)));
      }
    }
  }

  Elements step(const Graph::Step& step, const Slot& result) {
    if (step.rule->elementwise().op != nullptr) return elementwise(step, result);
    const Rule& rule = *step.rule;
    if (const auto* op = detail::op_of<ExtremeOf<Extreme::largest>>(rule)) {
      return extreme(step, op->axes, [](const Tensor& a, const Tensor& b) { return maximum(a, b); });
    }
    if (const auto* op = detail::op_of<ExtremeOf<Extreme::smallest>>(rule)) {
      return extreme(step, op->axes, [](const Tensor& a, const Tensor& b) { return minimum(a, b); });
    }
    if (const auto* op = detail::op_of<Prod>(rule)) {
      return fold(step, op->axes, [](const Tensor& a, const Tensor& b) { return a * b; });
    }
    if (rule.is_affine()) return affine(step, result);
    throw GraphError(fmt::format("[as_scalars] '{}' has no form in single numbers", step.rule->name()));
  }

  Elements elementwise(const Graph::Step& step, const Slot& result) {
    count(result.shape.size());
    Elements out;
    for (std::int64_t element = 0; element < result.shape.size(); ++element) {
      std::vector<Tensor> operands;
      for (const int argument : step.arguments) {
        const std::int64_t k = operand_of(element, result.shape, slot(argument).shape);
        operands.push_back(elements_[at(argument)][static_cast<std::size_t>(k)]);
      }
      out.push_back(detail::apply_rule(*step.rule, operands));
    }
    return out;
  }

  /// A reduction, two elements at a time.
  template <class F>
  Elements fold(const Graph::Step& step, std::uint32_t axes, F&& combine) {
    const Shape& shape = slot(step.arguments[0]).shape;
    const Shape kept = reduced(shape, axes, true);
    count(shape.size());
    Elements out(static_cast<std::size_t>(kept.size()));
    for (std::int64_t i = 0; i < shape.size(); ++i) {
      Tensor& sum = out[static_cast<std::size_t>(operand_of(i, shape, kept))];
      sum = sum.defined() ? combine(sum, element(step, 0, i)) : element(step, 0, i);
    }
    return out;
  }

  /// The largest or the smallest.  Three that are equal share the gradient evenly, which no pairs do.
  template <class F>
  Elements extreme(const Graph::Step& step, std::uint32_t axes, F&& of_two) {
    Elements out = fold(step, axes, of_two);
    const Shape& shape = slot(step.arguments[0]).shape;
    const Shape kept = reduced(shape, axes, true);
    std::vector<int> equal(out.size());
    for (std::int64_t i = 0; i < shape.size(); ++i) {
      const auto place = static_cast<std::size_t>(operand_of(i, shape, kept));
      if (element(step, 0, i).item() == out[place].item() && ++equal[place] > 2) {
        throw GraphError(
            fmt::format("[as_scalars] three equal numbers have no '{}' of two at a time", step.rule->name()));
      }
    }
    return out;
  }

  // ------------------------------------------------------------------------------------ what is affine in each argument

  /// The result for one argument with a 1 at a place, or two, and zeros elsewhere: the coefficients of the products.
  struct Probe {
    int argument;
    std::int64_t place;
  };
  std::vector<double> value_at(const Graph::Step& step, std::span<const Probe> ones) const {
    std::vector<Array> x;
    for (std::size_t a = 0; a < step.arguments.size(); ++a) {
      const Slot& s = slot(step.arguments[a]);
      std::vector<double> values(static_cast<std::size_t>(s.shape.size()), 0.0);
      for (const Probe& one : ones) {
        if (at(one.argument) == a) values[static_cast<std::size_t>(one.place)] = 1.0;
      }
      x.push_back(Array(s.shape, values).to(s.dtype));
    }
    return step.rule->evaluate(x).to_vector();
  }

  struct Term {
    double coefficient;
    std::vector<Tensor> factors;  // none: a constant
  };

  /// y = c + Σ cᵢ xᵢ + Σ cᵢⱼ xᵢ zⱼ, the coefficients read off the op itself.
  Elements affine(const Graph::Step& step, const Slot& result) {
    need_room(result.shape.size());
    for (int a = 0; a < static_cast<int>(step.arguments.size()); ++a) need_room(size(step, a));
    const auto n = static_cast<std::size_t>(result.shape.size());
    const auto arity = static_cast<int>(step.arguments.size());
    std::vector<std::vector<Term>> terms(n);
    const std::vector<double> rest = value_at(step, {});
    for (std::size_t y = 0; y < n; ++y) {
      if (rest[y] != 0.0) terms[y].push_back({rest[y], {}});
    }
    std::vector<std::vector<std::vector<double>>> single(at(arity));  // of argument, element, result
    for (int a = 0; a < arity; ++a) {
      for (std::int64_t i = 0; i < size(step, a); ++i) {
        probe();
        std::vector<double> value = value_at(step, std::array{Probe{a, i}});
        for (std::size_t y = 0; y < n; ++y) {
          // No element changes an infinite constant: it is a padding.
          value[y] = std::isfinite(rest[y]) ? value[y] - rest[y] : 0.0;
          if (value[y] != 0.0) terms[y].push_back({value[y], {element(step, a, i)}});
        }
        single[at(a)].push_back(std::move(value));
      }
    }
    // Variadic ops only put their arguments side by side.
    for (int a = 0; a < arity && arity <= 3; ++a) {
      for (int b = a + 1; b < arity; ++b) pairs(step, a, b, rest, single, terms);
    }
    Elements out;
    for (std::size_t y = 0; y < n; ++y) out.push_back(sum_of(terms[y], result.dtype));
    return out;
  }

  void pairs(const Graph::Step& step, int a, int b, const std::vector<double>& rest,
             const std::vector<std::vector<std::vector<double>>>& single, std::vector<std::vector<Term>>& terms) {
    for (std::int64_t i = 0; i < size(step, a); ++i) {
      for (std::int64_t j = 0; j < size(step, b); ++j) {
        probe();
        const std::vector<double> value = value_at(step, std::array{Probe{a, i}, Probe{b, j}});
        for (std::size_t y = 0; y < terms.size(); ++y) {
          if (!std::isfinite(rest[y])) continue;
          const double c = value[y] - rest[y] - single[at(a)][static_cast<std::size_t>(i)][y] -
                           single[at(b)][static_cast<std::size_t>(j)][y];
          if (c != 0.0) terms[y].push_back({c, {element(step, a, i), element(step, b, j)}});
        }
      }
    }
  }

  [[nodiscard]] std::int64_t size(const Graph::Step& step, int a) const {
    return slot(step.arguments[at(a)]).shape.size();
  }
  [[nodiscard]] const Tensor& element(const Graph::Step& step, int a, std::int64_t i) const {
    return elements_[at(step.arguments[at(a)])][static_cast<std::size_t>(i)];
  }

  /// Products first, then their sum from left to right.
  Tensor sum_of(const std::vector<Term>& terms, DType dtype) {
    const auto constant = [&](double c) { return Tensor(Array::scalar(c, dtype)); };
    if (terms.empty()) return constant(0.0);
    Tensor sum;
    // A constant comes last, as one writes it.
    for (const bool constants : {false, true}) {
      for (const Term& term : terms) {
        if (term.factors.empty() != constants) continue;
        Tensor product;
        for (const Tensor& factor : term.factors) {
          count(product.defined() ? 1 : 0);
          product = product.defined() ? product * factor : factor;
        }
        if (term.factors.empty()) {
          product = constant(term.coefficient);
        } else if (term.coefficient != 1.0) {
          count(2);
          product = term.coefficient == -1.0 ? -product : constant(term.coefficient) * product;
        }
        count(sum.defined() ? 1 : 0);
        sum = sum.defined() ? sum + product : product;
      }
    }
    return sum;
  }

  void probe() {
    constexpr std::int64_t most_probes = 100000;
    if (++probes_ > most_probes) throw GraphError("[as_scalars] the arrays are too large to be taken apart");
  }

  const Graph& graph_;
  std::int64_t left_;
  std::int64_t most_;
  std::int64_t probes_ = 0;
  std::vector<Elements> elements_;
};

}  // namespace

Graph as_scalars(const Graph& graph, const ScalarsOptions& options) {
  const bool with_gradients = std::ranges::any_of(graph.slots(), [](const Slot& s) { return s.gradient.defined(); });
  // Softmax and its like are made of ops that can be taken apart; elementwise ops stay as they are.
  const Graph simple =
      detail::graph_again(detail::parts_of(graph), [](const Graph::Step& step, std::span<const Tensor> x) {
        if (step.rule->elementwise().op != nullptr) return detail::apply_rule(*step.rule, x);
        std::optional<Tensor> composed = detail::composed_result(*step.rule, x);
        return composed ? std::move(*composed) : detail::apply_rule(*step.rule, x);
      });
  Graph result = Expansion(simple, options).run();
  if (with_gradients) result.compute_gradients();
  return result;
}

}  // namespace gradus
