// The engines that are compared.  Each is a table from the names of ops to its own calls, in a file of its own.
#pragma once
#include <cstddef>
#include <string>

#include "tests/differential/random_program.h"

namespace gradus::differential {

/// Runs a program forward and backward.  Throws what the engine throws, and std::runtime_error when a value does not
/// have the shape that the program says.
Outcome run_gradus(const Program& program);
Outcome run_torch(const Program& program);

/// Whether the engine has the op.  Gradus has every elementwise op of its list; this asks for the others.
bool gradus_has(const std::string& op);
bool torch_has(const std::string& op, std::size_t operands);

}  // namespace gradus::differential
