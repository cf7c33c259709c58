// What a record on a tape is: one byte, and how many words it keeps beside itself.
#pragma once
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "../math/ops.h"

namespace gradus::detail {

/// The kind of a record.  The order is that of the labels in run_sweep.h.
enum class Opcode : std::uint8_t {
  leaf = 0,  // a value that no record computes
  stop,      // stands for the last leaf of the beginning while the sweep runs
  add,
  sub,
  mul,
  div,
  mul_add,        // z + x·y   side: the place of z
  mul_sub,        // z − x·y   side: the place of z
  mul_add_below,  // the same, where z is the record before
  mul_sub_below,
  neg,
  plus,   // x + c           side: c
  from,   // c − x           side: c
  times,  // x · c           side: c
  over,   // x / c           side: c
  under,  // c / x           side: c
  square,
  exp,
  log,
  sqrt,
  tanh,         // side: the slope, which comes with the value
  sigmoid,      // side: the slope
  erfc,         // side: the slope
  norm_cdf,     // side: the slope
  general,      // any op of the list    side: its attributes; Listed
  sum,          // Σ x                   side: the places.  First field: how many
  dot,          // Σ x·y                 side: the places of x, then of y
  weighted,     // Σ c·x                 side: the weights; the places
  log_sum_exp,  // ln Σ eˣ               side: the slopes; the places
  linear,       // a value with slopes given by hand.  side: the slopes; the places
  external,     // a function with an adjoint written by hand.  First field: which, of the tape's list
  count
};

/// A record but for its value: the opcode in 6 bits and two places in 29 bits each.  An enumeration of its own, so that no
/// store of one is taken for a store to anything else.
enum class Word : std::uint64_t {};

/// A place is twice the number of the record: with it as an index, cells of 16 bytes and words of 8 are both reached by
/// the addressing of the machine, without a shift.
using Place = std::uint64_t;

inline constexpr unsigned place_bits = 29;
inline constexpr std::uint64_t place_mask = ((std::uint64_t{1} << place_bits) - 1) << 1U;

constexpr Word word(Opcode op, Place a, Place b) {
  return static_cast<Word>(static_cast<std::uint64_t>(op) | a << 5U | b << 34U);
}
constexpr Place first(Word w) { return static_cast<std::uint64_t>(w) >> 5U & place_mask; }
constexpr Place second(Word w) { return static_cast<std::uint64_t>(w) >> 34U & place_mask; }
constexpr Opcode opcode(Word w) { return static_cast<Opcode>(static_cast<std::uint64_t>(w) & 63U); }
static_assert(static_cast<unsigned>(Opcode::count) <= 64);

/// The last word beside a record of an op of the list.
struct Listed {
  std::uint32_t third;     // the place of the third argument, if it has one
  std::uint32_t position;  // the op's in the list
};

/// The opcode of an op that the tape treats specially; general for the others.
template <class Op>
constexpr Opcode opcode_of() {
  if constexpr (std::is_same_v<Op, Add>) return Opcode::add;
  if constexpr (std::is_same_v<Op, Sub>) return Opcode::sub;
  if constexpr (std::is_same_v<Op, Mul>) return Opcode::mul;
  if constexpr (std::is_same_v<Op, Div>) return Opcode::div;
  if constexpr (std::is_same_v<Op, Neg>) return Opcode::neg;
  if constexpr (std::is_same_v<Op, Square>) return Opcode::square;
  if constexpr (std::is_same_v<Op, Exp>) return Opcode::exp;
  if constexpr (std::is_same_v<Op, Log>) return Opcode::log;
  if constexpr (std::is_same_v<Op, Sqrt>) return Opcode::sqrt;
  if constexpr (std::is_same_v<Op, ops::Tanh>) return Opcode::tanh;
  if constexpr (std::is_same_v<Op, ops::Sigmoid>) return Opcode::sigmoid;
  if constexpr (std::is_same_v<Op, Erfc>) return Opcode::erfc;
  if constexpr (std::is_same_v<Op, NormCdf>) return Opcode::norm_cdf;
  return Opcode::general;
}

/// How many words of type T hold n things of a size.
template <class T>
constexpr std::size_t words(std::size_t n, std::size_t size) {
  return (n * size + sizeof(T) - 1) / sizeof(T);
}
template <class T>
constexpr std::size_t place_words(std::size_t n) {
  return words<T>(n, sizeof(std::uint32_t));
}

/// How many words of type T the attributes of a listed op take.
template <class T, class Op>
inline constexpr std::size_t attribute_words = std::is_empty_v<Op> ? 0 : words<T>(1, sizeof(Op));

}  // namespace gradus::detail
