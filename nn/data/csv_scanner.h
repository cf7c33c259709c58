// Separated text (RFC 4180) field by field: quotes, blanks, ends of lines, and where in the file something is wrong.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace gradus::nn::detail {

class CsvScanner {
 public:
  enum class Next { field, row };
  struct Field {
    std::string_view text;  ///< Valid until the next field is read.
    std::size_t offset;
  };
  static constexpr std::size_t longest_field = std::size_t{1} << 20;

  /// `path` is what messages call the text; it must outlive the scanner, as the text does.
  CsvScanner(std::string_view text, const std::string& path, char delimiter)
      : text_(text), path_(path), delimiter_(delimiter) {}

  /// Throws FileError for an empty text and for UTF-16; steps over a byte order mark of UTF-8.
  void check_encoding();
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::size_t at() const { return at_; }
  void go_to(std::size_t offset) { at_ = offset; }
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }

  [[nodiscard]] bool is_blank(char c) const { return (c == ' ' || c == '\t') && c != delimiter_; }
  [[nodiscard]] bool is_end(std::size_t at) const {
    return at == text_.size() || text_[at] == '\n' || text_[at] == '\r';
  }
  [[nodiscard]] bool at_end_of_field(std::size_t at) const { return is_end(at) || text_[at] == delimiter_; }
  [[nodiscard]] std::size_t after_blanks(std::size_t at) const {
    while (at < text_.size() && is_blank(text_[at])) ++at;
    return at;
  }

  void skip_blank_lines();
  /// The plain finite number up to the next delimiter: nearly every field is one.  False, and nothing is read, for others.
  bool read_plain_number(double& value);
  /// The same for few digits, with `point` before the decimals, if there are some.
  bool read_short_number(double& value, char point);
  /// The field that starts here, without quotes and surrounding blanks; stops before what ends it.
  Field read_field();
  /// Steps over what ends a field.
  Next next();

  /// Throws FileError for what is no text.
  void check_content(const Field& field) const;
  /// Throws FileError with line and column.
  [[noreturn]] void fail(std::size_t offset, const std::string& message) const;
  /// For a row that has too few fields or too many: counts them all.
  [[noreturn]] void fail_on_count(std::size_t row_start, std::size_t expected);

  struct Place {
    std::size_t line, column;
  };
  [[nodiscard]] Place place(std::size_t offset) const;

 private:
  Field read_quoted_field();

  std::string_view text_;
  const std::string& path_;
  char delimiter_;
  std::size_t at_ = 0;
  std::string unquoted_;
};

}  // namespace gradus::nn::detail
