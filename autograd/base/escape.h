// User text made harmless for whatever reads it next: DOT, HTML and XML, Mermaid, a terminal.
//
// Whatever the bytes are, the results are well-formed UTF-8 that XML allows.  Control characters become their pictures
// (U+2400 …), what is not UTF-8 or not a character becomes U+FFFD (one for each maximal subpart), CR and CRLF become
// LF.
#pragma once
#include <string>
#include <string_view>

#include "export.h"

namespace gradus::text {

/// The text as a quoted string of DOT: "a\\b".  `<`, `>` and `&` are written as entities, which Graphviz decodes.
[[nodiscard]] GRADUS_API std::string quote_label(std::string_view text);
/// The text for the content or an attribute of XML and HTML.
[[nodiscard]] GRADUS_API std::string xml_text(std::string_view text);
/// The text for an HTML-like label of Graphviz, lines parted by <BR/>.  Nothing would be an error there: a blank.
[[nodiscard]] GRADUS_API std::string html_label(std::string_view text);
/// The text for a label of Mermaid, without quotes around it: letters, digits and blanks as they are, every other ASCII
/// character as #43;, lines parted by <br/>, and a zero-width space between two dollars, which would begin a formula.
[[nodiscard]] GRADUS_API std::string mermaid_label(std::string_view text);
/// The text as one line for a terminal or a plain file: a line break becomes a blank.
[[nodiscard]] GRADUS_API std::string terminal_line(std::string_view text);

/// quote_label and html_label, written at the end of a text.
GRADUS_API void append_quote_label(std::string& out, std::string_view text);
GRADUS_API void append_html_label(std::string& out, std::string_view text);

/// Writes texts one after the other at the end of a text.
template <class... Part>
void append(std::string& out, const Part&... parts) {
  (out.append(std::string_view(parts)), ...);
}

}  // namespace gradus::text
