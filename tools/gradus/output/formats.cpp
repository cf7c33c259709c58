#include "tools/gradus/output/formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "autograd/base/text.h"
#include "tools/gradus/output/file_name.h"
#include "tools/gradus/output/messages.h"
#include "tools/gradus/output/usage_error.h"

namespace gradus::command {

namespace {

const std::vector<FileFormat>& table() {
  static const std::vector<FileFormat> rows = [] {
    std::vector<FileFormat> out{
        {Product::drawing, "dot", {"dot", "gv"}, Drawn::dot},
        {Product::drawing, "svg", {"svg"}, Drawn::by_graphviz},
        {Product::drawing, "png", {"png"}, Drawn::by_graphviz},
        {Product::drawing, "pdf", {"pdf"}, Drawn::by_graphviz},
        {Product::drawing, "mermaid", {"mmd", "mermaid"}, Drawn::mermaid},
        {Product::drawing, "json", {"json"}, Drawn::graph_json},
        {Product::drawing, "onnx", {"onnx"}, Drawn::graph_onnx},
        {Product::plot, "svg", {"svg"}},
        {Product::plot, "png", {"png"}},
        {Product::plot, "pdf", {"pdf"}},
        {Product::page, "html", {"html", "htm", "xhtml"}},
    };
    for (const DerivationFormat& format : derivation_formats()) {
      out.push_back({Product::derivation, format.name, {format.ending, format.name}, Drawn::dot, &format});
    }
    return out;
  }();
  return rows;
}

bool answers_to(const FileFormat& format, std::string_view word) {
  return format.name == word || std::ranges::find(format.endings, word) != format.endings.end();
}

const FileFormat* find_format(Product product, std::string_view word) {
  const auto found = std::ranges::find_if(
      table(), [&](const FileFormat& format) { return format.product == product && answers_to(format, word); });
  return found == table().end() ? nullptr : &*found;
}

const FileFormat& first_format(Product product) { return *std::ranges::find(table(), product, &FileFormat::product); }

std::string_view noun(Product product) {
  constexpr std::array<std::string_view, 4> nouns{"drawing", "derivation", "page", "plot"};
  return nouns[static_cast<std::size_t>(product)];
}

}  // namespace

const FileFormat& chosen_format(Product product, const std::string& file, const std::string& asked) {
  const bool is_file = !file.empty() && file != "-";
  const std::string word = asked.empty() && is_file ? ending_of(file) : asked;
  if (word.empty() && is_file && product != Product::derivation) {
    throw UsageError(fmt::format("'{}' has no ending: use {}, or give -T", file, format_endings(product)));
  }
  if (word.empty()) return first_format(product);
  if (const FileFormat* format = find_format(product, word)) return *format;
  throw UsageError(
      fmt::format("{} is no format for a {}: use {}", in_quotes(word), noun(product), format_names(product)));
}

void check_page_name(std::string_view option, const std::string& file) {
  const std::string ending = ending_of(file);
  if (ending.empty() || find_format(Product::page, ending) != nullptr) return;
  throw UsageError(fmt::format("{}: {} is no name for a page, which is HTML: use .html", option, in_quotes(file)));
}

bool is_format_name(std::string_view word) {
  return std::ranges::any_of(table(), [&](const FileFormat& format) { return answers_to(format, word); });
}

std::string format_names(Product product) {
  std::vector<std::string> names;
  for (const FileFormat& format : table()) {
    if (format.product == product) names.emplace_back(format.name);
  }
  return alternatives(names);
}

std::string format_endings(Product product) {
  std::vector<std::string> endings;
  for (const FileFormat& format : table()) {
    if (format.product == product) endings.push_back(fmt::format(".{}", format.endings.front()));
  }
  return alternatives(endings);
}

}  // namespace gradus::command
