// An n-dimensional block of numbers.  It knows nothing of derivatives.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "../base/dtype.h"
#include "../base/export.h"
#include "../base/ref_count.h"
#include "../base/shape.h"
#include "../math/number.h"

namespace gradus {

namespace detail {

/// What an Array points to: this header, then the sizes and strides of the axes, then (unless it is a view) the
/// numbers.
struct Block {
  RefCount refs;
  DType dtype;
  std::uint8_t rank;
  bool contiguous;
  std::int64_t size;
  std::byte* data;  // null: only the shape is known
  Block* owner;     // whose numbers a view looks at, else null
  std::size_t bytes;

  [[nodiscard]] std::int64_t* sizes() noexcept { return reinterpret_cast<std::int64_t*>(this + 1); }
  [[nodiscard]] std::int64_t* strides() noexcept { return sizes() + rank; }
  GRADUS_API static void destroy(Block* block) noexcept;
};

}  // namespace detail

/// A handle to immutable numbers: copying shares them.  Views (reshape, permute, broadcast, slices) share them too,
/// through strides.  Safe to read from several threads.  The numbers may be written only while the handle is their one
/// owner, right after creation.
class GRADUS_API Array {
 public:
  using interpreted = void;
  using compared_by_ops = void;
  static constexpr bool keeps_constants = true;

  /// No array at all: defined() is false, and using it is a GraphError.
  Array() noexcept = default;
  /// A 0-d float64 array.
  explicit Array(double value);
  /// Row-major numbers.  Throws ShapeError when their count does not match the shape.
  Array(const Shape& shape, std::span<const double> values);
  Array(const Shape& shape, std::span<const float> values);
  Array(const Shape& shape, std::initializer_list<double> values)
      : Array(shape, std::span<const double>(values.begin(), values.size())) {}

  /// Uninitialised numbers, to be written through mutable_data().
  static Array uninitialized(const Shape& shape, DType dtype);
  /// The same shape and dtype as another array.
  static Array uninitialized_like(const Array& other);
  /// A shape and dtype without numbers: what a recording keeps of a value that no rule reads.
  static Array shape_only(const Shape& shape, DType dtype);
  static Array full(const Shape& shape, double value, DType dtype = DType::float64);
  static Array zeros(const Shape& shape, DType dtype = DType::float64) { return full(shape, 0.0, dtype); }
  static Array scalar(double value, DType dtype);
  static Array uninitialized_scalar(DType dtype);

  /// Whether there is an array.
  [[nodiscard]] bool defined() const noexcept { return static_cast<bool>(block_); }
  explicit operator bool() const =
      delete;  // a comparison gives an array: item() is its number, defined() if there is one
  [[nodiscard]] DType dtype() const { return block().dtype; }
  [[nodiscard]] int rank() const { return block().rank; }
  /// How many numbers there are.
  [[nodiscard]] std::int64_t size() const { return block().size; }
  /// The size of one axis.  Throws ShapeError when there is no such axis.
  [[nodiscard]] std::int64_t size(Axis axis) const { return shape()[axis]; }
  [[nodiscard]] Shape shape() const;
  [[nodiscard]] std::span<const std::int64_t> sizes() const { return {block().sizes(), block().rank}; }
  /// Distance between neighbours along each axis, in elements; 0 on a broadcast axis, negative on a reversed one.
  [[nodiscard]] std::span<const std::int64_t> strides() const { return {block().strides(), block().rank}; }
  /// Row-major without gaps.
  [[nodiscard]] bool contiguous() const { return block().contiguous; }
  /// False when only the shape is known.
  [[nodiscard]] bool has_data() const { return block().data != nullptr; }
  /// Whether this handle alone owns the numbers.
  [[nodiscard]] bool unique() const { return block().refs.unique() && block().owner == nullptr; }
  [[nodiscard]] bool same_shape(const Array& other) const {
    if (rank() != other.rank()) return false;
    for (int k = 0; k < rank(); ++k) {
      if (block_->sizes()[k] != other.block_->sizes()[k]) return false;
    }
    return true;
  }

  /// The numbers; element (i, j, …) is at i·strides[0] + j·strides[1] + …  Throws ValueError when they are not of type T.
  template <Element T>
  [[nodiscard]] const T* data() const {
    return reinterpret_cast<const T*>(block_of(dtype_of<T>).data);
  }
  /// The numbers in row-major order, where they lie.  Throws ValueError when they are not of type T, and when a view does
  /// not have them so: packed() does.
  template <Element T>
  [[nodiscard]] std::span<const T> span() const {
    require_packed();
    return {data<T>(), static_cast<std::size_t>(size())};
  }
  [[nodiscard]] const void* bytes() const { return block().data; }
  /// For the one owner only.
  template <Element T>
  [[nodiscard]] T* mutable_data() {
    return reinterpret_cast<T*>(block_of(dtype_of<T>).data);
  }
  [[nodiscard]] void* mutable_bytes() { return block().data; }

  /// The number of a one-element array, whatever its rank.  Throws ShapeError for more or fewer elements.
  [[nodiscard]] double item() const;
  /// All numbers in row-major order, as float, double, int or std::int64_t.
  template <class T = double>
  [[nodiscard]] std::vector<T> to_vector() const;

  /// The same numbers row-major without gaps; itself when they already are.
  [[nodiscard]] Array packed() const;
  /// The same numbers as another type; itself when the type is the same.
  [[nodiscard]] Array to(DType dtype) const;
  /// A view where possible, else a packed copy.  Throws ShapeError when the sizes differ.
  [[nodiscard]] Array reshape(const Shape& shape) const;
  /// A view: axis k of the result is axis order[k] of this.  Throws ShapeError unless order is a permutation.
  [[nodiscard]] Array permute(std::span<const int> order) const;
  /// A stride-0 view.  Throws ShapeError when the shape does not broadcast to `shape`.
  [[nodiscard]] Array broadcast_to(const Shape& shape) const;

  /// A view with sizes and strides of its own, which starts `offset` elements further on.  Nothing is checked: it must
  /// stay inside the numbers of this array.
  [[nodiscard]] Array view(std::span<const std::int64_t> sizes, std::span<const std::int64_t> strides,
                           std::int64_t offset = 0) const;

  /// Any elementwise op, broadcasting and promoting; C++ numbers take the arrays' dtype (elementwise.h).
  template <class Op, class... X>
  static Array interpret(const Op& op, const X&... x);

 private:
  explicit Array(detail::Block* block) noexcept : block_(Counted<detail::Block>::adopt(block)) {}

  [[nodiscard]] detail::Block& block() const {
    if (block_.get() == nullptr) [[unlikely]]
      throw_empty();
    return *block_;
  }
  [[nodiscard]] detail::Block& block_of(DType dtype) const {
    if (block().dtype != dtype) [[unlikely]]
      throw_type(dtype);
    return *block_;
  }
  [[noreturn]] static void throw_empty();
  [[noreturn]] void throw_type(DType asked) const;
  void require_packed() const;

  Counted<detail::Block> block_;
};

extern template GRADUS_API std::vector<float> Array::to_vector() const;
extern template GRADUS_API std::vector<double> Array::to_vector() const;
extern template GRADUS_API std::vector<int> Array::to_vector() const;
extern template GRADUS_API std::vector<std::int64_t> Array::to_vector() const;

/// a += b in place where `a` alone owns its numbers, else a new array.  Shapes and dtypes are the same.
GRADUS_API void accumulate(Array& a, const Array& b);

/// The 0-d array c of the reference's dtype.
inline Array constant_like(const Array& reference, double c) { return Array::scalar(c, reference.dtype()); }

/// "2.5", "[1, 2, 3]", "[[1, 2], [3, 4]]", each number as short as it can be and still be read back exactly.
GRADUS_API std::string to_string(const Array& array);

}  // namespace gradus
