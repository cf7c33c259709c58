#include "autograd/tensor/record.h"

#include <algorithm>
#include <new>
#include <utility>

#include "autograd/array/pool.h"
#include "autograd/tensor/rule.h"

namespace gradus {

namespace {

// Values this small are always kept: drawings show them, and it costs nothing.
constexpr std::int64_t few = 16;

struct Mode {
  bool off = false;
  std::uint64_t last_id = 0;
  Scope* scope = nullptr;
};
constinit thread_local Mode mode __attribute__((tls_model("initial-exec"))){};

std::size_t bytes_of(const detail::Record& record) {
  if (record.rule == nullptr) return sizeof(detail::Leaf);
  return sizeof(detail::Record) + record.arity * (sizeof(Array) + sizeof(detail::Record*));
}

Array kept_or_shape(const Array& value, bool keep) {
  return keep || value.size() <= few ? value : Array::shape_only(value.shape(), value.dtype());
}

}  // namespace

void Scope::destroy(Scope* scope) noexcept { delete scope; }

namespace detail {

bool recording() noexcept { return !mode.off; }

Record* make_record(const Rule* rule, bool owns_rule, std::span<const Operand> arguments, const Array& result,
                    std::uint32_t keep) {
  const auto arity = static_cast<std::uint32_t>(arguments.size());
  auto* record = new (pool::allocate(sizeof(Record) + arity * (sizeof(Array) + sizeof(Record*)))) Record;
  record->rule = rule;
  record->arity = arity;
  record->requires_grad = true;
  Array* kept = record->kept();
  for (std::uint32_t k = 0; k < arity; ++k) new (kept + k) Array();
  Record** links = record->links();
  std::fill_n(links, arity, nullptr);
  Counted<Record> owner = Counted<Record>::adopt(record);  // frees what is there if anything below throws
  // A clock that every argument pushes forward orders records even when they come from several threads.
  std::uint64_t newest = mode.last_id;
  for (std::uint32_t k = 0; k < arity; ++k) {
    const Operand& argument = arguments[k];
    const bool keep_it = argument.record == nullptr || ((keep >> k) & 1U) != 0;
    kept[k] = kept_or_shape(*argument.value, keep_it);
    links[k] = argument.record;
    if (argument.record == nullptr) continue;
    argument.record->refs.retain();
    newest = std::max(newest, argument.record->id);
  }
  record->result = kept_or_shape(result, ((keep >> arity) & 1U) != 0);
  record->id = mode.last_id = newest + 1;
  if (mode.scope != nullptr) record->scope = Counted<Scope>::share(mode.scope);
  record->owns_rule = owns_rule;
  return owner.detach();
}

Leaf* make_leaf(Array value, LeafKind kind, std::string name) {
  auto* leaf = new (pool::allocate(sizeof(Leaf))) Leaf;
  Counted<Record> owner = Counted<Record>::adopt(leaf);
  leaf->result = std::move(value);
  leaf->kind = kind;
  leaf->requires_grad = kind != LeafKind::constant;
  leaf->id = ++mode.last_id;
  if (!name.empty()) leaf->name = std::make_unique<std::string>(std::move(name));
  return static_cast<Leaf*>(owner.detach());
}

void Record::destroy(Record* record) noexcept {
  // Records that lost their last owner wait in a list that is threaded through their ids, which nobody needs any more.
  Record* waiting = record;
  record->id = 0;
  const auto push = [&waiting](Record* r) {
    r->id = reinterpret_cast<std::uintptr_t>(waiting);
    waiting = r;
  };
  while (waiting != nullptr) {
    Record* r = std::exchange(waiting, reinterpret_cast<Record*>(waiting->id));
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
    pool::release(r, bytes);
  }
}

}  // namespace detail

NoGrad::NoGrad() noexcept : before_(std::exchange(mode.off, true)) {}
NoGrad::~NoGrad() { mode.off = before_; }

ScopeGuard::ScopeGuard(std::string name, std::string kind, std::string note) {
  auto scope = std::make_unique<Scope>();
  scope->name = std::move(name);
  scope->kind = std::move(kind);
  scope->note = std::move(note);
  if (mode.scope != nullptr) scope->parent = Counted<Scope>::share(mode.scope);
  mode.scope = scope.release();
}

ScopeGuard::~ScopeGuard() {
  Scope* scope = mode.scope;
  mode.scope = scope->parent.get();
  // The parent is owned by its own guard, which outlives this one.
  if (scope->refs.release()) Scope::destroy(scope);
}

}  // namespace gradus
