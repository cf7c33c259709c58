#include "tools/gradus/output/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iterator>

#include "autograd/base/error.h"
#include "autograd/base/file.h"
#include "autograd/base/text.h"
#include "tools/gradus/output/file_name.h"
#include "tools/gradus/output/render.h"
#include "tools/gradus/output/usage_error.h"

namespace gradus::command {

bool is_picture_format(std::string_view name) noexcept {
  constexpr std::string_view formats[] = {"dot", "gv", "json", "mermaid", "mmd", "onnx", "pdf", "png", "svg"};
  return std::find(std::begin(formats), std::end(formats), name) != std::end(formats);
}

void check_page_name(std::string_view option, const std::string& file) {
  const std::string ending = ending_of(file);
  if (ending.empty() || ending == "html" || ending == "htm" || ending == "xhtml") return;
  throw UsageError(fmt::format("{}: {} is no name for a page, which is HTML: use .html", option, in_quotes(file)));
}

std::string picture_format(const std::string& file, const std::string& asked) {
  std::string format = asked;
  if (format.empty() && !file.empty() && file != "-") {
    format = ending_of(file);
    if (format.empty())
      throw UsageError(
          fmt::format("'{}' has no ending: use .dot, .svg, .png, .pdf, .mmd, .json or .onnx, or give -T", file));
  }
  if (format.empty() || format == "gv") return "dot";
  if (format == "mmd") return "mermaid";
  if (is_picture_format(format)) return format;
  throw UsageError(
      fmt::format("'{}' is no format for a drawing: use dot, svg, png, pdf, mermaid, json or onnx", format));
}

void check_picture_file(const std::string& file) {
  if (!file.empty() && file != "-") check_writable(file);
}

bool is_text(std::string_view format) noexcept { return format == "dot" || format == "mermaid"; }

void write_picture(const std::string& text, const std::string& file, const std::string& format) {
  write_content(is_text(format) ? text : render(text, format), file);
}

void write_content(const std::string& content, const std::string& file) {
  if (!file.empty() && file != "-") {
    write_file(file, content);
    return;
  }
  if (std::fwrite(content.data(), 1, content.size(), stdout) != content.size() || std::fflush(stdout) != 0) {
    throw FileError("standard output", "cannot be written");
  }
}

}  // namespace gradus::command
