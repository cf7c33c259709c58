#include "autograd/replay/plan.h"

#include <algorithm>
#include <array>
#include <utility>

#include "autograd/base/index.h"
#include "autograd/replay/pool_list.h"

namespace gradus::detail {

Plan::Plan(Program program) : program_(std::move(program)) {
  std::vector<Bundle> bundles = bundle_steps(program_);
  const std::size_t count = program_.values.size();
  std::vector<int> made_in(count, -1);
  std::vector<int> read_last(count, -1);
  std::vector<bool> escapes(count, false);
  for (std::size_t b = 0; b < bundles.size(); ++b) {
    for (const int s : bundles[b].steps) {
      const Program::Step& step = program_.steps[at(s)];
      made_in[at(step.result)] = static_cast<int>(b);
      for (const int a : step.arguments) {
        read_last[at(a)] = static_cast<int>(b);
        if (made_in[at(a)] != static_cast<int>(b)) escapes[at(a)] = true;
      }
    }
  }
  for (const int y : program_.outputs) {
    escapes[at(y)] = true;
    read_last[at(y)] = static_cast<int>(bundles.size());
  }
  std::vector<std::vector<int>> dying(bundles.size());
  for (std::size_t v = 0; v < count; ++v) {
    const int last = read_last[v];
    if (escapes[v] && last >= 0 && last < static_cast<int>(bundles.size()) && !program_.values[v].constant.defined()) {
      dying[at(last)].push_back(static_cast<int>(v));
    }
  }
  std::vector<bool> dies(count, false);
  for (std::size_t b = 0; b < bundles.size(); ++b) {
    Pass pass;
    pass.dies = std::move(dying[b]);
    if (bundles[b].fused) {
      for (const int v : pass.dies) dies[at(v)] = true;
      pass.loop = static_cast<int>(loops_.size());
      loops_.emplace_back(program_, bundles[b], escapes, dies);
      for (const int v : pass.dies) dies[at(v)] = false;
    } else {
      pass.step = bundles[b].steps[0];
    }
    passes_.push_back(std::move(pass));
  }
}

class Plan::Run {
 public:
  Run(const Plan& plan, std::span<const Array> inputs)
      : plan_(plan), program_(plan.program_), values_(plan.program_.values.size()) {
    for (std::size_t k = 0; k < inputs.size(); ++k) values_[at(program_.inputs[k].value)] = inputs[k];
  }

  std::vector<Array> run() {
    for (const Pass& pass : plan_.passes_) {
      if (pass.loop >= 0) {
        run_loop(plan_.loops_[at(pass.loop)]);
      } else {
        run_step(program_.steps[at(pass.step)]);
      }
      for (const int v : pass.dies) values_[at(v)] = Array();
    }
    std::vector<Array> out;
    out.reserve(program_.outputs.size());
    for (const int y : program_.outputs) out.push_back(value(y));
    return out;
  }

 private:
  [[nodiscard]] const Array& value(int v) const {
    const Array& constant = program_.values[at(v)].constant;
    return constant.defined() ? constant : values_[at(v)];
  }

  void run_step(const Program::Step& step) {
    std::array<Array, most_arguments + 1> few;
    for (std::size_t k = 0; k < step.arguments.size(); ++k) few[k] = value(step.arguments[k]);
    values_[at(step.result)] = step.rule->evaluate(std::span<const Array>(few).first(step.arguments.size()));
  }

  void run_loop(const FusedLoop& loop) {
    const PoolList<const Array*> sources(loop.sources().size());
    const PoolList<Array> results(loop.results().size());
    const PoolList<Array> sums(loop.sums().size());
    for (std::size_t k = 0; k < loop.sources().size(); ++k) sources[k] = &value(loop.sources()[k]);
    for (std::size_t k = 0; k < loop.results().size(); ++k) results[k] = memory_for(loop, k);
    for (std::size_t k = 0; k < loop.sums().size(); ++k) sums[k] = uninitialized(loop.sums()[k]);
    loop.run(sources.span(), results.span(), sums.span());
    for (std::size_t k = 0; k < loop.results().size(); ++k) values_[at(loop.results()[k])] = std::move(results[k]);
    for (std::size_t k = 0; k < loop.sums().size(); ++k) values_[at(loop.sums()[k])] = std::move(sums[k]);
  }

  [[nodiscard]] Array uninitialized(int v) const {
    const Program::Value& like = program_.values[at(v)];
    return Array::uninitialized(like.shape, like.dtype);
  }

  // That of a source which is not needed any more and which nobody else holds, or new memory.
  Array memory_for(const FusedLoop& loop, std::size_t k) {
    if (const int s = loop.reusable(k); s >= 0) {
      const Array& source = values_[at(loop.sources()[at(s)])];
      // A second handle, so that the loop finds its source: it dies right after the loop.
      if (source.unique() && source.contiguous()) return source;
    }
    return uninitialized(loop.results()[k]);
  }

  const Plan& plan_;
  const Program& program_;
  PoolList<Array> values_;
};

std::vector<Array> Plan::run(std::span<const Array> inputs) const { return Run(*this, inputs).run(); }

}  // namespace gradus::detail
