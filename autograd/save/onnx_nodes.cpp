#include "autograd/save/onnx_nodes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>
#include <variant>

#include "autograd/save/onnx_proto.h"

namespace gradus::detail {

namespace {

using List = std::vector<std::int64_t>;

struct Twin {
  std::string_view op;
  std::string_view onnx;
};

// Elementwise ops that mean the same in ONNX, which broadcasts as we do.
constexpr Twin twins[] = {
    {"abs", "Abs"},   {"acos", "Acos"},       {"acosh", "Acosh"},       {"add", "Add"},
    {"asin", "Asin"}, {"asinh", "Asinh"},     {"atan", "Atan"},         {"atanh", "Atanh"},
    {"ceil", "Ceil"}, {"cos", "Cos"},         {"cosh", "Cosh"},         {"div", "Div"},
    {"erf", "Erf"},   {"exp", "Exp"},         {"floor", "Floor"},       {"identity", "Identity"},
    {"log", "Log"},   {"maximum", "Max"},     {"minimum", "Min"},       {"mul", "Mul"},
    {"neg", "Neg"},   {"passed", "Identity"}, {"pow", "Pow"},           {"reciprocal", "Reciprocal"},
    {"relu", "Relu"}, {"round", "Round"},     {"sigmoid", "Sigmoid"},   {"sign", "Sign"},
    {"sin", "Sin"},   {"sinh", "Sinh"},       {"softsign", "Softsign"}, {"sqrt", "Sqrt"},
    {"sub", "Sub"},   {"tan", "Tan"},         {"tanh", "Tanh"},
};
constexpr Twin comparisons[] = {{"less", "Less"},
                                {"less_equal", "LessOrEqual"},
                                {"greater", "Greater"},
                                {"greater_equal", "GreaterOrEqual"},
                                {"equal", "Equal"}};
constexpr Twin reductions[] = {
    {"max", "ReduceMax"}, {"mean", "ReduceMean"}, {"min", "ReduceMin"}, {"prod", "ReduceProd"}};

template <std::size_t n>
std::string_view twin_of(std::string_view op, const Twin (&among)[n]) {
  const auto found = std::ranges::find(among, op, &Twin::op);
  return found == std::end(among) ? std::string_view() : found->onnx;
}

template <class T>
const T& attribute(const OnnxStep& step, std::string_view name) {
  return std::get<T>(*step.op.find(name));
}

List sizes_of(const Shape& shape) { return {shape.begin(), shape.end()}; }

void set(onnx::NodeProto& node, const char* name, std::int64_t value) {
  onnx::AttributeProto& a = *node.add_attribute();
  a.set_name(name);
  a.set_type(onnx::AttributeProto::INT);
  a.set_i(value);
}
void set(onnx::NodeProto& node, const char* name, double value) {
  onnx::AttributeProto& a = *node.add_attribute();
  a.set_name(name);
  a.set_type(onnx::AttributeProto::FLOAT);
  a.set_f(static_cast<float>(value));
}
void set(onnx::NodeProto& node, const char* name, const List& values) {
  onnx::AttributeProto& a = *node.add_attribute();
  a.set_name(name);
  a.set_type(onnx::AttributeProto::INTS);
  for (const std::int64_t v : values) a.add_ints(v);
}

}  // namespace

std::int32_t onnx_type(DType dtype) {
  return dtype == DType::float32 ? onnx::TensorProto::FLOAT : onnx::TensorProto::DOUBLE;
}

bool OnnxNodes::write(const OnnxStep& step) {
  return write_elementwise(step) || write_with_attributes(step) || write_comparison(step) || write_reduction(step) ||
         write_layout(step) || write_slice(step) || write_pad(step) || write_lookup(step) || write_matmul(step) ||
         write_softmax(step) || write_window(step);
}

// ------------------------------------------------------------------------------------------------------ values and nodes

onnx::NodeProto& OnnxNodes::node(std::string_view type, std::span<const std::string> in, const std::string& out) {
  onnx::NodeProto& node = *graph_.add_node();
  node.set_op_type(std::string(type));
  node.set_name(fmt::format("{}:{}", type, out));
  for (const std::string& name : in) node.add_input(name);
  node.add_output(out);
  return node;
}

std::string OnnxNodes::fresh(std::string_view hint) { return fmt::format("gradus/{}/{}", hint, ++made_); }

void OnnxNodes::initializer(const std::string& name, const Array& value) {
  onnx::TensorProto& tensor = *graph_.add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx_type(value.dtype()));
  for (const std::int64_t size : value.shape()) tensor.add_dims(size);
  for (const double v : value.to_vector()) {
    if (value.dtype() == DType::float32) {
      tensor.add_float_data(static_cast<float>(v));
    } else {
      tensor.add_double_data(v);
    }
  }
}

std::string OnnxNodes::whole_numbers(std::span<const std::int64_t> values, const Shape& shape, std::string_view hint) {
  onnx::TensorProto& tensor = *graph_.add_initializer();
  tensor.set_name(fresh(hint));
  tensor.set_data_type(onnx::TensorProto::INT64);
  for (const std::int64_t size : shape) tensor.add_dims(size);
  for (const std::int64_t v : values) tensor.add_int64_data(v);
  return tensor.name();
}

std::string OnnxNodes::list(std::span<const std::int64_t> values, std::string_view hint) {
  return whole_numbers(values, Shape{static_cast<std::int64_t>(values.size())}, hint);
}

std::string OnnxNodes::number(double value, DType dtype) {
  const std::string name = fresh("constant");
  initializer(name, Array::scalar(value, dtype));
  return name;
}

// ----------------------------------------------------------------------------------------------------------- elementwise

bool OnnxNodes::write_elementwise(const OnnxStep& step) {
  std::vector<std::string> in;
  for (const OnnxValue& x : step.arguments) in.push_back(x.name);
  if (step.op.key == "square") {
    node("Mul", {in[0], in[0]}, step.result.name);
    return true;
  }
  if (step.op.key == "where") {
    const std::string zero = number(0.0, step.dtype);
    const std::string is_zero = fresh("is_zero");
    node("Equal", {in[0], zero}, is_zero);
    node("Where", {is_zero, in[2], in[1]}, step.result.name);
    return true;
  }
  const std::string_view twin = twin_of(step.op.key, twins);
  if (twin.empty()) return false;
  node(twin, in, step.result.name);
  return true;
}

bool OnnxNodes::write_with_attributes(const OnnxStep& step) {
  const std::string& x = step.arguments[0].name;
  if (step.op.key == "power") {
    const double coefficient = attribute<double>(step, "coefficient");
    const std::string powered = coefficient == 1.0 ? step.result.name : fresh("power");
    node("Pow", {x, number(attribute<double>(step, "exponent"), step.dtype)}, powered);
    if (coefficient != 1.0) node("Mul", {powered, number(coefficient, step.dtype)}, step.result.name);
    return true;
  }
  // ONNX keeps these attributes as float32: what that would change is written in simpler ops.
  const auto exact = [&](std::string_view name) {
    const double value = attribute<double>(step, name);
    return static_cast<double>(static_cast<float>(value)) == value || step.dtype == DType::float32;
  };
  if (step.op.key == "leaky_relu" && exact("slope")) {
    set(node("LeakyRelu", {x}, step.result.name), "alpha", attribute<double>(step, "slope"));
    return true;
  }
  if (step.op.key == "elu" && exact("alpha")) {
    set(node("Elu", {x}, step.result.name), "alpha", attribute<double>(step, "alpha"));
    return true;
  }
  if (step.op.key == "softplus" && attribute<double>(step, "beta") == 1.0) {
    node("Softplus", {x}, step.result.name);
    return true;
  }
  return false;
}

bool OnnxNodes::write_comparison(const OnnxStep& step) {
  const std::string_view twin = twin_of(step.op.key, comparisons);
  const bool unequal = step.op.key == "not_equal";
  if (twin.empty() && !unequal) return false;
  std::string truth = fresh("truth");
  node(unequal ? "Equal" : twin, {step.arguments[0].name, step.arguments[1].name}, truth);
  if (unequal) node("Not", {std::exchange(truth, fresh("truth"))}, truth);
  set(node("Cast", {truth}, step.result.name), "to", std::int64_t{onnx_type(step.dtype)});
  return true;
}

// ---------------------------------------------------------------------------------------------------------- whole arrays

bool OnnxNodes::write_reduction(const OnnxStep& step) {
  const std::string_view twin = twin_of(step.op.key, reductions);
  const bool is_sum = step.op.key == "sum";
  if (twin.empty() && !is_sum) return false;
  const auto& axes = attribute<List>(step, "axes");
  const std::string& x = step.arguments[0].name;
  if (axes.empty()) {  // ONNX would take none for all
    node("Identity", {x}, step.result.name);
    return true;
  }
  const std::int64_t keep = attribute<bool>(step, "keepdims") ? 1 : 0;
  if (is_sum) {
    set(node("ReduceSum", {x, list(axes, "axes")}, step.result.name), "keepdims", keep);
  } else {
    onnx::NodeProto& reduce = node(twin, {x}, step.result.name);
    set(reduce, "axes", axes);
    set(reduce, "keepdims", keep);
  }
  return true;
}

bool OnnxNodes::write_layout(const OnnxStep& step) {
  const std::string& x = step.arguments[0].name;
  const std::string& out = step.result.name;
  const std::string& op = step.op.key;
  if (op == "reshape") {
    set(node("Reshape", {x, list(sizes_of(step.result.shape), "shape")}, out), "allowzero", std::int64_t{1});
  } else if (op == "broadcast") {
    node("Expand", {x, list(sizes_of(step.result.shape), "shape")}, out);
  } else if (op == "permute") {
    set(node("Transpose", {x}, out), "perm", attribute<List>(step, "order"));
  } else if (op == "cast") {
    set(node("Cast", {x}, out), "to", std::int64_t{onnx_type(step.dtype)});
  } else if (op == "triu" || op == "tril") {
    const std::int64_t offset = attribute<std::int64_t>(step, "offset");
    set(node("Trilu", {x, whole_numbers(std::array{offset}, Shape{}, "offset")}, out), "upper",
        std::int64_t{op == "triu" ? 1 : 0});
  } else if (op == "det") {
    node("Det", {x}, out);
  } else if (op == "concat") {
    std::vector<std::string> in;
    for (const OnnxValue& value : step.arguments) in.push_back(value.name);
    set(node("Concat", in, out), "axis", attribute<std::int64_t>(step, "axis"));
  } else if (op == "cumsum" && attribute<List>(step, "axes").size() == 1) {
    const std::string axis = whole_numbers(attribute<List>(step, "axes"), Shape{}, "axis");
    set(node("CumSum", {x, axis}, out), "reverse", std::int64_t{attribute<bool>(step, "reverse") ? 1 : 0});
  } else {
    return false;
  }
  return true;
}

bool OnnxNodes::write_slice(const OnnxStep& step) {
  if (step.op.key != "slice") return false;
  const auto& first = attribute<List>(step, "first");
  const auto& count = attribute<List>(step, "count");
  const auto& by = attribute<List>(step, "step");
  const auto& dropped = attribute<List>(step, "dropped");
  List ends;
  List axes(first.size());
  std::iota(axes.begin(), axes.end(), std::int64_t{0});
  for (std::size_t k = 0; k < first.size(); ++k) {
    const std::int64_t end = first[k] + count[k] * by[k];
    // Before the first element, where an end below 0 would count from behind.
    ends.push_back(end < 0 ? -step.arguments[0].shape[static_cast<int>(k)] - 1 : end);
  }
  const std::string part = dropped.empty() ? step.result.name : fresh("slice");
  node("Slice",
       {step.arguments[0].name, list(first, "starts"), list(ends, "ends"), list(axes, "axes"), list(by, "steps")},
       part);
  if (!dropped.empty()) node("Squeeze", {part, list(dropped, "axes")}, step.result.name);
  return true;
}

/// Zeros, or another number, around a block.
bool OnnxNodes::write_pad(const OnnxStep& step) {
  if (step.op.key != "pad" || !attribute<List>(step, "dropped").empty()) return false;
  const auto& by = attribute<List>(step, "step");
  if (!std::ranges::all_of(by, [](std::int64_t s) { return s == 1; })) return false;
  const auto& whole = attribute<List>(step, "whole");
  const auto& count = attribute<List>(step, "count");
  List pads = attribute<List>(step, "first");
  const std::size_t rank = pads.size();
  for (std::size_t k = 0; k < rank; ++k) pads.push_back(whole[k] - pads[k] - count[k]);
  node("Pad", {step.arguments[0].name, list(pads, "pads"), number(attribute<double>(step, "fill"), step.dtype)},
       step.result.name);
  return true;
}

bool OnnxNodes::write_lookup(const OnnxStep& step) {
  const bool each = step.op.key == "gather";
  if (!each && step.op.key != "take") return false;
  const Shape shape(std::span<const std::int64_t>(attribute<List>(step, "indices_shape")));
  const std::string indices = whole_numbers(attribute<List>(step, "indices"), shape, "indices");
  set(node(each ? "GatherElements" : "Gather", {step.arguments[0].name, indices}, step.result.name), "axis",
      attribute<std::int64_t>(step, "axis"));
  return true;
}

/// The last two axes swapped.
std::string OnnxNodes::transposed(const OnnxValue& x) {
  const auto rank = static_cast<std::size_t>(x.shape.rank());
  List order(rank);
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::swap(order[rank - 1], order[rank - 2]);
  const std::string out = fresh("transposed");
  set(node("Transpose", {x.name}, out), "perm", order);
  return out;
}

bool OnnxNodes::write_matmul(const OnnxStep& step) {
  if (step.op.key != "matmul") return false;
  const Shape& a = step.arguments[0].shape;
  const Shape& b = step.arguments[1].shape;
  const auto batch = [](const Shape& s) {
    return Shape::trusted(s.sizes().first(static_cast<std::size_t>(s.rank() - 2)));
  };
  if (sizes_of(broadcast(batch(a), batch(b), "matmul")) != attribute<List>(step, "batch")) return false;  // summed
  const std::string left =
      attribute<bool>(step, "transpose_a") ? transposed(step.arguments[0]) : step.arguments[0].name;
  const std::string right =
      attribute<bool>(step, "transpose_b") ? transposed(step.arguments[1]) : step.arguments[1].name;
  node("MatMul", {left, right}, step.result.name);
  return true;
}

bool OnnxNodes::write_softmax(const OnnxStep& step) {
  const bool logarithm = step.op.key == "log_softmax";
  if (step.op.key == "logsumexp" && !attribute<List>(step, "axes").empty()) {
    onnx::NodeProto& reduce = node("ReduceLogSumExp", {step.arguments[0].name}, step.result.name);
    set(reduce, "axes", attribute<List>(step, "axes"));
    set(reduce, "keepdims", std::int64_t{attribute<bool>(step, "keepdims") ? 1 : 0});
    return true;
  }
  if (!logarithm && step.op.key != "softmax") return false;
  const auto& axes = attribute<List>(step, "axes");
  if (axes.size() != 1) return false;
  set(node(logarithm ? "LogSoftmax" : "Softmax", {step.arguments[0].name}, step.result.name), "axis", axes[0]);
  return true;
}

/// Convolutions and pooling of images [n, channels, height, width].
bool OnnxNodes::write_window(const OnnxStep& step) {
  const std::string& op = step.op.key;
  const bool convolves = op == "conv" || op == "conv_biased";
  if ((!convolves && op != "max_pool" && op != "avg_pool") || step.arguments[0].shape.rank() != 4) return false;
  const auto& kernel = attribute<List>(step, "kernel");
  const auto& stride = attribute<List>(step, "stride");
  const auto& dilation = attribute<List>(step, "dilation");
  List pads = attribute<List>(step, "padding_before");
  for (std::size_t k = 0; k < 2; ++k) {
    const std::int64_t reach = (attribute<List>(step, "output")[k] - 1) * stride[k] + (kernel[k] - 1) * dilation[k] + 1;
    pads.push_back(reach - attribute<List>(step, "input")[k] - pads[k]);
    if (-pads.back() >= stride[k]) return false;  // another window would fit, and ONNX counts it
  }
  // What is left over behind counts as cut off, which ONNX's negative padding would not mean.
  for (std::int64_t& width : pads) width = std::max<std::int64_t>(width, 0);
  // The mean over a window that hangs over the padded end has its own rules.
  const bool hangs_over = pads[2] > pads[0] || pads[3] > pads[1];
  const bool dilated = std::ranges::any_of(dilation, [](std::int64_t d) { return d != 1; });
  if (op == "avg_pool" && (hangs_over || dilated)) return false;
  std::vector<std::string> in;
  for (const OnnxValue& x : step.arguments) in.push_back(x.name);
  onnx::NodeProto& window = node(convolves          ? "Conv"
                                 : op == "max_pool" ? "MaxPool"
                                                    : "AveragePool",
                                 in, step.result.name);
  set(window, "kernel_shape", kernel);
  set(window, "strides", stride);
  set(window, "pads", pads);
  if (op == "avg_pool") {
    set(window, "count_include_pad", std::int64_t{attribute<bool>(step, "count_padding") ? 1 : 0});
  } else {
    set(window, "dilations", dilation);
  }
  if (convolves) set(window, "group", attribute<std::int64_t>(step, "groups"));
  return true;
}

}  // namespace gradus::detail
