// Modules made of other modules and of functions.  Sequential is in nn/module.h.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "../module.h"

namespace gradus::nn {

/// y = x + f(x) (He, Zhang, Ren, Sun 2016), for f that keeps the shape.
class GRADUS_API Residual : public Cloneable<Residual> {
 public:
  /// Throws ValueError for a null pointer.
  explicit Residual(std::shared_ptr<Module> body) { add_part("body", std::move(body)); }
  [[nodiscard]] std::string kind() const override { return "Residual"; }

 protected:
  Tensor forward(const Tensor& x) override;
};

/// A function of a tensor as a module without parameters, to stand in a Sequential: Lambda([](const Tensor& x) { … }).
class GRADUS_API Lambda : public Cloneable<Lambda> {
 public:
  /// `kind` is what drawings call it.  Throws ValueError for an empty function.
  explicit Lambda(std::function<Tensor(const Tensor&)> f, std::string kind = "Lambda");
  [[nodiscard]] std::string kind() const override { return kind_; }

 protected:
  Tensor forward(const Tensor& x) override { return f_(x); }

 private:
  std::function<Tensor(const Tensor&)> f_;
  std::string kind_;
};

}  // namespace gradus::nn
