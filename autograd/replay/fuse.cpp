#include "autograd/replay/fuse.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <queue>
#include <utility>

namespace gradus::detail {

namespace {

// A step may join a bundle unless it waits, through steps outside, for what that bundle computes.  Who waits for whom is
// known for at most 64 bundles at a time: then they are closed and an epoch of new ones begins.
class Bundler {
 public:
  explicit Bundler(const Program& program)
      : program_(program), values_(program.values.size()), bundle_of_(program.steps.size(), -1) {}

  std::vector<Bundle> run() {
    for (std::size_t s = 0; s < program_.steps.size(); ++s) place(static_cast<int>(s));
    return in_order();
  }

 private:
  static constexpr int most_open = 64;
  struct Known {
    int bundle = -1;          // whose inner value it is
    std::uint64_t waits = 0;  // the open bundles it waits for, directly
    int epoch = 0;
  };
  struct Open {
    int bundle;
    std::int64_t size;
    DType dtype;
    std::uint64_t waits = 0;
  };

  [[nodiscard]] const Program::Step& step(int s) const { return program_.steps[static_cast<std::size_t>(s)]; }
  [[nodiscard]] const Program::Value& value(int v) const { return program_.values[static_cast<std::size_t>(v)]; }
  Known& known(int v) { return values_[static_cast<std::size_t>(v)]; }

  void place(int s) {
    const Program::Step& it = step(s);
    if (it.loop.kernels != nullptr) {
      place_elementwise(s);
    } else if (it.whole_sum && open_of(it.arguments[0]) >= 0) {
      join(s, open_of(it.arguments[0]), -1);
    } else {
      std::uint64_t waits = 0;
      for (const int a : it.arguments) waits |= waits_of(a);
      bundle_of_[static_cast<std::size_t>(s)] = static_cast<int>(bundles_.size());
      bundles_.push_back({{s}, false});
      known(it.result) = {-1, waits, epoch_};
    }
  }

  void place_elementwise(int s) {
    const Program::Step& it = step(s);
    const Program::Value& result = value(it.result);
    for (const int a : it.arguments) {  // where an argument is at hand, if that can be
      const int g = open_of(a);
      if (g >= 0 && fits(g, result) && may_join(s, g)) return join(s, g, g);
    }
    for (int g = static_cast<int>(open_.size()); g-- > 0;) {
      if (fits(g, result) && may_join(s, g)) return join(s, g, g);
    }
    if (open_.size() == most_open) {
      open_.clear();
      ++epoch_;
    }
    open_.push_back({static_cast<int>(bundles_.size()), result.size(), result.dtype});
    bundles_.push_back({{}, true});
    const int g = static_cast<int>(open_.size()) - 1;
    join(s, g, g);
  }

  [[nodiscard]] bool fits(int g, const Program::Value& result) const {
    const Open& open = open_[static_cast<std::size_t>(g)];
    return open.size == result.size() && open.dtype == result.dtype;
  }

  // The open bundle whose inner value v is; −1: none.
  int open_of(int v) {
    const Known& k = known(v);
    if (k.bundle < 0 || k.epoch != epoch_) return -1;
    return std::countr_zero(k.waits);
  }
  std::uint64_t waits_of(int v) {
    const Known& k = known(v);
    return k.epoch == epoch_ ? k.waits : 0;
  }
  [[nodiscard]] std::uint64_t with_all_before(std::uint64_t waits) const {
    for (std::uint64_t look = waits; look != 0;) {
      const std::uint64_t more = open_[static_cast<std::size_t>(std::countr_zero(look))].waits & ~waits;
      waits |= more;
      look = (look & (look - 1)) | more;
    }
    return waits;
  }

  std::uint64_t outside(int s, int g) {
    std::uint64_t waits = 0;
    for (const int a : step(s).arguments) {
      if (open_of(a) != g) waits |= waits_of(a);
    }
    return waits;
  }
  bool may_join(int s, int g) { return ((with_all_before(outside(s, g)) >> g) & 1U) == 0; }

  // `inside`: the open bundle whose inner value the result becomes; −1 for a sum, which is known at the end only.
  void join(int s, int g, int inside) {
    Open& open = open_[static_cast<std::size_t>(g)];
    open.waits |= outside(s, g);
    bundles_[static_cast<std::size_t>(open.bundle)].steps.push_back(s);
    bundle_of_[static_cast<std::size_t>(s)] = open.bundle;
    known(step(s).result) = {inside < 0 ? -1 : open.bundle, std::uint64_t{1} << static_cast<unsigned>(g), epoch_};
  }

  // As near to the order of the steps as what waits for what allows.
  std::vector<Bundle> in_order() {
    const std::size_t count = bundles_.size();
    std::vector<int> missing(count, 0);
    std::vector<std::vector<int>> next(count);
    for (std::size_t s = 0; s < program_.steps.size(); ++s) {
      for (const int a : program_.steps[s].arguments) {
        const int before = value(a).step;
        if (before < 0) continue;
        const int from = bundle_of_[static_cast<std::size_t>(before)];
        if (from == bundle_of_[s]) continue;
        next[static_cast<std::size_t>(from)].push_back(bundle_of_[s]);
        ++missing[static_cast<std::size_t>(bundle_of_[s])];
      }
    }
    std::priority_queue<std::pair<int, int>, std::vector<std::pair<int, int>>, std::greater<>> ready;
    const auto make_ready = [&](std::size_t b) {
      if (missing[b] == 0) ready.emplace(bundles_[b].steps.back(), static_cast<int>(b));
    };
    for (std::size_t b = 0; b < count; ++b) make_ready(b);
    std::vector<Bundle> out;
    out.reserve(count);
    while (!ready.empty()) {
      const auto b = static_cast<std::size_t>(ready.top().second);
      ready.pop();
      for (const int n : next[b]) {
        --missing[static_cast<std::size_t>(n)];
        make_ready(static_cast<std::size_t>(n));
      }
      out.push_back(std::move(bundles_[b]));
    }
    return out;
  }

  const Program& program_;
  std::vector<Known> values_;
  std::vector<int> bundle_of_;
  std::vector<Bundle> bundles_;
  std::vector<Open> open_;
  int epoch_ = 0;
};

}  // namespace

std::vector<Bundle> bundle_steps(const Program& program) { return Bundler(program).run(); }

}  // namespace gradus::detail
