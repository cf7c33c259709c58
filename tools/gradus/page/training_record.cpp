#include "tools/gradus/page/training_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "autograd/differentiate/gradient.h"
#include "autograd/math/typeset.h"
#include "tools/gradus/output/progress.h"

namespace gradus::command {

namespace {

/// "w", or "w2" of a vector (counted from 1, as one writes it), or "W1[0,1]" of a matrix (as one indexes it).
std::string name_of(const Tensor& parameter, std::int64_t index) {
  const Shape shape = parameter.shape();
  if (parameter.size() == 1) return parameter.name();
  if (shape.rank() == 2 && shape[1] != 1) {
    return fmt::format("{}[{},{}]", parameter.name(), index / shape[1], index % shape[1]);
  }
  const bool numbered = !parameter.name().empty() && parameter.name().back() >= '0' && parameter.name().back() <= '9';
  return numbered ? fmt::format("{}[{}]", parameter.name(), index) : fmt::format("{}{}", parameter.name(), index + 1);
}

}  // namespace

std::int64_t spread(std::int64_t k, std::int64_t last, std::int64_t most) {
  if (last < most) return k;
  // Rounded, without a product that could overflow.
  const std::int64_t gaps = most - 1, whole = last / gaps, rest = last % gaps;
  return k * whole + (2 * k * rest + gaps) / (2 * gaps);
}

bool is_recorded(std::int64_t epoch, std::int64_t epochs) {
  if (epoch == epochs) return true;
  const std::int64_t every = steps_between_lines(epochs);
  const std::int64_t lines = epochs / every + (epochs % every == 0 ? 0 : 1);
  const std::int64_t most = std::min(every, (TrainingRecord::most_states - 1) / lines);
  std::int64_t parts = most;
  while (2 * parts > most && every % parts != 0) --parts;
  if (2 * parts <= most) parts = most;  // 17 epochs have no whole fractions
  const std::int64_t place = epoch % every;
  const std::int64_t before = place * parts / every;
  return spread(before, every, parts + 1) == place || spread(before + 1, every, parts + 1) == place;
}

TrainingRecord::TrainingRecord(std::int64_t epochs, nn::Module& model, double momentum, const Array& samples,
                               const Array& examples)
    : epochs_(epochs), model_(model), momentum_(momentum), parameters_(model.parameters()) {
  if (samples.defined()) samples_ = Tensor(samples);
  if (examples.defined()) examples_ = Tensor(examples);
  choose_watched();
}

void TrainingRecord::choose_watched() {
  parameter_count_ = model_.parameter_count();
  const auto most = static_cast<std::int64_t>(most_watched);
  std::size_t parameter = 0;
  std::int64_t before = 0;  // numbers in the parameters before this one
  for (std::int64_t k = 0; k < std::min(parameter_count_, most); ++k) {
    const std::int64_t wanted = spread(k, parameter_count_ - 1, most);
    while (wanted - before >= parameters_[parameter].size()) before += parameters_[parameter++].size();
    const std::string name = name_of(parameters_[parameter], wanted - before);
    const std::size_t place = std::min(name.find('['), name.size());
    watched_.push_back({name, text::subscripted(name.substr(0, place)) + name.substr(place), parameter,
                        static_cast<std::size_t>(wanted - before)});
  }
}

std::vector<double> TrainingRecord::pick(bool gradients) const {
  std::vector<double> out, numbers;
  for (std::size_t k = 0; k < watched_.size(); ++k) {
    const Tensor& parameter = parameters_[watched_[k].parameter];
    if (k == 0 || watched_[k].parameter != watched_[k - 1].parameter) {
      numbers = gradients ? parameter.grad().to_vector() : parameter.to_vector();
    }
    out.push_back(numbers[watched_[k].index]);
  }
  return out;
}

void TrainingRecord::gather_velocities() {
  if (momentum_ == 0.0) return;
  const std::vector<double> gradients = pick(true);
  velocities_.resize(gradients.size());
  for (std::size_t k = 0; k < gradients.size(); ++k) velocities_[k] = momentum_ * velocities_[k] + gradients[k];
}

double TrainingRecord::gradient_length() const {
  double length = 0.0;
  for (const Tensor& parameter : parameters_) {
    for (const double g : parameter.grad().to_vector()) length = std::hypot(length, g);
  }
  return length;
}

// Inside the network: every number, and the examples layer by layer.
void TrainingRecord::look_into(TrainingState& state) const {
  for (const Tensor& parameter : parameters_) {
    std::ranges::copy(parameter.to_vector(), std::back_inserter(state.all_values));
    std::ranges::copy(parameter.grad().to_vector(), std::back_inserter(state.all_gradients));
  }
  std::vector<const nn::Module*> layers;
  for (const nn::NamedModule& one : model_.named_modules()) {
    if (one.module != &model_) layers.push_back(one.module);
  }
  if (layers.empty()) layers.push_back(&model_);
  state.units.resize(static_cast<std::size_t>(examples_.size(0)));
  const auto add = [&](const Tensor& layer) {
    const std::vector<double> numbers = layer.to_vector();
    const std::size_t width = numbers.size() / state.units.size();
    for (std::size_t k = 0; k < numbers.size(); ++k) state.units[k / width].push_back(numbers[k]);
  };
  const NoGrad off;
  Tensor x = examples_;
  add(x);
  for (const nn::Module* layer : layers) {
    x = (*layer)(x);
    add(x);
  }
}

void TrainingRecord::look(std::int64_t epoch, double loss, double accuracy) {
  gather_velocities();
  if (epoch == spread(static_cast<std::int64_t>(losses_.size()), epochs_, most_losses)) {
    loss_epochs_.push_back(static_cast<double>(epoch));
    losses_.push_back(loss);
  }
  if (!is_recorded(epoch, epochs_)) return;
  TrainingState state{epoch, loss, accuracy, gradient_length(), pick(false), pick(true), velocities_, {}, {}, {}, {}};
  if (samples_.defined()) {
    const NoGrad off;
    state.outputs = model_(samples_).to_vector();
  }
  if (examples_.defined()) look_into(state);
  states_.push_back(std::move(state));
}

}  // namespace gradus::command
