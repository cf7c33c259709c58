#include "tools/gradus/commands/help.h"

#include <algorithm>

#include "tools/gradus/functions/function_table.h"
#include "tools/gradus/language/unicode.h"

namespace gradus::command {

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    const std::size_t length = count_code_points(word);
    if (column == 0 || column + 1 + length > width) {
      if (column > 0) out += '\n';
      out.append(indent, ' ');
      column = indent;
    } else {
      out += ' ';
      ++column;
    }
    out += word;
    column += length;
  }
  return out.empty() ? out : out + '\n';
}

std::string expression_help() {
  std::string text =
      "Expressions:\n"
      "  + - * / % ^ @    @ is the matrix product; -x^2 is -(x^2)\n"
      "  < <= > >= == !=  1 where true, else 0\n"
      "  x[1:3, ::2]      parts of arrays, as in NumPy: x[0], x[-1], x[::-1], x[..., 0], x[none]\n"
      "  [[1,2],[3,4]]    arrays, also of expressions: [x, 2*y]; e, pi (or π), inf and nan are numbers; x² is x^2\n"
      "  z = w*x + b; tanh(z)   statements, with ';' or a new line between two; # begins a comment\n"
      "  grad(f, x)       derivatives, also jacobian and hessian: by a variable or a named value\n"
      "  sum(x, axis=1, keepdims=true)   options come last: numbers, true, false, (0,1), \"text\" or none\n"
      "Functions (`gradus functions NAME` says more):\n";
  std::string names;
  const auto& list = definitions();
  for (std::size_t k = 0; k < list.size(); ++k) {
    const bool last = k + 1 == list.size() || list[k + 1].theme != list[k].theme;
    names += list[k].function.name + (last ? "" : ", ");
    if (!last) continue;
    text += "  " + std::string(title_of(list[k].theme)) + "\n" + wrapped(names, 96, 4);
    names.clear();
  }
  return text;
}

}  // namespace gradus::command
