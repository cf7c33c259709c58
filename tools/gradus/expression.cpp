#include "tools/gradus/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "autograd/base/suggest.h"
#include "autograd/base/text.h"
#include "tools/gradus/lexer.h"
#include "tools/gradus/names.h"
#include "tools/gradus/unicode.h"

namespace gradus::command {
namespace {

using Index = std::unordered_map<std::string_view, std::size_t>;

constexpr int sign_precedence = 3;
constexpr int bracket_precedence = 0;  // lower than every operator: nothing is taken from beyond an open bracket

/// What waits on the stack: an operator for its right operand, or a '(' for its ')'.
struct Pending {
  enum class Kind { binary, sign, group, call };
  Kind kind;
  BinaryOperator op;
  std::size_t offset;
  int precedence;

  [[nodiscard]] bool is_bracket() const noexcept { return kind == Kind::group || kind == Kind::call; }
};

/// A call whose ')' has not come yet.
struct OpenCall {
  Call call;
  std::size_t offset;
};

int precedence_of(BinaryOperator op) noexcept {
  switch (op) {
    case BinaryOperator::add:
    case BinaryOperator::subtract:
      return 1;
    case BinaryOperator::multiply:
    case BinaryOperator::divide:
    case BinaryOperator::matmul:
      return 2;
    case BinaryOperator::power:
      break;
  }
  return 4;
}

std::optional<BinaryOperator> binary_operator(const Token& token) noexcept {
  if (token.kind != TokenKind::symbol) return std::nullopt;
  switch (token.text.front()) {
    case '+':
      return BinaryOperator::add;
    case '-':
      return BinaryOperator::subtract;
    case '*':
      return BinaryOperator::multiply;
    case '/':
      return BinaryOperator::divide;
    case '@':
      return BinaryOperator::matmul;
    case '^':
      return BinaryOperator::power;
    default:
      return std::nullopt;
  }
}

std::optional<std::size_t> find(const Index& index, std::string_view name) {
  const auto found = index.find(name);
  return found == index.end() ? std::nullopt : std::optional(found->second);
}

std::string arity_message(const Function& function, std::size_t given) {
  const std::size_t least = function.min_arguments;
  const std::size_t most = function.max_arguments;
  std::string range = fmt::format("{}", least);
  if (most == Function::any_number) {
    range = fmt::format("at least {}", least);
  } else if (most != least) {
    range = fmt::format("{} to {}", least, most);
  }
  const bool singular = least == 1 && (most == 1 || most == Function::any_number);
  return fmt::format("{} takes {} argument{}, got {}", function.name, range, singular ? "" : "s", given);
}

/// Dijkstra's shunting yard: values go out as instructions at once, operators wait on a stack until it is their turn.
class Parser {
 public:
  Parser(std::string_view text, const Vocabulary& vocabulary) : lexer_(text), vocabulary_(vocabulary) {
    for (std::size_t i = 0; i < vocabulary.functions.size(); ++i) functions_.emplace(vocabulary.functions[i].name, i);
    for (std::size_t i = 0; i < vocabulary.variables.size(); ++i) variables_.emplace(vocabulary.variables[i], i);
  }

  Expression parse() {
    if (lexer_.next_offset() == lexer_.source().size()) fail(lexer_.next_offset(), "empty expression");
    while (!done_) {
      if (!operand_is_due_) {
        read_operator(advance());
      } else if (lexer_.next_is('[')) {
        const std::size_t offset = lexer_.next_offset();
        take_operand(read_array(lexer_), offset);
        word_ = {};
      } else {
        read_operand(advance());
      }
    }
    return std::move(expression_);
  }

 private:
  Token advance() {
    previous_ = word_;
    word_ = lexer_.next();
    return word_;
  }

  // ---- where an operand is due ----

  void read_operand(const Token& token) {
    if (token.kind == TokenKind::number) {
      take_operand(Number{token.value, {}}, token.offset);
    } else if (token.kind == TokenKind::name) {
      read_name(token);
    } else if (token.is('(')) {
      pending_.push_back({Pending::Kind::group, {}, token.offset, bracket_precedence});
    } else if (token.is('-')) {
      pending_.push_back({Pending::Kind::sign, {}, token.offset, sign_precedence});
    } else if (!token.is('+')) {  // a plus sign changes nothing
      fail_for_lack_of_operand(token);
    }
  }

  void read_name(const Token& name) {
    if (const auto function = find(functions_, name.text)) {
      open_call(name, *function);
    } else if (const auto variable = find(variables_, name.text)) {
      take_operand(Variable{*variable}, name.offset);
    } else if (const Constant* constant = find_constant(name.text)) {
      take_operand(Number{constant->value, constant->name}, name.offset);
    } else {
      fail_at_unknown_name(name);
    }
  }

  void open_call(const Token& name, std::size_t function) {
    if (!lexer_.next_is('(')) {
      fail(lexer_.next_offset(), fmt::format("expected '(' after function {}", printable(name.text)));
    }
    const Token bracket = advance();
    pending_.push_back({Pending::Kind::call, {}, bracket.offset, bracket_precedence});
    calls_.push_back({Call{function, 0, {}}, name.offset});
    if (lexer_.next_is(')')) {
      close_call(advance());
    } else {
      begin_argument();
    }
  }

  void begin_argument() {
    operand_is_due_ = true;
    if (lexer_.option_is_next()) {
      read_options();
    } else {
      ++calls_.back().call.argument_count;
    }
  }

  /// Options come last in a call, so this reads to its ')'.
  void read_options() {
    while (true) {
      read_option();
      const Token token = advance();
      if (token.is(')')) return close_call(token);
      if (!token.is(',')) fail(token.offset, fmt::format("expected ',' or ')', found {}", describe(token)));
      if (!lexer_.option_is_next()) {
        fail(lexer_.next_offset(), "expected name=value: the arguments without a name come first");
      }
    }
  }

  void read_option() {
    const Token name = lexer_.next();
    Call& call = calls_.back().call;
    const Function& function = vocabulary_.functions[call.function];
    if (std::find(function.options.begin(), function.options.end(), name.text) == function.options.end()) {
      const std::string advice = did_you_mean(name.text, {function.options.begin(), function.options.end()});
      fail(name.offset, fmt::format("{} has no option {}{}", function.name, in_quotes(name.text), advice));
    }
    const auto is_same = [&](const Option& option) { return option.name == name.text; };
    if (std::any_of(call.options.begin(), call.options.end(), is_same)) {
      fail(name.offset, fmt::format("option {} is given twice", in_quotes(name.text)));
    }
    (void)lexer_.next();  // the '='
    call.options.push_back({std::string(name.text), read_option_value(lexer_), name.offset});
  }

  // ---- where an operator is due ----

  void read_operator(const Token& token) {
    if (const auto op = binary_operator(token)) {
      push_operator(*op, token.offset);
    } else if (token.kind == TokenKind::end) {
      finish(token);
    } else if (token.is(')')) {
      close_bracket(token);
    } else if (token.is(',')) {
      emit_pending_above(bracket_precedence);
      if (pending_.empty() || pending_.back().kind != Pending::Kind::call) fail_as_unexpected(token);
      begin_argument();
    } else if (token.is(']') || token.is('=')) {
      fail_as_unexpected(token);
    } else {
      fail_for_lack_of_operator(token);
    }
  }

  void push_operator(BinaryOperator op, std::size_t offset) {
    const int precedence = precedence_of(op);
    const bool to_the_right = op == BinaryOperator::power;
    emit_pending_above(to_the_right ? precedence : precedence - 1);
    pending_.push_back({Pending::Kind::binary, op, offset, precedence});
    operand_is_due_ = true;
  }

  void close_bracket(const Token& token) {
    emit_pending_above(bracket_precedence);
    if (pending_.empty()) fail_as_unexpected(token);
    if (pending_.back().kind == Pending::Kind::call) {
      close_call(token);
    } else {
      pending_.pop_back();
    }
  }

  void close_call(const Token& bracket) {
    OpenCall open = std::move(calls_.back());
    calls_.pop_back();
    pending_.pop_back();
    const Function& function = vocabulary_.functions[open.call.function];
    const std::size_t given = open.call.argument_count;
    if (given < function.min_arguments || given > function.max_arguments) {
      fail(bracket.offset, arity_message(function, given));
    }
    take_operand(std::move(open.call), open.offset);
  }

  void finish(const Token& end) {
    emit_pending_above(bracket_precedence);
    if (!pending_.empty()) {
      const std::string_view before = lexer_.source().substr(0, pending_.back().offset);
      fail(end.offset, fmt::format("expected ')' to close the '(' at column {}", count_code_points(before) + 1));
    }
    done_ = true;
  }

  // ---- what goes out ----

  template <class Action>
  void take_operand(Action&& action, std::size_t offset) {
    expression_.instructions.push_back({std::forward<Action>(action), offset});
    operand_is_due_ = false;
  }

  /// Emits the waiting operators that bind tighter than `precedence`, down to the innermost open bracket.
  void emit_pending_above(int precedence) {
    while (!pending_.empty() && !pending_.back().is_bracket() && pending_.back().precedence > precedence) {
      const Pending& top = pending_.back();
      if (top.kind == Pending::Kind::sign) {
        expression_.instructions.push_back({Negate{}, top.offset});
      } else {
        expression_.instructions.push_back({Binary{top.op}, top.offset});
      }
      pending_.pop_back();
    }
  }

  // ---- what goes wrong ----

  [[noreturn]] void fail(std::size_t offset, const std::string& message) const { lexer_.fail(offset, message); }

  [[nodiscard]] bool touches_previous(const Token& token) const noexcept {
    return previous_.offset + previous_.text.size() == token.offset;
  }

  [[noreturn]] void fail_for_lack_of_operand(const Token& token) const {
    const bool double_star = token.is('*') && previous_.is('*') && touches_previous(token);
    if (double_star) fail(token.offset, "expected operand; use ^ for powers");
    fail(token.offset, fmt::format("expected operand, found {}", describe(token)));
  }

  [[noreturn]] void fail_for_lack_of_operator(const Token& token) const {
    const bool after_number = previous_.kind == TokenKind::number;
    const bool in_number = after_number && touches_previous(token) && token.kind == TokenKind::name;
    std::string advice = "; multiplication is written '*'";
    if (in_number && previous_.text == "0" && (token.text.front() == 'x' || token.text.front() == 'X')) {
      advice = "; hex is not supported";
    } else if (in_number && token.text.front() == '_') {
      advice = "; digits are written without '_' between them";
    } else if (after_number && token.kind == TokenKind::number) {
      advice = "";
    } else if (previous_.kind == TokenKind::name && token.is('(')) {
      advice = fmt::format("; {} is not a function", in_quotes(previous_.text));
    }
    fail(token.offset, fmt::format("expected operator before {}{}", describe(token), advice));
  }

  [[noreturn]] void fail_as_unexpected(const Token& token) const {
    std::string advice;
    if (token.is('=') && previous_.kind == TokenKind::name) {
      const std::string_view rest = lexer_.source().substr(token.offset + 1);
      const std::string_view number = rest.substr(0, rest.find_first_not_of("0123456789."));
      const std::string_view value = number.empty() ? "VALUE" : number;
      advice = fmt::format("; bind with --var {}={}", printable(previous_.text), printable(value));
    }
    fail(token.offset, fmt::format("unexpected {}{}", describe(token), advice));
  }

  [[noreturn]] void fail_at_unknown_name(const Token& name) const {
    const std::string shown = printable(name.text);
    if (lexer_.next_is('(')) {
      std::vector<std::string_view> candidates;
      for (const Function& function : vocabulary_.functions) candidates.emplace_back(function.name);
      fail(name.offset, fmt::format("unknown function '{}'{}", shown, did_you_mean(name.text, candidates)));
    }
    std::vector<std::string_view> candidates(vocabulary_.variables.begin(), vocabulary_.variables.end());
    candidates.emplace_back("pi");
    std::string advice = did_you_mean(name.text, candidates);
    if (advice.empty()) advice = fmt::format("; bind it with --var {}=VALUE", shown);
    fail(name.offset, fmt::format("unbound variable '{}'{}", shown, advice));
  }

  Lexer lexer_;
  const Vocabulary& vocabulary_;
  Index functions_;
  Index variables_;
  Expression expression_;
  std::vector<Pending> pending_;
  std::vector<OpenCall> calls_;  // one for each pending call, innermost last
  Token word_;                   // the last word taken, and the one before: messages speak of both
  Token previous_;
  bool operand_is_due_ = true;
  bool done_ = false;
};

}  // namespace

Expression parse(std::string_view text, const Vocabulary& vocabulary) { return Parser(text, vocabulary).parse(); }

std::vector<std::size_t> unused_variables(const Expression& expression, const Vocabulary& vocabulary) {
  std::vector<bool> used(vocabulary.variables.size());
  for (const Instruction& instruction : expression.instructions) {
    if (const auto* variable = std::get_if<Variable>(&instruction.action)) used[variable->index] = true;
  }
  std::vector<std::size_t> unused;
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (!used[i]) unused.push_back(i);
  }
  return unused;
}

}  // namespace gradus::command
