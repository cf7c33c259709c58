// The arrays behind a tape, and appending to them: what every operation on a Scalar does.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "../base/export.h"
#include "../math/dual.h"
#include "opcode.h"

namespace gradus {

template <class T>
class BasicTape;

}  // namespace gradus

namespace gradus::detail {

/// The numbers that a tape records.
template <class T>
inline constexpr bool is_recordable = std::is_same_v<T, double> || std::is_same_v<T, Dual<double>>;

/// A condition that hardly ever holds: stronger than [[unlikely]], so that what is needed on the usual path stays in
/// registers across the calls on the other.
[[gnu::always_inline]] inline bool rare(bool condition) {
  return __builtin_expect_with_probability(static_cast<long>(condition), 0L, 0.99999) != 0;
}

/// The thing at a place of an array.
template <class X>
[[gnu::always_inline]] inline X& at(X* array, Place p) {
  constexpr std::size_t half = sizeof(X) / 2;
  using Byte = std::conditional_t<std::is_const_v<X>, const std::byte, std::byte>;
  return *reinterpret_cast<X*>(reinterpret_cast<Byte*>(array) + p * half);
}

/// A value and its adjoint, which is 0 but in a sweep and after it.
template <class T>
struct Cell {
  T value;
  T adjoint;
};

/// A place on a tape, and in the upper half the generation of the tape; 0 for a constant.  An enumeration for the same
/// reason as Word.
enum class Key : std::uint64_t {};

constexpr Place place_of(Key key) { return static_cast<std::uint64_t>(key) & place_mask; }

/// In the key of a product that a sum may still take in, added to its place: what goes by such a key looks whether the
/// record is the product's yet.  Every other key is less than a tape's size from its tag, this one never is.
inline constexpr Place product_bit = Place{1} << 31U;
constexpr bool is_product(Key key) { return (static_cast<std::uint64_t>(key) & product_bit) != 0; }
static_assert(place_mask < product_bit);

/// A tape while it records.  Record i is cells[i] and words[i]; what does not fit there lies on `side`, a stack that the
/// sweep pops as it goes back.  Record 0 stands for every constant.
template <class T>
struct Records {
  Cell<T>* cells = nullptr;
  Word* words = nullptr;
  unsigned long long size = 0;        // a place; not uint64_t: a store of a Word must not be taken for a store of this
  unsigned long long capacity = 0;    // a place
  unsigned long long tag = no_tag;    // the generation of the Scalars recorded now, in the upper half
  T* side = nullptr;                  // the top
  unsigned long long older = no_tag;  // the tag of those before the last rewind
  unsigned long long older_end = 0;   // which lie below here
  BasicTape<T>* owner = nullptr;
  Records* outer = nullptr;  // of the tape that this one is inside of

  static constexpr unsigned long long no_tag = 0xffffffff00000000ULL;

  /// Appends a record and returns its key, place and generation.
  Key append(Word w, const T& value);
  /// Puts a word on the side stack, which has room for four with each record.
  void push(const T& extra) { *side++ = extra; }

  [[nodiscard]] Cell<T>& cell(Place p) const { return at(cells, p); }
  [[nodiscard]] Word& word_at(Place p) const { return at(words, p); }
};

/// Throws GraphError: no room for another record.
[[noreturn, gnu::cold]] GRADUS_API void throw_full(unsigned long long capacity);
/// Throws GraphError: the Scalar was recorded on another tape, or what it stands for was cleared or rewound.
[[noreturn, gnu::cold]] GRADUS_API void throw_stale();
[[noreturn, gnu::cold]] GRADUS_API void throw_no_tape();
/// Throws GraphError: a product that shares its record with the sum it was given away to.
[[noreturn, gnu::cold]] GRADUS_API void throw_taken();
/// Throws ShapeError: two spans of different lengths.
[[noreturn]] GRADUS_API void throw_lengths(const char* op, std::size_t a, std::size_t b);

template <class T>
[[gnu::always_inline]] inline Key Records<T>::append(Word w, const T& value) {
  const unsigned long long at = size;
  if (rare(at >= capacity)) throw_full(capacity);
  if constexpr (std::is_same_v<T, double>) {
    // One store of both halves.  No intrinsic: its type is one that every other load would have to wait for.
    using Both = double __attribute__((vector_size(16)));
    reinterpret_cast<Both&>(cell(at)) = Both{value, 0.0};
  } else {
    cell(at) = Cell<T>{value, as<T>(0.0)};
  }
  word_at(at) = w;
  size = at + 2;
  return static_cast<Key>(at + tag);
}

// Where a thread records.  The initial-exec model makes the access two loads, also from a program into the shared
// library; a pointer to static storage costs a library that is loaded late no more than these bytes.
#define GRADUS_FAST_TLS __attribute__((tls_model("initial-exec")))
GRADUS_API extern constinit thread_local Records<double>* innermost_records GRADUS_FAST_TLS;
GRADUS_API extern constinit thread_local Records<Dual<double>>* innermost_dual_records GRADUS_FAST_TLS;
#undef GRADUS_FAST_TLS

/// The tape of this thread that records; one without a generation when none is open.
template <class T>
Records<T>*& innermost();
template <>
inline Records<double>*& innermost<double>() {
  return innermost_records;
}
template <>
inline Records<Dual<double>>*& innermost<Dual<double>>() {
  return innermost_dual_records;
}

}  // namespace gradus::detail
