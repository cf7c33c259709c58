// to_onnx() of a build without ONNX.
#include "autograd/base/error.h"
#include "autograd/save/onnx.h"

namespace gradus {

bool have_onnx() noexcept { return false; }

std::string to_onnx(const Graph&) {
  throw ValueError("[to_onnx] this build has no ONNX: install libonnx-dev and build again");
}

}  // namespace gradus
