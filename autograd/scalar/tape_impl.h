// BasicTape's functions, for the files that instantiate it.
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "../base/error.h"
#include "pulls.h"
#include "reservation.h"
#include "run_sweep.h"
#include "scalar.h"
#include "tape.h"

namespace gradus {

namespace detail {

/// A number no tape of the program has had lately; never 0, the generation of constants, and never that of no tape.
unsigned long long next_generation();

enum Part : std::size_t { cells_part, words_part, side_part, parts };

// The fixed kinds of records put at most four words beside themselves; as many again are for spans.
inline constexpr std::size_t side_words = 4;

template <class T>
constexpr std::array<std::size_t, parts> part_sizes(std::size_t n) {
  return {n * sizeof(Cell<T>), n * sizeof(Word), 2 * side_words * n * sizeof(T)};
}

}  // namespace detail

template <class T>
BasicTape<T>::BasicTape(std::size_t capacity) {
  if (capacity < 1 || capacity > max_capacity) {
    throw ValueError(fmt::format("[tape] a capacity of {} records; it is from 1 to {}", capacity, max_capacity));
  }
  std::size_t n = capacity + 1;  // and the record of all constants
  detail::Reservation block;
  while (true) {
    block = detail::reserve(detail::Layout<detail::parts>(detail::part_sizes<T>(n)).bytes);
    if (block.begin != nullptr) break;
    if (n < 1024) throw GraphError("[tape] the system has no address space left");
    n /= 2;
  }
  block_ = block.begin;
  block_bytes_ = block.bytes;
  const auto sizes = detail::part_sizes<T>(n);
  const detail::Layout<detail::parts> layout(sizes);
  std::array<std::byte*, detail::parts> at{};
  for (std::size_t k = 0; k < detail::parts; ++k) {
    at[k] = static_cast<std::byte*>(block_) + layout.begin[k];
    detail::prefer_huge_pages(at[k], at[k] + sizes[k]);
  }
  records_.cells = reinterpret_cast<detail::Cell<T>*>(at[detail::cells_part]);
  records_.words = reinterpret_cast<detail::Word*>(at[detail::words_part]);
  side_begin_ = reinterpret_cast<T*>(at[detail::side_part]);
  records_.capacity = 2 * n;
  records_.owner = this;
  records_.cells[0] = {as<T>(0.0), as<T>(0.0)};
  records_.words[0] = detail::word(detail::Opcode::leaf, 0, 0);
  epochs_.reserve(8);
  clear();
  records_.outer = std::exchange(detail::innermost<T>(), &records_);
}

template <class T>
BasicTape<T>::~BasicTape() {
  // Tapes end in the order they began, but for one held by a pointer.
  detail::Records<T>** link = &detail::innermost<T>();
  while (*link != nullptr && *link != &records_) link = &(*link)->outer;
  if (*link != nullptr) *link = records_.outer;
  // The next tape of this thread gets the range with at most a few megabytes in it.
  constexpr std::size_t kept = std::size_t{1} << 22U;
  const auto sizes = detail::part_sizes<T>(static_cast<std::size_t>(records_.capacity / 2));
  const std::array<void*, detail::parts> at{records_.cells, records_.words, side_begin_};
  for (std::size_t k = 0; k < detail::parts; ++k) {
    auto* const begin = static_cast<std::byte*>(at[k]);
    if (sizes[k] > kept) detail::give_back(begin + kept, begin + sizes[k]);
  }
  detail::release({block_, block_bytes_});
}

template <class T>
BasicTape<T>& BasicTape<T>::current() {
  const detail::Records<T>* const records = detail::innermost<T>();
  if (records->owner == nullptr) detail::throw_no_tape();
  return *records->owner;
}

// ---------------------------------------------------------------------------------------- recording, and forgetting it

template <class T>
void BasicTape<T>::begin_epoch() {
  records_.older = epochs_.empty() ? detail::Records<T>::no_tag : epochs_.back().tag;
  records_.tag = detail::next_generation() << 32U;
  records_.older_end = records_.size;
  epochs_.push_back({records_.size, records_.tag});
}

template <class T>
void BasicTape<T>::clear() {
  records_.size = 2;
  swept_ = 2;
  records_.side = side_begin_;
  leaves_ = 0;
  externals_.clear();
  epochs_.clear();
  begin_epoch();
}

template <class T>
TapeMark BasicTape<T>::mark() {
  // What comes after the mark must not change the record before it: no sum takes that in.
  if (detail::opcode(records_.word_at(records_.size - 2)) == detail::Opcode::mul) {
    records_.append(detail::word(detail::Opcode::leaf, 0, 0), as<T>(0.0));
  }
  TapeMark m;
  m.size_ = records_.size;
  m.side_ = static_cast<std::size_t>(records_.side - side_begin_);
  m.externals_ = externals_.size();
  m.tag_ = records_.tag;
  return m;
}

template <class T>
void BasicTape<T>::rewind(const TapeMark& mark) {
  // The epoch in which the mark was made must still hold records up to the mark.
  std::size_t k = epochs_.size();
  while (k > 0 && epochs_[k - 1].tag != mark.tag_) --k;
  const bool reached = k > 0 && mark.size_ <= (k < epochs_.size() ? epochs_[k].start : records_.size);
  if (!reached) throw GraphError("[tape] rewind to a mark that was itself rewound, or cleared, or is another tape's");
  records_.size = mark.size_;
  records_.side = side_begin_ + mark.side_;
  leaves_ = std::min(leaves_, mark.size_ - 2);
  swept_ = std::min(swept_, mark.size_);
  externals_.resize(mark.externals_);
  epochs_.resize(k);
  // An epoch that has just begun and is empty makes place for the new one.
  if (epochs_.back().start == records_.size) epochs_.pop_back();
  begin_epoch();
}

template <class T>
void BasicTape<T>::check_old(const Number& s) {
  const detail::Records<T>* const records = detail::innermost<T>();
  if (records->owner == nullptr) detail::throw_no_tape();
  records->owner->check(s);
}

template <class T>
void BasicTape<T>::reserve_side(std::size_t words) {
  const BasicTape& tape = current();
  const detail::Records<T>& r = tape.records_;
  const std::size_t all = detail::side_words * static_cast<std::size_t>(r.capacity);
  const auto used = static_cast<std::size_t>(r.side - tape.side_begin_);
  // Room stays for what the records to come put there at most.
  if (all - used < words + detail::side_words * static_cast<std::size_t>(r.capacity - r.size) / 2) {
    detail::throw_full(r.capacity);
  }
}

template <class T>
void BasicTape<T>::check(const Number& x) const {
  auto key = static_cast<detail::Place>(x.key_);
  if (detail::is_product(x.key_)) key -= detail::product_bit;
  if (key == 0 || key - records_.tag < records_.size) return;
  for (const Epoch& e : epochs_) {
    const Epoch* const next = &e + 1;
    if (key - e.tag < (next != epochs_.data() + epochs_.size() ? next->start : records_.size)) return;
  }
  detail::throw_stale();
}

template <class T>
bool BasicTape<T>::is_taken(const Number& x) const {
  return detail::Recording<T>::is_taken(records_, x.key_);
}

template <class T>
void BasicTape<T>::check_own(const Number& x) const {
  check(x);
  if (is_taken(x)) detail::throw_taken();
}

template <class T>
BasicScalar<T> BasicTape<T>::record(const T& value, std::span<const Number> inputs, std::span<const T> slopes) {
  if (inputs.size() != slopes.size()) {
    throw ShapeError(fmt::format("[tape] {} inputs with {} slopes", inputs.size(), slopes.size()));
  }
  for (const Number& x : inputs) check(x);
  if (detail::innermost<T>() != &records_) throw GraphError("[tape] a value is recorded on the innermost tape only");
  return detail::Recording<T>::span(detail::Opcode::linear, value, inputs, {}, slopes.data());
}

template <class T>
void BasicTape<T>::record(std::span<const T> values, std::span<const Number> inputs, Adjoint adjoint,
                          std::span<Number> outputs) {
  if (values.size() != outputs.size()) {
    throw ShapeError(fmt::format("[tape] {} values for {} outputs", values.size(), outputs.size()));
  }
  auto external = std::make_unique<detail::External<T>>();
  external->outputs = values.size();
  external->adjoint = std::move(adjoint);
  for (const Number& x : inputs) {
    check(x);
    external->inputs.push_back(detail::place_of(
        detail::Recording<T>::settled(records_, x).key_));  // 0 for a constant, whose adjoint nobody reads
  }
  if (records_.capacity - records_.size < 2 * (values.size() + 1)) detail::throw_full(records_.capacity);
  const detail::Place which = externals_.size();
  externals_.push_back(std::move(external));
  records_.append(detail::word(detail::Opcode::external, 2 * which, 0), as<T>(0.0));
  for (std::size_t k = 0; k < values.size(); ++k) {
    outputs[k] = Number(values[k], records_.append(detail::word(detail::Opcode::leaf, 0, 0), values[k]));
  }
}

template <class T>
std::size_t BasicTape<T>::bytes() const noexcept {
  return size() * (sizeof(detail::Cell<T>) + sizeof(detail::Word)) +
         static_cast<std::size_t>(records_.side - side_begin_) * sizeof(T);
}

// ------------------------------------------------------------------------------------------------------------ gradients

template <class T>
void BasicTape<T>::sweep(unsigned long long top, bool keep) const {
  using detail::Opcode;
  if (top <= leaves_) return;
  const T* const side = detail::side_at(records_, top);
  detail::Word& last = records_.word_at(leaves_);
  // Put back also when an external function throws.
  struct Restore {
    detail::Word& last;
    ~Restore() { last = detail::word(Opcode::leaf, 0, 0); }
  } const restore{last};
  last = detail::word(Opcode::stop, 0, 0);
  const detail::Walk<T> walk{records_.cells, records_.words, side};
  static_assert(sizeof(std::unique_ptr<detail::External<T>>) == sizeof(void*));
  const auto* externals = reinterpret_cast<const detail::External<T>* const*>(externals_.data());
  keep ? detail::run_sweep<T, true>(walk, top, externals) : detail::run_sweep<T, false>(walk, top, externals);
}

template <class T>
bool BasicTape<T>::check_inputs(std::span<const Number> x) const {
  bool keep = false;
  for (const Number& s : x) {
    check_own(s);
    keep = keep || detail::opcode(records_.word_at(detail::place_of(s.key_))) != detail::Opcode::leaf;
  }
  return keep;
}

template <class T>
void BasicTape<T>::read(unsigned long long top, std::span<const Number> x, std::span<T> out) const {
  for (std::size_t k = 0; k < x.size(); ++k) {
    const detail::Place at = detail::place_of(x[k].key_);
    out[k] = x[k].is_constant() || at > top ? as<T>(0.0) : records_.cell(at).adjoint;
  }
}

template <class T>
void BasicTape<T>::gradient(const Number& y, std::span<const Number> x, std::span<T> out) const {
  const T seed = as<T>(1.0);
  gradient(std::span<const Number>(&y, 1), std::span<const T>(&seed, 1), x, out);
}

template <class T>
std::vector<T> BasicTape<T>::gradient(const Number& y, std::span<const Number> x) const {
  std::vector<T> out(x.size(), as<T>(0.0));
  gradient(y, x, out);
  return out;
}

template <class T>
T BasicTape<T>::gradient(const Number& y, const Number& x) const {
  T out = as<T>(0.0);
  gradient(y, std::span<const Number>(&x, 1), std::span<T>(&out, 1));
  return out;
}

template <class T>
std::vector<T> BasicTape<T>::gradient(const Number& y, std::initializer_list<Number> x) const {
  return gradient(y, std::span<const Number>(x.begin(), x.size()));
}

template <class T>
void BasicTape<T>::gradient(std::span<const Number> y, std::span<const T> seeds, std::span<const Number> x,
                            std::span<T> out) const {
  if (y.size() != seeds.size())
    throw ShapeError(fmt::format("[gradient] {} outputs, {} seeds", y.size(), seeds.size()));
  if (x.size() != out.size()) throw ShapeError(fmt::format("[gradient] {} inputs, place for {}", x.size(), out.size()));
  detail::Place top = 0;
  for (const Number& s : y) {
    check(s);
    top = std::max(top, detail::place_of(s.key_));
  }
  // A product that a sum has taken in hands its seed on to its factors at once.
  const auto seed = [this](const Number& s, const T& part) {
    const detail::Place at = detail::place_of(s.key_);
    const auto add = [this](detail::Place p, const T& to_p) {
      T& adjoint = records_.cell(p).adjoint;
      adjoint = adjoint + to_p;
    };
    if (!is_taken(s)) return add(at, part);
    const detail::Place a = detail::first(records_.word_at(at));
    const detail::Place b = detail::second(records_.word_at(at));
    add(a, as<T>(chain_product(part, records_.cell(b).value)));
    add(b, as<T>(chain_product(part, records_.cell(a).value)));
  };
  // Variables of the beginning, by far the most frequent, need one comparison for all: stale Scalars, constants and
  // those of older generations are beyond every place.
  detail::Place furthest = 0;
  for (const Number& s : x)
    furthest = std::max<detail::Place>(furthest, static_cast<detail::Place>(s.key_) - records_.tag);
  const bool plain = furthest <= std::min<detail::Place>(leaves_, top);
  const bool keep = !plain && check_inputs(x);
  // Records are made with adjoint 0: only those of an earlier sweep need be cleared.
  const unsigned long long dirty = std::min<unsigned long long>(swept_, top + 2);
  for (detail::Place p = 0; p < dirty; p += 2) records_.cell(p).adjoint = as<T>(0.0);
  swept_ = std::max<unsigned long long>(swept_, top + 2);
  for (std::size_t k = 0; k < y.size(); ++k) {
    if (!y[k].is_constant()) seed(y[k], seeds[k]);
  }
  sweep(top, keep);
  if (!plain) return read(top, x, out);
  for (std::size_t k = 0; k < x.size(); ++k) out[k] = records_.cell(detail::place_of(x[k].key_)).adjoint;
}

template <class T>
void BasicTape<T>::jacobian(std::span<const Number> y, std::span<const Number> x, std::span<T> out) const {
  if (out.size() != x.size() * y.size()) {
    throw ShapeError(fmt::format("[jacobian] {} outputs by {} inputs, place for {}", y.size(), x.size(), out.size()));
  }
  for (std::size_t k = 0; k < y.size(); ++k) gradient(y[k], x, out.subspan(k * x.size(), x.size()));
}

template <class T>
std::vector<T> BasicTape<T>::jacobian(std::span<const Number> y, std::span<const Number> x) const {
  std::vector<T> out(x.size() * y.size(), as<T>(0.0));
  jacobian(y, x, out);
  return out;
}

}  // namespace gradus
