// How a fused loop runs.
#include <algorithm>
#include <new>
#include <type_traits>
#include <utility>

#include "autograd/array/pool.h"
#include "autograd/array/reduce.h"
#include "autograd/base/index.h"
#include "autograd/base/parallel.h"
#include "autograd/replay/fused_loop.h"
#include "autograd/replay/pool_list.h"
#include "autograd/replay/run_reader.h"

namespace gradus::detail {

namespace {

constexpr std::int64_t sum_block = KernelTable::sum_block;
// What is alive at a time should stay near.
constexpr std::int64_t cache_bytes = 64 * 1024;
constexpr std::int64_t shortest_block = 512;
constexpr std::int64_t line = 64;  // bytes that come from memory together

bool is_single(const Array& a) {
  return a.size() == 1 || std::ranges::all_of(a.strides(), [](std::int64_t s) { return s == 0; });
}

}  // namespace

struct FusedLoop::Work {
  std::span<const Array* const> sources;
  std::span<Array> results;
  double* parts;       // of each sum in turn, one for each sum_block
  std::size_t blocks;  // how many that are
};

// Memory for a range: blocks, and where each place is found in the block at hand.
class FusedLoop::Scratch {
 public:
  struct Place {
    std::byte* data;
    std::int64_t step;     // 1, or 0 for a single number
    std::int64_t advance;  // bytes from one block to the next
    int reader;            // which copies the numbers together; −1: none

    // Asks for some bytes of the next block.
    void fetch(std::int64_t from, std::int64_t to, bool written) const {
      for (std::int64_t k = from; k < to; k += line) {
        if (written) {
          __builtin_prefetch(data + advance + k, 1);
        } else {
          __builtin_prefetch(data + advance + k, 0);
        }
      }
    }
  };

  Scratch(const FusedLoop& loop, const Work& work, std::int64_t begin, std::int64_t block)
      : places_(work.sources.size() + work.results.size() + loop.blocks_),
        readers_(readers_needed(work.sources)),
        block_bytes_(static_cast<std::size_t>(block) * size_of(loop.dtype_)),
        blocks_((loop.blocks_ + readers_.span().size()) * block_bytes_ + line) {
    const auto element = static_cast<std::int64_t>(size_of(loop.dtype_));
    const auto bytes = static_cast<std::int64_t>(block_bytes_);
    next_ = blocks_.data() + ((line - reinterpret_cast<std::intptr_t>(blocks_.data()) % line) % line);
    std::size_t k = 0;
    int reader = 0;
    for (const Array* a : work.sources) {
      auto* data = static_cast<std::byte*>(const_cast<void*>(a->bytes()));
      if (is_single(*a)) {
        places_[k++] = {data, 0, 0, -1};
      } else if (a->contiguous()) {
        places_[k++] = {data + begin * element, 1, bytes, -1};
      } else {
        readers_[at(reader)].open(*a, begin);
        places_[k++] = {take_block(), 1, 0, reader++};
      }
    }
    for (Array& a : work.results) {
      places_[k++] = {static_cast<std::byte*>(a.mutable_bytes()) + begin * element, 1, bytes, -1};
    }
    streams_ = k;
    while (k < places_.span().size()) places_[k++] = {take_block(), 1, 0, -1};
  }

  [[nodiscard]] const Place& operator[](int k) const { return places_[at(k)]; }

  // Copies together what the block at hand reads from strided arrays.
  void read(std::int64_t n) const {
    if (readers_.span().empty()) return;
    for (const Place& place : places_.span()) {
      if (place.reader >= 0) readers_[at(place.reader)].read(place.data, n);
    }
  }
  void fetch(std::int64_t from, std::int64_t to, std::size_t sources) const {
    if (from >= to) return;
    for (std::size_t k = 0; k < streams_; ++k) {
      if (places_[k].advance != 0) places_[k].fetch(from, to, k >= sources);
    }
  }
  void advance() const {
    for (Place& place : places_.span().first(streams_)) place.data += place.advance;
  }

 private:
  static std::size_t readers_needed(std::span<const Array* const> sources) {
    const auto strided = [](const Array* a) { return !a->contiguous() && !is_single(*a); };
    return static_cast<std::size_t>(std::ranges::count_if(sources, strided));
  }
  std::byte* take_block() { return std::exchange(next_, next_ + block_bytes_); }

  PoolList<Place> places_;
  PoolList<RunReader> readers_;
  std::size_t block_bytes_;
  PoolBytes blocks_;
  std::byte* next_;
  std::size_t streams_ = 0;
};

// A sum takes as many numbers at a time as the eager one does.
std::int64_t FusedLoop::block_size() const {
  if (!sums_.empty()) return sum_block;
  const auto alive = static_cast<std::int64_t>(blocks_ + results_.size() + std::min<std::size_t>(sources_.size(), 4));
  const std::int64_t fits =
      cache_bytes / (static_cast<std::int64_t>(size_of(dtype_)) * std::max<std::int64_t>(alive, 1));
  return std::clamp(fits / shortest_block * shortest_block, shortest_block, sum_block);
}

void FusedLoop::run_block(const Scratch& scratch, std::int64_t n, std::int64_t next_bytes, double* const* sums) const {
  const auto sum = kernels().sum[static_cast<std::size_t>(dtype_)];
  const auto count = static_cast<std::int64_t>(steps_.size());
  for (std::int64_t s = 0; s < count; ++s) {
    // The next block of each array comes from memory while this one is computed.
    scratch.fetch(next_bytes * s / count / line * line, next_bytes * (s + 1) / count / line * line, sources_.size());
    const Step& step = steps_[static_cast<std::size_t>(s)];
    const void* in[max_operands];
    std::int64_t by[max_operands];
    for (std::size_t j = 0; j < at(step.count); ++j) {
      const Scratch::Place& place = scratch[step.in[j]];
      in[j] = place.data;
      by[j] = place.step;
    }
    if (step.kernel != nullptr) {
      step.kernel(step.op, n, in, by, scratch[step.out].data);
    } else if (step.slope_kernel != nullptr) {
      step.slope_kernel(step.op, n, in[0], by[0], scratch[step.out].data, scratch[step.slope].data);
    } else {
      *sums[step.out] = sum(in[0], n);
    }
  }
}

void FusedLoop::run_range(std::int64_t begin, std::int64_t end, const Work& work) const {
  const std::int64_t block = std::min(block_size(), end - begin);
  const auto element = static_cast<std::int64_t>(size_of(dtype_));
  const Scratch scratch(*this, work, begin, block);
  const PoolList<double*> sums(sums_.size());
  for (std::size_t k = 0; k < sums_.size(); ++k) {
    sums[k] = work.parts + k * work.blocks + static_cast<std::size_t>(begin / sum_block);
  }
  for (std::int64_t i = begin; i < end; i += block) {
    const std::int64_t n = std::min(block, end - i);
    scratch.read(n);
    run_block(scratch, n, std::min(block, end - i - n) * element, sums.data());
    scratch.advance();
    for (double*& sum : sums.span()) ++sum;
  }
}

void FusedLoop::run(std::span<const Array* const> sources, std::span<Array> results, std::span<Array> sums) const {
  const auto blocks = static_cast<std::size_t>(pieces(size_, sum_block));
  const PoolList<double> parts(sums.empty() ? 0 : blocks * sums.size());
  const Work work{sources, results, parts.data(), blocks};
  if (size_ > 0) {
    parallel_ranges(size_, 1, sum_block, [&](std::int64_t begin, std::int64_t end) { run_range(begin, end, work); });
  }
  for (std::size_t k = 0; k < sums.size(); ++k) {
    const double total = pairwise_sum(parts.span().subspan(k * blocks, blocks));
    dispatch(dtype_, [&](auto zero) {
      using T = decltype(zero);
      *sums[k].mutable_data<T>() = static_cast<T>(total);
    });
  }
}

}  // namespace gradus::detail
