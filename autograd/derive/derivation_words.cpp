#include "autograd/derive/derivation_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "autograd/graph/written_call.h"
#include "autograd/math/ops.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "autograd/tensor/ops/reductions.h"
#include "autograd/tensor/ops/structural.h"

namespace gradus::detail {

namespace {

/// What is said of an op that everybody knows.  {0} and {1} are its arguments.
struct Words {
  bool (*is)(const Rule&);
  std::string_view title;
  std::string_view noun;
  std::string_view backward;
};

constexpr Words table[] = {
    {is_op<Add>, "Add {0} and {1}", "the sum", "A sum hands its gradient unchanged to each of its terms."},
    {is_op<Sub>, "Subtract {1} from {0}", "the difference",
     "The first term receives the gradient as it is, the second with the opposite sign."},
    {is_op<Mul, ChainProduct>, "Multiply {0} by {1}", "the product",
     "Each factor receives the gradient times the other factor."},
    {is_op<Div>, "Divide {0} by {1}", "the quotient",
     "The numerator receives the gradient divided by the denominator."},
    {is_op<Neg>, "Change the sign of {0}", "the sign", "The gradient changes its sign too."},
    {is_op<Square>, "Square {0}", "the square", "The slope of a square is twice its argument."},
    {is_op<Pow, Power>, "Raise {0} to the power {1}", "the power", ""},
    {is_op<Reshape>, "Reshape {0}", "the reshaping",
     "The numbers stay the same, so the gradient takes on the old shape."},
    {is_op<Extract>, "Take a part of {0}", "the part that was taken", ""},
    {is_op<Pad>, "Pad {0}", "the padding", ""},
    {is_op<Broadcast>, "Repeat {0}", "the repetition", "Each number receives the sum of what its copies receive."},
    {is_op<MatMul>, "Multiply the matrices {0} and {1}", "the matrix product",
     "Each factor receives the gradient times the other factor, transposed so that the sizes fit."},
    {is_op<Sum>, "Sum {0}", "the sum", "Every number that was added receives the whole gradient."},
    {is_op<Mean>, "Average {0}", "the mean", "Every number receives an equal share of the gradient."},
    {is_op<Relu>, "Apply relu to {0}", "relu",
     "Where the argument was positive the gradient passes; elsewhere nothing does."},
    {is_op<Maximum>, "Take the larger of {0} and {1}", "the maximum",
     "The larger argument receives the whole gradient; equal ones share it."},
    {is_op<Minimum>, "Take the smaller of {0} and {1}", "the minimum",
     "The smaller argument receives the whole gradient; equal ones share it."},
    {is_op<ExtremeOf<Extreme::largest>>, "Apply max to {0}", "the maximum",
     "The largest number receives the whole gradient; equal ones share it."},
    {is_op<ExtremeOf<Extreme::smallest>>, "Apply min to {0}", "the minimum",
     "The smallest number receives the whole gradient; equal ones share it."},
    {is_op<Exp>, "Apply exp to {0}", "exp", "The slope of exp is its own value, kept from the way forward."},
    {is_op<Tanh>, "Apply tanh to {0}", "tanh", "The slope of tanh uses the value kept from the way forward."},
    {is_op<Sigmoid>, "Apply sigmoid to {0}", "sigmoid",
     "The slope of sigmoid uses the value kept from the way forward."},
};

const Words* words_of(const Rule& rule) {
  const auto* const found = std::ranges::find_if(table, [&](const Words& words) { return words.is(rule); });
  return found == std::end(table) ? nullptr : found;
}

}  // namespace

std::string title_of_step(const Rule& rule, std::span<const std::string> arguments) {
  const Words* words = words_of(rule);
  const std::size_t needed = words == nullptr ? 0 : words->title.find("{1}") != std::string_view::npos ? 2 : 1;
  if (words == nullptr || arguments.size() != needed) {
    return fmt::format("Apply {} to {}", written_name(rule), fmt::join(arguments, ", "));
  }
  return fmt::format(fmt::runtime(words->title), arguments[0], needed == 2 ? arguments[1] : "");
}

std::string title_of_backward(const Rule& rule) {
  const Words* words = words_of(rule);
  return fmt::format("Back through {}", words == nullptr ? written_name(rule) : words->noun);
}

std::string_view reason_of_backward(const Rule& rule) {
  const Words* words = words_of(rule);
  return words == nullptr ? std::string_view() : words->backward;
}

}  // namespace gradus::detail
