#include <atomic>

#include "autograd/base/per_thread.h"
#include "autograd/scalar/spans.h"
#include "autograd/scalar/tape_impl.h"

namespace gradus {

namespace detail {

namespace {

// What a thread records to when no tape is open: the generation is no Scalar's.
constinit Records<double> none{};
constinit Records<Dual<double>> none_dual{};

}  // namespace

constinit thread_local Records<double>* innermost_records = &none;
constinit thread_local Records<Dual<double>>* innermost_dual_records = &none_dual;

// A thread takes numbers by the thousand, so that clearing a tape costs no atomic operation.
unsigned long long next_generation() {
  constexpr std::uint32_t block = 1024;
  static constinit std::atomic<std::uint32_t> blocks{0};
  static constexpr PerThread<std::uint32_t> last;
  std::uint32_t& next = last();
  do {
    if (next % block == 0) next = blocks.fetch_add(1, std::memory_order_relaxed) * block;
    ++next;
  } while (next % block == 0 || next == 0xffffffffU);
  return next;
}

void throw_full(unsigned long long capacity) {
  throw GraphError(fmt::format(
      "[tape] full: it has room for {} records; give the constructor a larger capacity, or mark() and rewind()",
      capacity / 2 - 1));
}

void throw_stale() {
  throw GraphError("[scalar] this Scalar was recorded on another tape, or before its tape was cleared or rewound");
}

void throw_lengths(const char* op, std::size_t a, std::size_t b) {
  throw ShapeError(fmt::format("[{}] {} numbers by {}", op, a, b));
}

void throw_taken() {
  throw GraphError(
      "[scalar] this product was given away to a sum, c + std::move(t), and has no record of its own: leave out the "
      "move to "
      "differentiate by it");
}

void throw_no_tape() { throw GraphError("[scalar] no tape is open on this thread"); }

}  // namespace detail

template class BasicTape<double>;

}  // namespace gradus
