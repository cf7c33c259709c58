// ONNX's own classes.  They are not written for our warnings.
#pragma once
#include <cstdint>

#include "../base/dtype.h"

#define ONNX_ML 1
#define ONNX_NAMESPACE onnx
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include <onnx/onnx_pb.h>
#pragma GCC diagnostic pop

namespace gradus::detail {

[[nodiscard]] std::int32_t onnx_type(DType dtype);

}  // namespace gradus::detail
