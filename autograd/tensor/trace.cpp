#include "autograd/tensor/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/tensor/boxed_rule.h"
#include "autograd/tensor/mode.h"
#include "autograd/tensor/passed.h"

namespace gradus::detail {

Trace::Trace() : Trace(mode.last_id, false) {}
Trace::Trace(std::uint64_t oldest, bool constants_too) : oldest_(oldest), constants_too_(constants_too) {
  rare_mode().trace = this;
  mode.tracing = true;
  mode.last_id = std::max(mode.last_id, oldest);
}
Trace::~Trace() { mode.tracing = false; }

Trace* tracing() noexcept { return mode.tracing ? rare_mode().trace : nullptr; }

bool is_traced(const Record* record) noexcept {
  return mode.tracing && record != nullptr && rare_mode().trace->follows(*record);
}

bool traces(std::span<const Operand> arguments) noexcept {
  return mode.tracing && std::ranges::any_of(arguments, [](const Operand& a) { return is_traced(a.record); });
}

Tensor passed(const Tensor& x, bool differentiable) {
  const std::array<Operand, 1> argument{Operand{&x.value(), x.record().get()}};
  const Rule* rule = rule_of<Passed>().shared;
  Record* record = make_record(rule, false, argument, x.value(), rule->keep(1));
  Tensor out(x.value(), Counted<Record>::adopt(record));
  record->requires_grad = differentiable;
  return out;
}

Tensor drawn(const gradus::Key& key, std::function<Array(const gradus::Key&)> draw) {
  Trace* trace = tracing();
  const bool anew = trace != nullptr && key.path.trace == trace->oldest() + 1;
  if (!anew) return Tensor(draw(key));
  if (key.path.length > KeyPath::most) {
    throw GraphError(
        fmt::format("[compile] a key that is an argument of a compiled function was parted {} times: at most {}",
                    key.path.length, KeyPath::most));
  }
  const Recording recording;
  Tensor out = variable(draw({key.seed, key.stream}));
  trace->draws.push_back({out.record(), key.path, std::move(draw)});
  return out;
}

void refuse_in_trace(const Tensor& x, std::string_view what) {
  if (!is_traced(x.record().get())) return;
  throw GraphError(
      fmt::format("[compile] {} inside a compiled function: its numbers now are not those of the runs to "
                  "come; write it with ops on tensors, or return the tensor",
                  what));
}

void refuse_in_trace(std::string_view what, std::string_view advice) {
  if (!mode.tracing) return;
  throw GraphError(fmt::format("[compile] {} inside a compiled function would happen once only; {}", what, advice));
}

// Saved graphs name these (save/saved_ops.cpp).
template const RuleEntry& unlisted_rule<Passed>();

}  // namespace gradus::detail
