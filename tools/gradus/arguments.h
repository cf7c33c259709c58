// The command line before CLI11 sees it, and what it says of one that CLI11 cannot read.
#pragma once
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace gradus::command {

/// Puts `expression_mark` before an expression that begins with a sign and would be taken for an option: -x^2.
/// `sub` is the subcommand of these arguments, or null.
void mark_expression(std::vector<std::string>& arguments, const CLI::App* sub);

/// The message for a first argument that is no subcommand, with the nearest one; empty when it is one, or an option.
[[nodiscard]] std::string unknown_subcommand(const CLI::App& app, const std::vector<std::string>& arguments);

/// The message for arguments that nothing took, with the nearest option; empty when there are none.
[[nodiscard]] std::string unexpected_arguments(const CLI::App& app);

}  // namespace gradus::command
