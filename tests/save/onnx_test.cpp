// Models in ONNX, as ONNX's own checker and shape inference see them.
#define ONNX_ML 1
#define ONNX_NAMESPACE onnx
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>
#include <onnx/shape_inference/implementation.h>
#pragma GCC diagnostic pop

#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/graph/graph.h"
#include "autograd/math/ops.h"
#include "autograd/save/graph_json.h"
#include "autograd/save/onnx.h"
#include "autograd/save/stable_forms.h"
#include "autograd/tensor/ops/convolution.h"
#include "autograd/tensor/ops/diagonal.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "autograd/tensor/ops/losses.h"
#include "autograd/tensor/ops/pooling.h"
#include "autograd/tensor/ops/reductions.h"
#include "autograd/tensor/ops/softmax.h"
#include "autograd/tensor/ops/solving.h"
#include "autograd/tensor/ops/structural.h"
#include "nn/nn.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

onnx::ModelProto model_of(const Tensor& y) {
  onnx::ModelProto model;
  REQUIRE(model.ParseFromString(to_onnx(Graph(y))));
  return model;
}

/// What ONNX finds wrong with the model of y; empty when nothing.  The output's shape is taken out, so that inference has to
/// find it from the ops alone.
std::string wrong(const Tensor& y) {
  onnx::ModelProto model = model_of(y);
  try {
    onnx::checker::check_model(model);
    onnx::ValueInfoProto& output = *model.mutable_graph()->mutable_output(0);
    const onnx::TypeProto declared = output.type();
    output.mutable_type()->mutable_tensor_type()->clear_shape();
    onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(), {true, 1, true});
    const onnx::TypeProto& inferred = model.graph().output(0).type();
    if (inferred.tensor_type().elem_type() != declared.tensor_type().elem_type()) return "another type is inferred";
    if (inferred.SerializeAsString() != declared.SerializeAsString()) {
      return "inferred " + inferred.ShortDebugString() + " and not " + declared.ShortDebugString();
    }
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

bool has_no_form(const Tensor& y) {
  try {
    static_cast<void>(to_onnx(Graph(y)));
    return false;
  } catch (const GraphError&) {
    return true;
  }
}

}  // namespace

TEST_CASE("ONNX: every elementwise op that users call", "[onnx]") {
  int ops = 0;
  std::string without;
  for_each_op(Elementwise{}, [&]<class Op>(const Op& op) {
    if constexpr (!Op::internal) {
      std::vector<Tensor> x;
      for (int k = 0; k < Op::arity; ++k) x.push_back(variable(Array({2, 3}, {1.1, 1.2, 1.3, 1.4, 1.5, 1.6})));
      const Tensor y = [&]<std::size_t... K>(std::index_sequence<K...>) { return bind(op, x[K]...); }
      (std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
      INFO(Op::name);
      const bool refused = has_no_form(y);
      if (refused) without += std::string(Op::name) + " ";
      if (!refused) CHECK(wrong(y) == "");
      ++ops;
    }
  });
  CHECK(without == "trunc fmod mod cbrt atan2 erfinv lgamma digamma polygamma tgamma i0 i1 ");
  CHECK(ops > 60);
}

TEST_CASE("ONNX: ops on whole arrays", "[onnx]") {
  const Tensor x = variable(Array({2, 3}, {1, 2, 3, 4, 5, 6}), "x"),
               w = parameter(Array({3, 2}, {1, 2, 3, 4, 5, 6}), "w");
  const Tensor image = variable(Array::full({2, 3, 5, 5}, 1.0), "image"),
               kernel = parameter(Array::full({4, 3, 3, 3}, 0.5));
  const Tensor bias = parameter(Array::full({4}, 0.5));
  for (const Tensor& y : {matmul(x, w),
                          matmul(transpose(w), transpose(x)),
                          sum(x),
                          sum(x, 0, true),
                          mean(x, 1),
                          max(x, 1),
                          min(x),
                          prod(x, 0),
                          var(x, 1),
                          stddev(x),
                          norm(x),
                          softmax(x, 1),
                          log_softmax(x, 0),
                          logsumexp(x, 1),
                          reshape(x, Shape{3, 2}),
                          broadcast_to(reshape(x, Shape{1, 2, 3}), Shape{4, 2, 3}),
                          transpose(x),
                          cast(x, DType::float32),
                          concat({x, x}, 1),
                          ops::slice(x, {1}),
                          ops::slice(x, {Slice(), Slice(2, std::nullopt, -2)}),
                          pad(x, {1, 2}),
                          take(x, Indices{1, 0, 1}, 1),
                          gather(x, 1, Indices(Shape{2, 1}, {0, 2})),
                          cumsum(x, 1),
                          triu(x),
                          tril(x, 1),
                          det(matmul(x, w)),
                          cross_entropy(x, Indices{1, 2}),
                          conv2d(image, kernel),
                          conv2d(image, kernel, bias, {.stride = 2, .padding = 1}),
                          max_pool2d(image, 2),
                          max_pool2d(image, 3, {.padding = 1}),
                          avg_pool2d(image, 2),
                          avg_pool2d(image, 3, {.padding = 1}),
                          avg_pool2d(image, 3, {.padding = 1, .count_include_pad = false}),
                          dot(ops::slice(x, {0}), ops::slice(x, {1}))}) {
    INFO(Graph(y).formula(Graph(y).outputs()[0]).text());
    CHECK(wrong(y) == "");
  }
}

TEST_CASE("ONNX: ops without a twin are written as one computes them", "[onnx]") {
  const Array hard({8}, {-800, -40, -1e-9, 0, 1e-9, 2, 40, 800});
  const Array weights({8}, {0, 1, 0.25, 0, 1, 0.5, 1, 0});
  const Tensor x = variable(hard, "x"), t = variable(weights, "t"),
               p = variable(Array({8}, {0, 1, .25, 0, .99, .5, 1, 1e-9}), "p");
  int forms = 0;
  for (const Tensor& y :
       {log_sigmoid(x), softplus(x, 0.5), logaddexp(x, t), expm1(x * 0.5), log1p(abs(x)), log1p(p * -0.9),
        xlogy(t, abs(x)), bce(p, t, Reduction::none), bce_with_logits(x, t, Reduction::none),
        kl_div(x, t, false, Reduction::none), kl_div(x, log(t), true, Reduction::none),
        cross_entropy(reshape(x, Shape{2, 4}), Indices{3, -100}, {.reduction = Reduction::none}),
        bce_with_logits(x, t, Tensor(2.0), Reduction::none)}) {
    const Graph graph(y);
    const std::string name(graph.steps().back().rule->name());
    INFO(name);
    CHECK(wrong(y) == "");
    std::vector<Tensor> arguments;
    for (const int i : graph.steps().back().arguments) {
      const Slot& slot = graph.slots()[static_cast<std::size_t>(i)];
      arguments.push_back(variable(slot.value));
    }
    const std::optional<Tensor> other = detail::stable_result(*graph.steps().back().rule, arguments);
    if (!other) continue;
    ++forms;
    const std::vector<double> expected = y.value().to_vector();
    const std::vector<double> found = other->value().to_vector();
    REQUIRE(found.size() == expected.size());
    for (std::size_t k = 0; k < found.size(); ++k) {
      INFO(k << ": " << found[k] << " and not " << expected[k]);
      CHECK((found[k] == expected[k] || std::abs(found[k] - expected[k]) <= 1e-15 * std::abs(expected[k])));
    }
  }
  CHECK(forms >= 10);
}

TEST_CASE("ONNX: a window that leaves room for another has no twin", "[onnx]") {
  const Graph graph = from_json(R"({"format": "gradus-graph", "version": 1, "modules": [], "outputs": [1], "slots": [
      {"role": "input", "dtype": "float64", "shape": [1, 1, 2, 4], "value": [1, 2, 3, 4, 5, 6, 7, 8]},
      {"role": "value", "dtype": "float64", "shape": [1, 1, 1, 2]}], "steps": [{"op": "max_pool", "arguments": [0], "result": 1,
      "attributes": {"input": [2, 4], "kernel": [2, 2], "output": [1, 2], "stride": [1, 1], "dilation": [1, 1],
      "padding_before": [0, 0]}}]})");
  CHECK_THROWS_MATCHES(to_onnx(graph), GraphError, test::Message("[to_onnx] 'max_pool' has no form in ONNX"));
}

TEST_CASE("ONNX: of linear algebra it has the determinant alone", "[onnx]") {
  const Tensor a = variable(Array({2, 2}, {2, 1, 1, 3}), "a");
  CHECK_THROWS_MATCHES(to_onnx(Graph(inv(a))), GraphError, test::Message("[to_onnx] 'inv' has no form in ONNX"));
  CHECK_THROWS_MATCHES(to_onnx(Graph(cholesky(a))), GraphError,
                       test::Message("[to_onnx] 'cholesky' has no form in ONNX"));
}

TEST_CASE("ONNX: a model's inputs, parameters and names", "[onnx]") {
  nn::MLP mlp({2, 3, 1});
  const Tensor x(Array({4, 2}, {1, 2, 3, 4, 5, 6, 7, 8}), "x");
  Tensor y = mlp(x);
  y.set_name("prediction");
  const onnx::ModelProto model = model_of(y);
  CHECK(wrong(y) == "");
  REQUIRE(model.graph().input_size() == 1);
  CHECK(model.graph().input(0).name() == "x");
  CHECK(model.graph().output(0).name() == "prediction");
  CHECK(model.opset_import(0).version() == 14);
  std::map<std::string, const onnx::TensorProto*> weights;
  for (const onnx::TensorProto& tensor : model.graph().initializer()) weights[tensor.name()] = &tensor;
  int parameters = 0;
  const Graph graph(y);
  for (const Slot& slot : graph.slots()) {
    if (slot.role != Role::parameter) continue;
    ++parameters;
    REQUIRE(weights.contains(slot.name));
    const onnx::TensorProto& tensor = *weights.at(slot.name);
    CHECK(std::vector<double>(tensor.double_data().begin(), tensor.double_data().end()) == slot.value.to_vector());
  }
  CHECK(parameters == 4);
}

TEST_CASE("ONNX: names that clash or are no text become ids; what has no form is refused", "[onnx]") {
  const Tensor a = variable(1.0, "x"), b = variable(2.0, "x"), c = variable(3.0, "mul_1");
  CHECK(wrong(a * b * c) == "");
  CHECK(model_of(a * b * c).graph().input(0).name() == "input_1");
  CHECK_THROWS_MATCHES(to_onnx(Graph(cumprod(variable(Array({2}, {1, 2})), 0))), GraphError,
                       test::Message("[to_onnx] 'cumprod' has no form in ONNX"));
}
