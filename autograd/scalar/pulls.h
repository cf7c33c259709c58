// What the sweep does at the records that are no single step: ops of the list, spans, external functions.
#pragma once
#include <array>
#include <cstring>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

#include "sweep.h"

namespace gradus::detail {

/// A function with an adjoint written by hand; its outputs are the leaves right after its record.
template <class T>
struct External {
  std::vector<Place> inputs;
  std::size_t outputs;
  std::function<void(std::span<const T>, std::span<T>)> adjoint;
  mutable std::vector<T> from_outputs;
  mutable std::vector<T> to_inputs;
};

template <class T, class D>
T part_of(const T& adjoint, const D& derivative) {
  if constexpr (is_gate<D> || std::is_same_v<D, One>) {
    return as<T>(chain_product(adjoint, derivative));
  } else {
    return times(adjoint, as<T>(derivative));
  }
}

template <class T>
std::uint32_t load_place(const T* words, std::size_t k) {
  std::uint32_t place = 0;
  std::memcpy(&place, reinterpret_cast<const std::byte*>(words) + k * sizeof(place), sizeof(place));
  return place;
}

template <class T, class Op>
const T* pull_op(const Walk<T>& walk, Place i, T adjoint, Place third, const T* side) {
  Op op{};
  if constexpr (!std::is_empty_v<Op>) {
    side -= attribute_words<T, Op>;
    std::memcpy(static_cast<void*>(&op), static_cast<const void*>(side), sizeof(Op));
  }
  if (is_zero(adjoint)) return side;  // K7
  const Word p = walk.word_at(i);
  const std::array<Place, 3> places{first(p), second(p), third};
  [&]<std::size_t... K>(std::index_sequence<K...>) {
    const auto add = [&](Place place, const T& part) {
      T& to = walk.cell(place).adjoint;
      to = to + part;
    };
    (add(places[K],
         part_of(adjoint, partial<static_cast<int>(K)>(op, walk.cell(places[K]).value..., walk.cell(i).value))),
     ...);
  }
  (std::make_index_sequence<static_cast<std::size_t>(Op::arity)>{});
  return side;
}

template <class T>
const T* pull_listed(const Walk<T>& walk, Place i, T adjoint, const T* side) {
  using Pull = const T* (*)(const Walk<T>&, Place, T, Place, const T*);
  static constexpr auto pulls = []<class... Op>(OpList<Op...>) {
    return std::array<Pull, sizeof...(Op)>{&pull_op<T, Op>...};
  }(Elementwise{});
  Listed listed{};
  std::memcpy(&listed, static_cast<const void*>(--side), sizeof(listed));
  return pulls[listed.position](walk, i, adjoint, listed.third, side);
}

template <class T>
const T* pull_span(const Walk<T>& walk, Place i, T adjoint, const T* side) {
  const std::size_t n = first(walk.word_at(i)) / 2;
  const Opcode op = opcode(walk.word_at(i));
  side -= place_words<T>(op == Opcode::dot ? 2 * n : n);
  const T* const places = side;
  const bool slopes = op != Opcode::sum && op != Opcode::dot;
  if (slopes) side -= n;
  if (is_zero(adjoint)) return side;
  const auto add = [&](Place place, const T& part) {
    T& to = walk.cell(place).adjoint;
    to = to + part;
  };
  if (op == Opcode::sum) {
    for (std::size_t k = 0; k < n; ++k) add(load_place(places, k), adjoint);
  } else if (slopes) {
    for (std::size_t k = 0; k < n; ++k) add(load_place(places, k), times(adjoint, side[k]));
  } else {
    for (std::size_t k = 0; k < n; ++k) {
      const Place a = load_place(places, k);
      const Place b = load_place(places, n + k);
      add(a, times(adjoint, walk.cell(b).value));
      add(b, times(adjoint, walk.cell(a).value));
    }
  }
  return side;
}

/// How many words the attributes of each op of the list take.
template <class T>
const std::size_t* listed_words() {
  static constexpr auto table = []<class... Op>(OpList<Op...>) {
    return std::array<std::size_t, sizeof...(Op)>{attribute_words<T, Op>...};
  }(Elementwise{});
  return table.data();
}

/// The words beside record i, whose last one lies right below `side`.
template <class T>
std::size_t words_beside(const Records<T>& r, Place i, const T* side) {
  const Opcode op = opcode(r.word_at(i));
  const std::size_t n = first(r.word_at(i)) / 2;
  if (op == Opcode::general) {
    Listed listed{};
    std::memcpy(&listed, static_cast<const void*>(side - 1), sizeof(listed));
    return 1 + listed_words<T>()[listed.position];
  }
  if (op == Opcode::sum) return place_words<T>(n);
  if (op == Opcode::dot) return place_words<T>(2 * n);
  if (op >= Opcode::weighted && op <= Opcode::linear) return n + place_words<T>(n);
  if (op == Opcode::mul_add || op == Opcode::mul_sub) return 1;
  const bool kept = op >= Opcode::plus && op < Opcode::general && !(op >= Opcode::square && op < Opcode::tanh);
  return kept ? 1 : 0;
}

/// The side stack when record `top` was the last.
template <class T>
const T* side_at(const Records<T>& r, Place top) {
  const T* side = r.side;
  for (Place i = r.size - 2; i > top; i -= 2) side -= words_beside(r, i, side);
  return side;
}

template <class T>
void pull_external(const Walk<T>& walk, const External<T>& external, Place i) {
  external.from_outputs.clear();
  bool any = false;
  for (std::size_t k = 0; k < external.outputs; ++k) {
    external.from_outputs.push_back(walk.cell(i + 2 * (k + 1)).adjoint);
    any = any || !is_zero(external.from_outputs.back());
  }
  if (!any) return;
  external.to_inputs.assign(external.inputs.size(), as<T>(0.0));
  external.adjoint(external.from_outputs, external.to_inputs);
  for (std::size_t k = 0; k < external.inputs.size(); ++k) {
    T& to = walk.cell(external.inputs[k]).adjoint;
    to = to + external.to_inputs[k];
  }
}

}  // namespace gradus::detail
