// Elementwise steps run together: one pass over memory, block by block, what lies between them in cache alone.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../array/elementwise.h"
#include "fuse.h"
#include "program.h"

namespace gradus::detail {

class FusedLoop {
 public:
  /// `escapes[v]`: value v is read outside of the bundle.  `dies[v]`: nobody reads v after it.  Keeps pointers to the
  /// program's rules.
  FusedLoop(const Program& program, const Bundle& bundle, const std::vector<bool>& escapes,
            const std::vector<bool>& dies);

  /// The values that are read, and those that are written: arrays, then sums.
  [[nodiscard]] const std::vector<int>& sources() const noexcept { return sources_; }
  [[nodiscard]] const std::vector<int>& results() const noexcept { return results_; }
  [[nodiscard]] const std::vector<int>& sums() const noexcept { return sums_; }
  /// The source, by its place in sources(), whose memory result k may take over when nobody else holds it; −1: none.
  [[nodiscard]] int reusable(std::size_t k) const { return reusable_[k]; }

  /// `results` and `sums` have their shapes and memory; a result may lie in the memory of its reusable source.  Large
  /// work is spread over the threads.
  void run(std::span<const Array* const> sources, std::span<Array> results, std::span<Array> sums) const;

 private:
  struct Step {
    ElementwiseKernel kernel = nullptr;  // or
    SlopeKernel slope_kernel = nullptr;  // or neither: a sum
    const void* op = nullptr;
    std::array<int, max_operands> in{};  // places; while the loop is made, values
    int count = 0;
    int out = -1;    // a place; of a sum, its number
    int slope = -1;  // the place of the slope
  };
  struct Work;
  class Scratch;

  [[nodiscard]] std::vector<Step> draft(const Program& program, const Bundle& bundle) const;
  void place_values(const std::vector<Step>& drafts, const std::vector<bool>& escapes);
  void find_reusable(const Program& program, const std::vector<bool>& dies);
  [[nodiscard]] std::int64_t block_size() const;
  void run_range(std::int64_t begin, std::int64_t end, const Work& work) const;
  void run_block(const Scratch& scratch, std::int64_t n, std::int64_t next_bytes, double* const* sums) const;

  // A place is where a value is found: first the sources, then the results, then a block for each value in between
  // that is alive at a time.
  std::vector<Step> steps_;
  std::vector<int> sources_, results_, sums_;
  std::vector<int> reusable_;
  std::size_t blocks_ = 0;
  std::int64_t size_ = 0;
  DType dtype_ = DType::float64;
};

}  // namespace gradus::detail
