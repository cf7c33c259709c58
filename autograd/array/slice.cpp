#include "autograd/array/slice.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "autograd/array/strided.h"
#include "autograd/base/error.h"

namespace gradus {

namespace {

struct Places {
  std::int64_t first;
  std::int64_t count;
  std::int64_t step;
};

// As Python's slice.indices.
Places resolve(const Slice& s, std::int64_t size, std::size_t axis) {
  if (s.step == 0) throw ValueError(fmt::format("[slice] the step along axis {} is 0", axis));
  // No axis is so long that the most negative step, which has no opposite, would do anything else than the next.
  const std::int64_t step = std::max(s.step, -std::numeric_limits<std::int64_t>::max());
  const std::int64_t lowest = step > 0 ? 0 : -1;
  const std::int64_t highest = step > 0 ? size : size - 1;
  const auto place = [&](const std::optional<std::int64_t>& p, std::int64_t otherwise) {
    return p ? std::clamp(*p < 0 ? *p + size : *p, lowest, highest) : otherwise;
  };
  const std::int64_t first = place(s.start, step > 0 ? lowest : highest);
  const std::int64_t stop = place(s.stop, step > 0 ? highest : lowest);
  const std::int64_t way = step > 0 ? stop - first : first - stop;
  if (way <= 0) return {0, 0, 1};
  const std::int64_t count = (way - 1) / (step > 0 ? step : -step) + 1;
  return {first, count, count == 1 ? 1 : step};
}

std::int64_t single_place(std::int64_t index, std::int64_t size, std::size_t axis) {
  if (index < -size || index >= size) {
    throw ShapeError(fmt::format("[slice] index {} is out of range for axis {} of size {}", index, axis, size));
  }
  return index < 0 ? index + size : index;
}

}  // namespace

Window::Window(const Shape& whole) : whole_(whole), counts_(whole) { step_.fill(1); }

Window::Window(const Shape& whole, std::span<const Slice> slices) : Window(whole) {
  if (slices.size() > static_cast<std::size_t>(whole.rank())) {
    throw ShapeError(fmt::format("[slice] {} slices are given for {}", slices.size(), to_string(whole)));
  }
  std::array<std::int64_t, max_rank> counts{};
  std::ranges::copy(whole, counts.begin());
  for (std::size_t k = 0; k < slices.size(); ++k) {
    const std::int64_t size = whole[static_cast<int>(k)];
    const Places p =
        slices[k].single ? Places{single_place(*slices[k].start, size, k), 1, 1} : resolve(slices[k], size, k);
    first_[k] = p.first;
    step_[k] = p.step;
    counts[k] = p.count;
    dropped_ |= (slices[k].single ? 1U : 0U) << k;
  }
  counts_ = Shape::trusted(std::span(counts).first(static_cast<std::size_t>(whole.rank())));
}

Window Window::along(const Shape& whole, int axis, std::int64_t first, std::int64_t count) {
  Window w(whole);
  std::array<std::int64_t, max_rank> counts{};
  std::ranges::copy(whole, counts.begin());
  counts[static_cast<std::size_t>(axis)] = count;
  w.counts_ = Shape::trusted(std::span(counts).first(static_cast<std::size_t>(whole.rank())));
  w.first_[static_cast<std::size_t>(axis)] = first;
  return w;
}

Window Window::block(const Shape& whole, std::span<const std::int64_t> first, const Shape& part) {
  Window w(whole);
  w.counts_ = part;
  std::ranges::copy(first, w.first_.begin());
  return w;
}

std::vector<Slice> Window::slices() const {
  std::vector<Slice> out;
  for (int axis = 0; axis < whole_.rank(); ++axis) {
    const auto k = static_cast<std::size_t>(axis);
    if (((dropped_ >> k) & 1U) != 0) {
      out.emplace_back(first_[k]);
    } else if (counts_[axis] == 0) {
      out.emplace_back(0, 0);
    } else {
      const std::int64_t end = first_[k] + step_[k] * counts_[axis];
      out.emplace_back(first_[k], end < 0 ? std::nullopt : std::optional(end), step_[k]);
    }
  }
  return out;
}

bool Window::changes_nothing() const noexcept {
  return is_everything() && std::ranges::all_of(step_, [](std::int64_t step) { return step > 0; });
}

Array Window::look(const Array& x) const {
  std::array<std::int64_t, max_rank> sizes{};
  std::array<std::int64_t, max_rank> strides{};
  std::int64_t offset = 0;
  std::size_t rank = 0;
  for (std::size_t k = 0; k < static_cast<std::size_t>(whole_.rank()); ++k) {
    offset += first_[k] * x.strides()[k];
    if (((dropped_ >> k) & 1U) != 0) continue;
    sizes[rank] = counts_[static_cast<int>(k)];
    strides[rank++] = step_[k] * x.strides()[k];
  }
  return x.view(std::span(sizes).first(rank), std::span(strides).first(rank), offset);
}

void Window::write(const Array& x, Array& out) const {
  const Array target = look(out);  // shares the numbers with `out`, to which they belong
  dispatch(out.dtype(), [&](auto zero) {
    using T = decltype(zero);
    T* const numbers = out.mutable_data<T>() + (target.data<T>() - out.data<T>());
    StridedLoop<2> loop(x.sizes(), {x.strides(), target.strides()});
    for (; !loop.done(); loop.next()) {
      const T* from = x.data<T>() + loop.offset(0);
      T* to = numbers + loop.offset(1);
      if (loop.step(0) == 1 && loop.step(1) == 1) {
        std::copy_n(from, loop.run(), to);
        continue;
      }
      for (std::int64_t i = 0; i < loop.run(); ++i) to[i * loop.step(1)] = from[i * loop.step(0)];
    }
  });
}

std::string in_slices(const Window& window) {
  const Shape seen = window.shape();
  const std::vector<Slice> written = window.slices();
  std::vector<std::string> slices;
  std::size_t needed = 1;
  int kept = 0;
  for (std::size_t k = 0; k < written.size(); ++k) {
    const std::int64_t first = written[k].start.value_or(0);
    const std::int64_t step = written[k].step;
    const std::int64_t whole = window.whole()[static_cast<int>(k)];
    if (written[k].single) {
      slices.push_back(fmt::format("{}", first));
    } else {
      const std::int64_t end = first + seen[kept++] * step;
      const bool from_end = first == (step > 0 ? 0 : whole - 1);
      const bool to_end = step > 0 ? end >= whole : end < 0;
      slices.push_back(fmt::format("{}:{}{}", from_end ? "" : fmt::format("{}", first),
                                   to_end ? "" : fmt::format("{}", end), step == 1 ? "" : fmt::format(":{}", step)));
    }
    if (slices.back() != ":") needed = k + 1;
  }
  slices.resize(std::min(needed, slices.size()));
  return fmt::format("[{}]", fmt::join(slices, ", "));
}

}  // namespace gradus
