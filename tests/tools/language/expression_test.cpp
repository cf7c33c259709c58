// The expression language: every case of tests/data/cli_parser.json that the parser alone can answer, and its corners.
#include "tools/gradus/language/expression.h"

#include <pthread.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <exception>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/math/ops.h"
#include "tests/catch.h"

namespace expression_test {

namespace {

using namespace gradus::command;
using nlohmann::json;

using Values = std::vector<double>;

double evaluate_call(const std::string& name, const Values& x) {
  if (name == "exp") return std::exp(x[0]);
  if (name == "log") return std::log(x[0]);
  if (name == "sin") return std::sin(x[0]);
  if (name == "abs") return std::abs(x[0]);
  if (name == "sqrt") return std::sqrt(x[0]);
  if (name == "pow") return std::pow(x[0], x[1]);
  if (name == "max") return *std::max_element(x.begin(), x.end());
  throw std::logic_error("no value for " + name);
}

Vocabulary vocabulary_with(std::vector<std::string> variables) {
  return {{{"exp", 1, 1, {}},
           {"log", 1, 1, {}},
           {"sin", 1, 1, {}},
           {"abs", 1, 1, {}},
           {"sqrt", 1, 1, {}},
           {"pow", 2, 2, {}},
           {"max", 1, Function::any_number, {"axis", "keepdims"}},
           {"sum", 1, 1, {"axis", "keepdims"}},
           {"clamp", 1, 3, {"low", "high"}}},
          std::move(variables)};
}

double apply(BinaryOperator op, double a, double b) {
  switch (op) {
    case BinaryOperator::add:
      return a + b;
    case BinaryOperator::subtract:
      return a - b;
    case BinaryOperator::multiply:
      return a * b;
    case BinaryOperator::divide:
      return a / b;
    case BinaryOperator::modulo:
      return a - b * std::floor(a / b);
    case BinaryOperator::power:
      return std::pow(a, b);
    case BinaryOperator::matmul:
      return a * b;
    case BinaryOperator::less:
      return a < b ? 1.0 : 0.0;
    case BinaryOperator::less_equal:
      return a <= b ? 1.0 : 0.0;
    case BinaryOperator::greater:
      return a > b ? 1.0 : 0.0;
    case BinaryOperator::greater_equal:
      return a >= b ? 1.0 : 0.0;
    case BinaryOperator::equal:
      return a == b ? 1.0 : 0.0;
    case BinaryOperator::not_equal:
      return a != b ? 1.0 : 0.0;
  }
  throw std::logic_error("unknown operator");
}

double pop(Values& stack) {
  if (stack.empty()) throw std::logic_error("an instruction finds no value");
  const double top = stack.back();
  stack.pop_back();
  return top;
}

double evaluate(const Expression& expression, const Vocabulary& vocabulary, const Values& variables) {
  Values stack;
  for (const Instruction& instruction : expression.instructions) {
    if (const auto* number = std::get_if<Number>(&instruction.action)) stack.push_back(number->value);
    if (const auto* variable = std::get_if<Variable>(&instruction.action)) stack.push_back(variables[variable->index]);
    if (std::holds_alternative<Negate>(instruction.action)) stack.push_back(-pop(stack));
    if (const auto* binary = std::get_if<Binary>(&instruction.action)) {
      const double right = pop(stack);
      stack.push_back(apply(binary->op, pop(stack), right));
    }
    if (const auto* call = std::get_if<Call>(&instruction.action)) {
      Values arguments(call->argument_count);
      for (auto argument = arguments.rbegin(); argument != arguments.rend(); ++argument) *argument = pop(stack);
      stack.push_back(evaluate_call(vocabulary.functions[call->function].name, arguments));
    }
  }
  if (stack.size() != 1) throw std::logic_error("not exactly one value is left");
  return stack.back();
}

double value_of(const std::string& text) {
  const Vocabulary vocabulary = vocabulary_with({"x", "y"});
  return evaluate(parse(text, vocabulary), vocabulary, {3.0, 2.0});
}

struct Failure {
  std::string message;
  std::size_t offset;
  std::size_t column;
};

Failure failure_of(const std::string& text, const std::vector<std::string>& variables = {"x", "y"}) {
  try {
    (void)parse(text, vocabulary_with(variables));
  } catch (const gradus::ParseError& error) {
    return {error.what(), error.offset(), error.column()};
  }
  return {"no error", 0, 0};
}

json read_cases() {
  std::ifstream file(std::string(GRADUS_TEST_DATA) + "/cli_parser.json");
  return json::parse(file).at("cases");
}

std::string bytes_from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

std::int64_t ulps_between(double a, double b) {
  std::int64_t bits_a = 0;
  std::int64_t bits_b = 0;
  std::memcpy(&bits_a, &a, sizeof a);
  std::memcpy(&bits_b, &b, sizeof b);
  return std::abs(bits_a - bits_b);
}

bool agrees(double value, double expected, const std::string& tolerance) {
  if (std::isnan(expected)) return std::isnan(value);
  if (tolerance == "exact") return value == expected;
  return ulps_between(value, expected) <= std::stoi(tolerance);
}

const std::map<std::string, std::string> messages = {
    {"pe-empty", "empty expression"},
    {"pe-blank", "empty expression"},
    {"pe-missing-right", "expected operand, found the end"},
    {"pe-missing-left", "expected operand, found '*'"},
    {"pe-double-op", "expected operand, found '/'"},
    {"pe-extra-close", "unexpected ')'"},
    {"pe-mismatch", "unexpected ']'"},
    {"pe-implicit-paren", "expected operator before '('; multiplication is written '*'"},
    {"pe-unknown-fn", "unknown function 'foo'"},
    {"pe-typo-fn", "unknown function 'sqt'; did you mean 'sqrt'?"},
    {"pe-unknown-var", "unbound variable 'q'; bind it with --var q=VALUE"},
    {"pe-arity-few", "pow takes 2 arguments, got 1"},
    {"pe-arity-zero", "sin takes 1 argument, got 0"},
    {"pe-comma-top", "unexpected ','; decimals are written with a point: 1.5"},
    {"pe-fn-no-paren", "expected '(' after function sin; write sin(x)"},
    {"pe-fn-as-var", "expected '(' after function sin"},
    {"pe-unicode-minus", "unexpected U+2212 '\u2212'; use '-'"},
    {"pe-unicode-mul", "unexpected U+00D7 '\u00d7'; use '*'"},
    {"pe-caret-after-unicode", "expected operand, found the end"},
    {"pe-fullwidth", "unexpected U+FF0B '\uff0b'; use '+'"},
    {"pe-nbsp", "U+00A0 is not a space here; use an ordinary space"},
    {"pe-nul", "unexpected NUL byte"},
    {"pe-bad-utf8", "invalid UTF-8 byte 0xFF"},
    {"pe-hex", "expected operator before 'x10'; hex is not supported"},
    {"pe-underscore", "expected operator before '_000'; digits are written without '_' between them"},
    {"pe-lone-dot", "malformed number: a point without digits"},
    {"pe-exp-empty", "malformed number: exponent has no digits"},
    {"pe-exp-sign", "malformed number: exponent has no digits"},
    {"pe-huge-exp2", "number out of range"},
    {"pe-pow-star", "expected operand; use ^ for powers"},
    {"pe-equals", "unexpected '='; bind with --var x=3"},
    {"pe-bang", "unexpected '!'"},
    {"pe-string", "unexpected '\"'"},
    {"pe-shell", "unexpected '$'"},
};

std::string repeated(const std::string& text, std::size_t times) {
  std::string result;
  result.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

struct SmallStackJob {
  std::function<void()> work;
  std::exception_ptr failure;

  static void* run(void* data) {
    auto& job = *static_cast<SmallStackJob*>(data);
    try {
      job.work();
    } catch (...) {
      job.failure = std::current_exception();
    }
    return nullptr;
  }
};

/// Runs the work on a thread whose stack is 256 KiB, where recursion over deep nesting would crash.
void on_small_stack(std::function<void()> work) {
  SmallStackJob job{std::move(work), nullptr};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  REQUIRE(pthread_attr_setstacksize(&attributes, 256 * 1024) == 0);
  pthread_t thread{};
  REQUIRE(pthread_create(&thread, &attributes, SmallStackJob::run, &job) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  if (job.failure) std::rethrow_exception(job.failure);
}

double value_on_small_stack(const std::string& text) {
  double value = std::nan("");
  on_small_stack([&] { value = value_of(text); });
  return value;
}

Failure failure_on_small_stack(const std::string& text) {
  Failure failure{};
  on_small_stack([&] { failure = failure_of(text); });
  return failure;
}

constexpr std::size_t deep = 100'000;

}  // namespace

TEST_CASE("expressions in the case file have the values it states", "[expression]") {
  std::size_t checked = 0;
  for (const json& item : read_cases()) {
    if (item.at("id").get<std::string>().rfind("p-", 0) != 0) continue;
    INFO(item.at("id"));
    std::vector<std::string> names;
    Values values;
    for (const auto& [name, value] : item.at("vars").items()) {
      names.push_back(name);
      values.push_back(std::strtod(value.get<std::string>().c_str(), nullptr));
    }
    const Vocabulary vocabulary = vocabulary_with(names);
    const double value = evaluate(parse(item.at("expr").get<std::string>(), vocabulary), vocabulary, values);
    const std::string expected = item.at("expected").at("value");
    CAPTURE(value, expected);
    CHECK(agrees(value, std::strtod(expected.c_str(), nullptr), item.at("tolerance")));
    ++checked;
  }
  CHECK(checked == 23);
}

TEST_CASE("malformed expressions in the case file fail where and as it states", "[expression]") {
  std::size_t checked = 0;
  for (const json& item : read_cases()) {
    const std::string id = item.at("id");
    if (id.rfind("pe-", 0) != 0) continue;
    INFO(id);
    const std::string text =
        item.contains("expr_hex") ? bytes_from_hex(item.at("expr_hex")) : item.at("expr").get<std::string>();
    std::vector<std::string> names;
    for (const auto& variable : item.at("vars").items()) names.push_back(variable.key());
    if (id == "pe-caret-after-unicode") names.emplace_back("\u03b1");  // Greek names are allowed, so it must be bound
    const Failure failure = failure_of(text, names);
    CHECK(failure.offset == item.at("expected_error").at("byte_offset"));
    CHECK(failure.column == item.at("expected_error").at("column_1based_codepoints"));
    REQUIRE(messages.count(id) == 1);
    CHECK(failure.message == messages.at(id));
    ++checked;
  }
  CHECK(checked == messages.size());
}

TEST_CASE("nesting of any depth parses on a small stack", "[expression]") {
  CHECK(value_on_small_stack(repeated("(", deep) + "1" + repeated(")", deep)) == 1.0);
  CHECK(value_on_small_stack(repeated("-", deep) + "1") == 1.0);
  CHECK(value_on_small_stack(repeated("1^", deep) + "1") == 1.0);
  CHECK(value_on_small_stack(repeated("2^-", deep) + "1") == test::Approx(0.64118574450498598));
  CHECK(value_on_small_stack(repeated("max(1,", deep) + "1" + repeated(")", deep)) == 1.0);
  CHECK(value_on_small_stack(repeated("abs(-(", deep) + "1" + repeated("))", deep)) == 1.0);
  CHECK(value_on_small_stack("1" + repeated("+1", deep)) == 100'001.0);
  CHECK(value_on_small_stack(repeated("(1<", deep) + "2" + repeated(")", deep)) == 0.0);
}

TEST_CASE("deep and long malformed expressions fail on a small stack", "[expression]") {
  const Failure unclosed = failure_on_small_stack(repeated("(", deep));
  CHECK(unclosed.message == "expected operand, found the end");
  CHECK(unclosed.offset == 100'000);
  CHECK(unclosed.column == 100'001);
  CHECK(failure_on_small_stack(repeated("[", deep)).message == "more than 16 nested brackets");
  CHECK(failure_on_small_stack(repeated("max(", deep)).offset == 4 * deep);
  CHECK(failure_on_small_stack(repeated("(1", deep)).message ==
        "expected operator before '('; multiplication is written '*'");
}

TEST_CASE("a number too long to be finite is out of range, a long fraction is not", "[expression]") {
  CHECK(failure_of(repeated("1", 1'000'000)).message == "number out of range");
  CHECK(value_of("0." + repeated("0", 1'000'000) + "1") == 0.0);
  CHECK(value_of("0." + repeated("3", 1'000'000)) == 1.0 / 3.0);
  CHECK(value_of(repeated("0", 1'000'000) + "7") == 7.0);
  CHECK(value_of("1" + repeated("0", 1'000) + "e-1000") == 1.0);
  CHECK(failure_of("2+1e309").offset == 2);
  CHECK(value_of("0e99999999999999999999") == 0.0);
  CHECK(value_of("1e-99999999999999999999") == 0.0);
  CHECK(value_of("4.9e-324") == 5e-324);
}

TEST_CASE("a name may have 4096 bytes and no more", "[expression]") {
  const std::string longest(4096, 'x');
  const Vocabulary vocabulary = vocabulary_with({longest});
  CHECK(evaluate(parse(longest, vocabulary), vocabulary, {2.0}) == 2.0);
  const Failure failure = failure_of("1+" + std::string(1'000'000, 'x'));
  CHECK(failure.message == "name longer than 4096 bytes");
  CHECK(failure.offset == 2);
}

/// Whether work(n) takes time in proportion to n, and not to its square, which for our n is minutes: under a second, or on a
/// slow or busy machine not much more than eight times as long as for an eighth (64 times if it were squared).
template <class F>
bool takes_proportional_time(std::size_t n, const F& work) {
  const auto fastest = [&](std::size_t size) {
    std::clock_t best = 0;
    for (int run = 0; run < 3; ++run) {
      const std::clock_t start = std::clock();
      work(size);
      const std::clock_t taken = std::clock() - start;
      best = run == 0 ? taken : std::min(best, taken);
    }
    return static_cast<double>(best);
  };
  const double whole = fastest(n);
  return whole < CLOCKS_PER_SEC || whole < 24.0 * fastest(n / 8);
}

TEST_CASE("parsing takes time in proportion to the text", "[expression]") {
  const Vocabulary vocabulary = vocabulary_with({"x"});
  CHECK(takes_proportional_time(deep, [&](std::size_t depth) {
    const std::string text = repeated("max(1,-(x^", depth) + "1" + repeated("))", depth);
    CHECK(parse(text, vocabulary).instructions.size() == 5 * depth + 1);
  }));
}

TEST_CASE("lines in any number are read in time in proportion to the text", "[expression]") {
  const Vocabulary vocabulary = vocabulary_with({"x"});
  CHECK(takes_proportional_time(deep, [&](std::size_t lines) {
    CHECK(parse("x" + repeated("\n^x", lines), vocabulary).instructions.size() ==
          2 * lines + 1);  // all waits to the end
    CHECK(parse(repeated("x # a comment\n", lines), vocabulary).instructions.size() == lines);
  }));
}

TEST_CASE("subscripts in any number are read in time in proportion to the text", "[expression]") {
  const Vocabulary vocabulary = vocabulary_with({"x"});
  CHECK(takes_proportional_time(deep, [&](std::size_t count) {
    CHECK(parse("x" + repeated("[0:1]", count), vocabulary).instructions.size() == count + 1);
    CHECK(parse("x[" + repeated("0,", count) + "0]", vocabulary).instructions.size() == 2);
  }));
}

}  // namespace expression_test
