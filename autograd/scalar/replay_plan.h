// What a tape is compiled into, and the loops that run it.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "opcode.h"

namespace gradus::detail {

/// What a step does: its own loop for the commonest, a compiled kernel of the list for the rest.
enum class Action : std::uint8_t {
  add,
  sub,
  mul,
  div,
  mul_add,
  mul_sub,
  neg,
  plus,
  from,
  times,
  over,
  under,
  square,
  exp,
  log,
  sqrt,
  kernel
};

/// A step over slots of so many lanes.  An adjoint whose first part arrives with a step is written there, not added to.
struct Instruction {
  Action action{};
  std::uint8_t arity = 0;
  std::array<bool, 3> passive{};  // no gradient flows to this argument
  std::uint32_t out = 0;
  std::array<std::uint32_t, 3> in{};
  std::uint32_t adjoint = 0;             // the slot of the result's
  std::array<std::uint32_t, 3> to{};     // those of the arguments'
  std::array<std::uint64_t, 3> keeps{};  // all ones, or 0 when the part is the first
  double constant = 0.0;
  std::uint32_t op = 0;          // of a kernel: the place in the list
  std::uint32_t attributes = 0;  // and where its attributes are, in doubles
};

/// A block of the most lanes fits an instruction set's registers many times over; a long tape gets shorter blocks, so
/// that its slots stay in the cache.
inline constexpr std::size_t max_lanes = 64;

/// The slots of values and adjoints, of the plan's number of lanes each.
struct ReplayBlock {
  double* values;
  double* adjoints;
  double* scratch;
  const double* attributes;
};

/// The slot of an adjoint that is always 0.
inline constexpr std::uint32_t no_adjoint = 0xffffffffU;

/// Runs steps forwards, or backwards.
void run_forward(const std::vector<Instruction>& steps, const ReplayBlock& block, std::size_t lanes);
void run_backward(const std::vector<Instruction>& steps, const ReplayBlock& block, std::size_t lanes);

}  // namespace gradus::detail
