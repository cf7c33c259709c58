// Optimizers that move each number by its own gradient and what is kept beside it.  Names, defaults and what they compute
// are PyTorch's, where it has them; update_rules.h has the formulas and where they come from.  The constructors throw
// ValueError for a rate, decay or eps that is negative or not finite, for a fraction outside [0, 1), and as Optimizer does.
#pragma once
#include "optimizer.h"

namespace gradus::nn {

struct SGDOptions {
  double momentum = 0.0;
  double dampening = 0.0;  // of what each gradient after the first adds to the momentum
  double weight_decay = 0.0;
  bool nesterov = false;
};

/// Gradient descent: v ← momentum·v + gradient;  p ← p − rate·v.
class GRADUS_API SGD : public Optimizer {
 public:
  explicit SGD(const ParameterGroups& parameters, double rate = 1e-3, const SGDOptions& options = {});
  SGD(const ParameterGroups& parameters, double rate, double momentum)
      : SGD(parameters, rate, SGDOptions{.momentum = momentum}) {}

 private:
  void update(Slot& slot) override;
  SGDOptions options_;
};

struct AdagradOptions {
  double rate_decay = 0.0;
  double weight_decay = 0.0;
  double initial_accumulator_value = 0.0;
  double eps = 1e-10;
};

/// Each number's steps shrink as its squared gradients add up.
class GRADUS_API Adagrad : public Optimizer {
 public:
  explicit Adagrad(const ParameterGroups& parameters, double rate = 1e-2, const AdagradOptions& options = {});

 private:
  void update(Slot& slot) override;
  AdagradOptions options_;
};

struct AdadeltaOptions {
  double rho = 0.9;
  double eps = 1e-6;
  double weight_decay = 0.0;
};

/// Steps in the ratio of a running mean of past steps to that of past gradients.
class GRADUS_API Adadelta : public Optimizer {
 public:
  explicit Adadelta(const ParameterGroups& parameters, double rate = 1.0, const AdadeltaOptions& options = {});

 private:
  void update(Slot& slot) override;
  AdadeltaOptions options_;
};

struct RMSpropOptions {
  double alpha = 0.99;
  double eps = 1e-8;
  double weight_decay = 0.0;
  double momentum = 0.0;
  bool centered = false;
};

/// Gradients divided by the root of a running mean of their squares.
class GRADUS_API RMSprop : public Optimizer {
 public:
  explicit RMSprop(const ParameterGroups& parameters, double rate = 1e-2, const RMSpropOptions& options = {});

 private:
  void update(Slot& slot) override;
  RMSpropOptions options_;
};

struct AdamOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0.0;
  bool amsgrad = false;
  bool decoupled_weight_decay = false;
};

/// A running mean of the gradients, divided by the root of one of their squares.
class GRADUS_API Adam : public Optimizer {
 public:
  explicit Adam(const ParameterGroups& parameters, double rate = 1e-3, const AdamOptions& options = {});

 protected:
  Adam(const ParameterGroups& parameters, double rate, const AdamOptions& options, std::string_view kind);

 private:
  void update(Slot& slot) override;
  AdamOptions options_;
};

struct AdamWOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 1e-2;
  bool amsgrad = false;
};

/// Adam whose weight decay shrinks the parameters themselves (Loshchilov and Hutter 2019).
class GRADUS_API AdamW : public Adam {
 public:
  explicit AdamW(const ParameterGroups& parameters, double rate = 1e-3, const AdamWOptions& options = {});
};

struct AdamaxOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0.0;
};

/// Adam with the largest gradient, fading, in the place of the mean square.
class GRADUS_API Adamax : public Optimizer {
 public:
  explicit Adamax(const ParameterGroups& parameters, double rate = 2e-3, const AdamaxOptions& options = {});

 private:
  void update(Slot& slot) override;
  AdamaxOptions options_;
};

struct NAdamOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0.0;
  double momentum_decay = 4e-3;
  bool decoupled_weight_decay = false;
};

/// Adam with Nesterov's look ahead.
class GRADUS_API NAdam : public Optimizer {
 public:
  explicit NAdam(const ParameterGroups& parameters, double rate = 2e-3, const NAdamOptions& options = {});

 private:
  void update(Slot& slot) override;
  NAdamOptions options_;
};

struct LionOptions {
  double beta1 = 0.9;
  double beta2 = 0.99;
  double weight_decay = 0.0;  // of the parameters themselves
};

/// Steps of one size, in the direction of a running mean's sign.
class GRADUS_API Lion : public Optimizer {
 public:
  explicit Lion(const ParameterGroups& parameters, double rate = 1e-4, const LionOptions& options = {});

 private:
  void update(Slot& slot) override;
  LionOptions options_;
};

}  // namespace gradus::nn
