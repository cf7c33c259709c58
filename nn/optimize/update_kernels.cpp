// Built for each instruction set, as autograd/array/kernels.cpp is and by the same rules: what stands here is a template
// on Arch or in an unnamed namespace.
#include "nn/optimize/update_kernels.h"

#include <utility>

#include "autograd/array/kernel_arch.h"
#include "autograd/array/pack.h"
#include "autograd/array/pack_ends.h"

namespace gradus {
namespace {

template <class Rule, class P, class... State>
void update_registers(const nn::detail::Update& how, const Rule& rule, P& p, P g, State&... state) {
  if (how.decay != 0.0) g = g + how.decay * p;
  if (how.shrink != 1.0) p = how.shrink * p;
  rule(p, g, state...);
}

template <class Rule, class T, std::size_t... K>
void update_numbers(const nn::detail::Update& update, std::int64_t n, T* p, const T* g, void* const* kept,
                    std::index_sequence<K...>) {
  using P = Pack<T, Arch>;
  constexpr auto width = static_cast<std::int64_t>(P::size);
  const nn::detail::Update how = update;
  const Rule rule = *static_cast<const Rule*>(update.rule);
  [[maybe_unused]] T* const state[] = {static_cast<T*>(kept[K])..., nullptr};
  const std::int64_t whole = n - n % width;
  for (std::int64_t i = 0; i < whole; i += width) {
    P at = P::load(p + i);
    P of[] = {P::load(state[K] + i)..., at};
    update_registers(how, rule, at, P::load(g + i), of[K]...);
    (of[K].store(state[K] + i), ...);
    at.store(p + i);
  }
  if (const std::int64_t rest = n - whole; rest > 0) {
    P at = load_some<P>(p + whole, rest);
    P of[] = {load_some<P>(state[K] + whole, rest)..., at};
    update_registers(how, rule, at, load_some<P>(g + whole, rest), of[K]...);
    (store_some(of[K], state[K] + whole, rest), ...);
    store_some(at, p + whole, rest);
  }
}

template <class Rule, int states, class T>
void update_kernel(const nn::detail::Update& update, std::int64_t n, void* p, const void* g, void* const* state) {
  update_numbers<Rule>(update, n, static_cast<T*>(p), static_cast<const T*>(g), state,
                       std::make_index_sequence<static_cast<std::size_t>(states)>{});
}

template <class Rule, int states>
void enter(nn::detail::UpdateEntry<Rule, states>& entry) {
  entry.kernels = {&update_kernel<Rule, states, float>, &update_kernel<Rule, states, double>};
}

}  // namespace

template <>
nn::detail::UpdateTable nn::detail::fill_update_kernels<isa>() {
  UpdateTable table{};
  [&]<class... Entry>(TableOf<Entry...>& all) { (enter(static_cast<Entry&>(all)), ...); }(table);
  return table;
}

}  // namespace gradus
