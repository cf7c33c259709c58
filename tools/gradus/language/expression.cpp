#include "tools/gradus/language/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/shape.h"
#include "autograd/base/text.h"
#include "tools/gradus/language/complaints.h"
#include "tools/gradus/language/lexer.h"
#include "tools/gradus/language/names.h"
#include "tools/gradus/language/operator_stack.h"

namespace gradus::command {
namespace {

using Index = std::unordered_map<std::string_view, std::size_t>;

/// A call whose ')' has not come yet.
struct OpenCall {
  Call call;
  std::size_t offset;
  std::size_t argument = 0;  // the instruction that the argument begins with, and its place in the text
  std::size_t argument_offset = 0;
};

/// An array of expressions whose ']' has not come yet.
struct OpenList {
  std::size_t count;
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
        begin_array();
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
      if (*known < vocabulary_.variables.size()) fail_at_equals(reading(), name, Lexer(lexer_).next());
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
    if (waiting_.bracket_is_open() || !lexer_.line_ends() || lexer_.next_offset() == lexer_.source().size())
      return false;
    return !binary_operator(Lexer(lexer_).next());
  }

  // ---- where an operand is due ----

  void read_operand(const Token& token) {
    if (token.kind == TokenKind::number) {
      take_operand(Number{token.value, {}}, token.offset);
    } else if (token.kind == TokenKind::name) {
      read_name(token);
    } else if (token.is('(')) {
      waiting_.open(Bracket::group, token.offset);
    } else if (token.is('-')) {
      waiting_.push_sign(token.offset);
    } else if (!token.is('+')) {  // a plus sign changes nothing
      fail_for_lack_of_operand(reading(), token);
    }
  }

  /// Plain numbers are taken as they are; among other elements there are expressions.
  void begin_array() {
    const std::size_t offset = lexer_.next_offset();
    if (plain_array_is_next(lexer_)) {
      take_operand(read_array(lexer_), offset);
      word_ = {};
      return;
    }
    if (lists_.size() == max_rank) fail(offset, fmt::format("more than {} nested brackets", max_rank));
    waiting_.open(Bracket::list, advance().offset);
    lists_.push_back({1, offset});
  }

  void read_name(const Token& name) {
    const auto function = find(functions_, name.text);
    const bool may_be_bound = function && vocabulary_.functions[*function].may_be_bound && !lexer_.next_is('(');
    const auto variable = function && !may_be_bound ? std::nullopt : find(variables_, name.text);
    if (function && !variable) {
      open_call(name, *function);
    } else if (variable) {
      take_operand(Variable{*variable}, name.offset);
    } else if (const Constant* constant = find_constant(name.text)) {
      take_operand(Number{constant->value, constant->name}, name.offset);
    } else {
      fail_at_unknown_name(reading(), name);
    }
  }

  void open_call(const Token& name, std::size_t function) {
    if (!lexer_.next_is('(')) fail_for_lack_of_call(reading(), name);
    const Token bracket = advance();
    waiting_.open(Bracket::call, bracket.offset);
    calls_.push_back({Call{function, 0, {}}, name.offset, 0, 0});
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
    if (function_of(open).name_argument != open.call.argument_count) return;
    open.argument = expression_.instructions.size();
    open.argument_offset = lexer_.next_offset();
  }

  /// Where an argument has been read: whether it is a name, if it must be one.
  void end_argument() const {
    const OpenCall& open = calls_.back();
    if (operand_is_due_ || open.call.argument_count != function_of(open).name_argument) return;
    const auto& instructions = expression_.instructions;
    const bool is_name =
        instructions.size() == open.argument + 1 && std::holds_alternative<Variable>(instructions.back().action);
    if (is_name) return;
    const std::string& name = function_of(open).name;
    fail(open.argument_offset,
         fmt::format("{0}(f, x): x is the name of a variable or of a value that was named, as z in z = w*x; {0}(f, z)",
                     name));
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
    const std::size_t offset = lexer_.next_offset();
    const char next = offset < lexer_.source().size() ? lexer_.source()[offset] : '\0';
    if (statement_ends_with_line()) {
      waiting_.emit_to_bracket(expression_.instructions);
      end_statement();
    } else if (next == '[' && previous_can_be_indexed()) {
      take_operand(Subscript{read_subscript(lexer_)}, offset);
      word_ = {};
    } else if (next == '.' && previous_can_be_indexed() && !lexer_.attribute_is_next().empty()) {
      fail_at_attribute(reading(), word_);
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
    } else if (token.kind == TokenKind::exponent) {  // x² binds tighter than anything before it
      expression_.instructions.push_back({Number{token.value, {}}, token.offset});
      expression_.instructions.push_back({Binary{BinaryOperator::power}, token.offset});
    } else if (token.is(')') || token.is(']')) {
      close_bracket(token);
    } else if (token.is(',')) {
      begin_next(token);
    } else if (token.is('=') || token.is(':') || token.is("...")) {
      fail_as_unexpected(reading(), token);
    } else {
      fail_for_lack_of_operator(reading(), token);
    }
  }

  void push_operator(BinaryOperator op, std::size_t offset) {
    if (!waiting_.push(op, offset, expression_.instructions)) {
      fail(offset, "comparisons cannot be chained; write (a < b) * (b < c)");
    }
    operand_is_due_ = true;
  }

  /// Behind a ',': the next argument, or the next element.
  void begin_next(const Token& comma) {
    waiting_.emit_to_bracket(expression_.instructions);
    const std::optional<Bracket> bracket = waiting_.bracket();
    if (bracket == Bracket::call) {
      end_argument();
      begin_argument();
    } else if (bracket == Bracket::list) {
      ++lists_.back().count;
      operand_is_due_ = true;
    } else {
      fail_as_unexpected(reading(), comma);
    }
  }

  void close_bracket(const Token& token) {
    waiting_.emit_to_bracket(expression_.instructions);
    const std::optional<Bracket> bracket = waiting_.bracket();
    if (!bracket || (bracket == Bracket::list) != token.is(']')) fail_as_unexpected(reading(), token);
    if (bracket == Bracket::call) {
      end_argument();
      return close_call(token);
    }
    waiting_.close();
    if (bracket == Bracket::group) return;
    take_operand(ArrayOf{lists_.back().count}, lists_.back().offset);
    lists_.pop_back();
  }

  void close_call(const Token& bracket) {
    OpenCall open = std::move(calls_.back());
    calls_.pop_back();
    waiting_.close();
    check_call(lexer_, function_of(open), open.call, bracket.offset);
    take_operand(std::move(open.call), open.offset);
  }

  void finish(const Token& end) {
    waiting_.emit_to_bracket(expression_.instructions);
    if (const std::optional<Bracket> bracket = waiting_.bracket()) {
      fail_for_lack_of_bracket(reading(), end, bracket == Bracket::list ? '[' : '(', waiting_.bracket_offset());
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

  // ---- what goes wrong ----

  [[nodiscard]] Reading reading() const {
    return {lexer_, vocabulary_, expression_.names, defining_, word_, previous_, waiting_.bracket_is_open()};
  }
  [[noreturn]] void fail(std::size_t offset, const std::string& message) const { lexer_.fail(offset, message); }

  Lexer lexer_;
  const Vocabulary& vocabulary_;
  Index functions_;
  Index variables_;
  Expression expression_;
  OperatorStack waiting_;
  std::vector<OpenCall> calls_;  // one for each pending call, innermost last
  std::vector<OpenList> lists_;  // the same for arrays of expressions
  Token word_;                   // the last word taken, and the one before: messages speak of both
  Token previous_;
  std::optional<Token> defining_;  // the name of the statement that is read
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
