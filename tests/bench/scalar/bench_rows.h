// Rows that are not an engine against another on a workload.
#pragma once
#include <span>

#include "../measure.h"
#include "tests/bench/scalar/engine.h"

namespace bench::scalar {

/// Bytes per operation of each engine's tape.  Before anything is recorded: tapes keep their memory.
void add_memory_rows(Report& report, std::span<const Peer> engines);
/// The time per operation from 10³ to 10⁸ operations, which should stay what it is.
void add_growth_rows(Report& report);
/// A tape run again over many points at once.
void add_replay_rows(Report& report);
/// Forward mode of fixed width, for a few inputs.
void add_forward_rows(Report& report, std::span<const Peer> engines);

}  // namespace bench::scalar
