#include "autograd/base/per_thread.h"

#include <cxxabi.h>

extern "C" {
extern void* __dso_handle __attribute__((visibility("hidden")));  // this library, to the loader
}

namespace gradus::detail {

namespace {

constinit thread_local ThreadItem* items __attribute__((tls_model("initial-exec"))) = nullptr;

// What is taken out while the list is destroyed, by an object that reaches for another, is made anew.
void destroy_items(void*) {
  while (items != nullptr) {
    ThreadItem* item = items;
    items = item->next;
    item->destroy(item);
  }
}

}  // namespace

// What thread_local objects with destructors are made of; asked for directly, it needs no thread-local storage.
void at_thread_exit(void (*destroy)(void* thing), void* thing) noexcept {
  abi::__cxa_thread_atexit(destroy, thing, static_cast<void*>(&__dso_handle));
}

ThreadItem* find_thread_item(const void* key) noexcept {
  ThreadItem* item = items;
  while (item != nullptr && item->key != key) item = item->next;
  return item;
}

void add_thread_item(ThreadItem* item) {
  if (items == nullptr) at_thread_exit(destroy_items, nullptr);
  item->next = items;
  items = item;
}

}  // namespace gradus::detail
