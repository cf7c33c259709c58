// How wrong a prediction is.
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/tensor/ops/losses.h"
#include "tools/gradus/functions/function_table.h"
#include "tools/gradus/functions/options.h"

namespace gradus::command {

namespace {

using Given = const Invocation&;
using namespace option;  // NOLINT: the words of the table below

OptionDeclaration reduction() { return text("reduction", "mean").one_of({"mean", "sum", "none", "batch_mean"}); }

Reduction reduction_of(Given c) {
  const std::string& name = c.text("reduction");
  if (name == "sum") return Reduction::sum;
  if (name == "none") return Reduction::none;
  return name == "batch_mean" ? Reduction::batch_mean : Reduction::mean;
}

ClassOptions class_options(Given c) {
  ClassOptions options;
  options.reduction = reduction_of(c);
  if (c.has_argument(2)) options.class_weights = c.tensor(2).value();
  options.ignore_index = c.whole("ignore_index");
  return options;
}

// As in PyTorch: a target of the logits' shape is probabilities, any other is labels.
Value cross_entropies(Given c) {
  ClassOptions options = class_options(c);
  options.label_smoothing = c.number("label_smoothing");
  const Tensor logits = c.tensor(0);
  if (c.tensor(1).shape() == logits.shape()) return cross_entropy(logits, c.tensor(1), options);
  return cross_entropy(logits, c.indices(1), options);
}

Value bce_of_logits(Given c) {
  if (!c.has_argument(2)) return bce_with_logits(c.tensor(0), c.tensor(1), reduction_of(c));
  return bce_with_logits(c.tensor(0), c.tensor(1), c.tensor(2), reduction_of(c));
}

}  // namespace

void add_losses(Definitions& list) {
  const auto add = [&](const char* name, const char* arguments, std::vector<OptionDeclaration> options,
                       const char* line, std::function<Value(Given)> action) {
    const bool has_reduction = std::string_view(name) != "cosine_similarity";
    if (has_reduction) options.push_back(reduction());
    list.emplace_back(Theme::losses, name, arguments, std::move(options), line, std::move(action));
  };
  const auto distance = [&](const char* name, const char* line, Tensor (*f)(const Tensor&, const Tensor&, Reduction)) {
    add(name, "prediction, target", {}, line,
        [f](Given c) -> Value { return f(c.tensor(0), c.tensor(1), reduction_of(c)); });
  };
  const auto scaled = [&](const char* name, const char* scale, const char* line,
                          Tensor (*f)(const Tensor&, const Tensor&, double, Reduction)) {
    add(name, "prediction, target", {number(scale, 1.0)}, line,
        [f, scale](Given c) -> Value { return f(c.tensor(0), c.tensor(1), c.number(scale), reduction_of(c)); });
  };
  distance("mse", "(prediction − target)²", &mse);
  distance("mae", "|prediction − target|", &mae);
  scaled("huber", "delta", "e²/2 for errors up to delta, then a line", &huber);
  scaled("smooth_l1", "beta", "e²/(2·beta) for errors below beta, then |e| − beta/2", &smooth_l1);
  scaled("hinge", "margin", "max(0, margin − prediction·target), targets −1 and 1", &hinge);
  distance("bce", "−t·log p − (1 − t)·log(1 − p) of probabilities p", &bce);
  add("bce_with_logits", "logits, target, positive_weight?", {}, "bce(sigmoid(logits), target), to the last digit",
      bce_of_logits);
  add("cross_entropy", "logits, target, weight?", {number("label_smoothing", 0.0), whole("ignore_index", -100.0)},
      "−log softmax(logits) at the labels, or weighted by probabilities", cross_entropies);
  add("nll", "log_probabilities, labels, weight?", {whole("ignore_index", -100.0)}, "−log_probabilities at the labels",
      [](Given c) -> Value { return nll(c.tensor(0), c.indices(1), class_options(c)); });
  add("kl_div", "log_prediction, target", {flag("log_target", false)}, "target · (log target − log_prediction)",
      [](Given c) -> Value { return kl_div(c.tensor(0), c.tensor(1), c.flag("log_target"), reduction_of(c)); });
  add("cosine_similarity", "a, b", {axis(1), number("eps", 1e-8)}, "a·b / (‖a‖ ‖b‖) along an axis",
      [](Given c) -> Value { return cosine_similarity(c.tensor(0), c.tensor(1), c.axis(), c.number("eps")); });
}

}  // namespace gradus::command
