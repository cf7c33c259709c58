// What derive and lesson let one choose of a derivation.
#pragma once
#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "autograd/derive/derivation.h"
#include "autograd/derive/derivation_quiz.h"

namespace gradus::command {

struct DerivationChoices {
  int digits = 6;
  std::string update;
  bool why_order = false;
  std::string quiz;  // a level; empty: no quiz
};

/// Adds --digits, --update, --why-order and --quiz to a subcommand.  `choices` must outlive it.
void add_derivation_choices(CLI::App& sub, DerivationChoices& choices, const std::string& about_quiz);

/// The same for derivation().  Throws UsageError for digits and rates that are none.
[[nodiscard]] DerivationOptions derivation_options(const DerivationChoices& choices);

/// The level that is asked for; nothing without --quiz.  Throws UsageError for one that does not exist.
[[nodiscard]] std::optional<QuizLevel> quiz_level(const DerivationChoices& choices);

}  // namespace gradus::command
