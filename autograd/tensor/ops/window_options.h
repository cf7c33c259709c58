// What the options of convolutions and pooling are made of.
#pragma once
#include <concepts>
#include <cstdint>
#include <string_view>

#include "../../base/export.h"

namespace gradus {

/// Height and width, or one number for both.  Functions of one axis take one number, and refuse two that differ.
struct Pair {
  std::int64_t height = 0;
  std::int64_t width = 0;

  Pair(std::int64_t both) : height(both), width(both) {}  // NOLINT: .stride = 2 reads as it should
  Pair(std::int64_t h, std::int64_t w) : height(h), width(w) {}
};

/// Zeros around an image: so many on each side (along one axis: in front and behind), or "same", so that a window that
/// moves by 1 keeps the image's size (with an odd one more behind), or "valid", which is none.
class GRADUS_API Padding {
 public:
  template <std::integral I>
  Padding(I both) : Padding(static_cast<std::int64_t>(both), static_cast<std::int64_t>(both)) {}  // NOLINT
  Padding(std::int64_t height, std::int64_t width) : amount_(height, width) {}
  Padding(Pair amount) : amount_(amount) {}  // NOLINT
  /// Throws ValueError for any other word.
  Padding(std::string_view word);                                 // NOLINT
  Padding(const char* word) : Padding(std::string_view(word)) {}  // NOLINT

  [[nodiscard]] bool same() const noexcept { return same_; }
  [[nodiscard]] const Pair& amount() const noexcept { return amount_; }

 private:
  Pair amount_{0};
  bool same_ = false;
};

}  // namespace gradus
