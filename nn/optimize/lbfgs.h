// L-BFGS: a quasi-Newton method that asks for the loss more than once a step.
#pragma once
#include <deque>

#include "optimizer.h"

namespace gradus::nn {

struct LBFGSOptions {
  int max_iter = 20;               // in a step
  int max_eval = 0;                // how often the loss is asked for in a step; 0: 5/4 of max_iter
  double tolerance_grad = 1e-7;    // done where no number of the gradient is larger
  double tolerance_change = 1e-9;  // done where parameters, or the loss, change less
  int history_size = 100;
  bool strong_wolfe = false;  // go along each direction to where a line search says, not the rate's part of it
};

/// Steps from the gradient and what the last steps say of its change (Liu and Nocedal 1989), as PyTorch's LBFGS; its line
/// search is that of minimize(), which is the better tool where the loss is one function and not one of many batches.
///     nn::LBFGS optimizer(model.parameters());
///     optimizer.step([&] { return nn::mse_loss(model(x), y); });
class GRADUS_API LBFGS : public Optimizer {
 public:
  /// Throws as Optimizer does, and ValueError for counts below 1.
  explicit LBFGS(const ParameterGroups& parameters, double rate = 1.0, const LBFGSOptions& options = {});

  /// Up to max_iter iterations down a loss, which is computed and differentiated as often as it takes.  Returns what it
  /// was at the beginning.  Throws as backward() does, and what the loss throws.
  double step(const std::function<Tensor()>& loss) override;
  [[nodiscard]] bool asks_again() const noexcept override { return true; }

  [[nodiscard]] std::vector<NamedArray> state() const override;
  void load_state(std::span<const NamedArray> state) override;

 private:
  using Numbers = std::vector<double>;
  /// A step of the past, and how the gradient changed along it.
  struct Pair {
    Numbers s;
    Numbers y;
  };
  struct Place {
    double loss = 0.0;
    Numbers gradient;
  };
  void update(Slot& slot) override;
  [[nodiscard]] Numbers numbers() const;
  void set_numbers(std::span<const double> x);
  [[nodiscard]] Place look(const std::function<Tensor()>& loss);
  void remember(const Numbers& gradient);
  [[nodiscard]] Numbers direction_from(const Numbers& gradient) const;
  double advance(Place& here, const std::function<Tensor()>& loss, double along, int& evaluations, bool look_again);

  LBFGSOptions options_;
  std::int64_t iterations_ = 0;
  std::deque<Pair> pairs_;
  double scale_ = 1.0;  // of the inverse Hessian at first: s·y / y·y of the last pair
  Numbers direction_;
  Numbers gradient_;  // where the last direction began
  double along_ = 0.0;
};

}  // namespace gradus::nn
