// A program as people read it.
#pragma once
#include <string>

#include "tests/differential/random_program.h"

namespace gradus::differential {

/// One line for each step: "v7 [2, 3] = sum(v4, {1, 0})".  Numbers are written so that they can be read back exactly.
std::string to_text(const Program& program);

/// The ops alone, in order: "add sum exp".
std::string ops_of(const Program& program);

}  // namespace gradus::differential
