// Activations that learn, or that let one half of their input decide on the other.
#pragma once
#include <cstdint>

#include "../initial_key.h"
#include "../module.h"

namespace gradus::nn {

/// y = x where x > 0, else a·x, with one a for all or one for each channel, x [n, num_parameters, …] (He, Zhang, Ren, Sun
/// 2015).  a starts at `init`.
class GRADUS_API PReLU : public Cloneable<PReLU> {
 public:
  /// Throws ValueError unless there is at least one.
  explicit PReLU(std::int64_t num_parameters = 1, double init = 0.25);
  [[nodiscard]] std::string kind() const override { return "PReLU"; }

 protected:
  Tensor forward(const Tensor& x) override;
};

/// y = a ⊙ σ(b), a and b the two halves of x along an axis (Dauphin, Fan, Auli, Grangier 2017).
class GRADUS_API GLU : public Cloneable<GLU> {
 public:
  explicit GLU(Axis dim = -1) : dim_(dim) {}
  [[nodiscard]] std::string kind() const override { return "GLU"; }

 protected:
  /// Throws ShapeError when the axis has no two halves.
  Tensor forward(const Tensor& x) override;

 private:
  Axis dim_;
};

/// Radial basis functions: yⱼ = exp(−βⱼ ‖x − cⱼ‖²) for x [..., in_features] and a row of centers [out_features,
/// in_features] for each output (Broomhead and Lowe 1988).  The centers start normal, of deviation 1, β at 1.
class GRADUS_API RBF : public Cloneable<RBF> {
 public:
  /// Throws ValueError unless both sizes are at least 1.
  RBF(std::int64_t in_features, std::int64_t out_features, const Key& key = next_initial_key());
  [[nodiscard]] Tensor centers() const { return tensor("centers"); }
  [[nodiscard]] Tensor beta() const { return tensor("beta"); }
  [[nodiscard]] std::string kind() const override { return "RBF"; }

 protected:
  Tensor forward(const Tensor& x) override;
};

}  // namespace gradus::nn
