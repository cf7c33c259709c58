#include "tools/gradus/commands/binding_value.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/base/text.h"
#include "autograd/save/npy.h"
#include "nn/data/csv.h"
#include "tools/gradus/functions/evaluate.h"
#include "tools/gradus/functions/function_table.h"
#include "tools/gradus/language/expression.h"
#include "tools/gradus/language/literal.h"

namespace gradus::command {

namespace {

Array table_in(const std::string& file) {
  nn::CsvOptions options;
  options.allow_nonfinite = true;
  const nn::Table table = nn::read_csv(file, options);
  const auto columns = static_cast<std::int64_t>(table.columns.size());
  if (table.rows == 0) throw FileError(file, "there are no rows of numbers");
  if (table.rows == 1 || columns == 1) return Array({table.rows * columns}, table.values);
  return Array({table.rows, columns}, table.values);
}

Array numbers_in(const std::string& file) {
  if (file.ends_with(".csv")) return table_in(file);
  if (file.ends_with(".npy")) return read_npy(file);
  throw FileError(file, "a file of numbers ends in .csv or .npy");
}

/// Whether more than one number or array was meant.
bool is_expression(std::string_view text) {
  return text.find_first_of("(*/^@<>=") != std::string_view::npos ||
         text.find_first_of("+-", 1) != std::string_view::npos || text.find('[') != std::string_view::npos;
}

Array constant_expression(const std::string& text) {
  Vocabulary vocabulary{functions(), {}, true};
  const Expression expression = parse(text, vocabulary);
  const std::vector<Tensor> results = evaluate(expression, {});
  if (results.size() == 1 && expression.names.empty()) return results[0].value();
  throw ParseError("a value is one expression", 0, 1);
}

}  // namespace

Array binding_value(const std::string& text) {
  if (text.starts_with("@")) return numbers_in(text.substr(1));
  std::optional<ParseError> refusal;
  try {
    const Literal literal = parse_literal(text);
    return {Shape(std::span<const std::int64_t>(literal.shape)), literal.data};
  } catch (const ParseError& error) {
    refusal = error;
  }
  try {
    return constant_expression(text);
  } catch (const ParseError&) {
    if (is_expression(text)) throw;
  }
  throw ParseError(*refusal);
}

}  // namespace gradus::command
