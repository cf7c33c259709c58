// The records that some tensors were computed from, in the order of a walk.  Both directions use it: the backward pass
// from the front (newest first), forward mode from the back.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../tensor/record.h"
#include "../tensor/tensor.h"

namespace gradus::detail {

class GRADUS_API Listing {
 public:
  static constexpr std::uint32_t none = 0xffffffff;

  /// Lists everything the roots were computed from; null roots are left out.  What is as old as `oldest` or older is
  /// an end like a leaf: its own arguments are not looked at.
  explicit Listing(std::span<Record* const> roots, std::uint64_t oldest = 0);

  /// How many records were computed: they come first, newest first, the ends behind them.
  [[nodiscard]] std::size_t computed() const noexcept { return computed_; }
  [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }
  [[nodiscard]] Record& operator[](std::size_t i) const noexcept { return *records_[i]; }
  /// The places of the arguments of each computed record in turn; `none` where there is nothing to reach.
  [[nodiscard]] const std::vector<std::uint32_t>& arguments() const noexcept { return arguments_; }
  /// The largest number of arguments.
  [[nodiscard]] std::size_t widest() const noexcept { return widest_; }
  /// The place of a record; `none` when it is not listed, or null.  Only before anything else is listed: the hints
  /// that make it fast are those of the latest listing.
  [[nodiscard]] std::uint32_t position(const Record* record) const;

 private:
  static constexpr std::size_t few = 32;     // room to start with, so that a small walk allocates each list once
  static constexpr std::size_t many = 4096;  // from here on it is looked whether other walks interfere
  static constexpr std::uint32_t end_mark = 0x80000000;

  std::uint32_t visit(Record* record, std::vector<Record*>& ends);
  [[nodiscard]] bool collect(std::span<Record* const> roots, std::vector<Record*>& ends);
  void collect_exactly(std::span<Record* const> roots, std::vector<Record*>& ends);
  [[nodiscard]] bool overtaken() const;
  void place(std::vector<Record*>& ends);
  void resolve();
  [[nodiscard]] bool is_end(const Record& record) const { return record.rule == nullptr || record.id <= oldest_; }

  std::uint64_t oldest_;
  std::vector<Record*> records_;
  std::size_t computed_ = 0;
  std::vector<std::uint32_t> arguments_;
  std::size_t widest_ = 0;
};

/// What a rule is handed when its work is recorded: the arguments and the result with their records.
struct RecordedValues {
  explicit RecordedValues(const Record& record);
  std::vector<Tensor> arguments;
  Tensor result;
};

}  // namespace gradus::detail
