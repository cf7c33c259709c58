// How a fused loop is made: which kernels run in what order, and where each finds its operands.
#include "autograd/replay/fused_loop.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "autograd/base/index.h"

namespace gradus::detail {

namespace {

// Whether a step is the pullback of an op at the same argument, to which the slope is all it adds.
bool is_pullback_of(const Program::Step& pullback, const Program::Step& op) {
  const ElementwiseLoop& a = pullback.loop;
  const ElementwiseLoop& b = op.loop;
  if (a.slopes != b.slopes || a.pullback_reads == 0) return false;
  if (a.attribute_bytes != 0 && std::memcmp(a.op, b.op, a.attribute_bytes) != 0) return false;
  std::size_t k = 1;
  if ((a.pullback_reads & 1U) != 0 && pullback.arguments[k++] != op.arguments[0]) return false;
  return (a.pullback_reads & 2U) == 0 || pullback.arguments[k] == op.result;
}

}  // namespace

FusedLoop::FusedLoop(const Program& program, const Bundle& bundle, const std::vector<bool>& escapes,
                     const std::vector<bool>& dies) {
  const Program::Value& any = program.values[at(program.steps[at(bundle.steps[0])].result)];
  size_ = any.size();
  dtype_ = any.dtype;
  place_values(draft(program, bundle), escapes);
  find_reusable(program, dies);
}

// The steps with values where places will be.  An op and its pullbacks become one pass for value and slope, and products
// with the slope, which is numbered behind the values.
std::vector<FusedLoop::Step> FusedLoop::draft(const Program& program, const Bundle& bundle) const {
  static constexpr ChainProduct product;
  const auto type = static_cast<std::size_t>(dtype_);
  const auto slopes_from = static_cast<int>(program.values.size());
  std::unordered_multimap<int, std::size_t> sloped;  // the drafts of ops that have slopes, by their argument
  std::vector<Step> drafts;
  std::vector<const Program::Step*> steps;
  for (const int s : bundle.steps) {
    const Program::Step& from = program.steps[at(s)];
    Step step;
    step.op = from.loop.op;
    step.count = static_cast<int>(from.arguments.size());
    step.out = from.result;
    std::ranges::copy(from.arguments, step.in.begin());
    if (from.loop.kernels != nullptr) step.kernel = (*from.loop.kernels)[type];
    if (from.loop.slopes != nullptr && from.loop.pullback_reads == 0) sloped.emplace(from.arguments[0], drafts.size());
    if (from.loop.slopes != nullptr && from.loop.pullback_reads != 0) {
      // Without reading the argument it would have nothing to share; such ops are not in WithSlopes.
      const auto [first, last] = sloped.equal_range(from.arguments[1]);
      const auto found =
          std::find_if(first, last, [&](const auto& k) { return is_pullback_of(from, *steps[k.second]); });
      if (found != last) {
        Step& op = drafts[found->second];
        op.slope_kernel = (*from.loop.slopes)[type];
        op.kernel = nullptr;
        op.slope = slopes_from + static_cast<int>(found->second);
        step.kernel = kernels().value[index_of<ChainProduct>][type];
        step.op = &product;
        step.count = 2;
        step.in[1] = op.slope;
      }
    }
    drafts.push_back(step);
    steps.push_back(&from);
  }
  return drafts;
}

void FusedLoop::place_values(const std::vector<Step>& drafts, const std::vector<bool>& escapes) {
  std::unordered_map<int, int> place;          // of each value
  std::unordered_map<int, std::size_t> reads;  // the step that reads a value last
  for (const Step& step : drafts) {
    const bool sum = step.kernel == nullptr && step.slope_kernel == nullptr;
    if (!sum) place.emplace(step.out, -1);
    if (step.slope >= 0) place.emplace(step.slope, -1);
    if (!sum && escapes[at(step.out)]) results_.push_back(step.out);
  }
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    for (int k = 0; k < drafts[i].count; ++k) {
      const int v = drafts[i].in[at(k)];
      reads[v] = i;
      if (place.emplace(v, static_cast<int>(sources_.size())).second) sources_.push_back(v);
    }
  }
  const auto first_result = static_cast<int>(sources_.size());
  for (std::size_t k = 0; k < results_.size(); ++k) place[results_[k]] = first_result + static_cast<int>(k);
  const int first_block = first_result + static_cast<int>(results_.size());
  std::vector<int> free;
  const auto place_of_result = [&](int v) {
    int& own = place.at(v);
    if (own < 0 && free.empty()) free.push_back(first_block + static_cast<int>(blocks_++));
    if (own < 0) {
      own = free.back();
      free.pop_back();
    }
    return own;
  };
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    Step step = drafts[i];
    // The slope must not lie where the argument does, which is read again after it was written.
    if (step.slope >= 0) step.slope = place_of_result(step.slope);
    for (int k = 0; k < step.count; ++k) step.in[at(k)] = place.at(drafts[i].in[at(k)]);
    // A block that is read for the last time may be written by the same step.
    for (int k = 0; k < step.count; ++k) {
      const auto own = step.in.begin() + k;
      if (*own >= first_block && reads.at(drafts[i].in[at(k)]) == i && std::find(step.in.begin(), own, *own) == own) {
        free.push_back(*own);
      }
    }
    if (step.kernel == nullptr && step.slope_kernel == nullptr) {
      sums_.push_back(step.out);
      step.out = static_cast<int>(sums_.size()) - 1;
    } else {
      step.out = place_of_result(step.out);
    }
    steps_.push_back(step);
  }
}

void FusedLoop::find_reusable(const Program& program, const std::vector<bool>& dies) {
  std::vector<std::size_t> last_read(sources_.size(), 0);
  std::vector<std::size_t> written(results_.size(), 0);
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    for (int k = 0; k < steps_[i].count; ++k) {
      const std::size_t in = at(steps_[i].in[at(k)]);
      if (in < sources_.size()) last_read[in] = i;
    }
    const bool sum = steps_[i].kernel == nullptr && steps_[i].slope_kernel == nullptr;
    const std::size_t out = at(steps_[i].out);
    if (!sum && out >= sources_.size() && out < sources_.size() + results_.size()) written[out - sources_.size()] = i;
  }
  std::vector<bool> taken(sources_.size(), false);
  reusable_.assign(results_.size(), -1);
  for (std::size_t k = 0; k < results_.size(); ++k) {
    const Program::Value& result = program.values[at(results_[k])];
    for (std::size_t s = 0; s < sources_.size() && reusable_[k] < 0; ++s) {
      const Program::Value& source = program.values[at(sources_[s])];
      if (taken[s] || !dies[at(sources_[s])] || last_read[s] > written[k]) continue;
      if (!(source.shape == result.shape) || source.dtype != result.dtype) continue;
      taken[s] = true;
      reusable_[k] = static_cast<int>(s);
    }
  }
}

}  // namespace gradus::detail
