#include "autograd/tensor/hook.h"

#include <fmt/format.h>

#include <vector>

#include "autograd/base/error.h"
#include "autograd/tensor/rethrow.h"
#include "autograd/tensor/rule.h"
#include "autograd/tensor/tensor.h"

namespace gradus {

namespace detail {

namespace {

// Counts a hook as running, and lets go of what it captured when it was removed meanwhile.
class Running {
 public:
  explicit Running(Hook& hook) : hook_(hook) { ++hook_.running; }
  ~Running() {
    if (--hook_.running == 0 && hook_.removed) hook_.run = nullptr;
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  Hook& hook_;
};

void check_replacement(const Record& record, const Array& was, const Array& is) {
  if (is.same_shape(was) && is.dtype() == was.dtype()) return;
  throw ShapeError(fmt::format("[hook] the gradient of {} is {} {}, the hook's replacement {} {}", described(record),
                               name_of(was.dtype()), to_string(was.shape()), name_of(is.dtype()),
                               to_string(is.shape())));
}

}  // namespace

std::shared_ptr<Hook> add_hook(Record& record, HookFunction run) {
  auto hook = std::make_shared<Hook>();
  hook->run = std::move(run);
  auto& hooks = record.make_extra().hooks;
  std::erase_if(hooks, [](const auto& h) { return h->removed; });
  hooks.push_back(hook);
  record.hooked = true;
  return hook;
}

Tensor run_hooks(const Record& record, Tensor cotangent) {
  const std::vector<std::shared_ptr<Hook>> hooks = record.extra->hooks;  // a hook may register others
  for (const auto& hook : hooks) {
    if (hook->removed) continue;
    const Running running(*hook);
    Tensor replacement;
    try {
      replacement = hook->run(cotangent);
    } catch (...) {
      rethrow_in(fmt::format("a hook of {}", described(record)));
    }
    if (!replacement.defined()) continue;
    check_replacement(record, cotangent.value(), replacement.value());
    cotangent = std::move(replacement);
  }
  return cotangent;
}

}  // namespace detail

void HookHandle::remove() noexcept {
  const std::shared_ptr<detail::Hook> hook = hook_.lock();
  if (hook == nullptr) return;
  hook->removed = true;
  if (hook->running == 0) hook->run = nullptr;
}

bool HookHandle::registered() const noexcept {
  const std::shared_ptr<detail::Hook> hook = hook_.lock();
  return hook != nullptr && !hook->removed;
}

}  // namespace gradus
