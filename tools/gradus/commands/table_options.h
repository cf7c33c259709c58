// Options of the subcommands that read tables.
#pragma once
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "tools/gradus/commands/training_task.h"

namespace gradus::command {

/// Adds --separator, --decimal and --header.  `options` must outlive the subcommand.
void add_table_options(CLI::App& sub, TableOptions& options);
/// Adds an option that takes names of columns with commas between them.
void add_columns(CLI::App& sub, const std::string& name, std::vector<std::string>& columns, const std::string& help);

}  // namespace gradus::command
