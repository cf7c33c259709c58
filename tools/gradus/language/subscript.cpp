#include "tools/gradus/language/subscript.h"

#include <fmt/format.h>

#include "tools/gradus/language/literal.h"
#include "tools/gradus/language/names.h"

namespace gradus::command {
namespace {

/// A whole number, unless ':', ',' or ']' is next.
std::optional<std::int64_t> read_bound(Lexer& lexer) {
  if (lexer.next_is(':') || lexer.next_is(',') || lexer.next_is(']')) return std::nullopt;
  return read_integer(lexer);
}

bool take(Lexer& lexer, char symbol) {
  if (!lexer.next_is(symbol)) return false;
  (void)lexer.next();
  return true;
}

/// Takes the word `none` or the symbol `...` if one of them is next.
std::optional<SubscriptItem::Kind> read_word(Lexer& lexer) {
  Lexer ahead = lexer;
  const Token word = ahead.next();
  const bool is_none = word.kind == TokenKind::name && plain_word(word.text) == "none";
  if (!is_none && !word.is("...")) return std::nullopt;
  lexer = ahead;
  return is_none ? SubscriptItem::Kind::new_axis : SubscriptItem::Kind::ellipsis;
}

SubscriptItem read_item(Lexer& lexer) {
  SubscriptItem item;
  item.offset = lexer.next_offset();
  if (const auto kind = read_word(lexer)) {
    item.kind = *kind;
    return item;
  }
  item.start = read_bound(lexer);
  if (!take(lexer, ':')) {
    if (!item.start) lexer.fail(lexer.next_offset(), "expected an index such as 0 or a range such as 1:3");
    item.kind = SubscriptItem::Kind::index;
    return item;
  }
  item.stop = read_bound(lexer);
  if (take(lexer, ':')) {
    const std::size_t offset = lexer.next_offset();
    item.step = read_bound(lexer);
    if (item.step == 0) lexer.fail(offset, "the step of a range cannot be 0");
  }
  return item;
}

}  // namespace

std::vector<SubscriptItem> read_subscript(Lexer& lexer) {
  std::vector<SubscriptItem> items;
  bool has_ellipsis = false;
  (void)lexer.next();
  while (true) {
    items.push_back(read_item(lexer));
    const bool ellipsis = items.back().kind == SubscriptItem::Kind::ellipsis;
    if (ellipsis && has_ellipsis) lexer.fail(items.back().offset, "a subscript has at most one '...'");
    has_ellipsis = has_ellipsis || ellipsis;
    const Token token = lexer.next();
    if (token.is(']')) return items;
    if (!token.is(',')) {
      lexer.fail(token.offset,
                 fmt::format("expected ',', ':' or ']', found {}; a subscript is whole numbers", describe(token)));
    }
  }
}

}  // namespace gradus::command
