#include "nn/optimize/first_order.h"

#include <cmath>
#include <string_view>
#include <vector>

#include "autograd/base/error.h"
#include "nn/optimize/update.h"

namespace gradus::nn {

namespace {

// 1 − βᵗ: what a running mean that began at 0 must be divided by.
double filled(double beta, const std::int64_t steps) { return 1.0 - std::pow(beta, static_cast<double>(steps)); }

}  // namespace

// ------------------------------------------------------------------------------------------------------------- SGD

SGD::SGD(const ParameterGroups& parameters, double rate, const SGDOptions& options)
    : Optimizer(parameters, rate,
                {.kind = "sgd",
                 .weight_decay = options.weight_decay,
                 .state = options.momentum == 0.0 ? std::vector<std::string_view>{}
                                                  : std::vector<std::string_view>{"momentum_buffer"}}),
      options_(options) {
  require_fraction("momentum", options.momentum);
  if (options.nesterov && (options.momentum == 0.0 || options.dampening != 0.0)) {
    throw ValueError("[sgd] nesterov needs a momentum above 0 and no dampening");
  }
}

void SGD::update(Slot& slot) {
  const double undamped = slot.steps == 1 ? 1.0 : 1.0 - options_.dampening;
  const detail::SGDRule rule{slot.rate, options_.momentum, undamped, options_.nesterov};
  options_.momentum == 0.0 ? apply<detail::SGDRule, 0>(slot, rule) : apply<detail::SGDRule, 1>(slot, rule);
}

// --------------------------------------------------------------------------------- divided by the size of the gradients

Adagrad::Adagrad(const ParameterGroups& parameters, double rate, const AdagradOptions& options)
    : Optimizer(parameters, rate,
                {.kind = "adagrad",
                 .weight_decay = options.weight_decay,
                 .state = {"square_sum"},
                 .fill = options.initial_accumulator_value}),
      options_(options) {
  require_not_negative("rate decay", options.rate_decay);
  require_not_negative("initial accumulator value", options.initial_accumulator_value);
  require_not_negative("eps", options.eps);
}

void Adagrad::update(Slot& slot) {
  const double slowed = slot.rate / (1.0 + static_cast<double>(slot.steps - 1) * options_.rate_decay);
  apply<detail::AdagradRule, 1>(slot, {slowed, options_.eps});
}

Adadelta::Adadelta(const ParameterGroups& parameters, double rate, const AdadeltaOptions& options)
    : Optimizer(parameters, rate,
                {.kind = "adadelta", .weight_decay = options.weight_decay, .state = {"square_avg", "acc_delta"}}),
      options_(options) {
  require_fraction("rho", options.rho);
  require_not_negative("eps", options.eps);
}

void Adadelta::update(Slot& slot) { apply<detail::AdadeltaRule, 2>(slot, {slot.rate, options_.rho, options_.eps}); }

RMSprop::RMSprop(const ParameterGroups& parameters, double rate, const RMSpropOptions& options)
    : Optimizer(parameters, rate,
                {.kind = "rmsprop",
                 .weight_decay = options.weight_decay,
                 .state = options.momentum == 0.0 && !options.centered
                              ? std::vector<std::string_view>{"square_avg"}
                              : std::vector<std::string_view>{"square_avg", "momentum_buffer", "grad_avg"}}),
      options_(options) {
  require_fraction("alpha", options.alpha);
  require_fraction("momentum", options.momentum);
  require_not_negative("eps", options.eps);
}

void RMSprop::update(Slot& slot) {
  const detail::RMSpropRule rule{slot.rate, options_.alpha, options_.eps, options_.momentum, options_.centered};
  const bool plain = options_.momentum == 0.0 && !options_.centered;
  plain ? apply<detail::RMSpropRule, 1>(slot, rule) : apply<detail::RMSpropRule, 3>(slot, rule);
}

// -------------------------------------------------------------------------------------------------- Adam and its kin

Adam::Adam(const ParameterGroups& parameters, double rate, const AdamOptions& options, std::string_view kind)
    : Optimizer(parameters, rate,
                {.kind = kind,
                 .weight_decay = options.weight_decay,
                 .decoupled = options.decoupled_weight_decay,
                 .state = options.amsgrad ? std::vector<std::string_view>{"exp_avg", "exp_avg_sq", "max_exp_avg_sq"}
                                          : std::vector<std::string_view>{"exp_avg", "exp_avg_sq"}}),
      options_(options) {
  require_fraction("beta1", options.beta1);
  require_fraction("beta2", options.beta2);
  require_not_negative("eps", options.eps);
}

Adam::Adam(const ParameterGroups& parameters, double rate, const AdamOptions& options)
    : Adam(parameters, rate, options, "adam") {}

void Adam::update(Slot& slot) {
  const auto& [beta1, beta2, eps, decay, amsgrad, decoupled] = options_;
  const double root = 1.0 / std::sqrt(filled(beta2, slot.steps));
  const detail::AdamRule rule{slot.rate / filled(beta1, slot.steps), beta1, beta2, eps, root};
  amsgrad ? apply<detail::AdamRule, 3>(slot, rule) : apply<detail::AdamRule, 2>(slot, rule);
}

AdamW::AdamW(const ParameterGroups& parameters, double rate, const AdamWOptions& options)
    : Adam(parameters, rate,
           {options.beta1, options.beta2, options.eps, options.weight_decay, options.amsgrad,
            /*decoupled_weight_decay=*/true},
           "adamw") {}

Adamax::Adamax(const ParameterGroups& parameters, double rate, const AdamaxOptions& options)
    : Optimizer(parameters, rate,
                {.kind = "adamax", .weight_decay = options.weight_decay, .state = {"exp_avg", "exp_inf"}}),
      options_(options) {
  require_fraction("beta1", options.beta1);
  require_fraction("beta2", options.beta2);
  require_not_negative("eps", options.eps);
}

void Adamax::update(Slot& slot) {
  const auto& [beta1, beta2, eps, decay] = options_;
  apply<detail::AdamaxRule, 2>(slot, {slot.rate / filled(beta1, slot.steps), beta1, beta2, eps});
}

NAdam::NAdam(const ParameterGroups& parameters, double rate, const NAdamOptions& options)
    : Optimizer(parameters, rate,
                {.kind = "nadam",
                 .weight_decay = options.weight_decay,
                 .decoupled = options.decoupled_weight_decay,
                 .state = {"exp_avg", "exp_avg_sq"},
                 .number = "mu_product"}),
      options_(options) {
  require_fraction("beta1", options.beta1);
  require_fraction("beta2", options.beta2);
  require_not_negative("eps", options.eps);
  require_not_negative("momentum decay", options.momentum_decay);
}

// μₜ = β₁ (1 − 0.96^(tψ)/2), with Π μ = μ₁⋯μₜ:  g has weight η (1 − μₜ)/(1 − Π μ), m has η μₜ₊₁/(1 − μₜ₊₁ Π μ).
void NAdam::update(Slot& slot) {
  const auto& [beta1, beta2, eps, decay, momentum_decay, decoupled] = options_;
  const auto mu = [b = beta1, psi = momentum_decay](std::int64_t t) {
    return b * (1.0 - 0.5 * std::pow(0.96, static_cast<double>(t) * psi));
  };
  const double now = mu(slot.steps), next = mu(slot.steps + 1);
  slot.number *= now;
  apply<detail::NAdamRule, 2>(
      slot, {slot.rate * (1.0 - now) / (1.0 - slot.number), slot.rate * next / (1.0 - slot.number * next), beta1, beta2,
             eps, 1.0 / std::sqrt(filled(beta2, slot.steps))});
}

// ------------------------------------------------------------------------------------------------------------ Lion

Lion::Lion(const ParameterGroups& parameters, double rate, const LionOptions& options)
    : Optimizer(parameters, rate,
                {.kind = "lion", .weight_decay = options.weight_decay, .decoupled = true, .state = {"exp_avg"}}),
      options_(options) {
  require_fraction("beta1", options.beta1);
  require_fraction("beta2", options.beta2);
}

void Lion::update(Slot& slot) { apply<detail::LionRule, 1>(slot, {slot.rate, options_.beta1, options_.beta2}); }

}  // namespace gradus::nn
