#include "autograd/derive/derivation_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>

#include "autograd/graph/written_call.h"
#include "autograd/math/ops.h"
#include "autograd/math/typeset.h"
#include "autograd/tensor/ops/convolution.h"
#include "autograd/tensor/ops/diagonal.h"
#include "autograd/tensor/ops/every_op.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/join_axes.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/pooling.h"
#include "autograd/tensor/ops/reductions.h"
#include "autograd/tensor/ops/softmax.h"

namespace gradus::detail {

namespace {

Formula call(std::string_view function, const Formula& x) {
  return Formula::call(function, std::span<const Formula>(&x, 1));
}
Formula call(std::string_view function, const Formula& a, const Formula& b, const std::vector<Formula>& options) {
  std::vector<Formula> all{a, b};
  all.insert(all.end(), options.begin(), options.end());
  return Formula::call(function, all);
}
Formula name(std::string_view words) { return Formula(std::string(words)); }
Formula times(const Formula& a, const Formula& b) { return Formula::elementwise_product(a, b); }

struct Equals {
  static constexpr std::string_view infix = " = ";
};
/// 1 where the two are equal, else 0, in equal shares for those that tie.
Formula where_equal(const Formula& a, const Formula& b) {
  return bind(Div{}, Formula::in_parentheses(Formula::interpret(Equals{}, a, b)), name("ties"));
}

/// "along axis 1", "along axes 0 and 2"; empty when there is nothing to choose.
std::string along(std::uint32_t axes, int rank) {
  if (rank < 2 || axes == (1U << rank) - 1U) return "";
  std::string numbers;
  int count = 0;
  for (int k = 0; k < rank; ++k) {
    if (((axes >> k) & 1U) == 0) continue;
    numbers += (count == 0 ? "" : " and ") + std::to_string(k);
    ++count;
  }
  return fmt::format(" along {} {}", count == 1 ? "axis" : "axes", numbers);
}

/// What the rule of a step is made of.
struct Parts {
  const Rule& rule;
  std::size_t k;
  const Formula& g;
  std::span<const Formula> x;
  const Formula& y;
  const Shape& shape;  // of the first argument
};

/// The numbers that go into one result.
std::int64_t group_size(std::uint32_t axes, const Shape& shape) {
  std::int64_t n = 1;
  for (int k = 0; k < shape.rank(); ++k) n *= ((axes >> k) & 1U) != 0 ? shape[k] : 1;
  return n;
}

Formula call(std::string_view function, const Formula& x, const std::vector<Formula>& options) {
  std::vector<Formula> all{x};
  all.insert(all.end(), options.begin(), options.end());
  return Formula::call(function, all);
}

std::optional<TaughtRule> of_softmax(const Parts& p) {
  if (const auto* op = op_of<Softmax>(p.rule)) {
    const Formula mean = call("Σ", times(p.y, p.g));
    return TaughtRule{times(p.y, p.g - mean),
                      fmt::format("Σ adds up all numbers{}: it is the mean of G, weighed by the shares",
                                  along(op->axes, p.shape.rank()))};
  }
  if (const auto* op = op_of<LogSoftmax>(p.rule)) {
    return TaughtRule{
        p.g - times(call("softmax", p.x[0]), call("Σ", p.g)),
        fmt::format("softmax and Σ run over all numbers{}, as on the way forward", along(op->axes, p.shape.rank()))};
  }
  if (const auto* op = op_of<LogSumExp>(p.rule)) {
    return TaughtRule{times(p.g, call("softmax", p.x[0])),
                      fmt::format("each number{} receives its share of G", along(op->axes, p.shape.rank()))};
  }
  if (const auto* op = op_of<CrossEntropy>(p.rule)) {
    const bool ignores = std::ranges::any_of(op->labels.values(), [](std::int64_t label) { return label < 0; });
    return TaughtRule{times(p.g, call("softmax", p.x[0]) - Formula::call("onehot", written_options(p.rule, p.shape))),
                      fmt::format("each row holds its probabilities, less 1 at its label, times its number of G{}",
                                  ignores ? "; a row without a label (–) receives 0" : "")};
  }
  return std::nullopt;
}

/// What a reduction multiplies its gradient by, and what that is.
struct Slope {
  Formula slope;
  std::string reason;
};

std::optional<Slope> slope_of_extreme(const Parts& p, std::uint32_t axes, std::string_view what) {
  return Slope{where_equal(p.x[0], p.y),
               fmt::format("{} = {} holds (1, else 0) where the {}{} is; ties is how many numbers share it, and the "
                           "gradient",
                           text::typeset(p.x[0].text()), text::typeset(p.y.text()), what, along(axes, p.shape.rank()))};
}

std::optional<Slope> slope_of_norm(const Parts& p, const Norm& op) {
  const Formula& x = p.x[0];
  const std::string where = along(op.axes, p.shape.rank());
  if (op.p == 0.0) return Slope{Formula(0.0), "a count does not change when its numbers move a little"};
  if (op.p == 1.0) return Slope{bind(Sign{}, x), ""};
  const Formula size = bind(Abs{}, x);
  if (std::isinf(op.p)) {
    return Slope{times(bind(Sign{}, x), where_equal(size, p.y)),
                 fmt::format("only where |{}| is the {}{}; ties is how many numbers share it", text::typeset(x.text()),
                             op.p > 0.0 ? "largest" : "smallest", where)};
  }
  const std::string reason = where.empty() ? "" : fmt::format("each norm is taken{}", where);
  if (op.p == 2.0) return Slope{bind(Div{}, x, p.y), reason};
  const Formula ratio = bind(Div{}, size, p.y);
  return Slope{times(bind(Sign{}, x), Formula::interpret(Power{{}, op.p - 1.0, 1.0}, ratio)), reason};
}

std::optional<Slope> slope_of_reduction(const Parts& p) {
  const Formula& x = p.x[0];
  const int rank = p.shape.rank();
  if (const auto* op = op_of<Prod>(p.rule)) {
    return Slope{call("∏", name("the others")),
                 fmt::format("in each place the product of all the other numbers{}", along(op->axes, rank))};
  }
  if (const auto* op = op_of<ExtremeOf<Extreme::largest>>(p.rule)) return slope_of_extreme(p, op->axes, "maximum");
  if (const auto* op = op_of<ExtremeOf<Extreme::smallest>>(p.rule)) return slope_of_extreme(p, op->axes, "minimum");
  if (const auto* op = op_of<Norm>(p.rule)) return slope_of_norm(p, *op);
  const auto deviation = [&](std::uint32_t axes, double correction, const Formula& above, const Formula* factor) {
    const auto n = static_cast<double>(group_size(axes, p.shape));
    const Formula freedom = bind(Sub{}, Formula(n), Formula(correction));
    return Slope{bind(Div{}, above, factor == nullptr ? freedom : freedom * *factor),
                 fmt::format("the mean is that of the {} numbers{}", n, along(axes, rank))};
  };
  const Formula centered = x - call("mean", x);
  if (const auto* op = op_of<Var>(p.rule)) {
    return deviation(op->axes, op->correction, Formula::product(Formula(2.0), centered), nullptr);
  }
  if (const auto* op = op_of<Std>(p.rule)) return deviation(op->axes, op->correction, centered, &p.y);
  return std::nullopt;
}

std::optional<TaughtRule> of_running(const Parts& p) {
  if (const auto* op = op_of<CumSum>(p.rule)) {
    const Formula flipped = call("flip", call("cumsum", call("flip", p.g)));
    return TaughtRule{op->reverse ? call("cumsum", p.g) : flipped,
                      fmt::format("each number went into every {} sum{}: it receives all their gradients",
                                  op->reverse ? "earlier" : "later", along(op->axes, p.shape.rank()))};
  }
  if (const auto* op = op_of<CumProd>(p.rule)) {
    return TaughtRule{
        call("Σ", times(p.g, call("∏", name("the others")))),
        fmt::format("each number is a factor of its own product and of every {} one{}: Σ adds up, for each "
                    "of these, its number of G times its other factors",
                    op->reverse ? "earlier" : "later", along(op->axes, p.shape.rank()))};
  }
  return std::nullopt;
}

constexpr std::string_view each_weight = "each weight receives the sum of G times the input that it met";
constexpr std::string_view each_input =
    "each input receives, from every place of the window that read it, G times the weight that it met there";

std::optional<TaughtRule> of_window(const Parts& p) {
  const bool biased = is_op<ConvolveBiased>(p.rule);
  if (biased || is_op<Convolve>(p.rule)) {
    const std::vector<Formula> options = written_options(p.rule, p.shape);
    if (p.k == 0) return TaughtRule{call("conv_transpose", p.g, p.x[1], options), std::string(each_input)};
    if (p.k == 1) return TaughtRule{call("correlation", p.x[0], p.g, options), std::string(each_weight)};
    return TaughtRule{call("sum", p.g),
                      "a bias is added at every place of every image: it receives all their gradients"};
  }
  if (is_op<ConvolveInput>(p.rule)) {
    if (p.k == 0) {
      return TaughtRule{
          call("conv", p.g, p.x[1], written_options(p.rule, p.shape)),
          "each input was spread over a window: it receives the sum of G in that window times the weights"};
    }
    return TaughtRule{call("correlation", p.g, p.x[0], written_options(p.rule, p.shape)), std::string(each_weight)};
  }
  if (is_op<MaxPool>(p.rule)) {
    return TaughtRule{
        call("Σ", times(p.g, where_equal(p.x[0], p.y))),
        fmt::format("Σ runs over the windows that a number lies in; {} = {} holds (1, else 0) where it is "
                    "the largest of the window, ties is how many are",
                    text::typeset(p.x[0].text()), text::typeset(p.y.text()))};
  }
  if (const auto* op = op_of<AvgPool>(p.rule)) {
    return TaughtRule{call("Σ", bind(Div{}, p.g, name("size"))),
                      fmt::format("Σ runs over the windows that a number lies in; size is how many numbers a window "
                                  "averages, {}×{}{}",
                                  op->average.window[0].kernel, op->average.window[1].kernel,
                                  op->average.count_padding ? "" : " less the padding")};
  }
  return std::nullopt;
}

constexpr std::string_view back_on_diagonal =
    "G goes back to the diagonal; the other numbers, which were not read, receive 0";

std::optional<TaughtRule> of_places(const Parts& p) {
  const auto rule = [](Formula formula, std::string_view reason) {
    return TaughtRule{std::move(formula), std::string(reason)};
  };
  if (is_op<Diagonal, JoinAxes>(p.rule)) {
    return rule(call("diag", p.g), back_on_diagonal);
  }
  if (is_op<DiagonalMatrix, SplitAxes>(p.rule)) {
    return rule(call("diagonal", p.g), "only the diagonal was made of numbers that can move");
  }
  if (const auto* op = op_of<Extract>(p.rule)) {
    const std::vector<Formula> slices = written_options(p.rule, p.shape);
    if (op->window.is_everything())
      return rule(call("slice", p.g, slices), "the numbers go back to where they came from");
    return rule(call("pad", p.g, slices),
                "these places, which were taken, receive G; all else, which was not read, receives 0");
  }
  if (const auto* op = op_of<Pad>(p.rule)) {
    return rule(call("slice", p.g, {written_slices(op->window)}),
                "what lies inside the padding receives its part of G");
  }
  if (const auto* op = op_of<Concat>(p.rule)) {
    return rule(call("slice", p.g), "each piece receives its own part of G" + along(1U << op->axis, p.shape.rank()));
  }
  if (is_op<Gather<false>, Gather<true>>(p.rule)) {
    return rule(call("scatter_add", p.g, written_options(p.rule, p.shape)),
                "each number receives the sum of G over all places that it was copied to");
  }
  if (is_op<ScatterAdd<false>, ScatterAdd<true>>(p.rule)) {
    return rule(call("gather", p.g, written_options(p.rule, p.shape)),
                "each number receives G of the place that it was added to");
  }
  if (is_op<Triangle<true>, Triangle<false>>(p.rule)) {
    return rule(call(p.rule.name(), p.g), "what was set to 0 receives nothing");
  }
  return std::nullopt;
}

}  // namespace

std::optional<TaughtRule> taught_rule(const Graph& graph, const Graph::Step& step, std::size_t k,
                                      const Formula& gradient, std::span<const Formula> x, const Formula& y) {
  const Shape& shape = graph.slots()[static_cast<std::size_t>(step.arguments[0])].shape;
  const Parts parts{*step.rule, k, gradient, x, y, shape};
  if (std::optional<Slope> slope = slope_of_reduction(parts)) {
    return TaughtRule{times(gradient, slope->slope), std::move(slope->reason)};
  }
  for (const auto& family : {of_softmax, of_running, of_window, of_places}) {
    if (std::optional<TaughtRule> rule = family(parts)) return rule;
  }
  return std::nullopt;
}

Formula taught_formula(const Rule& rule, std::span<const Formula> x, const Shape& first) {
  if (is_op<KlTerm>(rule)) return Formula::product(x[1], bind(Log{}, x[1]) - x[0]);
  Formula formula = written_call(rule, x, first);
  // y = a = b would read as two equations.
  return formula.terms().back().kind == Formula::Kind::relation ? Formula::in_parentheses(formula) : formula;
}

std::string axes_in_words(const Graph& graph, const Graph::Step& step) {
  const int rank = graph.slots()[static_cast<std::size_t>(step.arguments[0])].shape.rank();
  const auto* sum = op_of<Sum>(*step.rule);
  const auto* mean = op_of<Mean>(*step.rule);
  if (sum == nullptr && mean == nullptr) return "";
  const std::string where = along(sum != nullptr ? sum->axes : mean->axes, rank);
  if (where.empty()) return "";
  return fmt::format("each number of G goes to all that were {}{}", sum != nullptr ? "added" : "averaged", where);
}

bool names_an_internal_op(const Formula& formula) {
  // A word may also name an op that people call: pow.
  const auto serves_only = [](std::string_view word) {
    bool internal = false;
    bool called_so = false;
    for_each_type(EveryOp{}, [&]<class Op>(std::type_identity<Op>) {
      (is_internal<Op>() ? internal : called_so) |= Op::name == word;
    });
    return internal && !called_so;
  };
  return std::ranges::any_of(formula.terms(), [&](const Formula::Term& term) {
    return term.kind == Formula::Kind::function && serves_only(term.word);
  });
}

}  // namespace gradus::detail
