// What gradus train --plot draws.
#pragma once
#include "autograd/plot/figure.h"
#include "tools/gradus/commands/training_task.h"

namespace gradus::command {

/// The loss over the epochs; of numbers the fit (predicted over true, or both over a single column) and the residuals; of
/// classes the confusion matrix and, over two columns of numbers, which class is predicted where.  Of what was held out
/// where there is such a part.
[[nodiscard]] plot::Figure training_plots(const TrainingTask& task, nn::Module& model);

}  // namespace gradus::command
