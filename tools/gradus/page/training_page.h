// A training run as one HTML page that a reader steps or plays through.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "autograd/array/array.h"
#include "tools/gradus/page/training_record.h"

namespace gradus::command {

/// What is learned, how, and from what.
struct TrainingFacts {
  std::string model;  // "Perceptron"
  std::string note;   // "2 → 16 → 1, 65 parameters"
  std::string target;
  std::vector<std::string> features;
  Array x;                           // [rows, features]
  Array y;                           // [rows, 1]
  std::int64_t classes = 0;          // of cross-entropy; 0: the target is a number
  std::vector<std::int64_t> hidden;  // widths
  std::string activation;            // of the perceptron or of the hidden layers
  double rate = 0.0;
  double momentum = 0.0;
  std::vector<std::string> words = {};  // the names of the classes
};

/// Inputs at which the page shows what the model says: along one feature, or on a grid over two; null for more.
[[nodiscard]] Array training_samples(const Array& x);

/// The page: it needs nothing beside itself, and user text is escaped wherever it stands.  `record` must have looked at
/// every epoch, with the samples of training_samples(facts.x).
[[nodiscard]] std::string training_page(const TrainingFacts& facts, const TrainingRecord& record);

}  // namespace gradus::command
