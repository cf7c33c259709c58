#include "autograd/graph/fused_loop.h"

#include <algorithm>
#include <new>
#include <unordered_map>

#include "autograd/array/pool.h"
#include "autograd/graph/run_reader.h"

namespace gradus::detail {

namespace {

// What is alive at a time should stay near; a block is never shorter than a sum's.
constexpr std::int64_t cache_bytes = 64 * 1024;
constexpr std::int64_t longest_block = 1024;
constexpr std::int64_t line = 64;  // bytes that come from memory together

std::size_t at(int k) { return static_cast<std::size_t>(k); }

}  // namespace

FusedLoop::FusedLoop(const Program& program, const Bundle& bundle, const std::vector<bool>& escapes,
                     const std::vector<bool>& dies) {
  const Program::Value& any = program.values[at(program.steps[at(bundle.steps[0])].result)];
  size_ = any.size();
  dtype_ = any.dtype;
  place_values(program, bundle, escapes);
  find_reusable(program, dies);
}

void FusedLoop::place_values(const Program& program, const Bundle& bundle, const std::vector<bool>& escapes) {
  std::unordered_map<int, int> place;      // of each value
  std::unordered_map<int, int> last_read;  // the position of the step that reads an inner value last
  for (const int s : bundle.steps) {
    const Program::Step& step = program.steps[at(s)];
    if (step.loop.kernels != nullptr) place.emplace(step.result, -1);
  }
  for (std::size_t i = 0; i < bundle.steps.size(); ++i) {
    const Program::Step& step = program.steps[at(bundle.steps[i])];
    for (const int a : step.arguments) {
      last_read[a] = static_cast<int>(i);
      if (place.emplace(a, static_cast<int>(sources_.size())).second) sources_.push_back(a);
    }
    if (step.loop.kernels != nullptr && escapes[at(step.result)]) results_.push_back(step.result);
  }
  const int first_result = static_cast<int>(sources_.size());
  for (std::size_t k = 0; k < results_.size(); ++k) place[results_[k]] = first_result + static_cast<int>(k);
  const int first_block = first_result + static_cast<int>(results_.size());
  std::vector<int> free;
  for (std::size_t i = 0; i < bundle.steps.size(); ++i) {
    const Program::Step& from = program.steps[at(bundle.steps[i])];
    Step step{nullptr, from.loop.op, {}, static_cast<int>(from.arguments.size()), 0};
    for (std::size_t k = 0; k < from.arguments.size(); ++k) step.in[k] = place.at(from.arguments[k]);
    // A block that is read for the last time may be written by the same step.
    for (std::size_t k = 0; k < from.arguments.size(); ++k) {
      const bool again = std::find(step.in.begin(), step.in.begin() + k, step.in[k]) != step.in.begin() + k;
      if (step.in[k] >= first_block && !again && last_read.at(from.arguments[k]) == static_cast<int>(i)) {
        free.push_back(step.in[k]);
      }
    }
    if (from.loop.kernels == nullptr) {
      step.out = static_cast<int>(sums_.size());
      sums_.push_back(from.result);
    } else {
      step.kernel = (*from.loop.kernels)[static_cast<std::size_t>(dtype_)];
      int& own = place.at(from.result);
      if (own < 0) {
        if (free.empty()) free.push_back(first_block + static_cast<int>(blocks_++));
        own = free.back();
        free.pop_back();
      }
      step.out = own;
    }
    steps_.push_back(step);
  }
}

void FusedLoop::find_reusable(const Program& program, const std::vector<bool>& dies) {
  std::vector<int> last_read(sources_.size(), -1);
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    for (int k = 0; k < steps_[i].count; ++k) {
      const int in = steps_[i].in[at(k)];
      if (in < static_cast<int>(sources_.size())) last_read[at(in)] = static_cast<int>(i);
    }
  }
  std::vector<bool> taken(sources_.size(), false);
  reusable_.assign(results_.size(), -1);
  for (std::size_t k = 0; k < results_.size(); ++k) {
    const int place = static_cast<int>(sources_.size() + k);
    const auto writer =
        std::ranges::find_if(steps_, [&](const Step& s) { return s.kernel != nullptr && s.out == place; });
    const Program::Value& result = program.values[at(results_[k])];
    for (std::size_t s = 0; s < sources_.size() && reusable_[k] < 0; ++s) {
      const Program::Value& source = program.values[at(sources_[s])];
      if (taken[s] || !dies[at(sources_[s])] || last_read[s] > writer - steps_.begin()) continue;
      if (!(source.shape == result.shape) || source.dtype != result.dtype) continue;
      taken[s] = true;
      reusable_[k] = static_cast<int>(s);
    }
  }
}

std::int64_t FusedLoop::block_size() const {
  constexpr std::int64_t unit = KernelTable::sum_block;
  const auto alive = static_cast<std::int64_t>(blocks_ + results_.size() + std::min<std::size_t>(sources_.size(), 4));
  const std::int64_t fits =
      cache_bytes / (static_cast<std::int64_t>(size_of(dtype_)) * std::max<std::int64_t>(alive, 1));
  const std::int64_t block = std::clamp(fits / unit * unit, unit, longest_block);
  return std::min(block, (size_ + unit - 1) / unit * unit);
}

// Memory for one run: blocks, and where each place is found in the block at hand.
class FusedLoop::Scratch {
 public:
  struct Place {
    std::byte* at;
    std::int64_t step;     // 1, or 0 for a single number
    std::int64_t advance;  // bytes from one block to the next
    int reader;            // which copies the numbers together; −1: none

    // Asks for some bytes of the next block.
    void fetch(std::int64_t from, std::int64_t to, bool written) const {
      if (advance == 0) return;
      for (std::int64_t k = from; k < to; k += line) {
        if (written) {
          __builtin_prefetch(at + advance + k, 1);
        } else {
          __builtin_prefetch(at + advance + k, 0);
        }
      }
    }
  };

  Scratch(std::size_t places, std::size_t readers, std::size_t sums, std::size_t block_bytes, std::size_t blocks)
      : bytes_(sums * sizeof(RunningSum) + places * sizeof(Place) + readers * sizeof(RunReader) + blocks * block_bytes +
               128),
        memory_(pool::allocate(bytes_)) {
    std::byte* next = aligned(static_cast<std::byte*>(memory_));
    sums_ = take<RunningSum>(next, sums);
    places_ = take<Place>(next, places);
    readers_ = take<RunReader>(next, readers);
    blocks_ = aligned(next);
  }
  ~Scratch() { pool::release(memory_, bytes_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] Place& place(std::size_t k) const { return places_[k]; }
  [[nodiscard]] RunningSum& sum(std::size_t k) const { return sums_[k]; }
  [[nodiscard]] RunReader& reader(std::size_t k) const { return readers_[k]; }
  [[nodiscard]] std::byte* blocks() const { return blocks_; }

 private:
  static std::byte* aligned(std::byte* p) { return p + ((64 - reinterpret_cast<std::uintptr_t>(p) % 64) % 64); }
  template <class T>
  static T* take(std::byte*& next, std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    T* first = reinterpret_cast<T*>(next);
    for (std::size_t k = 0; k < count; ++k) new (first + k) T{};
    next += count * sizeof(T);
    return first;
  }

  std::size_t bytes_;
  void* memory_;
  RunningSum* sums_;
  Place* places_;
  RunReader* readers_;
  std::byte* blocks_;
};

void FusedLoop::run(std::span<const Array* const> sources, std::span<Array> results, std::span<Array> sums) const {
  const std::int64_t block = block_size();
  const auto element = static_cast<std::int64_t>(size_of(dtype_));
  const auto block_bytes = static_cast<std::size_t>(block * element);
  const auto is_single = [](const Array& a) {
    return a.size() == 1 || std::ranges::all_of(a.strides(), [](std::int64_t s) { return s == 0; });
  };
  std::size_t readers = 0;
  for (const Array* a : sources) readers += !a->contiguous() && !is_single(*a) ? 1 : 0;

  const std::size_t places = sources.size() + results.size() + blocks_;
  Scratch scratch(places, readers, sums.size(), block_bytes, blocks_ + readers);
  std::byte* next_block = scratch.blocks();
  const auto take_block = [&] { return std::exchange(next_block, next_block + block_bytes); };
  std::size_t k = 0;
  int reader = 0;
  for (const Array* a : sources) {
    auto* data = static_cast<std::byte*>(const_cast<void*>(a->bytes()));
    if (is_single(*a)) {
      scratch.place(k++) = {data, 0, 0, -1};
    } else if (a->contiguous()) {
      scratch.place(k++) = {data, 1, block * element, -1};
    } else {
      scratch.reader(at(reader)).open(*a);
      scratch.place(k++) = {take_block(), 1, 0, reader++};
    }
  }
  for (Array& a : results) scratch.place(k++) = {static_cast<std::byte*>(a.mutable_bytes()), 1, block * element, -1};
  for (std::size_t b = 0; b < blocks_; ++b) scratch.place(k++) = {take_block(), 1, 0, -1};

  const KernelTable& table = kernels();
  const auto type = static_cast<std::size_t>(dtype_);
  for (std::int64_t i = 0; i < size_; i += block) {
    const std::int64_t n = std::min(block, size_ - i);
    for (std::size_t s = 0; readers != 0 && s < sources.size(); ++s) {
      const Scratch::Place& place = scratch.place(s);
      if (place.reader >= 0) scratch.reader(at(place.reader)).read(place.at, n);
    }
    // The next block of each array comes from memory while this one is computed.
    const std::int64_t next_bytes = std::min(block, size_ - i - n) * element;
    const auto count = static_cast<std::int64_t>(steps_.size());
    for (std::int64_t s = 0; s < count; ++s) {
      const std::int64_t from = next_bytes * s / count / line * line;
      const std::int64_t to = next_bytes * (s + 1) / count / line * line;
      for (std::size_t p = 0; from < to && p < sources.size() + results.size(); ++p) {
        scratch.place(p).fetch(from, to, p >= sources.size());
      }
      const Step& step = steps_[static_cast<std::size_t>(s)];
      const void* in[max_operands];
      std::int64_t by[max_operands];
      for (std::size_t j = 0; j < at(step.count); ++j) {
        const Scratch::Place& place = scratch.place(at(step.in[j]));
        in[j] = place.at;
        by[j] = place.step;
      }
      if (step.kernel != nullptr) {
        step.kernel(step.op, n, in, by, scratch.place(at(step.out)).at);
      } else {
        table.sum_push[type](scratch.sum(at(step.out)), in[0], n);
      }
    }
    for (std::size_t p = 0; p < places; ++p) scratch.place(p).at += scratch.place(p).advance;
  }
  for (std::size_t j = 0; j < sums.size(); ++j) table.sum_finish[type](scratch.sum(j), sums[j].mutable_bytes());
}

}  // namespace gradus::detail
