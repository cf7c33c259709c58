// Dropout: numbers left out at random while a model is trained.
#pragma once
#include "../../autograd/array/random.h"
#include "../initial_key.h"
#include "../module.h"

namespace gradus::nn {

/// x with each number 0 with probability p, and 1/(1 − p) times itself else: its mean stays.  The key decides which.
/// Throws ValueError unless 0 <= p <= 1.
[[nodiscard]] GRADUS_API Tensor dropout(const Tensor& x, double p, const Key& key);

/// dropout(x, p) while it is trained, with other numbers left out at each call; x itself after eval() (Srivastava, Hinton,
/// Krizhevsky, Sutskever, Salakhutdinov 2014).  The key decides them all: Module::seed() lets them begin again.  A
/// checkpoint() runs the layer once more, which takes other numbers and is refused: inside of one, call dropout() with a key.
class GRADUS_API Dropout : public Cloneable<Dropout> {
 public:
  /// Throws ValueError unless 0 <= p <= 1.
  explicit Dropout(double p = 0.5, const Key& key = next_initial_key());
  [[nodiscard]] std::string kind() const override { return "Dropout"; }

 protected:
  Tensor forward(const Tensor& x) override;

 private:
  double p_;
};

}  // namespace gradus::nn
