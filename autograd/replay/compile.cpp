#include "autograd/replay/compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>

#include "autograd/base/error.h"
#include "autograd/replay/plan.h"
#include "autograd/tensor/trace.h"

namespace gradus::detail {

namespace {

constexpr std::size_t most_plans = 64;
// A plan that as many calls did without may make room for another.
constexpr std::size_t long_unused = 4 * most_plans;

void check_arguments(TensorList x) {
  for (std::size_t k = 0; k < x.size(); ++k) {
    if (!x[k].defined()) throw GraphError(fmt::format("[compile] argument {} is an empty tensor", k));
  }
}

}  // namespace

/// The plan for arguments of some shapes and dtypes.
class CompiledPlan {
 public:
  CompiledPlan(const Function& f, TensorList x, std::span<gradus::Key> keys) {
    key_count_ = keys.size();
    for (const Tensor& t : x) signature_.push_back({t.shape(), t.dtype(), takes_gradient(t)});
    Trace trace;
    const Recording recording;
    std::vector<Tensor> own;
    for (const Tensor& t : x) own.push_back(argument_variable(t.value(), t.name()));
    std::vector<Tensor> outputs = run_with_traced(keys, trace, [&] { return f(own); });
    results_ = outputs.size();
    add_effects(trace, own, outputs);
    Program program = make_program(outputs, {"compile", trace.oldest()});
    for (Program::Input& input : program.inputs) {
      arguments_.push_back(argument(input.leaf.get(), own));
      draws_.push_back(draw_of(input.leaf.get(), trace));
      if (arguments_.back() >= 0 || draws_.back())
        input.leaf = Counted<Record>();  // it would keep the numbers of this first call
    }
    plan_.emplace(std::move(program));
  }

  [[nodiscard]] bool fits(TensorList x, std::size_t key_count) const {
    return key_count == key_count_ && std::ranges::equal(x, signature_, [](const Tensor& t, const Kind& kind) {
             const Array& value = t.value();
             return value.dtype() == kind.dtype && (!kind.reached || takes_gradient(t) == kind.takes_gradient) &&
                    std::ranges::equal(value.sizes(), kind.shape.sizes());
           });
  }

  [[nodiscard]] std::vector<Tensor> run(TensorList x, std::span<const gradus::Key> keys) const {
    const std::vector<Program::Input>& inputs = plan_->program().inputs;
    std::vector<Array> values(inputs.size());
    for (std::size_t k = 0; k < values.size(); ++k) {
      if (draws_[k]) {
        values[k] = draws_[k]->draw(key_of(draws_[k]->path, keys));
      } else {
        values[k] = arguments_[k] >= 0 ? x[static_cast<std::size_t>(arguments_[k])].value() : inputs[k].leaf->result;
      }
    }
    std::vector<Array> found = plan_->run(values);
    // Nothing can fail any more: either every leaf receives its gradient or none does.
    for (const Effect& effect : effects_) apply(effect, x, found);
    std::vector<Tensor> out;
    out.reserve(results_);
    for (std::size_t k = 0; k < results_; ++k) out.emplace_back(std::move(found[k]), Counted<Record>());
    return out;
  }

  [[nodiscard]] PlanSize size() const { return plan_->size(); }

 private:
  struct Kind {
    Shape shape;
    DType dtype;
    bool takes_gradient;
    bool reached = false;  // by backward() inside
  };
  struct Effect {
    Counted<Record> leaf;  // null: that of an argument
    int argument;
    int output;  // −1: the leaf forgets its gradient
  };

  // Whether backward() inside adds to its .grad().
  static bool takes_gradient(const Tensor& t) { return t.is_leaf() && t.requires_grad(); }

  // f() while the keys know that they are traced.
  template <class F>
  static std::vector<Tensor> run_with_traced(std::span<gradus::Key> keys, const Trace& trace, const F& f) {
    const std::vector<gradus::Key> given(keys.begin(), keys.end());
    for (std::size_t k = 0; k < keys.size(); ++k) {
      keys[k].path = {trace.oldest() + 1, static_cast<std::uint32_t>(k), 0, {}};
    }
    struct Restore {
      std::span<gradus::Key> keys;
      const std::vector<gradus::Key>& given;
      ~Restore() { std::ranges::copy(given, keys.begin()); }
    };
    const Restore restore{keys, given};
    return f();
  }

  struct KeyedDraw {
    KeyPath path;
    std::function<Array(const gradus::Key&)> draw;
  };
  static std::optional<KeyedDraw> draw_of(const Record* leaf, const Trace& trace) {
    const auto found = std::ranges::find_if(trace.draws, [&](const Draw& draw) { return draw.leaf.get() == leaf; });
    if (found == trace.draws.end()) return std::nullopt;
    return KeyedDraw{found->path, found->draw};
  }
  static gradus::Key key_of(const KeyPath& path, std::span<const gradus::Key> keys) {
    gradus::Key key = keys[path.argument];
    for (std::uint32_t k = 0; k < path.length; ++k) key = key.part(path.parts[k]);
    return key;
  }

  // Which argument a leaf stands for; −1: none.
  static int argument(const Record* leaf, const std::vector<Tensor>& own) {
    const auto found = std::ranges::find_if(own, [&](const Tensor& t) { return t.record().get() == leaf; });
    return found == own.end() ? -1 : static_cast<int>(found - own.begin());
  }

  void add_effects(const Trace& trace, const std::vector<Tensor>& own, std::vector<Tensor>& outputs) {
    for (const GradientEffect& effect : trace.effects) {
      const int of = argument(effect.leaf.get(), own);
      if (of < 0 && effect.leaf->id > trace.oldest()) continue;  // a leaf of f's own
      if (of >= 0) {
        Kind& kind = signature_[static_cast<std::size_t>(of)];
        kind.reached = true;
        if (!kind.takes_gradient) continue;
      }
      effects_.push_back({of < 0 ? effect.leaf : Counted<Record>(), of, -1});
      if (!effect.gradient.defined()) continue;
      effects_.back().output = static_cast<int>(outputs.size());
      outputs.push_back(effect.gradient);
    }
  }

  static void apply(const Effect& effect, TensorList x, std::vector<Array>& found) {
    Record* record = effect.leaf.get();
    if (effect.argument >= 0) record = x[static_cast<std::size_t>(effect.argument)].record().get();
    Array& gradient = static_cast<Leaf*>(record)->gradient;
    if (effect.output < 0) {
      gradient = Array();
    } else {
      add_to(gradient, Array(found[static_cast<std::size_t>(effect.output)]));
    }
  }

  std::vector<Kind> signature_;
  std::size_t key_count_ = 0;
  std::optional<Plan> plan_;
  std::vector<int> arguments_;                   // of each input of the program; −1: a leaf that f captures
  std::vector<std::optional<KeyedDraw>> draws_;  // of each input; most are none
  std::vector<Effect> effects_;
  std::size_t results_ = 0;
};

namespace {

/// f as it is, where a plan is not worth making: its results are constants here too.
std::vector<Tensor> run_eagerly(const Function& f, TensorList x) {
  const Recording recording;
  std::vector<Tensor> own;
  for (const Tensor& t : x) {
    own.push_back(t.is_leaf() && t.requires_grad() ? t : argument_variable(t.value(), t.name()));
  }
  std::vector<Tensor> out;
  for (const Tensor& y : f(own)) out.push_back(Tensor(y.value(), Counted<Record>()));
  return out;
}

}  // namespace

class Compiler::Plans {
 public:
  std::vector<Tensor> run(const Function& f, TensorList x, std::span<gradus::Key> keys) {
    std::unique_lock guard(lock_);
    const std::shared_ptr<const CompiledPlan> plan = plan_for(f, x, keys);
    if (plan == nullptr) return run_eagerly(f, x);
    guard.unlock();
    return plan->run(x, keys);
  }
  [[nodiscard]] std::size_t traces() const {
    const std::lock_guard guard(lock_);
    return traces_;
  }
  [[nodiscard]] std::size_t eager_calls() const {
    const std::lock_guard guard(lock_);
    return eager_calls_;
  }
  [[nodiscard]] PlanSize plan_size() const {
    const std::lock_guard guard(lock_);
    return plans_.empty() ? PlanSize() : plans_.front().plan->size();
  }

 private:
  struct Kept {
    std::shared_ptr<const CompiledPlan> plan;
    std::size_t used;  // by which call
  };

  // Null where more kinds of arguments come and go than plans are kept: to trace each anew would cost more than it saves.
  std::shared_ptr<const CompiledPlan> plan_for(const Function& f, TensorList x, std::span<gradus::Key> keys) {
    ++calls_;
    const auto found = std::ranges::find_if(plans_, [&](const Kept& kept) { return kept.plan->fits(x, keys.size()); });
    if (found != plans_.end()) {
      plans_.splice(plans_.begin(), plans_, found);
    } else {
      const bool full = plans_.size() >= most_plans;
      if (full && calls_ - plans_.back().used <= long_unused) {
        ++eager_calls_;
        return nullptr;
      }
      ++traces_;
      plans_.push_front({std::make_shared<const CompiledPlan>(f, x, keys), 0});
      if (full) plans_.pop_back();
    }
    plans_.front().used = calls_;
    return plans_.front().plan;
  }

  mutable std::mutex lock_;
  std::list<Kept> plans_;  // latest used first
  std::size_t calls_ = 0;
  std::size_t traces_ = 0;
  std::size_t eager_calls_ = 0;
};

Compiler::Compiler() : plans_(std::make_unique<Plans>()) {}
Compiler::~Compiler() = default;

std::vector<Tensor> Compiler::run(const Function& f, TensorList x, std::span<gradus::Key> keys) {
  if (tracing() != nullptr) return f(x);
  check_arguments(x);
  return plans_->run(f, x, keys);
}

std::size_t Compiler::traces() const { return plans_->traces(); }

std::size_t Compiler::eager_calls() const { return plans_->eager_calls(); }

PlanSize Compiler::plan_size() const { return plans_->plan_size(); }

}  // namespace gradus::detail
