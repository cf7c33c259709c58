#include "tools/gradus/commands/learning.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <csignal>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/differentiate/gradient.h"
#include "tools/gradus/output/messages.h"
#include "tools/gradus/output/progress.h"
#include "tools/gradus/output/usage_error.h"
#include "tools/gradus/page/network_figure.h"
#include "tools/gradus/page/training_page.h"

namespace gradus::command {

namespace {

std::atomic<bool> was_interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

/// While one lives, the first Ctrl-C is remembered; the second one ends the process as ever.
class InterruptGuard {
 public:
  InterruptGuard() {
    was_interrupted = false;
    struct sigaction action {};
    action.sa_handler = [](int) { was_interrupted = true; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(SIGINT, &action, &before_);
  }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
  ~InterruptGuard() { ::sigaction(SIGINT, &before_, nullptr); }

 private:
  struct sigaction before_ {};
};

std::unique_ptr<nn::Optimizer> optimizer_of(const TrainingRun& run, const nn::Module& model) {
  const nn::ParameterGroups p = model.parameters();
  const double rate = run.rate;
  if (run.optimizer == "adam") return std::make_unique<nn::Adam>(p, rate, nn::AdamOptions{.weight_decay = run.l2});
  if (run.optimizer == "adamw") return std::make_unique<nn::AdamW>(p, rate, nn::AdamWOptions{.weight_decay = run.l2});
  if (run.optimizer == "rmsprop") {
    return std::make_unique<nn::RMSprop>(p, rate, nn::RMSpropOptions{.weight_decay = run.l2, .momentum = run.momentum});
  }
  if (run.optimizer == "adagrad") {
    return std::make_unique<nn::Adagrad>(p, rate, nn::AdagradOptions{.weight_decay = run.l2});
  }
  if (run.optimizer == "adadelta") {
    return std::make_unique<nn::Adadelta>(p, rate, nn::AdadeltaOptions{.weight_decay = run.l2});
  }
  if (run.optimizer == "adamax") {
    return std::make_unique<nn::Adamax>(p, rate, nn::AdamaxOptions{.weight_decay = run.l2});
  }
  if (run.optimizer == "nadam") return std::make_unique<nn::NAdam>(p, rate, nn::NAdamOptions{.weight_decay = run.l2});
  if (run.optimizer == "lion") return std::make_unique<nn::Lion>(p, rate, nn::LionOptions{.weight_decay = run.l2});
  if (run.optimizer == "lbfgs") {
    return std::make_unique<nn::LBFGS>(p, rate, nn::LBFGSOptions{.strong_wolfe = true});
  }
  return std::make_unique<nn::SGD>(p, rate, nn::SGDOptions{.momentum = run.momentum, .weight_decay = run.l2});
}

/// Of so many steps in all.
nn::Schedule schedule_of(const TrainingRun& run, std::int64_t steps) {
  constexpr double last_part = 0.01;
  if (run.schedule == "step") return nn::step_schedule(run.rate, std::max<std::int64_t>(1, steps / 3));
  if (run.schedule == "exponential") {
    return nn::exponential_schedule(run.rate, std::pow(last_part, 1.0 / static_cast<double>(steps)));
  }
  if (run.schedule == "cosine") return nn::cosine_schedule(run.rate, steps);
  if (run.schedule == "linear") return nn::polynomial_schedule(run.rate, steps);
  if (run.schedule == "one-cycle") return nn::one_cycle_schedule(run.rate, steps);
  return {};
}

// A training whose first step changes nothing ends there.
void require_gradient(const nn::Module& model, double loss) {
  for (const Tensor& parameter : model.parameters()) {
    if (!parameter.has_grad()) continue;
    const std::vector<double> slopes = parameter.grad().to_vector();
    if (std::ranges::count(slopes, 0.0) != std::ssize(slopes)) return;
  }
  throw ValueError(
      loss == 0.0 ? "[train] nothing was learned: the loss is 0 before the first step already"
                  : fmt::format("[train] nothing was learned: the loss is {:.6g} and every gradient is 0 before the "
                                "first step; try another --seed or --activation, or scale the columns",
                                loss));
}

// What is printed as learned has made the loss smaller.
void require_progress(double before, double after, std::int64_t epochs) {
  if (after < before) return;
  const std::string change = after == before ? fmt::format("is {:.6g} still", after)
                                             : fmt::format("grew from {:.6g} to {:.6g}", before, after);
  throw ValueError(fmt::format(
      "[train] nothing was learned: the loss {} after {} epoch{}; try a smaller --rate, or scale the columns", change,
      epochs, epochs == 1 ? "" : "s"));
}

/// With so many decimals, as powers of ten where the digits would fill the line.
std::string loss_text(double x) { return std::abs(x) < 1e7 ? fmt::format("{:.4f}", x) : fmt::format("{:.4e}", x); }

}  // namespace

double accuracy_of(TrainingLoss loss, const nn::Dataset& data, const Tensor& scores) {
  if (!is_of_classes(loss)) return 0.0;
  return nn::accuracy_score(data.labels, nn::predicted_classes(scores));
}

Learned learn_plainly(TrainingTask& task, std::optional<TrainingRecord>& record, bool recorded) {
  const TrainingRun& run = task.run;
  const nn::Dataset& data = task.training;
  const std::int64_t epochs = run.planned_epochs;
  Learned learned{model_of(task.plan, Key{run.seed}), nullptr};
  nn::Module& model = *learned.model;
  learned.optimizer = optimizer_of(run, model);
  if (recorded) {
    record.emplace(epochs, model, run.momentum, training_samples(data.x.value()),
                   training_examples(data.x.value(), model.parameter_count()));
  }
  const InterruptGuard guard;
  Progress progress(epochs);
  double first_loss = 0.0;
  double loss_value = 0.0;
  std::int64_t epoch = 0;
  for (; epoch < epochs && !was_interrupted; ++epoch) {
    const Tensor prediction = model(data.x);
    const Tensor loss = loss_of(task.plan.loss, prediction, data);
    loss_value = loss.item();
    if (!std::isfinite(loss_value)) {
      progress.finish();
      throw ValueError(fmt::format("[train] the loss is {} at epoch {}: try a smaller --rate, or scale the columns",
                                   loss_value, epoch));
    }
    loss.backward();
    if (epoch == 0) {
      first_loss = loss_value;
      require_gradient(model, loss_value);
    }
    if (record) record->look(epoch, loss_value, accuracy_of(task.plan.loss, data, prediction));
    learned.optimizer->step();
    learned.optimizer->zero_grad();
    task.run.history.epochs.push_back({epoch + 1, epoch + 1, run.rate, 0.0, {loss_value, {}}});
    progress.step(
        epoch, fmt::format("Epoch {:>{}}, Loss {}", epoch, std::to_string(epochs - 1).size(), loss_text(loss_value)));
  }
  progress.finish();
  task.run.history.model_epoch = epoch;
  learned.interrupted = was_interrupted && epoch < epochs;
  {
    const NoGrad off;  // what the last update has made of it
    loss_value = loss_of(task.plan.loss, model(data.x), data).item();
  }
  if (!std::isfinite(loss_value)) {
    throw ValueError(fmt::format("[train] the loss is {} after the last update: try a smaller --rate", loss_value));
  }
  if (!learned.interrupted) require_progress(first_loss, loss_value, epochs);
  if (record && !learned.interrupted) {
    const Tensor prediction = model(data.x);
    loss_of(task.plan.loss, prediction, data).backward();
    record->look(epochs, loss_value, accuracy_of(task.plan.loss, data, prediction));
    model.zero_grad();
  }
  return learned;
}

Learned learn(TrainingTask& task, const TrainOptions& options) {
  TrainingRun& run = task.run;
  Learned learned{model_of(task.plan, Key{run.seed}), nullptr};
  learned.optimizer = optimizer_of(run, *learned.model);
  if (!options.resume.empty()) {
    if (!run.history.best.tensors.empty()) {  // what is wrong with it is said now, and not after the training
      nn::restore(run.history.best, *learned.model, learned.optimizer.get());
    }
    nn::restore(task.resumed, *learned.model, learned.optimizer.get());
    if (options.epochs <= run.history.model_epoch) {
      throw UsageError(fmt::format("--epochs: {} were trained already; say how many there are to be in all",
                                   run.history.model_epoch));
    }
    if (run.schedule == "constant" || run.schedule == "plateau") run.planned_epochs = options.epochs;
  }
  const nn::History before = run.history;
  const std::int64_t rows = task.training.rows();
  const std::int64_t batch = run.batch == 0 ? rows : std::min(run.batch, rows);

  nn::FitOptions fitting;
  fitting.epochs = options.epochs;
  fitting.batch_size = run.batch;
  fitting.key = Key{run.seed}.part(2);
  fitting.loss = [loss = task.plan.loss](const Tensor& prediction, const nn::Dataset& part) {
    return loss_of(loss, prediction, part);
  };
  if (task.has_classes()) {
    fitting.metrics.push_back(nn::metric("accuracy"));
  } else if (rows > 1) {
    fitting.metrics.push_back(nn::metric("r2"));
  }
  fitting.validation = task.held_out;
  if (options.stop_early) fitting.stop_early = nn::EarlyStopping{*options.stop_early};
  fitting.schedule = schedule_of(run, run.planned_epochs * ((rows + batch - 1) / batch));
  if (run.schedule == "plateau") fitting.plateau.emplace();
  if (!options.resume.empty()) fitting.resume = &before;
  fitting.progress.every = steps_between_lines(options.epochs);
  const InterruptGuard guard;
  fitting.stop = [] { return was_interrupted.load(); };
  run.history = nn::fit(*learned.model, task.training, *learned.optimizer, fitting);
  learned.interrupted = run.history.ending == nn::Ending::interrupted;
  for (const std::string& warning : run.history.warnings) {
    write_message(fmt::format("gradus: warning: {}\n", for_terminal(warning)));
  }
  return learned;
}

}  // namespace gradus::command
