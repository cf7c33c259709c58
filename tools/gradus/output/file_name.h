// Names of files, taken apart.
#pragma once
#include <string>
#include <string_view>

namespace gradus::command {

/// "md" of "a.b/notes.md"; empty where the name has no ending: "notes", "./notes", "a.b/notes", ".notes".
[[nodiscard]] std::string ending_of(std::string_view file);

/// "a/page-answers.md" of "a/page.md" and "-answers".
[[nodiscard]] std::string with_suffix(std::string_view file, std::string_view suffix);

/// Whether a text is a file's name and no expression: "page.html", "./notes", "-" for standard output.
[[nodiscard]] bool is_clearly_a_file(std::string_view text);

}  // namespace gradus::command
