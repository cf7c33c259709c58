// Products of arrays.
#include <algorithm>
#include <map>
#include <string>

#include "tests/differential/bilinear_plan.h"

namespace gradus::differential {

namespace {

// ----------------------------------------------------------------------------------------------------- matrix products

/// As NumPy: a vector on the left is a row, on the right a column, and the axes before the last two broadcast.
Terms matmul_terms(const Step& step, const Shapes& x) {
  Sizes a = x[0];
  Sizes b = x[1];
  const bool row = a.size() == 1;
  const bool column = b.size() == 1;
  if (row) a.insert(a.begin(), 1);
  if (column) b.push_back(1);
  Sizes full = *broadcast(Sizes(a.begin(), a.end() - 2), Sizes(b.begin(), b.end() - 2));
  const std::size_t batch_axes = full.size();
  full.insert(full.end(), {a[a.size() - 2], b.back()});
  // Where the batch of an operand has axes of size 1 or lacks some, it repeats.
  const auto place = [&](const Sizes& shape, const Index& index, std::int64_t i, std::int64_t j) {
    Index own(index.begin() + static_cast<std::ptrdiff_t>(batch_axes + 2 - shape.size()), index.end());
    for (std::size_t k = 0; k + 2 < own.size(); ++k) own[k] = shape[k] == 1 ? 0 : own[k];
    own[own.size() - 2] = i;
    own.back() = j;
    return place_of(shape, own);
  };
  Terms out;
  for_each_place(full, [&](const Index& index, std::size_t result) {
    for (std::int64_t k = 0; k < a.back(); ++k) {
      out.push_back({result, place(a, index, index[batch_axes], k), place(b, index, k, index[batch_axes + 1])});
    }
  });
  static_cast<void>(step);
  return out;
}

std::optional<Draft> draw_matmul(Numbers& numbers, const Sizes& x) {
  if (x.size() != 2) return std::nullopt;
  const std::int64_t columns = 1 + numbers.whole(4);
  Draft out;
  out.others = {{x[1], columns}};
  out.step.shape = {x[0], columns};
  return out;
}

std::optional<Draft> draw_matmul_batched(Numbers& numbers, const Sizes& x) {
  if (x.empty()) return std::nullopt;
  const std::int64_t inner = x.back();
  Sizes batch(x.begin(), x.end() - std::min<std::ptrdiff_t>(2, static_cast<std::ptrdiff_t>(x.size())));
  Draft out;
  Sizes& other = out.others.emplace_back();
  if (numbers.chance(0.25)) {
    other = {inner};
  } else {
    // The other's batch: ours, some of its axes 1, leading ones missing, or new.
    other = batch;
    for (std::int64_t& s : other) {
      if (s == 1) s = 1 + numbers.whole(3);
      if (numbers.chance(0.3)) s = 1;
    }
    if (!other.empty() && numbers.chance(0.3)) other.erase(other.begin());
    if (other.size() < 2 && numbers.chance(0.4)) {
      other.insert(other.begin(),
                   batch.size() > other.size() ? batch[batch.size() - 1 - other.size()] : 1 + numbers.whole(3));
    }
    batch = *broadcast(batch, other);
    other.insert(other.end(), {inner, 1 + numbers.whole(4)});
  }
  out.step.shape = batch;
  if (x.size() > 1) out.step.shape.push_back(x[x.size() - 2]);
  if (other.size() > 1) out.step.shape.push_back(other.back());
  return out;
}

std::optional<Draft> draw_dot(Numbers&, const Sizes& x) {
  if (x.size() != 1) return std::nullopt;
  Draft out;
  out.others = {x};
  return out;
}

Terms outer_terms(const Step&, const Shapes& x) {
  Terms out;
  const auto n = static_cast<std::size_t>(x[1][0]);
  for (std::size_t i = 0; i < static_cast<std::size_t>(x[0][0]); ++i) {
    for (std::size_t j = 0; j < n; ++j) out.push_back({i * n + j, i, j});
  }
  return out;
}
std::optional<Draft> draw_outer(Numbers& numbers, const Sizes& x) {
  if (x.size() != 1) return std::nullopt;
  const std::int64_t n = 1 + numbers.whole(4);
  Draft out;
  out.others = {{n}};
  out.step.shape = {x[0], n};
  return out;
}

// -------------------------------------------------------------------------------------------------------------- einsum

struct Equation {
  std::string a;
  std::string b;
  std::string result;
};

Equation equation_of(const std::string& spec) {
  const std::size_t comma = spec.find(',');
  const std::size_t arrow = spec.find("->");
  return {spec.substr(0, comma), spec.substr(comma + 1, arrow - comma - 1), spec.substr(arrow + 2)};
}

/// The sizes that the letters of an operand stand for.
void learn(std::map<char, std::int64_t>& sizes, const std::string& letters, const Sizes& shape) {
  for (std::size_t k = 0; k < letters.size(); ++k) sizes[letters[k]] = shape[k];
}

/// Every combination of the letters is a term.
Terms einsum_terms(const Step& step, const Shapes& x) {
  const Equation equation = equation_of(step.spec);
  std::map<char, std::int64_t> sizes;
  learn(sizes, equation.a, x[0]);
  learn(sizes, equation.b, x[1]);
  std::string letters;
  Sizes all;
  for (const auto& [letter, size] : sizes) {
    letters += letter;
    all.push_back(size);
  }
  Terms out;
  for_each_place(all, [&](const Index& index, std::size_t) {
    const auto place = [&](const std::string& own, const Sizes& shape) {
      Index part;
      for (const char letter : own) part.push_back(index[letters.find(letter)]);
      return place_of(shape, part);
    };
    out.push_back({place(equation.result, step.shape), place(equation.a, x[0]), place(equation.b, x[1])});
  });
  return out;
}

/// Any letters: repeated in an operand, shared, summed or kept, in any order.
std::optional<Draft> draw_einsum(Numbers& numbers, const Sizes& x) {
  Equation equation;
  std::map<char, std::int64_t> sizes;
  const auto fresh = [&](std::int64_t size) {
    const auto letter = static_cast<char>('a' + sizes.size());
    sizes[letter] = size;
    return letter;
  };
  const auto known = [&](std::int64_t size) {
    for (const auto& [letter, other] : sizes) {
      if (other == size && numbers.chance(0.3)) return letter;
    }
    return fresh(size);
  };
  for (const std::int64_t size : x) equation.a += known(size);
  Draft out;
  Sizes& other = out.others.emplace_back();
  std::int64_t combinations = 1;
  const std::string shared = equation.a;
  for (const char letter : shared) {
    if (numbers.chance(0.6) && equation.b.size() < 4) equation.b += letter;
  }
  if (equation.b.size() < 3 && numbers.chance(0.6)) equation.b.insert(0, 1, fresh(1 + numbers.whole(4)));
  for (const char letter : equation.b) other.push_back(sizes[letter]);
  for (const auto& [letter, size] : sizes) {
    combinations *= size;
    if (!numbers.chance(0.6)) continue;
    const std::int64_t place = numbers.whole(static_cast<std::int64_t>(equation.result.size()) + 1);
    equation.result.insert(static_cast<std::size_t>(place), 1, letter);
  }
  if (combinations > 512) return std::nullopt;
  for (const char letter : equation.result) out.step.shape.push_back(sizes[letter]);
  out.step.spec = equation.a + "," + equation.b + "->" + equation.result;
  return out;
}

constexpr StructuralOp ops[] = {
    {"matmul", draw_matmul, bilinear<matmul_terms>}, {"matmul_batched", draw_matmul_batched, bilinear<matmul_terms>},
    {"dot", draw_dot, bilinear<matmul_terms>},       {"outer", draw_outer, bilinear<outer_terms>},
    {"einsum", draw_einsum, bilinear<einsum_terms>},
};

}  // namespace

std::span<const StructuralOp> bilinear_ops() { return ops; }

}  // namespace gradus::differential
