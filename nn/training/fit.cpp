#include "nn/training/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "autograd/array/norms.h"
#include "autograd/base/error.h"
#include "autograd/tensor/ops/indexing.h"
#include "nn/optimize/clip.h"
#include "nn/optimize/first_order.h"
#include "nn/training/batched_prediction.h"

namespace gradus::nn {

namespace {

// The modes of all modules, put back in the end.
class ModeGuard {
 public:
  explicit ModeGuard(Module& model) {
    for (const NamedModule& one : model.named_modules()) before_.emplace_back(one.module, one.module->training());
  }
  ~ModeGuard() {
    for (const auto& [module, training] : before_) module->train(training);
  }
  ModeGuard(const ModeGuard&) = delete;
  ModeGuard& operator=(const ModeGuard&) = delete;

 private:
  std::vector<std::pair<Module*, bool>> before_;
};

constexpr double infinity = std::numeric_limits<double>::infinity();

class Training {
 public:
  Training(Module& model, const Dataset& data, Optimizer& optimizer, const FitOptions& options);
  History run();

 private:
  std::vector<Indices> batches_of(std::int64_t epoch) const;
  bool run_epoch(Epoch& epoch);
  double step(const Dataset& batch, std::vector<Tensor>& predictions);
  double step_down(const Dataset& batch, std::vector<Tensor>& predictions);
  void require_finite(double loss) const;
  void require_finite_gradients(double loss) const;
  void look_at_gradients();
  void close(Epoch& epoch);
  bool goes_on(const Epoch& epoch);
  void remember_past();
  bool is_best(double loss);
  void keep_as_best(const Epoch& epoch);
  void warn(std::string text);
  void look_back();
  std::string scores_text(const Epoch& epoch) const;

  Module& model_;
  const Dataset& data_;
  Optimizer& optimizer_;
  const FitOptions& options_;
  std::optional<ReduceOnPlateau> plateau_;
  std::vector<NamedParameter> parameters_ = model_.named_parameters();
  std::vector<Tensor> moved_ = optimizer_.parameters();
  History history_;
  std::int64_t steps_ = 0;
  std::int64_t without_progress_ = 0;
  double best_loss_ = infinity;
  std::int64_t batch_size_;
  TrainingProgress progress_;
};

void check(const Dataset& data, const Optimizer& optimizer, const FitOptions& options) {
  if (data.rows() < 1) throw ValueError("[fit] there are no rows to learn from");
  if (options.epochs < 1) throw ValueError(fmt::format("[fit] {} epochs: there must be one at least", options.epochs));
  if (options.batch_size < 0) {
    throw ValueError(
        fmt::format("[fit] a batch of {} rows: there must be one at least, or 0 for all", options.batch_size));
  }
  if (!options.loss) throw ValueError("[fit] the loss is empty: it holds no function");
  if (options.schedule && options.plateau) {
    throw ValueError("[fit] a schedule and a plateau cannot both set the rate: take one of them");
  }
  if (options.validation && options.validation->rows() < 1) throw ValueError("[fit] there are no rows to validate on");
  if (options.stop_early && !options.validation) {
    throw ValueError("[fit] stopping early needs rows to validate on");
  }
  if (options.clip_norm > 0.0 && optimizer.asks_again()) {
    throw ValueError(fmt::format(
        "[fit] {} looks at several gradients a step, and none of them can be clipped: no clip_norm", optimizer.kind()));
  }
  if (options.stop_early && (options.stop_early->patience < 0 || !(options.stop_early->least_progress >= 0.0))) {
    throw ValueError("[fit] patience and the least progress must not be negative");
  }
}

std::int64_t first_epoch_of(const FitOptions& options) {
  if (options.resume == nullptr) return 1;
  return std::min<std::int64_t>(options.resume->model_epoch, std::ssize(options.resume->epochs)) + 1;
}

std::int64_t rows_at_once(const Dataset& data, const FitOptions& options) {
  const std::int64_t rows = std::max<std::int64_t>(data.rows(), 1);
  return options.batch_size == 0 ? rows : std::min(std::max<std::int64_t>(options.batch_size, 1), rows);
}

Training::Training(Module& model, const Dataset& data, Optimizer& optimizer, const FitOptions& options)
    : model_(model),
      data_(data),
      optimizer_(optimizer),
      options_(options),
      plateau_(options.plateau),
      batch_size_(rows_at_once(data, options)),
      progress_(options.progress, first_epoch_of(options), options.epochs,
                (data.rows() + batch_size_ - 1) / batch_size_) {
  check(data, optimizer, options);
  for (const Metric& one : options.metrics) history_.metrics.push_back(one.name);
  if (options.resume != nullptr) remember_past();
}

// What the epochs before would have left behind.
void Training::remember_past() {
  history_.epochs = options_.resume->epochs;
  history_.epochs.resize(static_cast<std::size_t>(first_epoch_of(options_) - 1));
  if (options_.stop_early) history_.best = options_.resume->best;
  history_.best_epoch = options_.resume->best_epoch;
  for (const Epoch& epoch : history_.epochs) {
    steps_ = epoch.steps;
    if (plateau_) (*plateau_)(epoch.rate, epoch.validation ? epoch.validation->loss : epoch.training.loss);
    if (epoch.validation) is_best(epoch.validation->loss);
  }
  // Where nothing was kept of the best epoch, the best that is known is how things are now.
  if (options_.stop_early && history_.best.tensors.empty() && best_loss_ < infinity) {
    best_loss_ = history_.epochs.back().validation ? history_.epochs.back().validation->loss : infinity;
    without_progress_ = 0;
    keep_as_best(history_.epochs.back());
  }
}

std::vector<Indices> Training::batches_of(std::int64_t epoch) const {
  if (batch_size_ == data_.rows()) return {};
  return batches(data_.rows(), batch_size_, options_.key.part(static_cast<std::uint64_t>(epoch)));
}

History Training::run() {
  const ModeGuard modes(model_);
  for (std::int64_t number = first_epoch_of(options_); number <= options_.epochs; ++number) {
    std::optional<SafeTensors> before;
    if (options_.stop) before = checkpoint_of(model_, &optimizer_);
    Epoch epoch{number};
    const auto begin = std::chrono::steady_clock::now();
    model_.train();
    if (!run_epoch(epoch)) {
      restore(*before, model_, &optimizer_);
      history_.ending = Ending::interrupted;
      break;
    }
    close(epoch);
    epoch.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    progress_.epoch(number, scores_text(epoch));
    history_.epochs.push_back(epoch);
    if (!goes_on(epoch)) break;
  }
  progress_.finish();
  optimizer_.zero_grad();
  history_.model_epoch = std::ssize(history_.epochs);
  if (!history_.best.tensors.empty() && history_.ending != Ending::interrupted) {
    restore(history_.best, model_, &optimizer_);
    history_.model_epoch = history_.best_epoch;
  }
  look_back();
  return std::move(history_);
}

// Whether it came to its end.
bool Training::run_epoch(Epoch& epoch) {
  const std::vector<Indices> order = batches_of(epoch.number);
  std::vector<Tensor> predictions;
  std::vector<std::int64_t> rows;
  double sum = 0.0;
  for (std::size_t k = 0; k < std::max<std::size_t>(order.size(), 1); ++k) {
    const Dataset batch = order.empty() ? data_ : data_.take(order[k]);
    if (options_.schedule) optimizer_.set_rate(options_.schedule(steps_));
    epoch.rate = optimizer_.rate();
    sum += step(batch, predictions) * static_cast<double>(batch.rows());
    if (!options_.metrics.empty() && !order.empty()) rows.insert(rows.end(), order[k].begin(), order[k].end());
    ++steps_;
    if (options_.stop && options_.stop()) return false;
    const double so_far =
        sum / static_cast<double>(std::min<std::int64_t>(static_cast<std::int64_t>(k + 1) * batch_size_, data_.rows()));
    progress_.step(epoch.number, static_cast<std::int64_t>(k + 1),
                   [&] { return fmt::format("rate {:.4g}  loss {:.4f}", epoch.rate, so_far); });
  }
  epoch.steps = steps_;
  epoch.training.loss = sum / static_cast<double>(data_.rows());
  if (!options_.metrics.empty()) {
    const Dataset seen = order.empty() ? data_ : data_.take(Indices(rows));
    epoch.training.metrics = detail::values_of(options_.metrics, detail::joined(predictions), seen);
  }
  return true;
}

double Training::step(const Dataset& batch, std::vector<Tensor>& predictions) {
  if (optimizer_.asks_again()) return step_down(batch, predictions);
  optimizer_.zero_grad();
  const Tensor prediction = model_(batch.x);
  Tensor loss = options_.loss(prediction, batch);
  const double value = loss.item();
  require_finite(value);
  if (!loss.requires_grad()) throw ValueError("[fit] the loss depends on no parameter that is learned");
  std::move(loss).backward();
  require_finite_gradients(value);
  if (steps_ == 0) look_at_gradients();
  if (options_.clip_norm > 0.0) clip_grad_norm(moved_, options_.clip_norm);
  optimizer_.step();
  if (!options_.metrics.empty()) predictions.push_back(prediction.detach());
  return value;
}

// A step of an optimizer that takes the loss itself.  It may meet places where the loss is not finite, and turns back; the
// first must not be one.
double Training::step_down(const Dataset& batch, std::vector<Tensor>& predictions) {
  Tensor first;
  const double value = optimizer_.step([&] {
    const Tensor prediction = model_(batch.x);
    Tensor loss = options_.loss(prediction, batch);
    if (first.defined()) return loss;
    require_finite(loss.item());
    if (!loss.requires_grad()) throw ValueError("[fit] the loss depends on no parameter that is learned");
    first = prediction.detach();
    return loss;
  });
  if (steps_ == 0) look_at_gradients();
  if (!options_.metrics.empty()) predictions.push_back(first);
  return value;
}

bool is_finite(const Array& a) { return std::isfinite(norm_axes(a, infinity, ~0U, false).item()); }

void Training::require_finite(double loss) const {
  if (std::isfinite(loss)) return;
  if (std::isnan(loss)) loss = std::abs(loss);  // there is no -nan to people
  for (const NamedParameter& p : parameters_) {
    if (!is_finite(p.tensor.value())) {
      throw ValueError(
          fmt::format("[fit] the parameter {} is not finite before step {}: the loss is {}; take a smaller "
                      "rate, or clip the gradients",
                      p.name, steps_ + 1, loss));
    }
  }
  throw ValueError(
      fmt::format("[fit] the loss is {} in step {}, with parameters that are finite: look for numbers in the "
                  "data that are not, or too large; or take a smaller rate",
                  loss, steps_ + 1));
}

void Training::require_finite_gradients(double loss) const {
  for (const NamedParameter& p : parameters_) {
    if (p.tensor.has_grad() && !is_finite(p.tensor.grad())) {
      throw ValueError(
          fmt::format("[fit] the gradient of {} is not finite in step {}, where the loss is {}; the "
                      "parameters are as before that step",
                      p.name, steps_ + 1, loss));
    }
  }
}

void Training::look_at_gradients() {
  for (const NamedParameter& p : parameters_) {
    if (p.tensor.requires_grad() && !p.tensor.has_grad()) {
      warn(fmt::format("no gradient reaches {}: the loss does not depend on it", p.name));
    }
  }
}

// What is known once all batches are through.
void Training::close(Epoch& epoch) {
  if (options_.validation) epoch.validation = evaluate(model_, *options_.validation, options_.loss, options_.metrics);
  if (plateau_) {
    const double watched = epoch.validation ? epoch.validation->loss : epoch.training.loss;
    optimizer_.set_rate((*plateau_)(optimizer_.rate(), watched));
  }
  if (epoch.validation && is_best(epoch.validation->loss)) keep_as_best(epoch);  // with the rate of the next one
}

void Training::keep_as_best(const Epoch& epoch) {
  history_.best_epoch = epoch.number;
  if (options_.stop_early) history_.best = checkpoint_of(model_, &optimizer_);
}

// Whether a validation loss is the best so far.
bool Training::is_best(double loss) {
  const double least = options_.stop_early ? options_.stop_early->least_progress : 0.0;
  const bool best = loss < best_loss_ - least;
  without_progress_ = best ? 0 : without_progress_ + 1;
  if (best) best_loss_ = loss;
  return best;
}

bool Training::goes_on(const Epoch& epoch) {
  for (const auto& callback : options_.callbacks) {
    if (!callback(epoch)) {
      history_.ending = Ending::callback;
      return false;
    }
  }
  if (options_.stop_early && without_progress_ > options_.stop_early->patience) {
    history_.ending = Ending::early;
    return false;
  }
  return true;
}

void Training::warn(std::string text) {
  progress_.say("warning: " + text);
  history_.warnings.push_back(std::move(text));
}

void Training::look_back() {
  if (history_.epochs.size() < 2) return;
  const double first = history_.epochs.front().training.loss;
  const double last = history_.epochs.back().training.loss;
  if (last > first) {
    warn(fmt::format("the loss grew from {:.4g} to {:.4g}: take a smaller rate", first, last));
  } else if (last > first - 1e-3 * std::abs(first) && first != 0.0) {
    warn(fmt::format("nothing was learned: the loss was {:.4g} in the first epoch and is {:.4g}", first, last));
  }
}

std::string Training::scores_text(const Epoch& epoch) const {
  std::string text = fmt::format("{:.1f} s  rate {:.4g}", epoch.seconds, epoch.rate);
  const auto add = [&](std::string_view before, const Scores& scores) {
    text += fmt::format("  {}loss {:.4f}", before, scores.loss);
    for (std::size_t k = 0; k < scores.metrics.size(); ++k) {
      text += fmt::format("  {}{} {:.4f}", before, history_.metrics[k], scores.metrics[k]);
    }
  };
  add("", epoch.training);
  if (epoch.validation) add("val_", *epoch.validation);
  return text;
}

}  // namespace

History fit(Module& model, const Dataset& data, Optimizer& optimizer, const FitOptions& options) {
  return Training(model, data, optimizer, options).run();
}

History fit(Module& model, const Dataset& data, const FitOptions& options) {
  Adam optimizer(model.trainable_parameters());
  return fit(model, data, optimizer, options);
}

Tensor predict(Module& model, const Tensor& x, std::int64_t batch_size) {
  const ModeGuard modes(model);
  const NoGrad off;
  model.eval();
  const std::int64_t rows = x.size(0);
  if (rows <= batch_size) return model(x);
  std::vector<Tensor> parts;
  for (const Indices& part : batches(rows, batch_size)) parts.push_back(model(take(x, part, 0)));
  return detail::joined(parts);
}

Scores evaluate(Module& model, const Dataset& data, const LossFunction& loss, const std::vector<Metric>& metrics,
                std::int64_t batch_size) {
  const ModeGuard modes(model);
  const NoGrad off;
  model.eval();
  std::vector<Tensor> predictions;
  double sum = 0.0;
  for (const Indices& part : batches(data.rows(), batch_size)) {
    const Dataset batch = data.rows() <= batch_size ? data : data.take(part);
    predictions.push_back(model(batch.x));
    sum += loss(predictions.back(), batch).item() * static_cast<double>(batch.rows());
  }
  Scores scores{sum / static_cast<double>(data.rows())};
  if (!metrics.empty()) scores.metrics = detail::values_of(metrics, detail::joined(predictions), data);
  return scores;
}

}  // namespace gradus::nn
