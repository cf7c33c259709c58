#include "tools/gradus/commands/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>

#include "autograd/array/print.h"
#include "tools/gradus/language/unicode.h"
#include "tools/gradus/output/result_json.h"

namespace gradus::command {

namespace {

std::string number_text(double x, DType dtype, const NumberStyle& style) {
  if (std::isnan(x)) return "nan";  // whatever its sign bit
  if (style.digits) return fmt::format("{:.{}g}", x, *style.digits);
  return dtype == DType::float32 ? fmt::format("{}", static_cast<float>(x)) : fmt::format("{}", x);
}

/// Rows of columns that line up, a blank line between two blocks of an array of more than two axes.
std::string grid_text(const Array& array, const NumberStyle& style) {
  const std::vector<double> all = array.to_vector();
  const auto sizes = array.sizes();
  const auto columns = static_cast<std::size_t>(sizes.back());
  const std::size_t rows = sizes.size() > 1 ? static_cast<std::size_t>(sizes[sizes.size() - 2]) : 1;
  std::vector<std::string> cells;
  std::vector<std::size_t> widths(columns, 0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    cells.push_back(number_text(all[i], array.dtype(), style));
    widths[i % columns] = std::max(widths[i % columns], cells.back().size());
  }
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::size_t row = i / columns;
    const bool first_of_row = i % columns == 0;
    if (first_of_row && i > 0) out += rows > 1 && row % rows == 0 ? "\n\n" : "\n";
    out.append((first_of_row ? 0 : 2) + widths[i % columns] - cells[i].size(), ' ');
    out += cells[i];
  }
  return out;
}

std::string array_text(const Array& array, const NumberStyle& style) {
  const auto written = [&](double x) { return number_text(x, array.dtype(), style); };
  if (array.size() == 0) return to_string(array);
  if (style.elements && array.rank() > 0) {
    if (array.size() <= *style.elements) return grid_text(array, style);
    const std::vector<double> all = array.to_vector();
    const auto [least, most] = std::minmax_element(all.begin(), all.end());
    const bool unordered = std::any_of(all.begin(), all.end(), [](double x) { return std::isnan(x); });
    return fmt::format(
        "{} numbers of shape {}, {}", all.size(), to_string(array.shape()),
        unordered ? std::string("nan among them") : fmt::format("from {} to {}", written(*least), written(*most)));
  }
  return text::nested(array, written);
}

/// A name with what stands beside it, whose further lines begin below its first.
struct NamedText {
  std::string name;
  std::string text;
};

void print_aligned(const std::vector<NamedText>& entries) {
  std::size_t width = 0;
  for (const NamedText& entry : entries) width = std::max(width, count_code_points(entry.name));
  for (const auto& [name, text] : entries) {
    std::string out = name + std::string(width + 2 - count_code_points(name), ' ');
    for (std::size_t i = 0; i < text.size(); ++i) {
      out += text[i];
      if (text[i] == '\n' && text[i + 1] != '\n') out.append(width + 2, ' ');
    }
    fmt::print("{}\n", out);
  }
}

}  // namespace

void print_answer_text(const Answer& answer, const NumberStyle& style) {
  std::vector<NamedText> lines;
  const bool one = answer.values.size() == 1;
  for (const NamedArray& v : answer.values) {
    lines.push_back({one ? "value" : "value " + v.name, array_text(v.value, style)});
  }
  for (const NamedArray& g : answer.gradients) lines.push_back({"d/d" + g.name, array_text(g.value, style)});
  for (std::size_t row = 0; row < answer.hessian.size(); ++row) {
    for (std::size_t k = 0; k < answer.gradients.size(); ++k) {
      const std::string& x = answer.gradients[row].name;
      const std::string& y = answer.gradients[k].name;
      const std::string below = row == k ? fmt::format("d{}²", x) : fmt::format("d{}d{}", x, y);
      lines.push_back({"d²/" + below, array_text(answer.hessian[row][k], style)});
    }
  }
  print_aligned(lines);
  for (const std::string& text : answer.conventions) fmt::print("a convention decided: {}\n", text);
}

void print_answer_json(const Answer& answer) {
  const auto member = [](std::string& list, const std::string& name, const std::string& value) {
    list += fmt::format("{}{}: {}", list.empty() ? "" : ", ", json_text(name), value);
  };
  std::string several;
  std::string first;
  std::string second;
  std::string decided;
  for (const NamedArray& v : answer.values) member(several, v.name, json_array(v.value));
  for (const NamedArray& g : answer.gradients) member(first, g.name, json_array(g.value));
  for (std::size_t row = 0; row < answer.hessian.size(); ++row) {
    std::string blocks;
    for (std::size_t k = 0; k < answer.gradients.size(); ++k) {
      member(blocks, answer.gradients[k].name, json_array(answer.hessian[row][k]));
    }
    member(second, answer.gradients[row].name, fmt::format("{{{}}}", blocks));
  }
  for (const std::string& text : answer.conventions) decided += (decided.empty() ? "" : ", ") + json_text(text);
  std::string all;
  const bool one = answer.values.size() == 1;
  member(all, one ? "value" : "values", one ? json_array(answer.values[0].value) : fmt::format("{{{}}}", several));
  member(all, answer.jacobian ? "jacobian" : "gradients", fmt::format("{{{}}}", first));
  if (!answer.hessian.empty()) member(all, "hessian", fmt::format("{{{}}}", second));
  if (!decided.empty()) member(all, "conventions", fmt::format("[{}]", decided));
  fmt::print("{{{}}}\n", all);
}

}  // namespace gradus::command
