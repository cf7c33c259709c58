#include "tools/gradus/language/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/suggest.h"
#include "autograd/base/text.h"
#include "tools/gradus/language/lexer.h"
#include "tools/gradus/language/names.h"
#include "tools/gradus/language/unicode.h"

namespace gradus::command {
namespace {

using Index = std::unordered_map<std::string_view, std::size_t>;

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

std::optional<std::size_t> find(const Index& index, std::string_view name) {
  const auto found = index.find(name);
  return found == index.end() ? std::nullopt : std::optional(found->second);
}

/// Dijkstra's shunting yard: values go out as instructions at once, operators wait on a stack until it is their turn.
class Parser {
 public:
  Parser(std::string_view text, const Vocabulary& vocabulary) : lexer_(text), vocabulary_(vocabulary) {
    for (std::size_t i = 0; i < vocabulary.functions.size(); ++i) functions_.emplace(vocabulary.functions[i].name, i);
    for (std::size_t i = 0; i < vocabulary.variables.size(); ++i) variables_.emplace(vocabulary.variables[i], i);
  }

  Expression parse() {
    begin_statement();
    if (lexer_.next_offset() == lexer_.source().size()) fail(lexer_.next_offset(), "empty expression");
    while (!done_) {
      if (!operand_is_due_) {
        read_after_operand();
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

  // ---- statements ----

  /// Skips what is empty, and reads "name =".
  void begin_statement() {
    while (lexer_.next_is(';')) lexer_.next();
    operand_is_due_ = true;
    defining_.reset();
    word_ = previous_ = {};
    if (!lexer_.option_is_next()) return;
    const Token name = lexer_.next();
    check_new_name(name);
    advance();
    defining_ = name;
  }

  void check_new_name(const Token& name) {
    if (const auto known = find(variables_, name.text)) {
      if (*known < vocabulary_.variables.size()) fail_at_equals(name, Lexer(lexer_).next());
      fail(name.offset, fmt::format("{} is defined twice", in_quotes(name.text)));
    }
    try {
      check_binding_name(name.text, vocabulary_);
    } catch (const ValueError& error) {
      fail(name.offset, error.what());
    }
  }

  /// A value without a name stays on the stack, as a result; so does the last one.
  void end_statement() {
    const bool last = lexer_.next_offset() == lexer_.source().size();
    if (defining_) {
      const std::size_t index = vocabulary_.variables.size() + expression_.names.size();
      expression_.names.emplace_back(defining_->text);
      variables_.emplace(defining_->text, index);
      expression_.instructions.push_back({Define{index}, defining_->offset});
      if (last) expression_.instructions.push_back({Variable{index}, defining_->offset});
    }
    if (last) {
      done_ = true;
    } else {
      begin_statement();
    }
  }

  /// Whether the statement ends with this line: no bracket is open, and the next line does not begin with an operator.
  [[nodiscard]] bool statement_ends_with_line() const {
    if (!lexer_.line_ends() || lexer_.next_offset() == lexer_.source().size()) return false;
    return open_brackets_ == 0 && !binary_operator(Lexer(lexer_).next());
  }

  // ---- where an operand is due ----

  void read_operand(const Token& token) {
    if (token.kind == TokenKind::number) {
      take_operand(Number{token.value, {}}, token.offset);
    } else if (token.kind == TokenKind::name) {
      read_name(token);
    } else if (token.is('(')) {
      open_bracket(Pending::Kind::group, token);
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
    open_bracket(Pending::Kind::call, bracket);
    calls_.push_back({Call{function, 0, {}}, name.offset});
    if (lexer_.next_is(')')) {
      close_call(advance());
    } else {
      begin_argument();
    }
  }

  [[nodiscard]] const Function& function_of(const OpenCall& open) const {
    return vocabulary_.functions[open.call.function];
  }

  /// Reads the plain values that are due, to the ')' if they go so far; or else an expression follows.
  void begin_argument() {
    operand_is_due_ = true;
    OpenCall& open = calls_.back();
    while (true) {
      if (lexer_.option_is_next()) return read_named_options();
      if (!option_is_due(function_of(open), open.call)) break;
      read_positional_option(lexer_, function_of(open), open.call);
      if (read_separator()) return;
    }
    ++open.call.argument_count;
  }

  /// Options with names come last in a call, so this reads to its ')'.
  void read_named_options() {
    while (true) {
      read_named_option(lexer_, function_of(calls_.back()), calls_.back().call);
      if (read_separator()) return;
      if (!lexer_.option_is_next()) {
        fail(lexer_.next_offset(), "expected name=value: the arguments without a name come first");
      }
    }
  }

  /// Takes the ',' behind an option, or closes the call and says so.
  bool read_separator() {
    const Token token = advance();
    const bool closes = token.is(')');
    if (!closes && !token.is(',')) fail(token.offset, fmt::format("expected ',' or ')', found {}", describe(token)));
    if (closes) close_call(token);
    return closes;
  }

  // ---- where an operator is due ----

  void read_after_operand() {
    if (statement_ends_with_line()) {
      emit_pending_above(bracket_precedence);
      end_statement();
    } else if (lexer_.next_is('[') && previous_can_be_indexed()) {
      const std::size_t offset = lexer_.next_offset();
      take_operand(Subscript{read_subscript(lexer_)}, offset);
      word_ = {};
    } else {
      read_operator(advance());
    }
  }

  /// A number has no axes, and what follows one was probably meant as a product.
  [[nodiscard]] bool previous_can_be_indexed() const noexcept { return word_.kind != TokenKind::number; }

  void read_operator(const Token& token) {
    if (const auto op = binary_operator(token)) {
      push_operator(*op, token.offset);
    } else if (token.kind == TokenKind::end || token.is(';')) {
      finish(token);
    } else if (token.is(')')) {
      close_bracket(token);
    } else if (token.is(',')) {
      emit_pending_above(bracket_precedence);
      if (pending_.empty() || pending_.back().kind != Pending::Kind::call) fail_as_unexpected(token);
      begin_argument();
    } else if (token.is(']') || token.is('=') || token.is(':') || token.is("...")) {
      fail_as_unexpected(token);
    } else {
      fail_for_lack_of_operator(token);
    }
  }

  void push_operator(BinaryOperator op, std::size_t offset) {
    const int precedence = entry_of(op).precedence;
    const bool to_the_right = op == BinaryOperator::power;
    const bool compares = precedence == comparison_precedence;
    emit_pending_above(to_the_right || compares ? precedence : precedence - 1);
    if (compares && !pending_.empty() && pending_.back().precedence == comparison_precedence) {
      fail(offset, "comparisons cannot be chained; write (a < b) * (b < c)");
    }
    pending_.push_back({Pending::Kind::binary, op, offset, precedence});
    operand_is_due_ = true;
  }

  void close_bracket(const Token& token) {
    emit_pending_above(bracket_precedence);
    if (pending_.empty()) fail_as_unexpected(token);
    if (pending_.back().kind == Pending::Kind::call) {
      close_call(token);
    } else {
      pop_bracket();
    }
  }

  void open_bracket(Pending::Kind kind, const Token& bracket) {
    pending_.push_back({kind, {}, bracket.offset, bracket_precedence});
    ++open_brackets_;
  }

  void pop_bracket() {
    pending_.pop_back();
    --open_brackets_;
  }

  void close_call(const Token& bracket) {
    OpenCall open = std::move(calls_.back());
    calls_.pop_back();
    pop_bracket();
    check_call(lexer_, function_of(open), open.call, bracket.offset);
    take_operand(std::move(open.call), open.offset);
  }

  void finish(const Token& end) {
    emit_pending_above(bracket_precedence);
    if (!pending_.empty()) {
      const std::string_view before = lexer_.source().substr(0, pending_.back().offset);
      fail(end.offset, fmt::format("expected ')' to close the '(' at column {}", count_code_points(before) + 1));
    }
    while (lexer_.next_is(';')) lexer_.next();
    end_statement();
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
    if (token.is('=') && previous_.kind == TokenKind::name) fail_at_equals(previous_, token);
    fail(token.offset, fmt::format("unexpected {}", describe(token)));
  }

  /// Names that are bound get their values where they are bound.
  [[noreturn]] void fail_at_equals(const Token& name, const Token& equals) const {
    const std::string_view rest = lexer_.source().substr(equals.offset + 1);
    const std::string_view number = rest.substr(0, rest.find_first_not_of("0123456789."));
    const std::string_view value = number.empty() ? "VALUE" : number;
    fail(equals.offset, fmt::format("unexpected '='; bind with --var {}={}", printable(name.text), printable(value)));
  }

  [[noreturn]] void fail_at_unknown_name(const Token& name) const {
    const std::string shown = printable(name.text);
    if (lexer_.next_is('(')) {
      std::vector<std::string_view> candidates;
      for (const Function& function : vocabulary_.functions) candidates.emplace_back(function.name);
      fail(name.offset, fmt::format("unknown function '{}'{}", shown, did_you_mean(name.text, candidates)));
    }
    fail_if_defined_later(name);
    std::vector<std::string_view> candidates(vocabulary_.variables.begin(), vocabulary_.variables.end());
    candidates.insert(candidates.end(), expression_.names.begin(), expression_.names.end());
    candidates.emplace_back("pi");
    std::string advice = did_you_mean(name.text, candidates);
    if (advice.empty()) advice = fmt::format("; bind it with --var {}=VALUE", shown);
    fail(name.offset, fmt::format("unbound variable '{}'{}", shown, advice));
  }

  void fail_if_defined_later(const Token& name) const {
    const std::string shown = in_quotes(name.text);
    if (defining_ && defining_->text == name.text)
      fail(name.offset, fmt::format("{} is used in its own definition", shown));
    bool defined = false;
    bool in_circle = false;
    Lexer ahead = lexer_;
    try {
      for (Token before, token = ahead.next(); token.kind != TokenKind::end; before = token, token = ahead.next()) {
        const bool ends = token.is(';') || ahead.line_ends();
        if (before.text == name.text && token.is('=')) defined = true;
        if (defined && defining_ && token.kind == TokenKind::name && token.text == defining_->text) in_circle = true;
        if (defined && ends) break;
      }
    } catch (const ParseError&) {  // that text is not what is wrong first
    }
    if (in_circle) {
      fail(name.offset, fmt::format("{} and {} are each defined by the other", in_quotes(defining_->text), shown));
    }
    if (defined) fail(name.offset, fmt::format("{} is used before it is defined", shown));
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
  std::optional<Token> defining_;  // the name of the statement that is read
  std::size_t open_brackets_ = 0;  // among what is pending
  bool operand_is_due_ = true;
  bool done_ = false;
};

}  // namespace

Expression parse(std::string_view text, const Vocabulary& vocabulary) { return Parser(text, vocabulary).parse(); }

std::vector<std::string> unused_names(const Expression& expression, const Vocabulary& vocabulary) {
  std::vector<std::string> names = vocabulary.variables;
  names.insert(names.end(), expression.names.begin(), expression.names.end());
  std::vector<bool> used(names.size());
  for (const Instruction& instruction : expression.instructions) {
    if (const auto* variable = std::get_if<Variable>(&instruction.action)) used[variable->index] = true;
  }
  std::vector<std::string> unused;
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (!used[i]) unused.push_back(std::move(names[i]));
  }
  return unused;
}

}  // namespace gradus::command
