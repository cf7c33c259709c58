// Graphs as ONNX models, which Netron draws and other engines run.
#pragma once
#include <string>

#include "../base/export.h"
#include "../graph/graph.h"

namespace gradus {

/// Whether this build can write ONNX: it can where it found Debian's libonnx-dev (-Donnx).
[[nodiscard]] GRADUS_API bool have_onnx() noexcept;

/// The bytes of an ONNX model (opset 14) of the forward computation.  Inputs are its inputs, parameters and constants its
/// initializers; names are those of the leaves where they are unique, else the ids.  Ops without a twin are written in
/// terms of simpler ones, as unfolded() has them.  Throws ValueError when this build has no ONNX, and GraphError for an op
/// that has no such form: convolutions' own gradients, sums of batches, functions of the user's.
[[nodiscard]] GRADUS_API std::string to_onnx(const Graph& graph);

}  // namespace gradus
