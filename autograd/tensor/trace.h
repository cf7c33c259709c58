// Tracing: what compile() does while it runs a function once.  Every op that the function's arguments, or a variable,
// pass through is recorded, inside a NoGrad and behind a detach() too, and a gradient is recorded as it is computed.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "../array/random.h"
#include "../base/export.h"
#include "record.h"
#include "tensor.h"

namespace gradus::detail {

/// What a traced function does to the .grad() of a leaf.
struct GradientEffect {
  Counted<Record> leaf;
  Tensor gradient;  // is added; empty: the leaf forgets its gradient
};

/// Random numbers that a traced function draws with a key that is an argument: they are drawn anew for each run.
struct Draw {
  Counted<Record> leaf;  // stands for them
  KeyPath path;
  std::function<Array(const gradus::Key&)> draw;
};

/// While one lives, this thread traces.  They do not nest.
class GRADUS_API Trace {
 public:
  Trace();
  /// What is as old as `oldest` was there before; with `constants_too`, constant leaves among that are traced as well.
  Trace(std::uint64_t oldest, bool constants_too);
  ~Trace();
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  /// Records that are as old as this, or older, were there before.
  [[nodiscard]] std::uint64_t oldest() const noexcept { return oldest_; }
  [[nodiscard]] bool follows(const Record& record) const noexcept {
    return record.rule != nullptr || record.requires_grad || (constants_too_ && record.id <= oldest_);
  }

  std::vector<GradientEffect> effects;  // in order
  std::vector<Draw> draws;

 private:
  std::uint64_t oldest_;
  bool constants_too_;
};

/// The trace that this thread is in; null when it is in none.
[[nodiscard]] GRADUS_API Trace* tracing() noexcept;

/// Whether this thread traces, and a value may be another when what is traced runs again: a variable, or what was
/// computed from one.
[[nodiscard]] GRADUS_API bool is_traced(const Record* record) noexcept;
/// Whether this thread traces, and an op on these arguments belongs to the trace though no gradient is recorded.
[[nodiscard]] GRADUS_API bool traces(std::span<const Operand> arguments) noexcept;

/// x itself with a record of its own in the trace: what detach() gives, or (differentiable) a variable that hangs on x.
[[nodiscard]] GRADUS_API Tensor passed(const Tensor& x, bool differentiable);

/// What `draw` makes of the key: a constant, or a variable that is drawn anew in each run of the traced function that the
/// key is an argument of.
[[nodiscard]] GRADUS_API Tensor drawn(const gradus::Key& key, std::function<Array(const gradus::Key&)> draw);

/// Throws GraphError when this thread traces and x is traced: its numbers now are not those of the runs to come.
GRADUS_API void refuse_in_trace(const Tensor& x, std::string_view what);
/// Throws GraphError, with this text, when this thread traces.
GRADUS_API void refuse_in_trace(std::string_view what, std::string_view advice);

}  // namespace gradus::detail
