// What a lesson page needs to compute its numbers again when an input is moved.
#pragma once
#include <string>
#include <vector>

#include "autograd/derive/derivation.h"
#include "autograd/graph/graph.h"
#include "autograd/math/formula.h"
#include "autograd/save/graph_program.h"

namespace gradus::command {

/// A graph as a program, and which number of the program stands at each place of its derivation.  The places are found by
/// comparison: the derivation is written at a few other points too, and a number of it that agrees with one of the program's
/// at all of them is that one; what is the same at all of them is a constant of the rule.
class LiveLesson {
 public:
  /// `derived` is the derivation of the graph with these options, and must outlive this.  `still` is why the inputs cannot be
  /// moved, if that is known.
  LiveLesson(const Graph& graph, const Derivation& derived, const DerivationOptions& options, std::string still);

  /// Why the inputs cannot be moved, as a sentence; empty: they can.
  [[nodiscard]] const std::string& refusal() const noexcept { return refusal_; }
  [[nodiscard]] const GraphProgram& program() const noexcept { return program_; }
  /// The derivation elsewhere, of as many steps: its rules are those that are shown when an input has moved.
  [[nodiscard]] const Derivation& elsewhere() const { return points_.front().derived; }
  /// Whether the text of a step is the same at another point too, or there is no other.
  [[nodiscard]] bool says_everywhere(std::size_t step) const;
  /// A side of one of its equations in MathML, with an empty <mrow data-n="K"> in the place of number K of the program, and
  /// data-fence where a sign would need parentheses.  Empty where a number was not found.
  [[nodiscard]] std::string mathml(std::size_t step, std::size_t equation, std::size_t side) const;

  /// How that side is computed from the numbers that are written, in postfix order: "n n mul"; empty where it is more than
  /// arithmetic.
  [[nodiscard]] std::string reckoning(std::size_t step, std::size_t equation, std::size_t side) const;

 private:
  struct Point {
    Derivation derived;
    std::vector<double> numbers;  // of the program
  };
  /// What a number that is written stands for.
  struct Meaning {
    enum class Kind { unknown, constant, number, opposite } kind = Kind::unknown;
    int number = -1;
  };
  /// The numbers that are written at one place, at the first point and at those others where the same side stands there.
  using Readings = std::vector<std::pair<const Point*, double>>;

  bool add_point(const Graph& graph, const DerivationOptions& options, std::size_t k);
  [[nodiscard]] Meaning meaning_of(const Readings& readings) const;
  [[nodiscard]] std::vector<Meaning> meanings(std::size_t step, std::size_t equation, std::size_t side) const;

  const Derivation& derived_;
  GraphProgram program_;
  std::vector<Point> points_;
  std::vector<std::pair<double, int>> sorted_;  // the numbers of the first point, and which they are
  std::string refusal_;
};

}  // namespace gradus::command
