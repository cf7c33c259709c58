#include "tools/gradus/page/lesson_live.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <random>
#include <span>
#include <string_view>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/derive/formula_value.h"

namespace gradus::command {

namespace {

constexpr std::size_t points = 12;
constexpr std::int64_t most_numbers = 1000;
constexpr std::size_t most_inputs = 64;
/// Derivations are compared in all digits; the program's functions may round otherwise.
constexpr double same = 1e-9;
constexpr int all_digits = 17;

bool agree(double a, double b) { return std::fabs(a - b) <= same * std::max(std::fabs(a), std::fabs(b)); }

/// NaN where what is written is no number.
double read(std::string_view written) {
  return static_cast<double>(detail::read_number(written).value_or(std::numeric_limits<long double>::quiet_NaN()));
}

std::vector<double> numbers_in(const Formula& side) {
  std::vector<double> out;
  static_cast<void>(side.with_numbers_replaced([&](const std::string& digits) {
    out.push_back(read(digits));
    return digits;
  }));
  return out;
}

bool same_form(const Formula& a, const Formula& b) {
  return std::ranges::equal(a.terms(), b.terms(), [](const Formula::Term& s, const Formula::Term& t) {
    const bool is_written = s.kind == Formula::Kind::number || s.kind == Formula::Kind::array;
    return s.kind == t.kind && s.arity == t.arity && s.right == t.right && (is_written || s.word == t.word);
  });
}

const Formula* side_of(const Derivation& derived, std::size_t step, std::size_t equation, std::size_t side) {
  if (step >= derived.steps.size()) return nullptr;
  const std::vector<Equation>& equations = derived.steps[step].equations;
  if (equation >= equations.size() || side >= equations[equation].sides.size()) return nullptr;
  return &equations[equation].sides[side];
}

/// Near the inputs, so that the same side of every kink is taken, then further away, with other signs too.
std::vector<double> inputs_at(std::size_t k, const GraphProgram& program) {
  std::mt19937 random(static_cast<unsigned>(20240611 + k));
  const auto draw = [&] { return static_cast<double>(random()) / 4294967296.0; };  // the same everywhere
  std::vector<double> inputs;
  for (const GraphProgram::Input& input : program.inputs) {
    const double x = input.value;
    const double u = draw();
    const double near = x * (1.0 + 0.01 * u) + (x == 0.0 ? 0.02 * (draw() - 0.5) : 0.0);
    inputs.push_back(k == 0   ? near
                     : k == 1 ? x * (1.3 + 0.4 * u) + 0.1 * (draw() - 0.5)
                     : k == 2 ? -near - 0.1 * u
                     : k == 3 ? 0.05 + 0.9 * u
                              : 6.0 * u - 3.0);
  }
  return inputs;
}

}  // namespace

LiveLesson::LiveLesson(const Graph& graph, const Derivation& derived, const DerivationOptions& options,
                       std::string still)
    : derived_(derived), refusal_(std::move(still)) {
  if (!refusal_.empty()) return;
  try {
    program_ = program_of(graph, most_numbers);
    if (program_.inputs.size() > most_inputs) {
      refusal_ = fmt::format("they are {} numbers, more than {}", program_.inputs.size(), most_inputs);
      return;
    }
    DerivationOptions how = options;
    how.digits = all_digits;
    how.most_differences = 0;
    for (std::size_t k = 0; k < points; ++k) {
      if (!add_point(graph, how, k) && points_.empty()) break;
    }
  } catch (const Error& error) {
    refusal_ = error.what();
    return;
  }
  if (points_.empty()) {
    refusal_ = "the derivation is another one next to them";
    return;
  }
  for (std::size_t k = 0; k < program_.instructions.size(); ++k) {
    const double x = points_.front().numbers[k];
    if (std::isfinite(x)) sorted_.emplace_back(x, static_cast<int>(k));
  }
  std::ranges::sort(sorted_);
}

bool LiveLesson::add_point(const Graph& graph, const DerivationOptions& options, std::size_t k) {
  const std::vector<double> inputs = inputs_at(k, program_);
  const Graph there = recorded_at(graph, inputs);
  const auto same_slot = [](const Slot& a, const Slot& b) { return a.id == b.id && a.shape == b.shape; };
  if (!std::ranges::equal(there.slots(), graph.slots(), same_slot)) return false;
  Derivation derived = derivation(there, options);
  if (derived.steps.size() != derived_.steps.size()) return false;
  std::vector<double> given;
  for (const GraphProgram::Input& input : program_.inputs) {  // as they are rounded to the leaf's type
    given.push_back(
        there.slots()[static_cast<std::size_t>(input.slot)].value.to_vector()[static_cast<std::size_t>(input.element)]);
  }
  points_.push_back({std::move(derived), numbers_of(program_, given)});
  return true;
}

bool LiveLesson::says_everywhere(std::size_t step) const {
  return points_.size() < 2 || elsewhere().steps[step].text == points_[1].derived.steps[step].text;
}

LiveLesson::Meaning LiveLesson::meaning_of(const Readings& readings) const {
  const double first = readings.front().second;
  if (!std::isfinite(first)) return {};
  const auto holds = [&](const auto& expected) {
    return std::ranges::all_of(readings, [&](const auto& reading) {
      return !std::isfinite(reading.second) || agree(expected(*reading.first), reading.second);
    });
  };
  if (holds([&](const Point&) { return first; })) return {Meaning::Kind::constant};
  for (const bool opposite : {false, true}) {
    const double wanted = opposite ? -first : first;
    const double margin = same * std::fabs(wanted);
    for (auto it = std::ranges::lower_bound(sorted_, std::pair(wanted - margin, -1)); it != sorted_.end(); ++it) {
      if (it->first > wanted + margin) break;
      const auto number = static_cast<std::size_t>(it->second);
      const double sign = opposite ? -1.0 : 1.0;
      if (!holds([&](const Point& point) { return sign * point.numbers[number]; })) continue;
      return {opposite ? Meaning::Kind::opposite : Meaning::Kind::number, it->second};
    }
  }
  return {};
}

std::vector<LiveLesson::Meaning> LiveLesson::meanings(std::size_t step, std::size_t equation, std::size_t side) const {
  const Formula* first = side_of(elsewhere(), step, equation, side);
  std::vector<Readings> readings;
  for (const Point& point : points_) {
    const Formula* there = side_of(point.derived, step, equation, side);
    if (there == nullptr || !same_form(*first, *there)) continue;
    const std::vector<double> numbers = numbers_in(*there);
    if (readings.empty()) readings.resize(numbers.size());
    if (numbers.size() != readings.size()) continue;
    for (std::size_t k = 0; k < numbers.size(); ++k) readings[k].emplace_back(&point, numbers[k]);
  }
  std::vector<Meaning> out;
  for (const Readings& reading : readings) out.push_back(meaning_of(reading));
  return out;
}

std::string LiveLesson::reckoning(std::size_t step, std::size_t equation, std::size_t side) const {
  using Kind = Formula::Kind;
  const std::vector<Meaning> meaning = meanings(step, equation, side);
  std::string out;
  std::size_t place = 0;
  for (const Formula::Term& term : side_of(elsewhere(), step, equation, side)->terms()) {
    if (term.kind == Kind::number) {
      const bool is_constant = meaning[place++].kind == Meaning::Kind::constant;
      if (is_constant && !std::isfinite(read(term.word))) return "";
      out += is_constant ? fmt::format(" {}", read(term.word)) : " n";
      continue;
    }
    const bool is_bar = term.kind == Kind::fence && term.word == "|";
    if (term.kind == Kind::fence && !is_bar) continue;
    const char* word = is_bar                          ? "abs"
                       : term.kind == Kind::negation   ? "neg"
                       : term.kind == Kind::sum        ? "add"
                       : term.kind == Kind::difference ? "sub"
                       : term.kind == Kind::product    ? "mul"
                       : term.kind == Kind::quotient   ? "div"
                       : term.kind == Kind::power      ? "pow"
                       : term.kind == Kind::root       ? (term.word == "√" ? "sqrt" : "cbrt")
                                                       : nullptr;
    if (word == nullptr) return "";
    out += fmt::format(" {}", word);
  }
  return out.empty() ? out : out.substr(1);
}

std::string LiveLesson::mathml(std::size_t step, std::size_t equation, std::size_t side) const {
  const std::vector<Meaning> meaning = meanings(step, equation, side);
  for (const Meaning& m : meaning) {
    if (m.kind == Meaning::Kind::unknown) return "";
  }
  // A number that cannot be taken for another: a sign of no language before it.
  constexpr std::string_view mark = "\uE000";
  const Formula& written = *side_of(elsewhere(), step, equation, side);
  const auto marked = [&](std::string_view sign) {
    std::size_t k = 0;
    return written
        .with_numbers_replaced([&](const std::string& digits) {
          const std::size_t place = k++;
          return meaning[place].kind == Meaning::Kind::constant ? digits : fmt::format("{}{}{}", sign, mark, place);
        })
        .mathml();
  };
  const std::string with_signs = marked("−");
  std::string_view rest;
  const std::string plain = marked("");
  rest = plain;
  std::string out;
  const std::string open = fmt::format("<mn>{}", mark);
  while (true) {
    const std::size_t found = rest.find(open);
    out += rest.substr(0, found);
    if (found == std::string_view::npos) return out;
    rest.remove_prefix(found + open.size());
    const std::size_t end = rest.find('<');
    std::size_t place = 0;
    std::from_chars(rest.data(), rest.data() + end, place);
    rest.remove_prefix(end + std::string_view("</mn>").size());
    const std::string fenced =
        fmt::format("<mrow><mo stretchy=\"false\">(</mo><mrow><mo>−</mo>{}{}</mn></mrow><mo", open, place);
    const bool fence = with_signs.find(fenced) != std::string::npos;
    const Meaning& m = meaning[place];
    out += fmt::format("<mrow data-n=\"{}\"{}{}></mrow>", m.number,
                       m.kind == Meaning::Kind::opposite ? " data-opposite=\"\"" : "", fence ? " data-fence=\"\"" : "");
  }
}

}  // namespace gradus::command
