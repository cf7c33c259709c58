// Lists for the length of a run, in memory of the thread's pool.
#pragma once
#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>

#include "../array/pool.h"

namespace gradus::detail {

/// A fixed number of value-initialised T.
template <class T>
class PoolList {
 public:
  explicit PoolList(std::size_t count)
      : count_(count), first_(static_cast<T*>(pool::allocate(std::max<std::size_t>(count, 1) * sizeof(T)))) {
    std::uninitialized_value_construct_n(first_, count);
  }
  ~PoolList() {
    std::destroy_n(first_, count_);
    pool::release(first_, std::max<std::size_t>(count_, 1) * sizeof(T));
  }
  PoolList(const PoolList&) = delete;
  PoolList& operator=(const PoolList&) = delete;

  [[nodiscard]] T& operator[](std::size_t k) const { return first_[k]; }
  [[nodiscard]] std::span<T> span() const { return {first_, count_}; }
  [[nodiscard]] T* data() const { return first_; }

 private:
  std::size_t count_;
  T* first_;
};

/// Bytes without a value.
class PoolBytes {
 public:
  explicit PoolBytes(std::size_t count) : count_(count), first_(static_cast<std::byte*>(pool::allocate(count))) {}
  ~PoolBytes() { pool::release(first_, count_); }
  PoolBytes(const PoolBytes&) = delete;
  PoolBytes& operator=(const PoolBytes&) = delete;
  [[nodiscard]] std::byte* data() const { return first_; }

 private:
  std::size_t count_;
  std::byte* first_;
};

}  // namespace gradus::detail
