// The nodes of an ONNX model, one step of a graph after the other.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../array/array.h"
#include "../base/dtype.h"
#include "../base/shape.h"
#include "saved_ops.h"

namespace onnx {
class GraphProto;
class NodeProto;
}  // namespace onnx

namespace gradus::detail {

/// A value of the model.
struct OnnxValue {
  std::string name;
  Shape shape;
};

/// A step of a graph, about to be written.
struct OnnxStep {
  SavedOp op;
  std::vector<OnnxValue> arguments;
  OnnxValue result;
  DType dtype = DType::float64;
};

class OnnxNodes {
 public:
  explicit OnnxNodes(onnx::GraphProto& graph) : graph_(graph) {}

  /// Writes a step.  False, with nothing written, for an op that has no twin.
  bool write(const OnnxStep& step);
  /// An initializer with the numbers of an array.
  void initializer(const std::string& name, const Array& value);

 private:
  onnx::NodeProto& node(std::string_view type, std::span<const std::string> in, const std::string& out);
  onnx::NodeProto& node(std::string_view type, std::initializer_list<std::string> in, const std::string& out) {
    return node(type, std::span<const std::string>(in.begin(), in.size()), out);
  }
  /// Names of values in between, and of constants made here; no other value has them.
  std::string fresh(std::string_view hint);
  std::string whole_numbers(std::span<const std::int64_t> values, const Shape& shape, std::string_view hint);
  std::string list(std::span<const std::int64_t> values, std::string_view hint);
  std::string number(double value, DType dtype);

  bool write_elementwise(const OnnxStep& step);
  bool write_with_attributes(const OnnxStep& step);
  bool write_comparison(const OnnxStep& step);
  bool write_reduction(const OnnxStep& step);
  bool write_layout(const OnnxStep& step);
  bool write_slice(const OnnxStep& step);
  bool write_pad(const OnnxStep& step);
  bool write_lookup(const OnnxStep& step);
  bool write_matmul(const OnnxStep& step);
  bool write_softmax(const OnnxStep& step);
  bool write_window(const OnnxStep& step);
  std::string transposed(const OnnxValue& x);

  onnx::GraphProto& graph_;
  int made_ = 0;
};

}  // namespace gradus::detail
