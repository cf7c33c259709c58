// Tape: what a computation with Scalars was, one record after the other, and its gradient.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <vector>

#include "../base/export.h"
#include "records.h"

namespace gradus {

template <class T>
class BasicScalar;
template <class T>
class BasicTape;

namespace detail {

template <class T>
struct Recording;
template <class T>
struct External;

}  // namespace detail

/// A point in a recording to come back to.
class TapeMark {
 private:
  template <class T>
  friend class BasicTape;
  unsigned long long size_ = 0;
  std::size_t side_ = 0;
  std::size_t externals_ = 0;
  unsigned long long tag_ = 0;
};

/// Records every op on the BasicScalar<T> of this thread from its construction to its end.  Tapes nest: the innermost
/// records.  A tape belongs to one thread and needs no locks.
///
/// A record takes 24 bytes, its adjoint included; a constant or a stored slope 8 more.
/// Address space for `capacity` records is reserved at the start; memory is taken as records are made and kept until
/// the tape ends, so that a second recording and its gradient allocate nothing.
template <class T>
class GRADUS_API BasicTape {
  static_assert(detail::is_recordable<T>, "tapes record double, or Dual<double> for second derivatives");

 public:
  using Number = BasicScalar<T>;

  /// A place on the tape is 29 bits wide: none holds more records than this.
  static constexpr std::size_t max_capacity = (std::size_t{1} << detail::place_bits) - 2;

  /// A tape for so many records.  Where the system has less address space to give, `capacity()` is smaller.  Recording
  /// more is a GraphError.
  explicit BasicTape(std::size_t capacity = max_capacity);
  ~BasicTape();
  BasicTape(const BasicTape&) = delete;
  BasicTape& operator=(const BasicTape&) = delete;

  /// A Scalar to differentiate by.  Variables made before anything else is recorded cost the sweep nothing.
  [[nodiscard]] Number variable(const T& value);

  /// ∂y/∂x for each x, by one reverse sweep.  x may be variables or results on the way; a constant has gradient 0.
  /// Throws GraphError for a Scalar of another tape, or one that was cleared or rewound; and by a product t that was given
  /// away to a sum, c + std::move(t), whose record they share.
  [[nodiscard]] std::vector<T> gradient(const Number& y, std::span<const Number> x) const;
  /// ∂y/∂x for one x.
  [[nodiscard]] T gradient(const Number& y, const Number& x) const;
  /// ∂y/∂x for each of these: tape.gradient(y, {a, b}).
  [[nodiscard]] std::vector<T> gradient(const Number& y, std::initializer_list<Number> x) const;
  /// The same into memory of the caller's, without allocation.  Throws ShapeError unless out has one place for each x.
  void gradient(const Number& y, std::span<const Number> x, std::span<T> out) const;
  /// Σ_k seeds[k] · ∂y[k]/∂x for several outputs, by one sweep.
  void gradient(std::span<const Number> y, std::span<const T> seeds, std::span<const Number> x, std::span<T> out) const;
  /// ∂y[k]/∂x[j] at [k·x.size() + j], by one sweep for each output.
  [[nodiscard]] std::vector<T> jacobian(std::span<const Number> y, std::span<const Number> x) const;
  /// The same into memory of the caller's.
  void jacobian(std::span<const Number> y, std::span<const Number> x, std::span<T> out) const;

  /// Records a value computed elsewhere, with its slope by each input.
  Number record(const T& value, std::span<const Number> inputs, std::span<const T> slopes);
  /// Given the adjoints of the outputs, writes the adjoints of the inputs: the reverse of an external function.
  using Adjoint = std::function<void(std::span<const T> outputs, std::span<T> inputs)>;
  /// Records a function of several outputs computed elsewhere.  Its outputs are written to `outputs`; the adjoint runs
  /// in each sweep that reaches one of them.
  void record(std::span<const T> values, std::span<const Number> inputs, Adjoint adjoint, std::span<Number> outputs);

  /// Forgets every record; Scalars recorded so far become stale.  The memory is kept.
  void clear();
  /// Where the recording is now.
  [[nodiscard]] TapeMark mark();
  /// Forgets what was recorded after the mark: those Scalars become stale, those before it stay.  Throws GraphError for
  /// a mark that was itself cleared or rewound.
  void rewind(const TapeMark& mark);

  /// How many values are on the tape.
  [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(records_.size / 2) - 1; }
  /// How many records fit.
  [[nodiscard]] std::size_t capacity() const noexcept { return static_cast<std::size_t>(records_.capacity / 2) - 1; }
  /// The bytes that the records take.
  [[nodiscard]] std::size_t bytes() const noexcept;

  /// The innermost tape of this thread.  Throws GraphError when there is none.
  static BasicTape& current();

 private:
  friend struct detail::Recording<T>;
  friend class Replay;
  // Since when Scalars have a generation.
  struct Epoch {
    unsigned long long start;  // a place
    unsigned long long tag;
  };
  [[gnu::cold]] static void check_old(const Number& s);
  static void reserve_side(std::size_t words);  // for a span, on the innermost tape
  void check(const Number& x) const;
  // Throws for a product too that a sum has taken in: it has no record of its own.
  void check_own(const Number& x) const;
  [[nodiscard]] bool is_taken(const Number& x) const;
  void begin_epoch();
  // Adjoints up to the top hold the seeds; afterwards they hold those of the leaves, or with `keep` of every record.
  void sweep(unsigned long long top, bool keep) const;
  // Throws for a stale x; whether one is a result on the way.
  bool check_inputs(std::span<const Number> x) const;
  void read(unsigned long long top, std::span<const Number> x, std::span<T> out) const;

  detail::Records<T> records_;
  T* side_begin_ = nullptr;
  void* block_ = nullptr;
  std::size_t block_bytes_ = 0;
  unsigned long long leaves_ = 0;         // records 1 to here are variables
  mutable unsigned long long swept_ = 0;  // adjoints below are not 0 any more
  std::vector<Epoch> epochs_;
  std::vector<std::unique_ptr<detail::External<T>>> externals_;
};

using Tape = BasicTape<double>;

}  // namespace gradus
