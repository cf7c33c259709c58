#include "tools/gradus/picture.h"

#include <fmt/format.h>

#include <cstdio>

#include "autograd/base/error.h"
#include "autograd/base/file.h"
#include "tools/gradus/bindings.h"
#include "tools/gradus/render.h"

namespace gradus::command {

bool is_picture_format(std::string_view name) noexcept {
  return name == "dot" || name == "gv" || name == "svg" || name == "png" || name == "pdf" || name == "json" || name == "onnx";
}

std::string picture_format(const std::string& file, const std::string& asked) {
  std::string format = asked;
  if (format.empty() && !file.empty() && file != "-") {
    const std::size_t dot = file.rfind('.');
    const std::size_t slash = file.rfind('/');
    const bool ending = dot != std::string::npos && (slash == std::string::npos || dot > slash);
    if (!ending)
      throw UsageError(fmt::format("'{}' has no ending: use .dot, .svg, .png, .pdf, .json or .onnx, or give -T", file));
    format = file.substr(dot + 1);
  }
  if (format.empty() || format == "gv") return "dot";
  if (is_picture_format(format)) return format;
  throw UsageError(fmt::format("'{}' is no format for a drawing: use dot, svg, png, pdf, json or onnx", format));
}

void check_picture_file(const std::string& file) {
  if (!file.empty() && file != "-") check_writable(file);
}

void write_picture(const std::string& dot, const std::string& file, const std::string& format) {
  write_content(format == "dot" ? dot : render(dot, format), file);
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
