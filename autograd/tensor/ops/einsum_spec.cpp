#include "autograd/tensor/ops/einsum_spec.h"

#include <fmt/format.h>

#include <algorithm>

#include "autograd/base/error.h"
#include "autograd/base/text.h"

namespace gradus::detail {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  EinsumSpec spec() {
    EinsumSpec out;
    do {
      out.inputs.push_back(term(false));
    } while (take(","));
    for (const EinsumTerm& input : out.inputs) letters_ += input.before + input.after;
    if (take("->")) {
      out.output = term(true);
      if (at_ < text_.size()) fail(text_[at_] == ',' ? "the output is one term" : "nothing may follow the output");
    } else if (at_ < text_.size()) {
      fail(text_[at_] == '-' ? "an arrow is written ->" : unexpected());
    } else {
      out.output = implicit(out.inputs);
    }
    return out;
  }

 private:
  EinsumTerm term(bool output) {
    EinsumTerm out;
    for (skip_spaces(); at_ < text_.size(); skip_spaces()) {
      const char c = text_[at_];
      if (is_letter(c)) {
        if (output) check_output(out, c);
        (out.ellipsis ? out.after : out.before) += c;
        ++at_;
      } else if (c == '.') {
        if (text_.substr(at_, 3) != "...") fail("an ellipsis is three dots");
        if (out.ellipsis) fail("a term has one ellipsis");
        out.ellipsis = true;
        at_ += 3;
      } else if (c == ',' || c == '-') {
        break;
      } else {
        fail(unexpected());
      }
    }
    return out;
  }

  void check_output(const EinsumTerm& so_far, char c) {
    if (letters_.find(c) == std::string::npos) fail(fmt::format("label '{}' of the output is in no operand", c));
    if (so_far.text().find(c) != std::string::npos) fail(fmt::format("label '{}' is twice in the output", c));
  }

  [[nodiscard]] EinsumTerm implicit(const std::vector<EinsumTerm>& inputs) const {
    EinsumTerm out;
    out.ellipsis = std::ranges::any_of(inputs, &EinsumTerm::ellipsis);
    std::string sorted = letters_;
    std::ranges::sort(sorted);
    std::ranges::copy_if(sorted, std::back_inserter(out.after),
                         [&](char c) { return std::ranges::count(sorted, c) == 1; });
    return out;
  }

  void skip_spaces() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(std::string_view token) {
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }
  [[nodiscard]] std::string unexpected() const {
    const CodePoint c = decode_utf8_or_byte(text_, at_);
    return fmt::format("{} is no label", in_quotes(text_.substr(at_, c.length)));
  }
  [[noreturn]] void fail(const std::string& what) const {
    std::size_t column = 1;
    for (std::size_t k = 0; k < at_; ++column) k += decode_utf8_or_byte(text_, k).length;
    throw ParseError(fmt::format("[einsum] {}: character {} of {}", what, column, in_quotes(text_)), at_, column);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string letters_;  // of all operands
};

}  // namespace

EinsumSpec parse_einsum(std::string_view text) { return Parser(text).spec(); }

}  // namespace gradus::detail
