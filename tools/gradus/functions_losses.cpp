// How wrong a prediction is.
#include "nn/loss.h"
#include "tools/gradus/functions.h"

namespace gradus::command {

void add_losses(Definitions& list) {
  list.emplace_back(Theme::losses, "mse_loss", "prediction, target", std::vector<OptionDeclaration>{},
                    "the mean of (prediction − target)²",
                    [](const Invocation& c) -> Value { return nn::mse_loss(c.tensor(0), c.tensor(1)); });
}

}  // namespace gradus::command
