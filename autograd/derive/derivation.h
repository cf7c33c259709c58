// A derivation: every step of a graph forward and backward, with the rule in symbols, the numbers put in and the result,
// as one would write it on a blackboard.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../array/array.h"
#include "../base/export.h"
#include "../graph/graph.h"
#include "../math/formula.h"
#include "derivation_order.h"

namespace gradus {

enum class Phase : std::uint8_t { forward, backward, update };

/// The word for a phase: "forward", in files and in the classes of pages.
constexpr std::string_view name_of(Phase phase) {
  constexpr std::string_view names[] = {"forward", "backward", "update"};
  return names[static_cast<int>(phase)];
}

/// A line of mathematics: what is equal, from left to right: ∂L/∂x = ∂L/∂q·∂q/∂x = (−4)·1 = −4.
struct Equation {
  std::vector<Formula> sides;
  std::string shapes;        // of a product of matrices: "(2×64)(64×16) = (2×16)"; else empty
  std::string reason;        // why something is transposed or summed, in words; else empty
  std::size_t symbolic = 1;  // so many sides are made of symbols; those after them, of numbers
  int blank = 0;             // in a quiz (derivation_quiz.h), the number of the blank for what is right of the symbols
  bool hidden = false;       // the blank is to be filled in: the numbers are not among the sides
  std::vector<bool> approximate{};  // of each side, whether it is only nearly what the one before it says

  /// The sign before side k: "=", or "≈" where something was rounded and the printed sides do not agree.
  [[nodiscard]] std::string_view sign_before(std::size_t k) const noexcept {
    return k < approximate.size() && approximate[k] ? "≈" : "=";
  }
};

/// An arrow of the drawing: argument number `argument` of step number `step`.
struct EdgeRef {
  int step = -1;
  int argument = 0;
  friend bool operator==(const EdgeRef&, const EdgeRef&) = default;
};

/// One step of the derivation.  Titles and texts are plain text, names and numbers typeset ("x₁", "−1.5").
struct DerivationStep {
  Phase phase = Phase::forward;
  std::string title;  // "Multiply x₁ by w₁"
  std::string text;   // a sentence on what happens and why; may be empty
  std::vector<Equation> equations;
  std::vector<int> slots;      // the cards it is about
  std::vector<EdgeRef> edges;  // the arrows it goes along
  std::vector<int> values;     // slots whose value is known from here on
  std::vector<int> gradients;  // slots whose gradient is known from here on
};

/// What stands before the steps, or after them: a sentence, and lines of mathematics.
struct DerivationStatement {
  std::string title;  // "Answer"; empty: there is none
  std::string text;   // may be empty
  std::vector<Equation> equations;
};

/// A line of the closing table: a leaf with its gradient and, beside it, a central finite difference.
struct DerivationCheck {
  int slot = -1;
  Array gradient;
  /// Null: not computed, the leaf has more numbers than were asked for or the graph cannot be run again.  NaN where the
  /// function or its slope is not finite, there or at a neighbour.
  Array difference;
  /// How far off rounding and the function's bend may have put each difference.
  Array uncertainty{};
  /// Of each number, whether the function has a kink or a jump right there: slopes on both sides that differ.
  std::vector<bool> breaks{};
};

/// A step of gradient descent: what each leaf moves to, and what that does to the result.
struct DerivationUpdate {
  struct Leaf {
    int slot = -1;
    Array before, gradient, after;
  };
  double learning_rate = 0.0;
  bool of_parameters = true;  // false: there are none, and every leaf that has a gradient moves
  std::vector<Leaf> leaves;
  double before = 0.0;          // the output, or the sum of its numbers
  std::optional<double> after;  // empty: the graph cannot be run again
};

struct DerivationOptions {
  /// Significant digits of the numbers that are printed, from 1 to 17.
  int digits = 6;
  /// Leaves with more numbers than this are not compared with differences.
  std::int64_t most_differences = 64;
  /// Ends with a step of gradient descent, and the result after it.
  std::optional<double> learning_rate{};
  /// Results in letters (symbolic.h) that are longer than this are not written; 0: none are.
  std::size_t longest_letters = 60;
  /// Says why gradients are added up in topological order (derivation_order.h).
  bool compare_orders = false;
};

struct Derivation {
  /// Of every slot, plain: "x1".  What has no name is v1, v2, … in the order of computation, and the result y (L when it is
  /// a loss), unless another has that name.  A layout op, which only repeats numbers, is called what its argument is.
  std::vector<std::string> symbols;
  int digits = 6;
  DerivationStatement task{};  // what is derived, and what is wanted
  std::vector<DerivationStep> steps;
  bool digits_lost = false;  // in one of the steps rounding has left no digit, as its words say
  std::vector<DerivationCheck> checks;
  std::optional<DerivationUpdate> update{};
  std::optional<OrderComparison> order{};
  DerivationStatement answer{};  // the gradients, in letters and in numbers
};

/// A number as derivations print it: 0.707107, −1.5e−7, 0; with a true minus (U+2212).
[[nodiscard]] GRADUS_API std::string derivation_number(double x, int digits);

/// The derivation of a graph whose gradients were computed (Graph::compute_gradients()).  It shows every slot that the
/// output came from, in the order of computation, then the same backwards.  An output of several numbers is differentiated
/// through their sum.  Throws GraphError when the graph has no gradients, or several outputs, and
/// ValueError for a learning rate that is not a positive number; with compare_orders, what compare_orders() throws.  Takes time linear in the graph; the differences take five
/// runs for each number of a leaf.
[[nodiscard]] GRADUS_API Derivation derivation(const Graph& graph, const DerivationOptions& options = {});

/// Of a derivation what is in letters alone: what is derived, and the gradients, where they take no more than so many
/// characters.  It has no steps and no numbers.
[[nodiscard]] GRADUS_API Derivation letters_only(const Graph& graph, const Derivation& derivation,
                                                 std::size_t longest_letters = 300);

}  // namespace gradus
