#include "tools/gradus/output/file_name.h"

#include <algorithm>
#include <filesystem>

namespace gradus::command {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

std::string ending_of(std::string_view file) {
  std::string ending = std::filesystem::path(file).extension().string();
  if (!ending.empty()) ending.erase(0, 1);
  return ending;
}

std::string with_suffix(std::string_view file, std::string_view suffix) {
  std::filesystem::path path(file);
  const std::string name = path.stem().string().append(suffix) + path.extension().string();
  return path.replace_filename(name).string();
}

bool is_clearly_a_file(std::string_view text) {
  if (text == "-") return true;
  for (const std::string_view start : {"./", "../", "~/"}) {
    if (text.starts_with(start)) return true;
  }
  const std::string ending = ending_of(text);
  if (ending.empty() || !is_letter(ending[0])) return false;
  if (!std::ranges::all_of(ending, [](char c) { return is_letter(c) || is_digit(c); })) return false;
  // 1.e5 is a number.
  const bool exponent = ending[0] == 'e' || ending[0] == 'E';
  return !exponent || ending.size() == 1 || !std::all_of(ending.begin() + 1, ending.end(), is_digit);
}

}  // namespace gradus::command
