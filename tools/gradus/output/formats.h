// The formats of the files that the command writes, in one table: what -T takes, what files end in, help and messages
// are made of it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/derive/write/derivation_formats.h"

namespace gradus::command {

/// What a subcommand makes.
enum class Product : std::uint8_t {
  drawing,     // draw, train --draw
  derivation,  // derive
  page,        // lesson, train --lesson
  plot         // plot, train --plot
};

/// How a drawing comes to its file.
enum class Drawn : std::uint8_t { dot, mermaid, by_graphviz, graph_json, graph_onnx };

struct FileFormat {
  Product product;
  std::string_view name;                  // "mermaid": what -T takes
  std::vector<std::string_view> endings;  // of its files, the usual one first: "mmd", "mermaid"
  Drawn drawn = Drawn::dot;               // of drawings
  const DerivationFormat* derivation = nullptr;

  /// Whether the file holds the graph itself and no drawing of it.
  [[nodiscard]] bool is_graph() const noexcept { return drawn == Drawn::graph_json || drawn == Drawn::graph_onnx; }
};

/// The format that was asked for, else what the file's ending says, else the first of the table: for a derivation also
/// where the file has no ending, for a drawing only where there is no file.  Throws UsageError for any other.
[[nodiscard]] const FileFormat& chosen_format(Product product, const std::string& file, const std::string& asked);

/// Throws UsageError when a file for a page, which `option` names, is called something else: "x.md".  No ending is fine.
void check_page_name(std::string_view option, const std::string& file);

/// Whether some subcommand's -T takes the word.
[[nodiscard]] bool is_format_name(std::string_view word);

/// "dot, svg, png, pdf, mermaid, json or onnx"
[[nodiscard]] std::string format_names(Product product);
/// ".dot, .svg, .png, .pdf, .mmd, .json or .onnx"
[[nodiscard]] std::string format_endings(Product product);

}  // namespace gradus::command
