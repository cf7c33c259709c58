#include "autograd/derive/derivation_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace gradus::detail {

namespace {

/// What is said of an op that everybody knows.  {0} and {1} are its arguments.
struct Words {
  std::string_view op;
  std::string_view title;
  std::string_view noun;
  std::string_view backward;
};

constexpr Words table[] = {
    {"add", "Add {0} and {1}", "the sum", "A sum hands its gradient unchanged to each of its terms."},
    {"sub", "Subtract {1} from {0}", "the difference",
     "The first term receives the gradient as it is, the second with the opposite sign."},
    {"mul", "Multiply {0} by {1}", "the product", "Each factor receives the gradient times the other factor."},
    {"div", "Divide {0} by {1}", "the quotient", "The numerator receives the gradient divided by the denominator."},
    {"neg", "Change the sign of {0}", "the sign", "The gradient changes its sign too."},
    {"square", "Square {0}", "the square", "The slope of a square is twice its argument."},
    {"pow", "Raise {0} to the power {1}", "the power", ""},
    {"reshape", "Reshape {0}", "the reshaping", "The numbers stay the same, so the gradient takes on the old shape."},
    {"slice", "Take a part of {0}", "the part that was taken", ""},
    {"pad", "Pad {0}", "the padding", ""},
    {"broadcast_to", "Repeat {0}", "the repetition", "Each number receives the sum of what its copies receive."},
    {"matmul", "Multiply the matrices {0} and {1}", "the matrix product",
     "Each factor receives the gradient times the other factor, transposed so that the sizes fit."},
    {"sum", "Sum {0}", "the sum", "Every number that was added receives the whole gradient."},
    {"mean", "Average {0}", "the mean", "Every number receives an equal share of the gradient."},
    {"relu", "Apply relu to {0}", "relu",
     "Where the argument was positive the gradient passes; elsewhere nothing does."},
    {"max", "Take the larger of {0} and {1}", "the maximum",
     "The larger argument receives the whole gradient; equal ones share it."},
    {"min", "Take the smaller of {0} and {1}", "the minimum",
     "The smaller argument receives the whole gradient; equal ones share it."},
    {"exp", "Apply exp to {0}", "exp", "The slope of exp is its own value, kept from the way forward."},
    {"tanh", "Apply tanh to {0}", "tanh", "The slope of tanh uses the value kept from the way forward."},
    {"sigmoid", "Apply sigmoid to {0}", "sigmoid", "The slope of sigmoid uses the value kept from the way forward."},
};

const Words* words_of(std::string_view op) {
  const auto* const found = std::ranges::find(table, op, &Words::op);
  return found == std::end(table) ? nullptr : found;
}

}  // namespace

std::string title_of_step(std::string_view op, std::span<const std::string> arguments) {
  const Words* words = words_of(op);
  const std::size_t needed = words == nullptr ? 0 : words->title.find("{1}") != std::string_view::npos ? 2 : 1;
  if (words == nullptr || arguments.size() != needed) {
    return fmt::format("Apply {} to {}", op, fmt::join(arguments, ", "));
  }
  return fmt::format(fmt::runtime(words->title), arguments[0], needed == 2 ? arguments[1] : "");
}

std::string title_of_backward(std::string_view op) {
  const Words* words = words_of(op);
  return fmt::format("Back through {}", words == nullptr ? op : words->noun);
}

std::string_view reason_of_backward(std::string_view op, std::size_t arguments) {
  if (arguments == 1 && op == "max") return "The largest number receives the whole gradient; equal ones share it.";
  if (arguments == 1 && op == "min") return "The smallest number receives the whole gradient; equal ones share it.";
  const Words* words = words_of(op);
  return words == nullptr ? std::string_view() : words->backward;
}

}  // namespace gradus::detail
