#include "nn/data/encoding.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

#include "autograd/base/error.h"
#include "autograd/base/text.h"

namespace gradus::nn {

namespace {

constexpr double missing_number = std::numeric_limits<double>::quiet_NaN();

const Column& column_at(const DataFrame& frame, int k) { return frame.columns[static_cast<std::size_t>(k)]; }
double value_at(const Column& column, std::int64_t row) { return column.values[static_cast<std::size_t>(row)]; }

// ---- what is learned from

bool is_constant(const Column& column) {
  const auto first = std::ranges::find_if(column.values, [](double x) { return !std::isnan(x); });
  return first == column.values.end() ||
         std::all_of(first, column.values.end(), [&](double x) { return std::isnan(x) || x == *first; });
}

constexpr std::int64_t few_rows = 20;  // say little about a column

/// Names, numbers of orders and the like.
bool tells_rows_apart(const Column& column, std::int64_t rows) {
  return column.kind == ColumnKind::text && std::ssize(column.words) > std::max(few_rows, rows / 2);
}

/// Why a column is left out that nobody asked for, or nothing.
std::string reason_to_leave_out(const Column& column, std::int64_t rows) {
  if (column.kind == ColumnKind::useless) return {};
  if (column.row_numbers) return "it counts the rows";
  if (column.missing == rows) return "it is empty";
  if (rows >= few_rows && 2 * column.missing > rows) {
    return fmt::format("it is empty in {} of {} rows", column.missing, rows);
  }
  if (rows >= few_rows && is_constant(column)) return "it is the same in every row";
  if (tells_rows_apart(column, rows)) {
    return fmt::format("it has {} words in {} rows", column.words.size(), rows);
  }
  return {};
}

std::vector<int> named_features(const DataFrame& frame, int target, const std::vector<std::string>& names) {
  std::vector<int> chosen;
  for (const std::string& name : names) {
    const int k = frame.index(name);
    if (k == target) throw ValueError("[train] the target cannot be one of the features");
    if (std::ranges::count(chosen, k) > 0) {
      throw ValueError(fmt::format("[train] feature {} is given twice", in_quotes(name)));
    }
    (void)frame.column(name);  // it can be used
    chosen.push_back(k);
  }
  return chosen;
}

void choose_features(const DataFrame& frame, const EncodingOptions& options, TableSelection& selection) {
  if (!options.features.empty()) {
    selection.features = named_features(frame, selection.target, options.features);
    return;
  }
  std::set<int> ignored{selection.target};
  for (const std::string& name : options.ignored) ignored.insert(frame.index(name));
  for (int k = 0; k < static_cast<int>(frame.columns.size()); ++k) {
    if (ignored.contains(k)) continue;
    const Column& column = frame.column(frame.columns[static_cast<std::size_t>(k)].name);
    const std::string reason = reason_to_leave_out(column, frame.rows);
    if (reason.empty()) {
      selection.features.push_back(k);
    } else {
      selection.remarks.push_back(fmt::format("column {} is left out: {}", in_quotes(column.name), reason));
    }
  }
  if (selection.features.empty()) {
    throw ValueError(fmt::format("[train] there is no column to learn from{}{}", selection.remarks.empty() ? "" : ": ",
                                 fmt::join(selection.remarks, "; ")));
  }
}

std::string rows_text(std::int64_t count) { return fmt::format("{} row{}", count, count == 1 ? "" : "s"); }

/// Names of the columns that lack something, each with how often.
std::string lacking_columns(const DataFrame& frame, const TableSelection& selection) {
  std::vector<std::string> names;
  for (const int k : selection.features) {
    const Column& column = column_at(frame, k);
    if (column.missing > 0) names.push_back(fmt::format("{} ({})", in_quotes(column.name), column.missing));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

void choose_rows(const DataFrame& frame, MissingRule rule, TableSelection& selection) {
  const Column& target = column_at(frame, selection.target);
  std::vector<std::int64_t> rows;
  std::int64_t without_target = 0;
  std::int64_t incomplete = 0;
  for (std::int64_t row = 0; row < frame.rows; ++row) {
    if (std::isnan(value_at(target, row))) {
      ++without_target;
      continue;
    }
    const auto lacks = [&](int k) { return std::isnan(value_at(column_at(frame, k), row)); };
    const auto lacking = std::ranges::find_if(selection.features, lacks);
    if (lacking == selection.features.end() || rule == MissingRule::mean) {
      rows.push_back(row);
    } else if (rule == MissingRule::refuse) {
      throw ValueError(
          fmt::format("[train] row {} has nothing in column {}; --missing drop leaves such rows out, "
                      "--missing mean fills them in",
                      row + 1, in_quotes(column_at(frame, *lacking).name)));
    } else {
      ++incomplete;
    }
  }
  if (without_target > 0) {
    selection.remarks.push_back(
        fmt::format("{} left out that have no {}", rows_text(without_target), in_quotes(target.name)));
  }
  if (incomplete > 0) {
    const std::string lacking = lacking_columns(frame, selection);
    if (2 * incomplete > frame.rows - without_target) {
      throw FileError(frame.path, fmt::format("{} of {} lack something, in {}: ignore such columns (--ignore), or fill "
                                              "them in (--missing mean)",
                                              incomplete, rows_text(frame.rows), lacking));
    }
    selection.remarks.push_back(fmt::format("{} left out that lack something, in {} (--missing mean fills it in)",
                                            rows_text(incomplete), lacking));
  }
  if (rows.empty()) throw ValueError(fmt::format("[train] {} has no rows to learn from", frame.path));
  selection.rows = Indices(rows);
}

/// "1", "2.5": how a number is named as a class.
std::string number_text_of(double x) { return fmt::format("{}", x); }

// ---- fitting

void standardise_column(ColumnEncoding& encoded, const std::vector<double>& numbers) {
  const auto n = static_cast<double>(numbers.size());
  if (numbers.empty()) return;
  // A power of two brings the numbers near 1, so that no square overflows.
  double largest = 0.0;
  for (const double x : numbers) largest = std::max(largest, std::abs(x));
  const int exponent = largest == 0.0 ? 0 : std::ilogb(largest);
  double sum = 0.0;
  for (const double x : numbers) sum += std::scalbn(x, -exponent);
  const double mean = sum / n;
  double squares = 0.0;
  for (const double x : numbers) squares += (std::scalbn(x, -exponent) - mean) * (std::scalbn(x, -exponent) - mean);
  encoded.mean = std::scalbn(mean, exponent);
  const double deviation = std::scalbn(std::sqrt(squares / n), exponent);
  if (deviation > 0.0) encoded.deviation = deviation;  // constant in these rows: 0 after the shift
}

ColumnEncoding fit_feature(const Column& column, const Indices& rows, bool standardise) {
  ColumnEncoding encoded{column.name, column.words};
  std::vector<double> known;
  for (const std::int64_t row : rows) {
    if (!std::isnan(value_at(column, row))) known.push_back(value_at(column, row));
  }
  if (column.words.empty()) {
    const auto n = static_cast<double>(known.size());
    encoded.fill = known.empty() ? 0.0 : std::accumulate(known.begin(), known.end(), 0.0) / n;
    if (standardise) standardise_column(encoded, known);
    return encoded;
  }
  std::vector<int> counts(column.words.size());
  for (const double place : known) ++counts[static_cast<std::size_t>(place)];
  encoded.fill = static_cast<double>(std::ranges::max_element(counts) - counts.begin());
  return encoded;
}

// ---- encoding

std::size_t width_of(const ColumnEncoding& encoded) { return encoded.words.size() > 2 ? encoded.words.size() : 1; }

/// The column of a table that an encoded one was, of the same kind.
const Column& matching_column(const ColumnEncoding& encoded, const DataFrame& frame) {
  const Column& column = frame.column(encoded.name);
  if (column.missing == frame.rows || column.words.empty() == encoded.words.empty()) return column;
  throw FileError(frame.path,
                  fmt::format("column {} has {}, and the model has learned {}", in_quotes(column.name),
                              column.words.empty() ? "numbers" : "words", encoded.words.empty() ? "numbers" : "words"));
}

/// Where each word of a column stands among those of the training rows; NaN: nowhere.
std::vector<double> known_places(const ColumnEncoding& encoded, const Column& column) {
  std::vector<double> places;
  for (const std::string& word : column.words) {
    const auto found = std::ranges::find(encoded.words, word);
    places.push_back(found == encoded.words.end() ? -1.0 : static_cast<double>(found - encoded.words.begin()));
  }
  return places;
}

void write_feature(const ColumnEncoding& encoded, const Column& column, const Indices& rows, MissingRule missing,
                   double* out, std::size_t stride) {
  const std::vector<double> places = known_places(encoded, column);
  const std::size_t width = width_of(encoded);
  for (const std::int64_t row : rows) {
    double value = value_at(column, row);
    if (std::isnan(value)) {
      value = missing == MissingRule::mean ? encoded.fill : missing_number;
    } else if (!encoded.words.empty()) {
      value = places[static_cast<std::size_t>(value)];
    }
    if (encoded.words.empty()) {
      *out = (value - encoded.mean) / encoded.deviation;
    } else {
      for (std::size_t k = 0; k < width; ++k) {
        const auto place = static_cast<double>(width == 1 ? 1 : k);
        out[k] = std::isnan(value) ? value : value == place ? 1.0 : 0.0;
      }
    }
    out += stride;
  }
}

}  // namespace

std::vector<std::string> Encoding::inputs() const {
  std::vector<std::string> names;
  for (const ColumnEncoding& feature : features) {
    if (feature.words.empty()) {
      names.push_back(feature.name);
    } else if (width_of(feature) == 1) {
      names.push_back(fmt::format("{}={}", feature.name, feature.words.back()));
    } else {
      for (const std::string& word : feature.words) names.push_back(fmt::format("{}={}", feature.name, word));
    }
  }
  return names;
}

bool Encoding::standardises() const {
  const auto scaled = [](const ColumnEncoding& column) { return column.mean != 0.0 || column.deviation != 1.0; };
  return scaled(target) || std::ranges::any_of(features, scaled);
}

TableSelection select_from(const DataFrame& frame, std::string_view target, const EncodingOptions& options) {
  TableSelection selection;
  if (frame.rows == 0) throw ValueError(fmt::format("[train] {} has no rows to learn from", frame.path));
  selection.target = frame.index(target);
  (void)frame.column(target);  // it can be used
  choose_features(frame, options, selection);
  choose_rows(frame, options.missing, selection);
  return selection;
}

Labels labels_of(const DataFrame& frame, const TableSelection& selection) {
  constexpr std::size_t most_classes = 1000;
  const Column& target = column_at(frame, selection.target);
  std::map<double, std::int64_t> places;  // in the order of the numbers, which of words is the alphabet's
  for (const std::int64_t row : selection.rows) places.try_emplace(value_at(target, row));
  if (places.size() > most_classes) {
    throw ValueError(fmt::format("[train] {} has {} classes: at most {} are told apart", in_quotes(target.name),
                                 places.size(), most_classes));
  }
  Labels result;
  for (auto& [value, place] : places) {
    place = std::ssize(result.classes);
    if (target.words.empty() && std::trunc(value) != value) {
      throw ValueError(fmt::format("[train] {} is no class: classes are words or whole numbers", value));
    }
    result.classes.push_back(target.words.empty() ? number_text_of(value)
                                                  : target.words[static_cast<std::size_t>(value)]);
  }
  std::vector<std::int64_t> labels;
  for (const std::int64_t row : selection.rows) labels.push_back(places.at(value_at(target, row)));
  result.labels = Indices(labels);
  return result;
}

Encoding fit_encoding(const DataFrame& frame, const TableSelection& selection, const Indices& training_rows,
                      const EncodingOptions& options) {
  Encoding encoding;
  encoding.missing = options.missing;
  for (const int k : selection.features) {
    encoding.features.push_back(fit_feature(column_at(frame, k), training_rows, options.standardise));
  }
  const Column& target = column_at(frame, selection.target);
  encoding.target.name = target.name;
  if (!target.words.empty() || options.classes) {
    encoding.target.words = labels_of(frame, selection).classes;
  } else if (options.standardise) {
    std::vector<double> numbers;
    for (const std::int64_t row : training_rows) numbers.push_back(value_at(target, row));
    standardise_column(encoding.target, numbers);
  }
  return encoding;
}

Tensor encode_inputs(const Encoding& encoding, const DataFrame& frame, const Indices& rows) {
  const std::size_t width = encoding.inputs().size();
  const Shape shape{rows.size(), static_cast<std::int64_t>(width)};
  std::vector<double> x(static_cast<std::size_t>(shape.size()));
  std::size_t place = 0;
  for (const ColumnEncoding& feature : encoding.features) {
    write_feature(feature, matching_column(feature, frame), rows, encoding.missing, x.data() + place, width);
    place += width_of(feature);
  }
  return Tensor(Array(shape, x), width == 1 ? encoding.inputs()[0] : "x");
}

Dataset encode(const Encoding& encoding, const DataFrame& frame, const Indices& rows) {
  const ColumnEncoding& target = encoding.target;
  const Column& column = frame.column(target.name);
  std::vector<double> y;
  std::vector<std::int64_t> labels;
  for (const std::int64_t row : rows) {
    const double value = value_at(column, row);
    if (!encoding.has_classes()) {
      y.push_back((value - target.mean) / target.deviation);
      continue;
    }
    const std::string word = std::isnan(value)      ? ""
                             : column.words.empty() ? number_text_of(value)
                                                    : column.words[static_cast<std::size_t>(value)];
    const auto found = std::ranges::find(target.words, word);
    if (found == target.words.end()) {
      throw ValueError(fmt::format("[encode] row {}: {} is no class that was learned: {}", row + 1, in_quotes(word),
                                   fmt::join(target.words, ", ")));
    }
    labels.push_back(found - target.words.begin());
    y.push_back(static_cast<double>(labels.back()));
  }
  return {encode_inputs(encoding, frame, rows), Tensor(Array({rows.size(), 1}, y), target.name), Indices(labels),
          std::ssize(target.words)};
}

// ---- JSON

namespace {

constexpr const char* missing_words[] = {"drop", "mean", "error"};

nlohmann::json column_json(const ColumnEncoding& column) {
  if (!column.words.empty()) return {{"name", column.name}, {"words", column.words}, {"fill", column.fill}};
  return {{"name", column.name}, {"mean", column.mean}, {"deviation", column.deviation}, {"fill", column.fill}};
}

[[noreturn]] void refuse_encoding(std::string_view why) { throw ValueError(fmt::format("[encoding] {}", why)); }

double number_in(const nlohmann::json& object, const char* key, double otherwise) {
  if (!object.contains(key)) return otherwise;
  if (!object[key].is_number()) refuse_encoding(fmt::format("'{}' is not a number", key));
  return object[key].get<double>();
}

ColumnEncoding column_from(const nlohmann::json& object) {
  if (!object.is_object() || !object.contains("name") || !object["name"].is_string()) {
    refuse_encoding("a column has no name");
  }
  ColumnEncoding column{object["name"].get<std::string>()};
  column.mean = number_in(object, "mean", 0.0);
  column.deviation = number_in(object, "deviation", 1.0);
  column.fill = number_in(object, "fill", 0.0);
  if (!(column.deviation > 0.0)) refuse_encoding("a deviation is not above 0");
  if (!object.contains("words")) return column;
  if (!object["words"].is_array() || object["words"].empty()) refuse_encoding("'words' is not a list of words");
  for (const nlohmann::json& word : object["words"]) {
    if (!word.is_string()) refuse_encoding("'words' is not a list of words");
    column.words.push_back(word.get<std::string>());
  }
  if (!(column.fill >= 0.0) || column.fill >= static_cast<double>(column.words.size())) {
    refuse_encoding("'fill' is the place of no word");
  }
  return column;
}

}  // namespace

std::string to_json(const Encoding& encoding) {
  nlohmann::json features = nlohmann::json::array();
  for (const ColumnEncoding& feature : encoding.features) features.push_back(column_json(feature));
  const nlohmann::json object{{"features", features},
                              {"target", column_json(encoding.target)},
                              {"missing", missing_words[static_cast<std::size_t>(encoding.missing)]}};
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Encoding encoding_from_json(std::string_view text) {
  const nlohmann::json object = nlohmann::json::parse(text, nullptr, false);
  if (!object.is_object() || !object.contains("features") || !object["features"].is_array() ||
      !object.contains("target")) {
    refuse_encoding("this is no encoding: features and target are lacking");
  }
  Encoding encoding;
  for (const nlohmann::json& feature : object["features"]) encoding.features.push_back(column_from(feature));
  if (encoding.features.empty()) refuse_encoding("there are no features");
  encoding.target = column_from(object["target"]);
  const std::string missing = object.value("missing", nlohmann::json("drop")).dump();
  for (std::size_t k = 0; k < std::size(missing_words); ++k) {
    if (missing == fmt::format("\"{}\"", missing_words[k])) encoding.missing = static_cast<MissingRule>(k);
  }
  return encoding;
}

}  // namespace gradus::nn
