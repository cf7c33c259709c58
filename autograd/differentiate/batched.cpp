#include "autograd/differentiate/batched.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "autograd/array/slice.h"
#include "autograd/base/error.h"
#include "autograd/tensor/anomaly.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/reshape.h"
#include "autograd/tensor/ops/structural.h"
#include "autograd/tensor/rule.h"

namespace gradus::detail {

namespace {

// One of many: a view.
Array one_of(const Array& many, std::int64_t k) {
  return many.view(many.sizes().subspan(1), many.strides().subspan(1), k * many.strides()[0]);
}

bool is_elementwise(const Rule& rule) { return rule.elementwise().kernels != nullptr; }

std::vector<int> ranks_of(const Record& record) {
  std::vector<int> ranks;
  for (const Array& x : record.arguments()) ranks.push_back(x.rank());
  return ranks;
}

// The shape with axes of size 1 behind the first, so that it lines up with `rank` axes from the end.
Shape lined_up(const Shape& shape, int rank) {
  std::array<std::int64_t, max_rank> sizes;
  sizes.fill(1);
  const auto missing = static_cast<std::size_t>(std::max(rank - shape.rank(), 0));
  sizes[0] = shape[0];
  for (std::size_t k = 1; k < shape.sizes().size(); ++k) sizes[k + missing] = shape.sizes()[k];
  return Shape(std::span<const std::int64_t>(sizes).first(shape.sizes().size() + missing));
}

// The same of an array: a view, for one that is the same along its first axis would else be written out.
Array lined_up(const Array& x, int rank) {
  const Shape shape = lined_up(x.shape(), rank);
  if (!x.has_data()) return Array::shape_only(shape, x.dtype());
  std::array<std::int64_t, max_rank> strides{x.strides()[0]};
  std::copy(x.strides().begin() + 1, x.strides().end(), strides.begin() + shape.rank() - x.rank() + 1);
  return x.view(shape.sizes(), std::span<const std::int64_t>(strides).first(static_cast<std::size_t>(shape.rank())));
}

Array stacked(const std::vector<Array>& parts, const Array& like) {
  return gradus::ops::stack(std::vector<Tensor>(parts.begin(), parts.end())).value().to(like.dtype());
}

// The rule writes over the memory it is given; what is looked at by others is not unique, and so is left alone.
Array push_one_by_one(const Record& record, std::span<const Array> tangents, std::int64_t count) {
  std::vector<Array> parts;
  std::vector<Array> moving(tangents.size());
  for (std::int64_t k = 0; k < count; ++k) {
    for (std::size_t j = 0; j < tangents.size(); ++j)
      moving[j] = tangents[j].defined() ? one_of(tangents[j], k) : Array();
    parts.push_back(record.rule->push(moving, record.arguments(), record.result).packed());
  }
  return stacked(parts, record.result);
}

}  // namespace

Array repeated(const Array& x, std::int64_t count) {
  const Shape shape = in_front(count, x.shape());
  if (!x.has_data()) return Array::shape_only(shape, x.dtype());
  std::vector<std::int64_t> strides{0};
  strides.insert(strides.end(), x.strides().begin(), x.strides().end());
  return x.view(shape.sizes(), strides);
}

Array push_many(const Record& record, std::span<const Array> tangents, std::int64_t count) {
  const Rule& rule = *record.rule;
  if (is_elementwise(rule)) return rule.push(tangents, record.arguments(), record.result);
  const std::vector<int> ranks = ranks_of(record);
  const BatchedRule many = rule.batched(count, ranks);
  if (many.rule == nullptr) return push_one_by_one(record, tangents, count);
  const int rank = record.result.rank() + 1;
  const auto line_up = [&](const Array& x) { return many.aligned && x.defined() ? lined_up(x, rank) : x; };
  std::vector<Array> x, t;
  for (const Array& argument : record.arguments()) x.push_back(line_up(repeated(argument, count)));
  for (const Array& tangent : tangents) t.push_back(line_up(tangent));
  return many.rule->push(t, x, repeated(record.result, count));
}

namespace {

// A rule like that of the record, applied and recorded as the op itself would be.
Tensor apply_rule(std::unique_ptr<Rule> rule, std::vector<Tensor> x) {
  std::vector<Array> values;
  for (const Tensor& t : x) values.push_back(t.value());
  Array result = rule->evaluate(values);
  std::uint32_t tracked = 0;
  for (std::size_t k = 0; k < x.size(); ++k) {
    if (!x[k].requires_grad()) continue;
    tracked |= bit_of(k);
    if (is_elementwise(*rule) && !x[k].value().same_shape(result)) x[k] = broadcast_for(x[k], result);
  }
  std::vector<Operand> operands;
  for (const Tensor& t : x) operands.push_back({&t.value(), t.record().get()});
  if (tracked == 0 || !recording()) {
    if (watching()) check_result(rule->name(), operands, result);
    return Tensor(std::move(result), Counted<Record>());
  }
  Record* record = make_record(rule.get(), true, operands, result, rule->keep(tracked));
  static_cast<void>(rule.release());
  return Tensor(std::move(result), Counted<Record>::adopt(record));
}

std::unique_ptr<Rule> copied(const Rule& rule) {
  std::unique_ptr<Rule> copy = rule.clone();
  if (copy == nullptr) {
    throw GraphError(
        fmt::format("[vmap] {}: what a function of your own computes is not known for many at once", rule.name()));
  }
  return copy;
}

}  // namespace

Tensor apply_many(const Record& record, std::span<const Tensor> x, std::span<const std::uint8_t> many,
                  std::int64_t count) {
  const Rule& rule = *record.rule;
  const int rank = record.result.rank() + 1;
  std::vector<Tensor> arguments(x.begin(), x.end());
  if (is_elementwise(rule)) {
    for (std::size_t k = 0; k < x.size(); ++k) {
      if (many[k] != 0) arguments[k] = reshape(x[k], lined_up(x[k].shape(), rank));
    }
    return apply_rule(copied(rule), std::move(arguments));
  }
  const std::vector<int> ranks = ranks_of(record);
  BatchedRule batched = rule.batched(count, ranks);
  if (batched.rule == nullptr) {
    std::vector<Tensor> parts;
    for (std::int64_t k = 0; k < count; ++k) {
      for (std::size_t j = 0; j < x.size(); ++j) {
        if (many[j] != 0) arguments[j] = ops::slice(x[j], {Slice(k)});
      }
      parts.push_back(apply_rule(copied(rule), arguments));
    }
    return gradus::ops::stack(parts);
  }
  for (std::size_t k = 0; k < x.size(); ++k) {
    // What is the same for all is repeated last, and stays a view.
    const bool same = many[k] == 0;
    Shape shape = same ? in_front(1, x[k].shape()) : x[k].shape();
    if (batched.aligned) shape = lined_up(shape, rank);
    arguments[k] = reshape(x[k], shape);
    if (same) arguments[k] = broadcast_to(arguments[k], in_front(count, Shape::trusted(shape.sizes().subspan(1))));
  }
  return apply_rule(std::move(batched.rule), std::move(arguments));
}

}  // namespace gradus::detail
