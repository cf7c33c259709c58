// What a recording is made of.  One Record for each recorded op and each leaf, linked to the records of its arguments.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "../array/array.h"
#include "../base/export.h"
#include "../base/place.h"
#include "../base/ref_count.h"

namespace gradus {

class Rule;

/// What a leaf is to the one who reads the graph.  Both kinds of variable are differentiated; a constant is not.
enum class LeafKind : std::uint8_t { constant, input, parameter };

/// What the library itself makes of a module.  Its kind is only a word for the reader, "loss" like any other.
enum class ModuleRole : std::uint8_t {
  plain,
  loss,  // its result is the loss, what is given to it alone is the target
};

/// The module a computation belongs to, for drawing: a layer is drawn as a box around its ops.
struct GRADUS_API Scope {
  RefCount refs;
  std::string name;  // "layer1"
  std::string kind;  // "Linear"
  std::string note;  // "2 → 16, 48 parameters"
  ModuleRole role = ModuleRole::plain;
  Counted<Scope> parent;
  /// Frees the scope and every scope around it that it alone kept alive, without recursion.
  static void destroy(Scope* scope) noexcept;
};

namespace detail {

struct Hook;

/// What only some records have.
struct Extra {
  std::string name;                          // empty: none
  std::vector<std::shared_ptr<Hook>> hooks;  // hook.h
  Place place;                               // where the user's code recorded it; line 0: not known (anomaly.h)
};

struct Record {
  RefCount refs;
  std::uint32_t arity = 0;
  std::uint64_t id = 0;        // larger than any argument's, so descending ids are a reverse topological order
  const Rule* rule = nullptr;  // null: a leaf
  Array result;                // the numbers if a rule reads them or they are few, else only the shape; a leaf: current
  Counted<Scope> scope;
  std::unique_ptr<Extra> extra;
  mutable std::uint32_t slot = 0;  // scratch of the walk that is under way
  bool requires_grad = false;
  bool owns_rule = false;
  bool hooked = false;

  // What was kept of the arguments, and their records (null for a plain number), lie behind the struct.
  [[nodiscard]] Array* kept() noexcept { return reinterpret_cast<Array*>(this + 1); }
  [[nodiscard]] const Array* kept() const noexcept { return reinterpret_cast<const Array*>(this + 1); }
  [[nodiscard]] Record** links() noexcept { return reinterpret_cast<Record**>(kept() + arity); }
  [[nodiscard]] Record* const* links() const noexcept { return reinterpret_cast<Record* const*>(kept() + arity); }
  [[nodiscard]] std::span<const Array> arguments() const noexcept { return {kept(), arity}; }
  [[nodiscard]] bool named() const noexcept { return extra != nullptr && !extra->name.empty(); }
  [[nodiscard]] Extra& make_extra() {
    if (extra == nullptr) extra = std::make_unique<Extra>();
    return *extra;
  }

  /// Frees the record and every record that it alone kept alive, without recursion.
  GRADUS_API static void destroy(Record* record) noexcept;
};

struct Leaf : Record {
  LeafKind kind = LeafKind::constant;
  bool has_stand_in = false;   // stand_in.h
  bool is_argument = false;    // of a function that a transform runs: nobody else holds it
  Record* stand_in = nullptr;  // null: numbers without a record
  Array gradient;              // null until one arrives
};

/// The bit of argument k in a set of arguments.  Those from 31 on share one: they are wanted, or kept, together.
constexpr std::uint32_t bit_of(std::size_t k) noexcept { return 1U << (k < 31 ? k : 31); }

/// One argument of an op that is about to be recorded.
struct Operand {
  const Array* value;
  Record* record;  // null for a plain number
};

/// A new record, owned by the caller.  `keep` has the bit of argument k set when the rule reads it, and the bit of
/// `arity` for the result.
GRADUS_API Record* make_record(const Rule* rule, bool owns_rule, std::span<const Operand> arguments,
                               const Array& result, std::uint32_t keep);
GRADUS_API Leaf* make_leaf(Array value, LeafKind kind, std::string name);

/// Whether this thread runs a function in order to differentiate it (see transforms.h), and records.
[[nodiscard]] GRADUS_API bool differentiating() noexcept;

/// Whether this thread records (see NoGrad).
[[nodiscard]] GRADUS_API bool recording() noexcept;

}  // namespace detail

/// While one lives, nothing is recorded on this thread.
class GRADUS_API NoGrad {
 public:
  NoGrad() noexcept;
  ~NoGrad();
  NoGrad(const NoGrad&) = delete;
  NoGrad& operator=(const NoGrad&) = delete;

 private:
  bool before_;
};

/// While one lives, this thread records, inside a NoGrad too: what runs a function in order to differentiate it.
class GRADUS_API Recording {
 public:
  Recording() noexcept;
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

 private:
  bool before_;
};

/// While one lives, this thread records what is computed from constants with a name too, for a graph that shows how they
/// enter: (1 − y) and not its number.  Such a result requires no gradient.
class GRADUS_API RecordConstants {
 public:
  RecordConstants() noexcept;
  ~RecordConstants();
  RecordConstants(const RecordConstants&) = delete;
  RecordConstants& operator=(const RecordConstants&) = delete;

 private:
  bool before_;
};

/// While one lives, what this thread records belongs to a named module inside the enclosing scope.
class GRADUS_API ScopeGuard {
 public:
  ScopeGuard(std::string name, std::string kind, std::string note = {});
  /// A module that the library knows what to make of; its kind is the word for that.
  ScopeGuard(std::string name, ModuleRole role, std::string note = {});
  ~ScopeGuard();
  ScopeGuard(const ScopeGuard&) = delete;
  ScopeGuard& operator=(const ScopeGuard&) = delete;
};

}  // namespace gradus
