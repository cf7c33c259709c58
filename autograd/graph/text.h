// Text in drawings: numbers and formulas as people write them, and user text made harmless.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "autograd/array/array.h"
#include "autograd/base/export.h"
#include "autograd/base/shape.h"

namespace gradus::text {

// ---------------------------------------------------------------------------------------------------------- user text

// Whatever the bytes are, the results are well-formed UTF-8 that XML allows.  Control characters become their pictures
// (U+2400 …), what is not UTF-8 or not a character becomes U+FFFD (one for each maximal subpart), CR and CRLF become
// LF.

/// The text as a quoted string of DOT: "a\\b".  `<`, `>` and `&` are written as entities, which Graphviz decodes.
[[nodiscard]] GRADUS_API std::string quote_label(std::string_view text);
/// The text for the content or an attribute of XML and HTML.
[[nodiscard]] GRADUS_API std::string xml_text(std::string_view text);
/// The text for an HTML-like label of Graphviz, lines parted by <BR/>.  Nothing would be an error there: a blank.
[[nodiscard]] GRADUS_API std::string html_label(std::string_view text);

/// The text for a label of Mermaid, without quotes around it: letters, digits and blanks as they are, every other ASCII
/// character as #43;, lines parted by <br/>, and a zero-width space between two dollars, which would begin a formula.
[[nodiscard]] GRADUS_API std::string mermaid_label(std::string_view text);

/// quote_label and html_label, written at the end of a text.
GRADUS_API void append_quote_label(std::string& out, std::string_view text);
GRADUS_API void append_html_label(std::string& out, std::string_view text);

/// Writes texts one after the other at the end of a text.
template <class... Part>
void append(std::string& out, const Part&... parts) {
  (out.append(std::string_view(parts)), ...);
}

/// Number of code points; a maximal subpart of something that is not UTF-8 counts as one.
[[nodiscard]] GRADUS_API std::size_t code_points(std::string_view text);
/// The text if it has at most `longest` code points, else the first of them and '…'.
[[nodiscard]] GRADUS_API std::string cut(std::string_view text, std::size_t longest);

// ------------------------------------------------------------------------------------------------- names and formulas

/// A name of letters with a number at its end, with the number as a subscript: x1 → x₁, w_2 → w₂; several, parted by
/// '_', are parted by commas: w1_11 → w₁,₁₁.  Others unchanged.
[[nodiscard]] GRADUS_API std::string subscripted(std::string_view name);
/// A formula with subscripts and superscripts, and products of short names written without a sign: x1·w1 → x₁w₁.
[[nodiscard]] GRADUS_API std::string typeset(std::string_view formula);

// ------------------------------------------------------------------------------------------------------------ numbers

// With a true minus (U+2212).  "nan", "inf", "−inf"; zero has no sign.

constexpr int usual_digits = 4;
constexpr int most_digits = 17;  // tell any two numbers apart

/// Four decimals, so that numbers below each other line up: 0.7071.  Very large and small ones as 1.2346e−9.
[[nodiscard]] GRADUS_API std::string fixed(double x, int digits = usual_digits);
/// At most four significant digits: −3, 0.5, 1.5e−7.
[[nodiscard]] GRADUS_API std::string brief(double x, int digits = usual_digits);
/// All numbers of a small array: 0.7071, [1, −2], [[1, 2], [3, 4]].  A dash for one without data.
[[nodiscard]] GRADUS_API std::string numbers(const Array& array, int digits = usual_digits);
/// The numbers of an array that has some, in brackets as they are nested, each as `written` writes it.
[[nodiscard]] GRADUS_API std::string nested(const Array& array, const std::function<std::string(double)>& written);
/// How many digits it takes to write two arrays of one shape so that numbers that differ do so on paper.
[[nodiscard]] GRADUS_API int digits_apart(const Array& a, const Array& b);
/// 64×16, 16, scalar.
[[nodiscard]] GRADUS_API std::string dimensions(const Shape& shape);

}  // namespace gradus::text
