// Random programs that mean something: every op is applied where it is defined and smooth, to numbers of moderate size.
#pragma once
#include <cstdint>

#include "tests/differential/evaluation.h"
#include "tests/differential/random_program.h"

namespace gradus::differential {

inline constexpr int ops_in_a_program = 20;

/// A program and what it comes to.
struct Sample {
  Program program;
  Exact exact;
};

/// The same program for the same seed.
Sample make_sample(std::uint64_t seed, bool single);

}  // namespace gradus::differential
