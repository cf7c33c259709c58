#include "autograd/tensor/ops/einsum.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/base/text.h"
#include "autograd/tensor/boxed_rule.h"
#include "autograd/tensor/ops/einsum_spec.h"
#include "autograd/tensor/ops/join_axes.h"
#include "autograd/tensor/ops/structural.h"

namespace gradus {

namespace {

using detail::EinsumSpec;
using detail::EinsumTerm;

// A label is its letter, or for an axis of "..." this number plus the axis counted from the end, so that they broadcast.
using Label = int;
constexpr Label first_of_ellipsis = 128;
using LabelList = std::vector<Label>;

/// An operand on its way: a tensor and what its axes are called.
struct Factor {
  Tensor x;
  LabelList labels;
};

bool has(const LabelList& labels, Label label) { return std::ranges::find(labels, label) != labels.end(); }

LabelList concatenated(const LabelList& a, const LabelList& b) {
  LabelList out = a;
  out.insert(out.end(), b.begin(), b.end());
  return out;
}

LabelList only(const LabelList& labels, auto&& wanted) {
  LabelList out;
  std::ranges::copy_if(labels, std::back_inserter(out), wanted);
  return out;
}

LabelList labels_of(const EinsumTerm& term, int axes_of_ellipsis) {
  LabelList out(term.before.begin(), term.before.end());
  for (int k = term.ellipsis ? axes_of_ellipsis : 0; k-- > 0;) out.push_back(first_of_ellipsis + k);
  out.insert(out.end(), term.after.begin(), term.after.end());
  return out;
}

std::string shown(Label label) {
  if (label >= first_of_ellipsis) return fmt::format("axis {} of '...'", first_of_ellipsis - 1 - label);
  return fmt::format("label '{}'", static_cast<char>(label));
}

std::string shown(std::size_t operand, const Tensor& x) {
  return fmt::format("operand {}, {}", operand, to_string(x.shape()));
}

/// The size of every label, and who first had it.
class Sizes {
 public:
  void add(Label label, std::int64_t size, std::size_t operand, std::span<const Tensor> operands) {
    const auto at = std::ranges::find(entries_, label, &Entry::label);
    if (at == entries_.end()) {
      entries_.push_back({label, size, operand});
    } else if (at->size == 1) {
      *at = {label, size, operand};
    } else if (size != at->size && size != 1) {
      throw ShapeError(fmt::format("[einsum] {} has size {} in {}, and size {} in {}", shown(label), at->size,
                                   shown(at->operand, operands[at->operand]), size, shown(operand, operands[operand])));
    }
  }
  [[nodiscard]] std::int64_t of(Label label) const { return std::ranges::find(entries_, label, &Entry::label)->size; }
  [[nodiscard]] Shape shape(const LabelList& labels) const {
    if (labels.size() > max_rank) {
      throw ShapeError(fmt::format("[einsum] a product has {} axes, at most {} are allowed", labels.size(), max_rank));
    }
    std::array<std::int64_t, max_rank> sizes{};
    std::ranges::transform(labels, sizes.begin(), [&](Label label) { return of(label); });
    return Shape(std::span<const std::int64_t>(sizes).first(labels.size()));
  }
  /// The number of elements of an array with these axes; it may be too large for an integer.
  [[nodiscard]] double product(const LabelList& labels) const {
    double n = 1.0;
    for (const Label label : labels) n *= static_cast<double>(of(label));
    return n;
  }

 private:
  struct Entry {
    Label label;
    std::int64_t size;
    std::size_t operand;
  };
  std::vector<Entry> entries_;
};

// Brings the axes into another order.
Factor permuted(const Factor& f, const LabelList& order) {
  if (order == f.labels) return f;
  std::vector<int> axes;
  for (const Label label : order)
    axes.push_back(static_cast<int>(std::ranges::find(f.labels, label) - f.labels.begin()));
  return {permute(f.x, axes), order};
}

// Sums over every axis whose label is not wanted.
Factor summed(const Factor& f, auto&& wanted) {
  std::uint32_t mask = 0;
  for (std::size_t k = 0; k < f.labels.size(); ++k) mask |= wanted(f.labels[k]) ? 0U : 1U << k;
  if (mask == 0) return f;
  return {apply(Sum{{}, mask, false}, f.x), only(f.labels, wanted)};
}

// Takes the diagonal wherever a label is given twice, and drops the axes of size 1 that broadcast.
Factor prepared(Factor f, const Sizes& sizes) {
  for (std::size_t j = 1; j < f.labels.size(); ++j) {
    const auto first = static_cast<std::size_t>(std::ranges::find(f.labels, f.labels[j]) - f.labels.begin());
    if (first == j) continue;
    f.x = apply(JoinAxes{{}, static_cast<int>(first), static_cast<int>(j)}, f.x);
    f.labels.erase(f.labels.begin() + static_cast<std::ptrdiff_t>(j--));
  }
  std::uint32_t repeated = 0;
  LabelList left;
  for (std::size_t k = 0; k < f.labels.size(); ++k) {
    if (f.x.value().sizes()[k] == sizes.of(f.labels[k])) {
      left.push_back(f.labels[k]);
    } else {
      repeated |= 1U << k;
    }
  }
  return {reshape(f.x, reduced(f.x.shape(), repeated, false)), left};
}

// Nothing is summed: one elementwise product, b's own axes behind those of a.
Factor multiplied(const Factor& a, const Factor& b, const Sizes& sizes) {
  const LabelList own = only(b.labels, [&](Label label) { return !has(a.labels, label); });
  const LabelList all = concatenated(a.labels, own);
  const Shape shape = sizes.shape(all);
  std::uint32_t missing_a = 0;
  std::uint32_t missing_b = 0;
  for (std::size_t k = 0; k < all.size(); ++k) {
    missing_a |= has(a.labels, all[k]) ? 0U : 1U << k;
    missing_b |= has(b.labels, all[k]) ? 0U : 1U << k;
  }
  // Sizes of 1 where an operand lacks an axis; leading ones are implied.
  const auto widened = [&](const Tensor& x, std::uint32_t missing) {
    std::array<std::int64_t, max_rank> at{};
    for (int k = 0; k < shape.rank(); ++k) {
      at[static_cast<std::size_t>(k)] = ((missing >> k) & 1U) != 0 ? 1 : shape[k];
    }
    return reshape(x, Shape::trusted(std::span<const std::int64_t>(at).first(all.size())));
  };
  const Factor right = permuted(b, only(all, [&](Label label) { return has(b.labels, label); }));
  return {widened(a.x, missing_a) * widened(right.x, missing_b), all};
}

// What a matrix product takes: the labels of a batch, of the rows and of the columns, each run together to one axis but
// for the batch.  No numbers are moved where they lie as [batch, rows, columns] or [batch, columns, rows] already.
std::pair<Tensor, bool> as_matrices(const Factor& f, const LabelList& batch, const LabelList& rows,
                                    const LabelList& columns, const Sizes& sizes) {
  const bool transposed = f.labels != concatenated(concatenated(batch, rows), columns) &&
                          f.labels == concatenated(concatenated(batch, columns), rows);
  const LabelList& upper = transposed ? columns : rows;
  const LabelList& lower = transposed ? rows : columns;
  const Tensor x = permuted(f, concatenated(concatenated(batch, upper), lower)).x;
  std::vector<std::int64_t> shape;
  for (const Label label : batch) shape.push_back(sizes.of(label));
  shape.push_back(sizes.shape(upper).size());
  shape.push_back(sizes.shape(lower).size());
  return {reshape(x, Shape(shape)), transposed};
}

Factor contracted(const Factor& a, const Factor& b, const auto& needed, const Sizes& sizes) {
  const auto of_both = [&](Label label) { return has(a.labels, label) && has(b.labels, label); };
  const Factor left = summed(a, [&](Label label) { return needed(label) || has(b.labels, label); });
  const Factor right = summed(b, [&](Label label) { return needed(label) || has(a.labels, label); });
  const LabelList inner = only(left.labels, [&](Label label) { return of_both(label) && !needed(label); });
  if (inner.empty()) return multiplied(left, right, sizes);
  const LabelList batch = only(left.labels, [&](Label label) { return of_both(label) && needed(label); });
  const LabelList rows = only(left.labels, [&](Label label) { return !has(b.labels, label); });
  const LabelList columns = only(right.labels, [&](Label label) { return !has(a.labels, label); });
  const LabelList all = concatenated(concatenated(batch, rows), columns);
  const Shape shape = sizes.shape(all);
  const auto [x, x_transposed] = as_matrices(left, batch, rows, inner, sizes);
  const auto [y, y_transposed] = as_matrices(right, batch, inner, columns, sizes);
  const Shape batch_shape = Shape::trusted(shape.sizes().first(batch.size()));
  return {reshape(apply(MatMul(x_transposed, y_transposed, batch_shape), x, y), shape), all};
}

// Contracts the pair whose product takes least room beyond the pair itself, until one factor is left.
Factor contract_all(std::vector<Factor> factors, const LabelList& output, const Sizes& sizes) {
  while (factors.size() > 1) {
    // A label that only the pair has, and the output does not, is summed.
    const auto needed_beside = [&](std::size_t i, std::size_t j) {
      return [&factors, &output, i, j](Label label) {
        if (has(output, label)) return true;
        for (std::size_t k = 0; k < factors.size(); ++k) {
          if (k != i && k != j && has(factors[k].labels, label)) return true;
        }
        return false;
      };
    };
    std::pair<std::size_t, std::size_t> best{0, 1};
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; factors.size() > 2 && i < factors.size(); ++i) {
      for (std::size_t j = i + 1; j < factors.size(); ++j) {
        const LabelList& a = factors[i].labels;
        const LabelList own = only(factors[j].labels, [&](Label label) { return !has(a, label); });
        const LabelList result = only(concatenated(a, own), needed_beside(i, j));
        const double room = sizes.product(result) - sizes.product(a) - sizes.product(factors[j].labels);
        if (room < least) least = room, best = {i, j};
      }
    }
    const auto [i, j] = best;
    factors[i] = contracted(factors[i], factors[j], needed_beside(i, j), sizes);
    factors.erase(factors.begin() + static_cast<std::ptrdiff_t>(j));
  }
  return std::move(factors.front());
}

// A diagonal does not broadcast.
void check_diagonals(const Factor& f, std::size_t operand) {
  const auto sizes = f.x.value().sizes();
  for (std::size_t k = 0; k < f.labels.size(); ++k) {
    const auto first = static_cast<std::size_t>(std::ranges::find(f.labels, f.labels[k]) - f.labels.begin());
    if (sizes[k] == sizes[first]) continue;
    throw ShapeError(fmt::format("[einsum] {} has sizes {} and {} in {}", shown(f.labels[k]), sizes[first], sizes[k],
                                 shown(operand, f.x)));
  }
}

// How many axes "..." stands for in an operand.
int ellipsis_axes(const EinsumTerm& term, const Tensor& x, std::size_t operand) {
  const int letters = static_cast<int>(term.letters());
  if (term.ellipsis ? x.rank() >= letters : x.rank() == letters) return x.rank() - letters;
  throw ShapeError(fmt::format("[einsum] '{}' needs {}{} ax{}: {}", term.text(), term.ellipsis ? "at least " : "",
                               letters, letters == 1 ? "is" : "es", shown(operand, x)));
}

}  // namespace

Tensor einsum(std::string_view spec, std::span<const Tensor> operands) {
  const EinsumSpec read = detail::parse_einsum(spec);
  if (read.inputs.size() != operands.size()) {
    throw ValueError(fmt::format("[einsum] {} has {} term{} for {} operand{}", in_quotes(spec), read.inputs.size(),
                                 read.inputs.size() == 1 ? "" : "s", operands.size(), operands.size() == 1 ? "" : "s"));
  }
  ResultType type;
  int axes_of_ellipsis = 0;
  Sizes sizes;
  std::vector<Factor> factors;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const int axes = ellipsis_axes(read.inputs[i], operands[i], i);
    axes_of_ellipsis = std::max(axes_of_ellipsis, axes);
    type.add(operands[i].dtype(), operands[i].rank());
    factors.push_back({operands[i], labels_of(read.inputs[i], axes)});
    check_diagonals(factors[i], i);
    for (std::size_t k = 0; k < factors[i].labels.size(); ++k) {
      sizes.add(factors[i].labels[k], operands[i].value().sizes()[k], i, operands);
    }
  }
  const LabelList output = labels_of(read.output, axes_of_ellipsis);
  static_cast<void>(sizes.shape(output));  // refused before anything is computed
  for (Factor& f : factors) f = prepared({cast(f.x, type.get()), f.labels}, sizes);
  const Factor last = contract_all(std::move(factors), output, sizes);
  return permuted(summed(last, [&](Label label) { return has(output, label); }), output).x;
}

Tensor einsum(std::string_view spec, std::initializer_list<Tensor> operands) {
  return einsum(spec, std::span<const Tensor>(operands.begin(), operands.size()));
}

// Saved graphs name these (save/saved_ops.cpp).
template const detail::RuleEntry& detail::unlisted_rule<JoinAxes>();
template const detail::RuleEntry& detail::unlisted_rule<SplitAxes>();

}  // namespace gradus
