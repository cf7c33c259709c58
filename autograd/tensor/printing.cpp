#include "autograd/tensor/printing.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ostream>
#include <vector>

namespace gradus {

namespace {

// An array as text: first every number that is shown, then the brackets around them.
class PrintedArray {
 public:
  PrintedArray(const Array& array, const PrintOptions& options) : array_(array), options_(options) {
    for (const std::int64_t size : array.sizes()) {
      const std::int64_t edge = std::max<std::int64_t>(options.edge_items, 1);
      const bool shortened = array.size() > options.threshold && size > 2 * edge;
      shortened_ = shortened_ || shortened;
      edges_.push_back(shortened ? edge : size);
    }
  }

  std::string text() {
    each_number([&](double x) {
      numbers_.push_back(written(x));
      width_ = std::max(width_, numbers_.back().size());
    });
    std::string out;
    axis(0, out);
    if (shortened_) out += fmt::format("\nshape {}, {}", to_string(array_.shape()), name_of(array_.dtype()));
    return out;
  }

 private:
  [[nodiscard]] std::string written(double x) const {
    return std::isnan(x) ? "nan" : fmt::format("{:.{}g}", x, std::clamp(options_.digits, 1, 17));
  }

  [[nodiscard]] std::int64_t size(std::size_t axis) const { return array_.sizes()[axis]; }
  // The places of an axis that are shown, behind the gap those of its other end.
  [[nodiscard]] std::int64_t shown(std::size_t axis) const {
    return edges_[axis] == size(axis) ? size(axis) : 2 * edges_[axis];
  }

  template <class F>
  void each_number(const F& f) const {
    const std::size_t rank = edges_.size();
    std::array<std::int64_t, max_rank> at{};
    dispatch(array_.dtype(), [&](auto zero) {
      const auto* numbers = array_.data<decltype(zero)>();
      while (true) {
        std::int64_t offset = 0;
        for (std::size_t k = 0; k < rank; ++k) {
          const std::int64_t place = at[k] < edges_[k] ? at[k] : size(k) - shown(k) + at[k];
          offset += place * array_.strides()[k];
        }
        f(static_cast<double>(numbers[offset]));
        std::size_t k = rank;
        while (k > 0 && ++at[k - 1] == shown(k - 1)) at[--k] = 0;
        if (k == 0) return;
      }
    });
  }

  // At most max_rank levels deep.
  void axis(std::size_t depth, std::string& out) {
    if (depth == edges_.size()) {
      out.append(width_ - numbers_[next_].size(), ' ');
      out += numbers_[next_++];
      return;
    }
    const bool innermost = depth + 1 == edges_.size();
    std::size_t line = out.rfind('\n') == std::string::npos ? 0 : out.rfind('\n') + 1;
    const auto new_line = [&] {
      out += '\n';
      line = out.size();
      out.append(depth + 1, ' ');
    };
    out += '[';
    for (std::int64_t k = 0; k < shown(depth); ++k) {
      const bool gap = k == edges_[depth] && edges_[depth] != size(depth);
      if (k > 0) out += ',';
      if (k > 0 && !innermost) new_line();
      if (gap && !innermost) {
        out += "...,";
        new_line();
      }
      if (innermost && k > 0) {
        const std::size_t room = width_ + (gap ? 7 : 2);
        if (out.size() - line + room > static_cast<std::size_t>(std::max(options_.line_width, 1))) {
          new_line();
        } else {
          out += ' ';
        }
        if (gap) out += "..., ";
      }
      axis(depth + 1, out);
    }
    out += ']';
  }

  const Array& array_;
  PrintOptions options_;
  std::vector<std::int64_t> edges_;  // how many places from either end; all of them where none are left out
  bool shortened_ = false;
  std::vector<std::string> numbers_;
  std::size_t width_ = 0;
  std::size_t next_ = 0;
};

}  // namespace

std::string printed(const Array& array, const PrintOptions& options) {
  if (!array.defined()) return "(empty)";
  if (array.size() == 0 || !array.has_data()) {
    return fmt::format("{} of shape {}", array.size() == 0 ? "[]" : "(no numbers)", to_string(array.shape()));
  }
  return PrintedArray(array, options).text();
}

std::string printed(const Tensor& tensor, const PrintOptions& options) {
  return printed(tensor.defined() ? tensor.value() : Array(), options);
}

std::string to_string(DType dtype) { return std::string(name_of(dtype)); }

std::ostream& operator<<(std::ostream& out, const Array& array) { return out << printed(array); }
std::ostream& operator<<(std::ostream& out, const Tensor& tensor) { return out << printed(tensor); }
std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << to_string(shape); }
std::ostream& operator<<(std::ostream& out, DType dtype) { return out << name_of(dtype); }

}  // namespace gradus
