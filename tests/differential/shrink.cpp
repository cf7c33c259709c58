#include "tests/differential/shrink.h"

#include <cstddef>
#include <vector>

namespace gradus::differential {

namespace {

Sample sample_of(Program program) {
  Sample out{std::move(program), {}};
  out.exact = Evaluation(out.program).run(Rounding());
  return out;
}

/// The program without the steps that no weighted step needs.
Program without_unread(const Program& from) {
  std::vector<bool> read(from.steps.size(), false);
  for (std::size_t k = from.steps.size(); k-- > 0;) {
    read[k] = read[k] || !from.weights[k].empty();
    if (!read[k]) continue;
    for (const std::size_t operand : from.steps[k].operands) read[operand] = true;
  }
  Program out = from;
  out.steps.clear();
  out.weights.clear();
  std::vector<std::size_t> place(from.steps.size(), 0);
  for (std::size_t k = 0; k < from.steps.size(); ++k) {
    if (!read[k]) continue;
    place[k] = out.steps.size();
    out.steps.push_back(from.steps[k]);
    out.weights.push_back(from.weights[k]);
    for (std::size_t& operand : out.steps.back().operands) operand = place[operand];
  }
  return out;
}

std::vector<double> numbers_of(const Column& column, bool single) {
  std::vector<double> out;
  for (const Quad x : column) {
    out.push_back(single ? static_cast<double>(static_cast<float>(x)) : static_cast<double>(x));
  }
  return out;
}

/// The program with one step's value given.
Program with_given(const Program& from, std::size_t step, const char* kind, const Column& values) {
  Program out = from;
  Step& given = out.steps[step];
  given = Step{kind, {}, given.shape, {}, numbers_of(values, from.single), {}, -1};
  return without_unread(out);
}

/// The program up to one step, whose cotangent stays what it is.
Program up_to(const Sample& from, std::size_t step) {
  Program out = from.program;
  for (std::vector<double>& weights : out.weights) weights.clear();
  out.weights[step] = numbers_of(from.exact.cotangents[step], out.single);
  return without_unread(out);
}

}  // namespace

Sample shrink(const Sample& sample, const std::function<bool(const Sample&)>& still) {
  Sample best = sample_of(without_unread(sample.program));
  const auto keep_if = [&](Program candidate) {
    Sample smaller = sample_of(std::move(candidate));
    if (!still(smaller)) return false;
    best = std::move(smaller);
    return true;
  };
  for (std::size_t k = 0; k < best.program.steps.size(); ++k) {
    if (!best.program.steps[k].is_given() && keep_if(up_to(best, k))) break;
  }
  // Late steps first: what they read may go with them.
  for (std::size_t left = best.program.steps.size(); left-- > 0;) {
    if (left >= best.program.steps.size()) continue;
    const std::string op = best.program.steps[left].op;
    if (op == "constant") continue;
    const Column values = Evaluation(best.program).values()[left];
    const bool gone = keep_if(with_given(best.program, left, "constant", values));
    if (!gone && op != "leaf") keep_if(with_given(best.program, left, "leaf", values));
  }
  return best;
}

}  // namespace gradus::differential
