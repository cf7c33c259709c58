#include "autograd/derive/symbolic_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <utility>

#include "autograd/array/print.h"
#include "autograd/array/reduce.h"
#include "autograd/base/index.h"
#include "autograd/tensor/op_traits.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "autograd/tensor/ops/structural.h"
#include "autograd/tensor/rule.h"

namespace gradus::detail {

namespace {

/// The same numbers, of a shape that differs by axes of size 1 in front only: they broadcast alike.
bool broadcasts_alike(const Shape& a, const Shape& b) {
  const auto core = [](const Shape& s) {
    const auto sizes = s.sizes();
    std::size_t first = 0;
    while (first < sizes.size() && sizes[first] == 1) ++first;
    return std::vector<std::int64_t>(sizes.begin() + static_cast<std::ptrdiff_t>(first), sizes.end());
  };
  return core(a) == core(b);
}

/// Whether at most one axis has more than one place.
bool is_vector(const Shape& shape) {
  return std::ranges::count_if(shape, [](std::int64_t n) { return n != 1; }) <= 1;
}

class LetterWalk {
 public:
  LetterWalk(const Graph& graph, const SymbolicWay& way, Algebra& algebra)
      : graph_(graph), way_(way), algebra_(algebra) {}

  std::vector<Product> backward() {
    forward();
    parts_.resize(graph_.slots().size());
    parts_[at(graph_.outputs().front())].push_back(Algebra::number({1, 1}));
    std::vector<Product> gradients(graph_.slots().size(), Product::unknown());
    for (std::size_t s = graph_.steps().size(); s-- > 0;) {
      const Graph::Step& step = graph_.steps()[s];
      if (!slot(step.result).gradient.defined()) continue;
      gradients[at(step.result)] = total(step.result);
      hand_on(step, gradients[at(step.result)]);
    }
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      if (slot(static_cast<int>(i)).step < 0 && slot(static_cast<int>(i)).gradient.defined()) {
        gradients[i] = total(static_cast<int>(i));
      }
    }
    return gradients;
  }

 private:
  [[nodiscard]] const Slot& slot(int i) const { return graph_.slots()[at(i)]; }
  Product total(int i) { return algebra_.add(parts_[at(i)]); }
  static bool is_elementwise(const Rule& rule) { return rule.elementwise().kernels != nullptr; }

  static std::vector<Formula> placeholders(std::size_t count) {
    std::vector<Formula> names;
    for (std::size_t k = 0; k < count; ++k) names.push_back(Algebra::placeholder(k));
    return names;
  }

  // ----------------------------------------------------------------------------------------------------------- forward

  void forward() {
    values_.assign(graph_.slots().size(), Product::unknown());
    for (std::size_t i = 0; i < graph_.slots().size(); ++i) {
      const Slot& s = graph_.slots()[i];
      if (s.step >= 0) continue;
      const bool is_number =
          s.role == Role::constant && s.name.empty() && s.value.defined() && s.value.has_data() && s.value.size() == 1;
      if (is_number) values_[i] = Algebra::number(Fraction::read(Formula(s.value.item()).text()));
      if (!values_[i].known()) values_[i] = algebra_.slot(static_cast<int>(i), s.value);
    }
    for (const Graph::Step& step : graph_.steps()) values_[at(step.result)] = value_of(step);
  }

  Product value_of(const Graph::Step& step) {
    const Slot& result = slot(step.result);
    if (step.rule->kind() == OpKind::layout && result.name.empty()) return values_[at(step.arguments.front())];
    const Product own = algebra_.slot(step.result, result.value);
    if (is_op<Reshape>(*step.rule) && result.name.empty() && step.result != graph_.outputs().front()) {
      const Product same =
          in_shape(values_[at(step.arguments.front())], slot(step.arguments.front()).shape, result.shape);
      if (same.known()) return same;
    }
    if (!is_elementwise(*step.rule)) return own;
    const Formula formula = step.rule->formula(placeholders(step.arguments.size()));
    const OpTraits* traits = step.rule->op_struct().traits;
    const bool is_function = formula.terms().back().kind == Formula::Kind::function;
    // A function with attributes does not say all of itself in its formula.
    if (traits == nullptr || (is_function && traits->visit_fields != nullptr)) return own;
    std::vector<Product> x;
    for (const int argument : step.arguments) x.push_back(values_[at(argument)]);
    const Product made = algebra_.read(formula, x);
    if (!made.known()) return own;
    if (!has_terms_of_its_own(formula)) {
      algebra_.call(made, own);
      return own;
    }
    const bool writes_out =
        result.name.empty() ? way_.written_out != WrittenOut::nothing : way_.written_out == WrittenOut::everything;
    return writes_out ? made : own;
  }

  /// The same numbers in another shape, where people say nothing of it: a vector as a row or a column.
  Product in_shape(const Product& a, const Shape& from, const Shape& to) {
    const Array value = a.known() ? algebra_.value(a) : Array();
    if (!value.defined()) return Product::unknown();
    if ((value.size() == 1 && value.rank() == 0) || broadcasts_alike(from, to)) return a;
    return is_vector(from) && is_vector(to) && value.size() == from.size() ? algebra_.reshaped(a, to)
                                                                           : Product::unknown();
  }

  /// Whether it is sums, products and powers with whole exponents.
  static bool has_terms_of_its_own(const Formula& formula) {
    using Kind = Formula::Kind;
    return std::ranges::none_of(formula.terms(),
                                [](const Formula::Term& term) {
                                  return term.kind == Kind::function || term.kind == Kind::root ||
                                         term.kind == Kind::relation || term.kind == Kind::fence;
                                }) &&
           (formula.terms().back().kind != Kind::power ||
            formula.terms()[formula.terms().size() - 2].kind == Kind::number);
  }

  // ---------------------------------------------------------------------------------------------------------- backward

  void hand_on(const Graph::Step& step, const Product& arriving) {
    if (step.rule->kind() == OpKind::layout) return hand_on_whole(step, arriving);
    if (!is_elementwise(*step.rule)) return hand_on_whole(step, arriving);
    const std::vector<Formula> names = placeholders(step.arguments.size());
    std::vector<Product> known;
    for (const int argument : step.arguments) known.push_back(values_[at(argument)]);
    known.push_back(values_[at(step.result)]);
    const Formula result = Algebra::placeholder(names.size());
    for (std::size_t k = 0; k < step.arguments.size(); ++k) {
      const int argument = step.arguments[k];
      if (!slot(argument).gradient.defined()) continue;
      Product part = Product::unknown();
      if (slot(argument).shape == slot(step.result).shape) {
        part = algebra_.times(arriving, algebra_.read(step.rule->derivative(k, names, result), known));
      }
      parts_[at(argument)].push_back(std::move(part));
    }
  }

  /// An op on whole arrays: its rule is recorded once more, and followed in letters.
  void hand_on_whole(const Graph::Step& step, const Product& arriving) {
    std::uint32_t wanted = 0;
    for (std::size_t k = 0; k < step.arguments.size(); ++k) {
      if (slot(step.arguments[k]).gradient.defined()) wanted |= 1U << k;
    }
    if (wanted == 0) return;
    const std::vector<Tensor> pulled = recorded(step, wanted);
    for (std::size_t k = 0; k < pulled.size(); ++k) {
      if (((wanted >> k) & 1U) == 0) continue;
      Product part = Product::unknown();
      if (arriving.known() && pulled[k].defined()) {
        const auto rule = std::make_shared<const Graph>(pulled[k]);
        algebra_.keep(rule);
        part = followed(*rule, step, arriving);
      }
      parts_[at(step.arguments[k])].push_back(std::move(part));
    }
  }

  std::vector<Tensor> recorded(const Graph::Step& step, std::uint32_t wanted) const {
    std::vector<Tensor> x;
    for (std::size_t k = 0; k < step.arguments.size(); ++k) {
      const Slot& s = slot(step.arguments[k]);
      x.push_back(variable(s.value.defined() && s.value.has_data() ? s.value : Array::zeros(s.shape, s.dtype),
                           fmt::format("X{}", k)));
    }
    const Slot& r = slot(step.result);
    const Tensor y = variable(r.value.defined() && r.value.has_data() ? r.value : Array::zeros(r.shape, r.dtype), "Y");
    const Tensor g = variable(r.gradient, "G");
    std::vector<Tensor> out(x.size());
    const OpTraits* traits = step.rule->op_struct().traits;
    if (traits != nullptr && traits->plain_vjp != nullptr) {
      for (std::size_t k = 0; k < x.size(); ++k) {
        if (((wanted >> k) & 1U) != 0) out[k] = traits->plain_vjp(step.rule->op_struct().op, k, g, x, y);
      }
    } else {
      step.rule->pull(Tensor(g), x, y, wanted, out.data());
    }
    return out;
  }

  /// What the recorded rule makes of the gradient that arrives.
  Product followed(const Graph& pulled, const Graph::Step& step, const Product& arriving) {
    std::vector<Product> values;
    for (const Slot& s : pulled.slots()) {
      values.push_back(s.step < 0 ? leaf_of_rule(s, step, arriving)
                                  : step_of_rule(pulled, pulled.steps()[at(s.step)], values));
      if (!values.back().known()) return values.back();
    }
    return values[at(pulled.outputs().front())];
  }

  Product leaf_of_rule(const Slot& leaf, const Graph::Step& step, const Product& arriving) {
    if (leaf.name == "G") return arriving;
    if (leaf.name == "Y") return values_[at(step.result)];
    if (leaf.name.starts_with('X')) {
      return values_[at(step.arguments[static_cast<std::size_t>(std::atoi(leaf.name.c_str() + 1))])];
    }
    if (leaf.value.defined() && leaf.value.has_data() && leaf.value.size() == 1) {
      return Algebra::number(Fraction::read(Formula(leaf.value.item()).text()));
    }
    if (leaf.name.empty()) return Product::unknown();
    return algebra_.constant(leaf.name, leaf.value);
  }

  Product step_of_rule(const Graph& pulled, const Graph::Step& step, const std::vector<Product>& values) {
    std::vector<Product> x;
    for (const int argument : step.arguments) x.push_back(values[at(argument)]);
    if (step.rule->kind() == OpKind::layout) return x.front();
    if (is_elementwise(*step.rule)) return algebra_.read(step.rule->formula(placeholders(x.size())), x);
    const auto shape = [&](int slot) -> const Shape& { return pulled.slots()[at(slot)].shape; };
    if (is_op<Reshape>(*step.rule)) return in_shape(x.front(), shape(step.arguments[0]), shape(step.result));
    return op_of_rule(step, std::move(x), shape);
  }

  /// An op that is linear: what does not depend on the place is taken out of it.
  template <class F>
  Product op_of_rule(const Graph::Step& step, std::vector<Product> x, const F& shape) {
    if (step.rule->internal()) return Product::unknown();
    Product outside;
    if (step.rule->op_struct().traits->multilinear) {
      for (Product& a : x) {
        Product inside;
        outside.coefficient = outside.coefficient * a.coefficient;
        for (const Product::Power& p : a.powers) {
          const Array& value = algebra_.factor(p.factor).value;
          (value.defined() && value.size() == 1 ? outside : inside).powers.push_back(p);
        }
        a = std::move(inside);
      }
      // Factors may repeat.
      Product merged = Algebra::number(outside.coefficient);
      for (const Product::Power& p : outside.powers) merged = algebra_.times(merged, {{1, 1}, {p}});
      outside = std::move(merged);
    }
    // A product of matrices with a single number is a multiple.
    for (std::size_t k = 0; k < 2 && is_op<MatMul>(*step.rule); ++k) {
      const Shape& other = shape(step.arguments[1 - k]);
      if (shape(step.arguments[k]).size() != 1 || shape(step.arguments[k]).rank() != 2 || other.rank() != 2) continue;
      const Product multiple = algebra_.times(outside, x[k]);
      return algebra_.times(multiple, in_shape(x[1 - k], other, shape(step.result)));
    }
    if (is_op<Sum>(*step.rule)) {
      const Array value = algebra_.value(x.front());
      const Shape& from = shape(step.arguments[0]);
      if (!value.defined()) return Product::unknown();
      if (value.size() == 1) {
        const std::int64_t count = shape(step.result).size() == 0 ? 0 : from.size() / shape(step.result).size();
        return algebra_.times(algebra_.times(outside, x.front()), Algebra::number(Fraction::of(count, 1)));
      }
      if (value.size() != from.size()) return Product::unknown();
    }
    std::vector<Shape> shapes;
    for (const int argument : step.arguments) shapes.push_back(shape(argument));
    return algebra_.times(outside, algebra_.op(*step.rule, x, shapes));
  }

  const Graph& graph_;
  const SymbolicWay& way_;
  Algebra& algebra_;
  std::vector<Product> values_;
  std::vector<std::vector<Product>> parts_;
};

}  // namespace

std::vector<Product> gradients_in_letters(const Graph& graph, const SymbolicWay& way, Algebra& algebra) {
  return LetterWalk(graph, way, algebra).backward();
}

}  // namespace gradus::detail
