// Hooks: functions that see the gradient of a tensor when a backward pass has it complete.  A tensor owns its hooks, and
// with them what they captured: one that captures its own tensor, or what was computed from that, is never freed unless it
// is removed.
#pragma once
#include <functional>
#include <memory>
#include <utility>

#include "../base/export.h"

namespace gradus {

class Tensor;

namespace detail {

struct Record;

/// What a hook runs: it is handed the cotangent, and returns a replacement or an empty tensor.
using HookFunction = std::function<Tensor(const Tensor&)>;

struct Hook {
  HookFunction run;
  int running = 0;
  bool removed = false;
};

/// Adds a hook to a record.
GRADUS_API std::shared_ptr<Hook> add_hook(Record& record, HookFunction run);

/// Runs the hooks of a record in the order they were registered, each on what the one before it left.  Throws what a
/// hook throws, with the record's op named, and ShapeError for a replacement of another shape or dtype.
GRADUS_API Tensor run_hooks(const Record& record, Tensor cotangent);

}  // namespace detail

/// What Tensor::register_hook returns.  Losing it does not remove the hook; copies stand for the same one.
class GRADUS_API HookHandle {
 public:
  /// No hook.
  HookHandle() noexcept = default;
  explicit HookHandle(std::weak_ptr<detail::Hook> hook) noexcept : hook_(std::move(hook)) {}
  /// The hook is not run any more.  It may remove itself while it runs; removing it twice does nothing.
  void remove() noexcept;
  /// Whether it is registered with a tensor that is still there.
  [[nodiscard]] bool registered() const noexcept;

 private:
  std::weak_ptr<detail::Hook> hook_;
};

}  // namespace gradus
