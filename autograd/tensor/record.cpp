#include "autograd/tensor/record.h"

#include <algorithm>
#include <memory>
#include <new>
#include <utility>

#include "autograd/array/pool_cache.h"
#include "autograd/tensor/anomaly.h"
#include "autograd/tensor/hook.h"
#include "autograd/tensor/mode.h"
#include "autograd/tensor/rule.h"

namespace gradus {

using detail::mode;

constinit thread_local detail::Mode detail::mode __attribute__((tls_model("initial-exec"))){};

namespace {

// Values this small are always kept: drawings show them, and it costs nothing.
constexpr std::int64_t few = 16;

std::size_t bytes_of(const detail::Record& record) {
  if (record.rule == nullptr) return sizeof(detail::Leaf);
  return sizeof(detail::Record) + record.arity * (sizeof(Array) + sizeof(detail::Record*));
}

// Builds a handle where there is none yet, or a null one.
[[gnu::always_inline]] inline void keep_or_shape(Array* slot, const Array& value, bool keep) {
  if (keep || value.size() <= few) {
    new (slot) Array(value);
  } else {
    new (slot) Array(Array::shape_only(value.shape(), value.dtype()));
  }
}

}  // namespace

void Scope::destroy(Scope* scope) noexcept {
  while (scope != nullptr) {
    Scope* parent = scope->parent.detach();
    delete scope;
    scope = parent != nullptr && parent->refs.release() ? parent : nullptr;
  }
}

namespace detail {

bool recording() noexcept { return !mode.off; }
bool differentiating() noexcept { return mode.differentiating && !mode.off; }

namespace {

Record* stood_in_for(Record* record) {
  if (record == nullptr || record->rule != nullptr) return record;
  const Leaf& leaf = static_cast<const Leaf&>(*record);
  return leaf.has_stand_in ? leaf.stand_in : record;
}

}  // namespace

Record* make_record(const Rule* rule, bool owns_rule, std::span<const Operand> arguments, const Array& result,
                    std::uint32_t keep) {
  const std::size_t arity = arguments.size();
  auto* record = new (pool::quick_allocate(sizeof(Record) + arity * (sizeof(Array) + sizeof(Record*)))) Record;
  record->rule = rule;
  record->arity = static_cast<std::uint32_t>(arity);
  record->requires_grad = true;
  if (mode.tracing || mode.constants) [[unlikely]] {  // either can be recorded for its numbers alone
    if (mode.tracing) keep = ~0U;
    const auto tracked = [](const Operand& a) { return a.record != nullptr && a.record->requires_grad; };
    record->requires_grad = !mode.off && std::ranges::any_of(arguments, tracked);
  }
  const bool standing_in = mode.standing_in;
  Array* kept = record->kept();
  Record** links = record->links();
  Counted<Record> owner = Counted<Record>::adopt(record);
  // A clock that every argument pushes forward orders records even when they come from several threads.
  std::uint64_t newest = mode.last_id;
  std::size_t k = 0;
  try {
    for (; k < arity; ++k) {
      const Operand& argument = arguments[k];
      Record* from = argument.record;
      if (standing_in) [[unlikely]]
        from = stood_in_for(from);
      links[k] = nullptr;
      keep_or_shape(kept + k, *argument.value, from == nullptr || (keep & bit_of(k)) != 0);
      if (from == nullptr) continue;
      links[k] = from;
      from->refs.retain();
      newest = std::max(newest, from->id);
    }
  } catch (...) {  // no memory for a shape: the record is freed with what it has
    std::uninitialized_default_construct(kept + k, kept + arity);
    std::fill(links + k, links + arity, nullptr);
    throw;
  }
  keep_or_shape(&record->result, result, (keep & bit_of(arity)) != 0);
  record->id = mode.last_id = newest + 1;
  if (mode.scope != nullptr) record->scope = Counted<Scope>::share(mode.scope);
  if (mode.watch) [[unlikely]] {
    record->make_extra().place = rare_mode().place;
    check_result(rule->name(), arguments, result);
  }
  record->owns_rule = owns_rule;
  return owner.detach();
}

Leaf* make_leaf(Array value, LeafKind kind, std::string name) {
  auto* leaf = new (pool::quick_allocate(sizeof(Leaf))) Leaf;
  Counted<Record> owner = Counted<Record>::adopt(leaf);
  leaf->result = std::move(value);
  leaf->kind = kind;
  leaf->requires_grad = kind != LeafKind::constant;
  leaf->id = ++mode.last_id;
  if (!name.empty()) leaf->make_extra().name = std::move(name);
  return static_cast<Leaf*>(owner.detach());
}

void Record::destroy(Record* record) noexcept {
  // Records that lost their last owner wait in a list that is threaded through their ids, which nobody needs any more.
  // A hook or a rule that goes may have owned tensors itself: what they were the last to own joins the list.
  const auto push = [](Record* r) {
    r->id = reinterpret_cast<std::uintptr_t>(mode.waiting);
    mode.waiting = r;
  };
  push(record);
  if (mode.freeing) return;
  mode.freeing = true;
  while (mode.waiting != nullptr) {
    Record* r = std::exchange(mode.waiting, reinterpret_cast<Record*>(mode.waiting->id));
    for (std::uint32_t k = 0; k < r->arity; ++k) {
      Record* argument = r->links()[k];
      if (argument != nullptr && argument->refs.release()) push(argument);
      r->kept()[k].~Array();
    }
    const std::size_t bytes = bytes_of(*r);
    if (r->owns_rule) delete r->rule;
    if (r->rule == nullptr) {
      static_cast<Leaf*>(r)->~Leaf();
    } else {
      r->~Record();
    }
    pool::quick_release(r, bytes);
  }
  mode.freeing = false;
}

}  // namespace detail

NoGrad::NoGrad() noexcept : before_(std::exchange(mode.off, true)) {}
NoGrad::~NoGrad() { mode.off = before_; }

Recording::Recording() noexcept : before_(std::exchange(mode.off, false)) {}
Recording::~Recording() { mode.off = before_; }

RecordConstants::RecordConstants() noexcept : before_(std::exchange(mode.constants, true)) {}
RecordConstants::~RecordConstants() { mode.constants = before_; }

ScopeGuard::ScopeGuard(std::string name, std::string kind, std::string note) {
  auto scope = std::make_unique<Scope>();
  scope->name = std::move(name);
  scope->kind = std::move(kind);
  scope->note = std::move(note);
  if (mode.scope != nullptr) scope->parent = Counted<Scope>::share(mode.scope);
  mode.scope = scope.release();
}

ScopeGuard::ScopeGuard(std::string name, ModuleRole role, std::string note)
    : ScopeGuard(std::move(name), role == ModuleRole::loss ? "loss" : "", std::move(note)) {
  mode.scope->role = role;
}

ScopeGuard::~ScopeGuard() {
  Scope* scope = mode.scope;
  mode.scope = scope->parent.get();
  // The parent is owned by its own guard, which outlives this one.
  if (scope->refs.release()) Scope::destroy(scope);
}

}  // namespace gradus
