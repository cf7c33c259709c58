// What gradus train says of what it learned.
#pragma once
#include <string>

#include "tools/gradus/commands/training_task.h"

namespace gradus::command {

/// "2.04 x + 0.98": what a linear perceptron has learned, in the units of the table.
[[nodiscard]] std::string formula_of(const nn::Perceptron& model, const nn::Encoding& encoding);

/// Loss, accuracy and formula of a plain training.
void print_plain_summary(const TrainingTask& task, nn::Module& model);

/// The scores on both parts, and for classes the scores of each and the confusion matrix.
void print_summary(const TrainingTask& task, nn::Module& model);

}  // namespace gradus::command
