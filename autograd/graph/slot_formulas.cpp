// How a slot is written as a formula of the named slots it came from.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/base/utf8.h"
#include "autograd/graph/graph.h"
#include "autograd/graph/written_call.h"
#include "autograd/tensor/ops/structural.h"

namespace gradus {

namespace {

/// A formula is a tree even where the graph is not: a slot that is read twice is written twice.
struct Branch {
  int slot;
  std::size_t first_argument = 0;  // its arguments are branches that lie side by side, further on
  bool written_out = false;
};

class Writer {
 public:
  Writer(const Graph& graph, std::size_t longest) : graph_(graph), longest_(longest) {}

  Formula write(int slot) {
    grow(slot);
    std::vector<Formula> formulas(tree_.size(), Formula(std::string()));
    for (std::size_t i = tree_.size(); i-- > 0;) {
      Formula f = formula_of(tree_[i], formulas);
      formulas[i] = i > 0 && text::code_points(f.text()) > longest_ ? shortened(tree_[i].slot) : std::move(f);
    }
    return std::move(formulas.front());
  }

 private:
  [[nodiscard]] const Slot& slot_at(int slot) const { return graph_.slots()[static_cast<std::size_t>(slot)]; }
  [[nodiscard]] const Graph::Step& step_of(const Slot& slot) const {
    return graph_.steps()[static_cast<std::size_t>(slot.step)];
  }

  /// Lists what is written out, level by level, as far as there is room: an op takes two characters at least.
  void grow(int root) {
    tree_.push_back({root});
    std::size_t room = 1 + longest_ / 2;
    for (std::size_t i = 0; i < tree_.size() && room > 0; ++i) {
      const Slot& slot = slot_at(tree_[i].slot);
      if (slot.step < 0 || (i > 0 && !slot.name.empty())) continue;
      --room;
      tree_[i].written_out = true;
      tree_[i].first_argument = tree_.size();
      for (const int argument : step_of(slot).arguments) tree_.push_back({argument});
    }
  }

  [[nodiscard]] Formula formula_of(const Branch& branch, const std::vector<Formula>& formulas) const {
    const Slot& slot = slot_at(branch.slot);
    if (branch.written_out) {
      const Graph::Step& step = step_of(slot);
      if (only_turns(step)) return formulas[branch.first_argument];
      const auto arguments = std::span<const Formula>(formulas).subspan(branch.first_argument, step.arguments.size());
      return detail::written_call(*step.rule, arguments, slot_at(step.arguments.front()).shape);
    }
    if (!slot.name.empty()) return Formula(text::cut(slot.name, std::max<std::size_t>(longest_, 16)));
    if (slot.step >= 0) return shortened(branch.slot);
    const bool number = slot.role == Role::constant && slot.value.has_data() && slot.value.size() == 1;
    return number ? constant(slot.value) : Formula(slot.id);
  }

  /// Whether the step leaves an array as it is but for axes of size 1, of which people say nothing.
  [[nodiscard]] bool only_turns(const Graph::Step& step) const {
    if (!detail::is_op<Reshape>(*step.rule)) return false;
    const auto long_axes = [&](int slot) {
      std::vector<std::int64_t> sizes;
      for (const std::int64_t n : slot_at(slot).shape) {
        if (n != 1) sizes.push_back(n);
      }
      return sizes;
    };
    return long_axes(step.arguments.front()) == long_axes(step.result);
  }

  [[nodiscard]] Formula shortened(int slot) const {
    if (slot_at(slot).step < 0) return Formula(text::cut(slot_at(slot).name, std::max<std::size_t>(longest_, 16)));
    return Formula(std::string(step_of(slot_at(slot)).rule->name()) + "(…)");
  }

  /// A number in as few digits as its type needs.
  static Formula constant(const Array& number) {
    if (number.dtype() == DType::float64) return Formula(number.item());
    return Formula::of_float(static_cast<float>(number.item()));
  }

  const Graph& graph_;
  std::size_t longest_;
  std::vector<Branch> tree_;
};

}  // namespace

Formula Graph::formula(int slot, std::size_t longest) const {
  if (slot < 0 || static_cast<std::size_t>(slot) >= slots_.size()) {
    throw GraphError(fmt::format("[formula] there is no slot {}: the graph has {}", slot, slots_.size()));
  }
  return Writer(*this, longest).write(slot);
}

}  // namespace gradus
