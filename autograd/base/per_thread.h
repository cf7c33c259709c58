// What a thread keeps for itself and reaches for now and then.  Inside the library only.
//
// Thread-local storage that is two loads away has to be there when a thread begins, and a library that is loaded late
// (by Python, R or a host of plug-ins) gets some hundred bytes of it, shared with all others that come late.  So only
// what is on the way of every op is thread_local, 64 bytes in all, which a test counts; the rest is in here.
#pragma once
#include <new>

namespace gradus::detail {

/// Has destroy(thing) called when this thread ends, before what was arranged for earlier, and keeps the library loaded
/// until then.
void at_thread_exit(void (*destroy)(void* thing), void* thing) noexcept;

/// One thing of a thread's, in a list of all that it has: there are few.
struct ThreadItem {
  const void* key;
  ThreadItem* next;
  void (*destroy)(ThreadItem* item);
};
/// The item with this key; null when the thread has none.
[[nodiscard]] ThreadItem* find_thread_item(const void* key) noexcept;
/// Adds an item, which is destroyed when the thread ends.
void add_thread_item(ThreadItem* item);

/// A T for each thread that asks for it, made on the first call and destroyed when the thread ends.  The object itself is
/// a constant with static storage: its address says which of a thread's things is meant.
template <class T>
class PerThread {
 public:
  constexpr PerThread() = default;
  PerThread(const PerThread&) = delete;
  PerThread& operator=(const PerThread&) = delete;

  /// This thread's.  Throws std::bad_alloc, and what making a T throws, on the first call.
  T& operator()() const {
    ThreadItem* item = find_thread_item(this);
    if (item == nullptr) [[unlikely]] {
      auto* made = new Item(this);
      add_thread_item(made);
      return made->value;
    }
    return static_cast<Item*>(item)->value;
  }

 private:
  struct Item : ThreadItem {
    explicit Item(const void* owner)
        : ThreadItem{owner, nullptr, [](ThreadItem* item) { delete static_cast<Item*>(item); }} {}
    T value{};
  };
};

}  // namespace gradus::detail
