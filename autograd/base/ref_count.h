// An intrusive reference count that costs a plain addition while the process has one thread, and an atomic one after.
#pragma once
#include <cstdint>
#include <utility>

#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#define GRADUS_SINGLE_THREADED (__libc_single_threaded != 0)
#else
#define GRADUS_SINGLE_THREADED false
#endif

namespace gradus {

/// Starts at one owner.  Safe to share between threads; each owner calls release() once.
class RefCount {
 public:
  void retain() noexcept {
    if (GRADUS_SINGLE_THREADED) {
      ++count_;
    } else {
      __atomic_fetch_add(&count_, 1U, __ATOMIC_RELAXED);
    }
  }
  /// True for the last owner, who then frees the object.
  [[nodiscard]] bool release() noexcept {
    if (GRADUS_SINGLE_THREADED) return --count_ == 0;
    return __atomic_sub_fetch(&count_, 1U, __ATOMIC_ACQ_REL) == 0;
  }
  /// How many owners there are.  A caller that owns them all may rely on it.
  [[nodiscard]] std::uint32_t count() const noexcept { return __atomic_load_n(&count_, __ATOMIC_ACQUIRE); }
  [[nodiscard]] bool unique() const noexcept { return count() == 1; }

 private:
  std::uint32_t count_ = 1;
};

/// A handle that shares ownership of a T with a member `RefCount refs`; `T::destroy(T*)` frees the last one.
template <class T>
class Counted {
 public:
  Counted() noexcept = default;
  /// Takes over the ownership that the caller holds.
  static Counted adopt(T* object) noexcept {
    Counted c;
    c.object_ = object;
    return c;
  }
  /// Becomes one more owner.
  static Counted share(T* object) noexcept {
    if (object != nullptr) object->refs.retain();
    return adopt(object);
  }
  Counted(const Counted& other) noexcept : object_(other.object_) {
    if (object_ != nullptr) object_->refs.retain();
  }
  Counted(Counted&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Counted& operator=(const Counted& other) noexcept { return *this = Counted(other); }
  Counted& operator=(Counted&& other) noexcept {
    T* old = std::exchange(object_, std::exchange(other.object_, nullptr));
    if (old != nullptr && old->refs.release()) T::destroy(old);
    return *this;
  }
  ~Counted() {
    if (object_ != nullptr && object_->refs.release()) T::destroy(object_);
  }

  [[nodiscard]] T* get() const noexcept { return object_; }
  T* operator->() const noexcept { return object_; }
  T& operator*() const noexcept { return *object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }
  /// Gives the ownership to the caller.
  [[nodiscard]] T* detach() noexcept { return std::exchange(object_, nullptr); }

 private:
  T* object_ = nullptr;
};

}  // namespace gradus
