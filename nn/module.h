// Module: a part of a model, with its parameters and the parts it is made of.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "autograd/tensor/tensor.h"

namespace gradus::nn {

struct NamedParameter {
  std::string name;  // the path from the model down: "layer1.weight"
  Tensor tensor;
};

/// A function with parameters.  Calling it runs forward() and marks what is recorded as belonging to this module, which
/// is how a drawing knows its boxes.  Modules are not copied: a copy would share its parameters.
class GRADUS_API Module {
 public:
  Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  virtual ~Module();

  Tensor operator()(const Tensor& x);

  /// "Linear": the kind of module, as drawings and messages say it.
  [[nodiscard]] virtual std::string kind() const = 0;
  /// "2 → 16, 48 parameters": what a drawing says beside the name; may be empty.
  [[nodiscard]] virtual std::string note() const;

  /// Its own parameters, then those of its parts, in the order they were added.
  [[nodiscard]] std::vector<NamedParameter> named_parameters() const;
  [[nodiscard]] std::vector<Tensor> parameters() const;
  /// How many numbers there are to learn.
  [[nodiscard]] std::int64_t parameter_count() const;
  void zero_grad();

 protected:
  virtual Tensor forward(const Tensor& x) = 0;
  /// Adds a parameter and returns it.
  Tensor add_parameter(std::string name, Array value);
  /// Counts a parameter of a helper as its own.
  void adopt_parameter(const NamedParameter& parameter);
  /// Adds a part, before the module is first called.
  void add_part(std::string name, std::shared_ptr<Module> part);
  /// Runs the parts one after the other.
  Tensor run_parts(const Tensor& x);

 private:
  struct Part {
    std::string name;
    std::shared_ptr<Module> module;
  };
  Tensor call(const std::string& name, const Tensor& x);
  [[nodiscard]] std::string scope_note();

  std::vector<NamedParameter> own_;
  std::vector<Part> parts_;
  std::mutex scope_note_lock_;             // several threads may call one module
  std::optional<std::string> scope_note_;  // note(), once asked for: counting parameters at each call would cost more
};

/// Runs its parts one after the other.
class GRADUS_API Sequential : public Module {
 public:
  /// Appends a part.  Returns itself.
  Sequential& add(std::string name, std::shared_ptr<Module> part);
  [[nodiscard]] std::string kind() const override { return "Sequential"; }

 protected:
  Tensor forward(const Tensor& x) override { return run_parts(x); }
};

}  // namespace gradus::nn
