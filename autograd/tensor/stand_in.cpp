#include "autograd/tensor/stand_in.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/tensor/mode.h"
#include "autograd/tensor/trace.h"

namespace gradus::detail {

StandIns::StandIns(std::span<const Tensor> leaves, std::span<const Tensor> stand_ins, std::string_view op)
    : outer_mode_(mode.standing_in) {
  if (leaves.size() != stand_ins.size()) {
    throw GraphError(
        fmt::format("[{}] there are {} parameters, {} tensors are given", op, leaves.size(), stand_ins.size()));
  }
  for (std::size_t k = 0; k < leaves.size(); ++k) {
    if (!leaves[k].is_leaf()) throw GraphError(fmt::format("[{}] parameter {} is no leaf", op, k));
    if (leaves[k].value().shape() != stand_ins[k].value().shape()) {
      throw ShapeError(fmt::format("[{}] parameter {} is {}, the tensor given for it {}", op, k,
                                   to_string(leaves[k].shape()), to_string(stand_ins[k].shape())));
    }
  }
  std::vector<Array> numbers;  // all of them, before the first leaf changes: a leaf may stand for another
  for (std::size_t k = 0; k < leaves.size(); ++k) {
    stand_ins_.push_back(cast_to(stand_ins[k], leaves[k].dtype()));
    numbers.push_back(stand_ins_[k].value());
  }
  before_.reserve(leaves.size());
  for (std::size_t k = 0; k < leaves.size(); ++k) {
    Leaf& leaf = static_cast<Leaf&>(*leaves[k].record());
    before_.push_back({leaves[k].record(), leaf.result, leaf.requires_grad, leaf.has_stand_in, leaf.stand_in});
    Record* record = stand_ins_[k].record().get();
    leaf.result = std::move(numbers[k]);
    leaf.requires_grad = stand_ins_[k].requires_grad() || is_traced(record);
    leaf.has_stand_in = true;
    leaf.stand_in = record;
  }
  mode.standing_in = true;
}

StandIns::~StandIns() {
  for (auto before = before_.rbegin(); before != before_.rend(); ++before) {
    Leaf& leaf = static_cast<Leaf&>(*before->leaf);
    leaf.result = std::move(before->result);
    leaf.requires_grad = before->requires_grad;
    leaf.has_stand_in = before->has_stand_in;
    leaf.stand_in = before->stand_in;
  }
  mode.standing_in = outer_mode_;
}

}  // namespace gradus::detail
