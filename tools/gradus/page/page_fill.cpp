#include "tools/gradus/page/page_fill.h"

#include <fmt/format.h>

#include "autograd/base/utf8.h"

namespace gradus::command {

std::string fill_page(std::string_view page, const std::vector<std::pair<std::string_view, std::string>>& parts) {
  std::string out;
  std::string_view rest = page;
  while (!rest.empty()) {
    const std::size_t sign = rest.find('@');
    out += rest.substr(0, sign);
    if (sign == std::string_view::npos) break;
    rest.remove_prefix(sign);
    bool filled = false;
    for (const auto& [name, content] : parts) {
      if (!rest.starts_with(name)) continue;
      out += content;
      rest.remove_prefix(name.size());
      filled = true;
      break;
    }
    if (filled) continue;
    out += '@';
    rest.remove_prefix(1);
  }
  return out;
}

std::string json_in_script(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint c = decode_utf8(text, i);
    i += c.length;
    if (c.value == '\n' || c.value == '\r' || c.value == '\t') {
      out += c.value == '\n' ? "\\n" : c.value == '\r' ? "\\r" : "\\t";
    } else if (c.value < 0x20 || c.value == '<' || c.value == '>' || c.value == '&' || c.value == 0x2028 ||
               c.value == 0x2029) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c.value));
    } else {
      if (c.value == '"' || c.value == '\\') out += '\\';
      append_utf8(out, c.value);
    }
  }
  return out + '"';
}

std::string equation_html(const std::vector<Formula>& sides, std::string_view first_sign,
                          const std::vector<bool>& approximate) {
  const auto before = [&](std::size_t k) {
    return k < approximate.size() && approximate[k] ? "≈" : k == 1 ? first_sign : "=";
  };
  std::string out = "<div class=\"equation\">";
  for (std::size_t k = 0; k < sides.size(); ++k) {
    const std::string sign = k == 0 ? "" : fmt::format("<mo form=\"infix\">{}</mo>", before(k));
    out += fmt::format("<math displaystyle=\"true\"><mrow>{}{}</mrow></math> ", sign, sides[k].mathml());
  }
  return out + "</div>";
}

}  // namespace gradus::command
