// When a minimization is over, and what it says then.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "minimize.h"

namespace gradus::detail {

/// Throws ValueError, naming `op`, for options that make no sense.
void check_options(const MinimizeOptions& options, std::string_view op);
/// Throws ValueError, naming `op`, unless the function and its gradient are finite where it starts.
void check_start(double value, std::span<const double> gradient, std::string_view op);

class Progress {
 public:
  explicit Progress(const MinimizeOptions& options) : options_(options) {}

  /// Whether it is over here; tells the callback of every step.
  [[nodiscard]] bool ends(std::span<const double> x, double value, std::span<const double> gradient);
  void step(std::span<const double> from, std::span<const double> to);
  /// No step lowers the value any more.
  void stuck();
  [[nodiscard]] MinimizeResult<std::vector<double>> result(std::vector<double> x, double value,
                                                           std::span<const double> gradient, int evaluations) const;

 private:
  bool end(bool success, std::string message);

  const MinimizeOptions& options_;
  int iterations_ = 0;
  bool small_step_ = false;
  bool success_ = false;
  std::string message_;
};

}  // namespace gradus::detail
