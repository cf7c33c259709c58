// Parts of HTML pages: templates filled in, text in scripts, equations.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/math/formula.h"

namespace gradus::command {

/// The template with each name ("@title@") replaced by its content, in one pass: what is filled in is not looked at
/// again.  The contents stand as they are, so text in them must have been escaped.
[[nodiscard]] std::string fill_page(std::string_view page,
                                    const std::vector<std::pair<std::string_view, std::string>>& parts);

/// The text as a JSON string that may stand in a <script> of HTML: `<`, `>`, `&` and the line separators are written as
/// \u003c …; each maximal subpart of something that is not UTF-8 becomes U+FFFD.
[[nodiscard]] std::string json_in_script(std::string_view text);

/// A line of mathematics in MathML, `first_sign` before the second side and = before those after it; ≈ before a side that
/// is `approximate`.  Each side is an element of its own, so that a long line can break before a sign.
[[nodiscard]] std::string equation_html(const std::vector<Formula>& sides, std::string_view first_sign = "=",
                                        const std::vector<bool>& approximate = {});

}  // namespace gradus::command
