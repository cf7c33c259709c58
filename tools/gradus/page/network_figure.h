// The network itself on a page about a training run: its weights and their gradients as lines, what an example becomes in it
// as circles.
#pragma once
#include <string>
#include <vector>

#include "tools/gradus/page/training_page.h"
#include "tools/gradus/page/training_record.h"

namespace gradus::command {

struct NetworkFigure {
  std::string svg;      // as it is after the last epoch, with the first example; empty where it is too large to read
  std::string choices;  // what a reader chooses: the example, and what the lines show
  std::string caption;  // plain text
  std::vector<std::string> changes;  // of each state, as JSON: "weights":[…],"slopes":[…],"units":[[…],…]
};

/// The circles are the inputs, then what each layer says; the numbers of "weights" and "slopes" are those of the parameters,
/// in their order.
[[nodiscard]] NetworkFigure network_figure(const TrainingFacts& facts, const TrainingRecord& record);

/// Rows of the data that are shown in the network: null where it is not drawn.
[[nodiscard]] Array training_examples(const Array& x, std::int64_t parameters);

}  // namespace gradus::command
