#include "nn/data/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <span>

#include "autograd/base/error.h"
#include "autograd/tensor/ops/indexing.h"

namespace gradus::nn {

namespace {

void require_part(double held_out) {
  if (held_out > 0.0 && held_out < 1.0) return;
  throw ValueError(fmt::format("[split] a part between 0 and 1 can be held out, not {}", held_out));
}

std::int64_t part_of(std::int64_t rows, double held_out) { return std::llround(static_cast<double>(rows) * held_out); }

SplitRows ascending(std::vector<std::int64_t> training, std::vector<std::int64_t> held_out) {
  std::sort(training.begin(), training.end());
  std::sort(held_out.begin(), held_out.end());
  return {Indices(training), Indices(held_out)};
}

std::vector<Indices> cut(std::span<const std::int64_t> order, std::int64_t size) {
  if (size < 1) throw ValueError(fmt::format("[batches] a batch has at least 1 row, not {}", size));
  std::vector<Indices> parts;
  while (!order.empty()) {
    const std::size_t count = std::min(order.size(), static_cast<std::size_t>(size));
    parts.emplace_back(order.first(count));
    order = order.subspan(count);
  }
  return parts;
}

}  // namespace

std::int64_t Dataset::rows() const { return x.size(0); }

Dataset Dataset::take(const Indices& rows) const {
  Dataset part{gradus::take(x, rows, 0), gradus::take(y, rows, 0), {}, classes};
  if (labels.size() == 0) return part;
  std::vector<std::int64_t> chosen;
  for (const std::int64_t row : rows) chosen.push_back(labels[row < 0 ? row + labels.size() : row]);
  part.labels = Indices(chosen);
  return part;
}

Dataset Dataset::to(DType dtype) const {
  return {Tensor(x.value().to(dtype)), Tensor(y.value().to(dtype)), labels, classes};
}

SplitRows split_rows(std::int64_t rows, double held_out, const Key& key) {
  require_part(held_out);
  if (rows < 2) throw ValueError(fmt::format("[split] it takes two rows to hold one out, not {}", rows));
  const Indices order = permutation(rows, key);
  const std::int64_t kept_back = std::clamp<std::int64_t>(part_of(rows, held_out), 1, rows - 1);
  return ascending({order.begin() + kept_back, order.end()}, {order.begin(), order.begin() + kept_back});
}

SplitRows split_rows(const Indices& labels, double held_out, const Key& key) {
  require_part(held_out);
  std::map<std::int64_t, std::vector<std::int64_t>> rows_of;  // in the order of the key
  for (const std::int64_t row : permutation(labels.size(), key)) rows_of[labels[row]].push_back(row);
  const auto largest = std::ranges::max_element(rows_of, {}, [](const auto& one) { return one.second.size(); });
  if (largest == rows_of.end() || largest->second.size() < 2) {
    throw ValueError("[split] no class has two rows: there is none to hold out");
  }
  const auto held_out_of = [&](const std::vector<std::int64_t>& rows) {
    return std::min(part_of(std::ssize(rows), held_out), std::ssize(rows) - 1);
  };
  const bool none = std::ranges::all_of(rows_of, [&](const auto& one) { return held_out_of(one.second) == 0; });
  std::vector<std::int64_t> training;
  std::vector<std::int64_t> kept_back;
  for (const auto& [label, rows] : rows_of) {
    const std::int64_t count = none && label == largest->first ? 1 : held_out_of(rows);
    kept_back.insert(kept_back.end(), rows.begin(), rows.begin() + count);
    training.insert(training.end(), rows.begin() + count, rows.end());
  }
  return ascending(std::move(training), std::move(kept_back));
}

std::pair<Dataset, Dataset> split(const Dataset& data, double held_out, const Key& key) {
  const SplitRows rows =
      data.labels.size() > 0 ? split_rows(data.labels, held_out, key) : split_rows(data.rows(), held_out, key);
  return {data.take(rows.training), data.take(rows.held_out)};
}

std::vector<Indices> batches(std::int64_t rows, std::int64_t size, const Key& key) {
  return cut(permutation(rows, key).values(), size);
}

std::vector<Indices> batches(std::int64_t rows, std::int64_t size) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(std::max<std::int64_t>(rows, 0)));
  std::iota(order.begin(), order.end(), 0);
  return cut(order, size);
}

}  // namespace gradus::nn
