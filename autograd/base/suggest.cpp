#include "autograd/base/suggest.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "autograd/base/text.h"

namespace gradus {

namespace {

// Nobody mistypes a name longer than this; the comparison takes the product of both lengths.
constexpr std::size_t longest_name = 64;

char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Short names are all close to each other.
std::size_t allowed_distance(std::size_t length) { return length < 3 ? 0 : length == 3 ? 1 : 2; }

/// How many letters to insert, delete, replace or swap with their neighbour; letter case ignored.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  std::vector<std::size_t> above = row;
  std::vector<std::size_t> two_above = row;
  const auto same = [&](std::size_t i, std::size_t j) { return lower_case(a[i]) == lower_case(b[j]); };
  for (std::size_t i = 0; i < a.size(); ++i) {
    two_above.swap(above);
    above.swap(row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = std::min({above[j] + (same(i, j) ? 0 : 1), above[j + 1] + 1, row[j] + 1});
      if (i > 0 && j > 0 && same(i, j - 1) && same(i - 1, j)) row[j + 1] = std::min(row[j + 1], two_above[j - 1] + 1);
    }
  }
  return row.back();
}

}  // namespace

std::optional<std::string_view> nearest_name(std::string_view name, const std::vector<std::string_view>& known) {
  if (name.empty() || name.size() > longest_name) return std::nullopt;
  std::size_t best = allowed_distance(name.size()) + 1;
  std::optional<std::string_view> nearest;
  for (const std::string_view candidate : known) {
    if (candidate.size() > name.size() + 2 || name.size() > candidate.size() + 2) continue;
    const std::size_t distance = edit_distance(name, candidate);
    if (distance >= best) continue;
    best = distance;
    nearest = candidate;
  }
  return nearest;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& known) {
  const std::optional<std::string_view> nearest = nearest_name(name, known);
  return nearest ? fmt::format("; did you mean {}?", in_quotes(*nearest)) : std::string();
}

}  // namespace gradus
