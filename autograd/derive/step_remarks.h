// What a derivation has to say of a step at its numbers: where no derivative exists, and where digits are lost.
#pragma once
#include <string>
#include <vector>

#include "../graph/graph.h"

namespace gradus::detail {

/// The sentence on a step whose op has a kink or a jump right where its arguments are, so that what is taken for a
/// derivative is a convention; else nothing.  It is found by looking at the slopes on both sides, whatever the op.  `names`
/// are those of the arguments.
[[nodiscard]] std::string words_on_kink(const Graph& graph, const Graph::Step& step,
                                        const std::vector<std::string>& names, int digits);

/// The sentences on an op that works number by number on arrays, where the numbers of some place have no value in its
/// formula, or in that of a slope, and a convention gives one: 0·log(0).  Of single numbers the equations tell.
[[nodiscard]] std::string words_on_convention_forward(const Graph& graph, const Graph::Step& step, int digits);
[[nodiscard]] std::string words_on_convention_backward(const Graph& graph, const Graph::Step& step, int digits);

/// How far off rounding may have put each slot that is a single number; 0 for what is exact.
class RoundingErrors {
 public:
  explicit RoundingErrors(const Graph& graph);
  /// The sentence on a sum or difference that is left with no right digit, although its terms had them; else nothing.
  [[nodiscard]] std::string words_on_lost_digits(const Graph::Step& step, const std::vector<std::string>& names) const;

 private:
  [[nodiscard]] double of_step(const Graph::Step& step) const;

  const Graph& graph_;
  std::vector<double> errors_;
};

}  // namespace gradus::detail
