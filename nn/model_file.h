// Models in files: safetensors with the names of PyTorch's state_dict, and beside them what a training goes on from.
#pragma once
#include <map>
#include <string>

#include "../autograd/base/export.h"
#include "../autograd/save/safetensors.h"
#include "module.h"
#include "optimize/optimizer.h"

namespace gradus::nn {

/// The model's state by its names; where there is an optimizer, its state too, as "optimizer/3.exp_avg", and where the
/// random numbers of the modules that draw some are, as "random/dropout".
[[nodiscard]] GRADUS_API SafeTensors checkpoint_of(const Module& model, const Optimizer* optimizer = nullptr);
/// Takes the numbers over.  Throws as Module::load_state() and Optimizer::load_state() do, and then nothing has changed;
/// ValueError where an optimizer is given and the checkpoint has none.  Without one, its part is not looked at.
GRADUS_API void restore(const SafeTensors& checkpoint, Module& model, Optimizer* optimizer = nullptr);

/// Writes a checkpoint to a file, as a whole or not at all.  `metadata` are texts that go with it.
GRADUS_API void save(const std::string& path, const Module& model,
                     const std::map<std::string, std::string>& metadata = {});
GRADUS_API void save(const std::string& path, const Module& model, const Optimizer& optimizer,
                     const std::map<std::string, std::string>& metadata = {});
/// Reads one into a model of the same structure, whose training then goes on bit for bit; returns the texts.  Throws as
/// read_safetensors() and restore() do.
GRADUS_API std::map<std::string, std::string> load(const std::string& path, Module& model);
GRADUS_API std::map<std::string, std::string> load(const std::string& path, Module& model, Optimizer& optimizer);

}  // namespace gradus::nn
