#include "autograd/differentiate/listing.h"

#include <algorithm>
#include <functional>
#include <unordered_set>

namespace gradus::detail {

namespace {

// Where a record stands in the listing that is being made.  The number in the record is only a hint, checked against
// the list, so that it never has to be reset.  Records may be shared by the walks of several threads: one whose hint
// another walk has overwritten may be listed twice at first.
std::uint32_t hint(const Record& record) { return __atomic_load_n(&record.slot, __ATOMIC_RELAXED); }
void set_hint(const Record& record, std::uint32_t slot) { __atomic_store_n(&record.slot, slot, __ATOMIC_RELAXED); }

// Newest first.  Records of several threads may be equally old.
bool newer(const Record* a, const Record* b) { return a->id != b->id ? a->id > b->id : std::less<>()(a, b); }

}  // namespace

Listing::Listing(std::span<Record* const> roots, std::uint64_t oldest) : oldest_(oldest) {
  std::vector<Record*> ends;
  ends.reserve(few);
  records_.reserve(few);
  arguments_.reserve(2 * few);
  if (!collect(roots, ends)) collect_exactly(roots, ends);
  place(ends);
}

// Where the record stands among the computed ones, or (marked) among the ends; appended if it is new.
inline std::uint32_t Listing::visit(Record* record, std::vector<Record*>& ends) {
  const bool end = is_end(*record);
  std::vector<Record*>& list = end ? ends : records_;
  std::uint32_t slot = hint(*record);
  if (slot >= list.size() || list[slot] != record) {
    slot = static_cast<std::uint32_t>(list.size());
    set_hint(*record, slot);
    list.push_back(record);
  }
  return end ? slot | end_mark : slot;
}

bool Listing::collect(std::span<Record* const> roots, std::vector<Record*>& ends) {
  for (Record* root : roots) {
    if (root != nullptr) visit(root, ends);
  }
  // The list is also the queue of records whose arguments have not been looked at.
  std::size_t next_look = many;
  for (std::size_t i = 0; i < records_.size(); ++i) {
    if (i == next_look) [[unlikely]] {
      if (overtaken()) return false;
      next_look *= 2;
    }
    Record* const record = records_[i];
    const std::uint32_t arity = record->arity;
    Record* const* const links = record->links();
    widest_ = std::max<std::size_t>(widest_, arity);
    for (std::uint32_t k = 0; k < arity; ++k) {
      const bool tracked = links[k] != nullptr && links[k]->requires_grad;
      arguments_.push_back(tracked ? visit(links[k], ends) : none);
    }
  }
  return true;
}

// Whether the walks of other threads have overwritten so many hints that records are listed over and over.
bool Listing::overtaken() const {
  if (GRADUS_SINGLE_THREADED) return false;
  std::size_t lost = 0;
  for (std::size_t i = 0; i < records_.size(); ++i) lost += hint(*records_[i]) != i ? 1 : 0;
  return lost > records_.size() / 8;
}

// The same by a set instead of hints.  The places of the arguments are found afterwards.
void Listing::collect_exactly(std::span<Record* const> roots, std::vector<Record*>& ends) {
  std::unordered_set<const Record*> seen;
  records_.clear();
  arguments_.clear();
  ends.clear();
  const auto see = [&](Record* record) {
    if (seen.insert(record).second) (is_end(*record) ? ends : records_).push_back(record);
  };
  for (Record* root : roots) {
    if (root != nullptr) see(root);
  }
  for (std::size_t i = 0; i < records_.size(); ++i) {
    const Record& record = *records_[i];
    widest_ = std::max<std::size_t>(widest_, record.arity);
    for (std::uint32_t k = 0; k < record.arity; ++k) {
      Record* argument = record.links()[k];
      if (argument != nullptr && argument->requires_grad) see(argument);
    }
  }
}

// Newest first, the ends last, and every argument resolved to its place.  The places are final: a hook that starts a
// walk of its own may then overwrite the hints.
void Listing::place(std::vector<Record*>& ends) {
  const bool alone = GRADUS_SINGLE_THREADED;
  const bool in_order = std::is_sorted(records_.begin(), records_.end(), newer);
  if (!in_order) std::sort(records_.begin(), records_.end(), newer);
  if (!alone) {
    records_.erase(std::unique(records_.begin(), records_.end()), records_.end());
    std::sort(ends.begin(), ends.end());
    ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  }
  computed_ = records_.size();
  records_.insert(records_.end(), ends.begin(), ends.end());
  for (std::size_t i = in_order ? computed_ : 0; i < records_.size(); ++i) {
    set_hint(*records_[i], static_cast<std::uint32_t>(i));
  }
  if (!in_order || !alone) {
    resolve();
    return;
  }
  for (std::uint32_t& to : arguments_) {
    if (to != none && (to & end_mark) != 0) to = (to & ~end_mark) + static_cast<std::uint32_t>(computed_);
  }
}

void Listing::resolve() {
  arguments_.clear();
  for (std::size_t i = 0; i < computed_; ++i) {
    const Record* record = records_[i];
    for (std::uint32_t k = 0; k < record->arity; ++k) {
      const Record* argument = record->links()[k];
      arguments_.push_back(argument != nullptr && argument->requires_grad ? position(argument) : none);
    }
  }
}

std::uint32_t Listing::position(const Record* record) const {
  if (record == nullptr) return none;
  const std::uint32_t slot = hint(*record);
  if (slot < records_.size() && records_[slot] == record) return slot;
  // Not listed, or the walk of another thread has taken the hint over.
  const auto ends = records_.begin() + static_cast<std::ptrdiff_t>(computed_);
  const auto found = is_end(*record) ? std::find(ends, records_.end(), record)
                                     : std::lower_bound(records_.begin(), ends, record, newer);
  if (found == records_.end() || *found != record) return none;
  return static_cast<std::uint32_t>(found - records_.begin());
}

RecordedValues::RecordedValues(const Record& record)
    : result(record.result, Counted<Record>::share(const_cast<Record*>(&record))) {
  arguments.reserve(record.arity);
  for (std::uint32_t k = 0; k < record.arity; ++k) {
    arguments.emplace_back(record.kept()[k], Counted<Record>::share(record.links()[k]));
  }
}

}  // namespace gradus::detail
