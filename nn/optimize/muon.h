// Muon: momentum whose step is made orthogonal, for weights that are matrices.
#pragma once
#include "optimizer.h"

namespace gradus::nn {

struct MuonOptions {
  double weight_decay = 0.1;  // of the parameters themselves
  double momentum = 0.95;
  bool nesterov = true;
  int iterations = 5;  // of Newton and Schulz
  double eps = 1e-7;
};

/// All singular values of a step are brought near 1, so that no direction is learned faster than another (Jordan 2024);
/// options and numbers are PyTorch's, whose products are of bfloat16 where these have the dtype of the parameters.
class GRADUS_API Muon : public Optimizer {
 public:
  /// Throws ValueError for a parameter that is no matrix, which another optimizer has to move, and as Optimizer does.
  explicit Muon(const ParameterGroups& parameters, double rate = 1e-3, const MuonOptions& options = {});

 private:
  void update(Slot& slot) override;
  MuonOptions options_;
};

}  // namespace gradus::nn
