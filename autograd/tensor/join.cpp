#include "autograd/tensor/join.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "autograd/tensor/boxed_rule.h"

namespace gradus::detail {

namespace {

std::byte* bytes_at(Array& a, std::int64_t i) {
  return static_cast<std::byte*>(a.mutable_bytes()) + i * static_cast<std::int64_t>(size_of(a.dtype()));
}

void copy_numbers(const Array& from, std::int64_t first, std::int64_t count, Array& to, std::int64_t at) {
  if (count == 0) return;
  const Array flat = from.packed();
  const auto size = static_cast<std::int64_t>(size_of(flat.dtype()));
  std::memcpy(bytes_at(to, at), static_cast<const std::byte*>(flat.bytes()) + first * size,
              static_cast<std::size_t>(count * size));
}

}  // namespace

Array Part::value(const Array& x) const {
  Array out = Array::uninitialized({count}, x.dtype());
  copy_numbers(x, first, count, out, 0);
  return out;
}

Array Padded::value(const Array& x) const {
  Array out = Array::zeros({size}, x.dtype());
  copy_numbers(x, 0, x.size(), out, first);
  return out;
}

Array Join::value(const Array& a, const Array& b) const {
  Array out = Array::uninitialized({a.size() + b.size()}, a.dtype());
  copy_numbers(a, 0, a.size(), out, 0);
  copy_numbers(b, 0, b.size(), out, a.size());
  return out;
}

Tensor joined(std::span<const Tensor> parts) {
  std::vector<Tensor> row;
  for (const Tensor& t : parts) row.push_back(reshape(t, {t.size()}));
  // Neighbours are joined in pairs: every number is copied log₂ n times.
  while (row.size() > 1) {
    std::size_t n = 0;
    for (std::size_t k = 0; k + 1 < row.size(); k += 2) row[n++] = apply(Join{}, row[k], row[k + 1]);
    if (row.size() % 2 != 0) row[n++] = std::move(row.back());
    row.resize(n);
  }
  return row[0];
}

Tensor part_of(const Tensor& joined, std::int64_t first, const Shape& shape) {
  return reshape(apply(Part{{}, first, shape.size()}, joined), shape);
}

}  // namespace gradus::detail
