#include "autograd/differentiate/forward.h"

#include <fmt/format.h>

#include <algorithm>
#include <concepts>
#include <unordered_map>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/differentiate/batched.h"
#include "autograd/differentiate/squared_roots.h"
#include "autograd/tensor/rethrow.h"
#include "autograd/tensor/rule.h"

namespace gradus::detail {

namespace {

std::vector<Record*> records_of(std::span<const Tensor> tensors) {
  std::vector<Record*> out;
  for (const Tensor& t : tensors) out.push_back(t.requires_grad() ? t.record().get() : nullptr);
  return out;
}

Array push(const Record& record, std::span<const Array> tangents, std::int64_t count) {
  if (count != 0) return push_many(record, tangents, count);
  return record.rule->push(tangents, record.arguments(), record.result);
}
Tensor push(const Record& record, std::span<const Tensor> tangents, std::int64_t) {
  const RecordedValues values(record);
  return record.rule->push(tangents, values.arguments, values.result);
}

const Array& value_of(const Array& a) { return a; }
const Array& value_of(const Tensor& t) { return t.value(); }

// Squares of what is not smooth everywhere, where the tangent may be differentiated again.
template <class V>
SquaredRoots squared_roots(const Listing& list, std::span<const std::uint32_t> asked) {
  if (!std::same_as<V, Tensor> || !recording()) return {};
  return SquaredRoots(list, asked);
}
Array push_square(const RootOfSquare&, std::span<const Array>) { return {}; }
Tensor push_square(const RootOfSquare& square, std::span<const Tensor> tangents) {
  return push_through(square, tangents);
}

// A rule that returns a tangent of another shape or dtype is a bug that would spread silently.
void check(const Record& record, const Array& tangent, std::int64_t count) {
  const Array& y = record.result;
  const bool fits = count == 0 ? tangent.same_shape(y) : tangent.shape() == in_front(count, y.shape());
  if (fits && tangent.dtype() == y.dtype()) return;
  throw ShapeError(fmt::format("[{}] its rule gives the result, {} {}, a tangent that is {} {}", record.rule->name(),
                               name_of(y.dtype()), to_string(y.shape()), name_of(tangent.dtype()),
                               to_string(tangent.shape())));
}

}  // namespace

template <class V>
ForwardWalk<V>::ForwardWalk(std::span<const Tensor> y, std::span<const Tensor> x, std::uint64_t oldest)
    : list_(records_of(y), oldest), uses_(list_.size(), 0) {
  for (Record* record : records_of(x)) from_.push_back(list_.position(record));
  for (Record* record : records_of(y)) to_.push_back(list_.position(record));
  for (const std::uint32_t place : list_.arguments()) {
    if (place != Listing::none) ++uses_[place];
  }
  for (const std::uint32_t place : to_) {
    if (place != Listing::none) ++uses_[place];
  }
}

template <class V>
std::int64_t ForwardWalk<V>::largest() const {
  std::int64_t size = 1;
  for (std::size_t i = 0; i < list_.size(); ++i) size = std::max(size, list_[i].result.size());
  return size;
}

template <class V>
std::vector<V> ForwardWalk<V>::run(std::span<const V> tangents, std::int64_t count) const {
  std::vector<V> at(list_.size());
  for (std::size_t k = 0; k < from_.size(); ++k) {
    if (from_[k] != Listing::none && tangents[k].defined()) add_to(at[from_[k]], V(tangents[k]));
  }
  std::vector<std::uint32_t> uses = uses_;
  std::vector<V> moving(list_.widest());
  const SquaredRoots squares = squared_roots<V>(list_, from_);
  std::unordered_map<std::size_t, V>
      of_square;  // the tangents of squares, made when what lies below the root is at hand
  const std::uint32_t* from = list_.arguments().data() + list_.arguments().size();
  for (std::size_t i = list_.computed(); i-- > 0;) {
    const Record& record = list_[i];
    from -= record.arity;
    bool any = false;
    for (std::uint32_t k = 0; k < record.arity; ++k) {
      if (from[k] == Listing::none) continue;
      moving[k] = at[from[k]];
      any = any || moving[k].defined();
      if (--uses[from[k]] == 0) at[from[k]] = V();  // its memory may be used again
    }
    if (!any) continue;
    for (const std::size_t place : squares.of_root(i)) {
      of_square[place] = push_square(*squares.at(place), std::span<const V>(moving).first(record.arity));
    }
    V tangent;
    try {
      const auto square = of_square.find(i);
      tangent = square != of_square.end() && square->second.defined()
                    ? std::move(square->second)
                    : push(record, std::span<const V>(moving).first(record.arity), count);
    } catch (...) {
      rethrow_in(fmt::format("the forward mode of {}", described(record)));
    }
    check(record, value_of(tangent), count);
    add_to(at[i], std::move(tangent));
    for (std::uint32_t k = 0; k < record.arity; ++k) moving[k] = V();
  }
  std::vector<V> out;
  out.reserve(to_.size());
  for (const std::uint32_t place : to_) out.push_back(place == Listing::none ? V() : at[place]);
  return out;
}

template class ForwardWalk<Array>;
template class ForwardWalk<Tensor>;

}  // namespace gradus::detail
