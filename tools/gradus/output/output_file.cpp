#include "tools/gradus/output/output_file.h"

#include <cstdio>

#include "autograd/base/error.h"
#include "autograd/base/file.h"

namespace gradus::command {

namespace {

bool is_standard_output(const std::string& file) { return file.empty() || file == "-"; }

}  // namespace

void check_output(const std::string& file) {
  if (!is_standard_output(file)) check_writable(file);
}

void write_output(std::string_view content, const std::string& file) {
  if (!is_standard_output(file)) {
    write_file(file, content);
  } else if (std::fwrite(content.data(), 1, content.size(), stdout) != content.size() || std::fflush(stdout) != 0) {
    throw FileError("standard output", "cannot be written");
  }
}

}  // namespace gradus::command
