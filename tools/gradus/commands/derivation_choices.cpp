#include "tools/gradus/commands/derivation_choices.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <string_view>
#include <system_error>
#include <vector>

#include "autograd/base/text.h"
#include "tools/gradus/output/messages.h"
#include "tools/gradus/output/usage_error.h"

namespace gradus::command {

namespace {

/// "lr=0.1" or "0.1".
double learning_rate(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with("lr=")) digits.remove_prefix(3);
  double rate = 0.0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), rate);
  if (error != std::errc() || end != digits.data() + digits.size() || !std::isfinite(rate) || rate <= 0.0) {
    throw UsageError(
        fmt::format("--update: {} is no learning rate: write a positive number, as in lr=0.1", in_quotes(text)));
  }
  return rate;
}

}  // namespace

void add_derivation_choices(CLI::App& sub, DerivationChoices& choices, const std::string& about_quiz) {
  sub.add_option("--digits", choices.digits, "significant digits of the numbers")->capture_default_str();
  sub.add_option("--update", choices.update, "ends with a step of gradient descent at this learning rate")
      ->type_name("lr=RATE");
  sub.add_flag("--why-order", choices.why_order,
               "naive recursion beside the topological order, where a value is used twice");
  sub.add_flag("--quiz{number}", choices.quiz, about_quiz)->type_name("[=number|derivative|step]");
}

DerivationOptions derivation_options(const DerivationChoices& choices) {
  if (choices.digits < 1 || choices.digits > 17) throw UsageError("--digits must be between 1 and 17");
  DerivationOptions options;
  options.digits = choices.digits;
  options.compare_orders = choices.why_order;
  if (!choices.update.empty()) options.learning_rate = learning_rate(choices.update);
  return options;
}

std::optional<QuizLevel> quiz_level(const DerivationChoices& choices) {
  if (choices.quiz.empty()) return std::nullopt;
  std::vector<std::string> names;
  for (const QuizLevel level : {QuizLevel::number, QuizLevel::derivative, QuizLevel::step}) {
    if (choices.quiz == name_of(level)) return level;
    names.emplace_back(name_of(level));
  }
  throw UsageError(fmt::format("--quiz: there is no level {}: use {}", in_quotes(choices.quiz), alternatives(names)));
}

}  // namespace gradus::command
