#include "autograd/draw/repeats.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include "autograd/base/index.h"

namespace gradus {

namespace {

using detail::at;

bool same_number(const Slot& a, const Slot& b) {
  const auto is_number = [](const Slot& s) {
    return s.role == Role::constant && s.value.has_data() && s.value.size() == 1;
  };
  if (is_number(a) != is_number(b)) return false;
  if (!is_number(a)) return true;
  const double x = a.value.item(), y = b.value.item();
  return x == y || (x != x && y != y);
}

class Finder {
 public:
  Finder(const Graph& graph, const ModuleTree& tree) : graph_(graph), tree_(tree), row_(graph.modules().size()) {
    find_readers();
    for (std::size_t m = 0; m < row_.size(); ++m) row_[m] = {static_cast<int>(m), static_cast<int>(m), 1};
  }

  std::vector<Repeat> find() {
    for (int parent = -1; parent < static_cast<int>(row_.size()); ++parent) rows_among(tree_.parts(parent));
    return std::move(row_);
  }

 private:
  static constexpr int none = -1;

  [[nodiscard]] const Slot& slot(int i) const { return graph_.slots()[at(i)]; }

  /// Results that read each slot, those of one slot side by side.
  void find_readers() {
    const std::size_t n = graph_.slots().size();
    first_reader_.assign(n + 1, 0);
    is_output_.assign(n, false);
    for (const int output : graph_.outputs()) is_output_[at(output)] = true;
    for (const Graph::Step& step : graph_.steps()) {
      for (const int argument : step.arguments) ++first_reader_[at(argument) + 1];
    }
    for (std::size_t i = 0; i < n; ++i) first_reader_[i + 1] += first_reader_[i];
    readers_.resize(first_reader_[n]);
    std::vector<std::size_t> next(first_reader_.begin(), first_reader_.end() - 1);
    for (const Graph::Step& step : graph_.steps()) {
      for (const int argument : step.arguments) readers_[next[at(argument)]++] = step.result;
    }
  }

  void rows_among(const std::vector<int>& parts) {
    std::size_t begin = 0;
    for (std::size_t k = 0; k < parts.size(); ++k) {
      const int before = k > begin ? parts[k - 1] : none;
      if (k + 1 < parts.size() && follows(before, parts[k], parts[k + 1])) continue;
      const Repeat row{parts[begin], parts[k], static_cast<int>(k - begin + 1)};
      for (; begin <= k; ++begin) row_[at(parts[begin])] = row;
    }
  }

  /// Whether b does to what a computed what a did to what came from the one before it.
  [[nodiscard]] bool follows(int before, int a, int b) const {
    const GraphModule& left = graph_.modules()[at(a)];
    const GraphModule& right = graph_.modules()[at(b)];
    const std::span<const int> from = tree_.slots(a), to = tree_.slots(b);
    if (left.kind != right.kind || left.note != right.note || from.size() != to.size() || from.empty()) return false;
    if (tree_.parts_in_all(a) != tree_.parts_in_all(b)) return false;
    bool handed_on = false;
    for (std::size_t k = 0; k < from.size(); ++k) {
      if (!alike(slot(from[k]), slot(to[k]), tree_.number(b) - tree_.number(a))) return false;
      if (!same_step(before, a, b, from[k], to[k], handed_on)) return false;
      if (is_output_[at(from[k])]) return false;
      for (std::size_t r = first_reader_[at(from[k])]; r < first_reader_[at(from[k]) + 1]; ++r) {
        if (!tree_.contains(a, readers_[r]) && !tree_.contains(b, readers_[r])) return false;
      }
    }
    return handed_on;
  }

  [[nodiscard]] bool alike(const Slot& a, const Slot& b, int distance) const {
    if ((a.step < 0) != (b.step < 0) || a.shape != b.shape || a.dtype != b.dtype) return false;
    // A last layer may compute the output of the graph.
    if (a.step < 0 && a.role != b.role) return false;
    return tree_.number(b.scope) - tree_.number(a.scope) == distance && same_number(a, b);
  }

  [[nodiscard]] bool same_step(int before, int a, int b, int left, int right, bool& handed_on) const {
    if (slot(left).step < 0) return true;
    const Graph::Step& s = graph_.steps()[at(slot(left).step)];
    const Graph::Step& t = graph_.steps()[at(slot(right).step)];
    if (!s.rule->same_as(*t.rule) || s.arguments.size() != t.arguments.size()) return false;
    for (std::size_t k = 0; k < s.arguments.size(); ++k) {
      const int x = s.arguments[k], y = t.arguments[k];
      if (tree_.contains(b, y)) {
        if (!tree_.contains(a, x) || tree_.place(x, a) != tree_.place(y, b)) return false;
      } else if (tree_.contains(a, y)) {
        const bool entrance = before == none ? !tree_.contains(a, x) && slot(x).shape == slot(y).shape
                                             : tree_.contains(before, x) && tree_.place(x, before) == tree_.place(y, a);
        if (!entrance) return false;
        handed_on = true;
      } else if (x != y) {
        return false;
      }
    }
    return true;
  }

  const Graph& graph_;
  const ModuleTree& tree_;
  std::vector<Repeat> row_;
  std::vector<std::size_t> first_reader_;
  std::vector<int> readers_;
  std::vector<bool> is_output_;
};

}  // namespace

std::vector<Repeat> find_repeats(const Graph& graph, const ModuleTree& tree) { return Finder(graph, tree).find(); }

}  // namespace gradus
