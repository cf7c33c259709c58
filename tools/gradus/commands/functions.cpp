// gradus functions: what there is to call in an expression, from the definitions and the ops themselves.
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/base/suggest.h"
#include "autograd/base/text.h"
#include "autograd/base/utf8.h"
#include "tools/gradus/commands/bindings.h"
#include "tools/gradus/commands/commands.h"
#include "tools/gradus/commands/help.h"
#include "tools/gradus/functions/function_table.h"
#include "tools/gradus/functions/op_facts.h"
#include "tools/gradus/language/unicode.h"
#include "tools/gradus/output/result_json.h"

namespace gradus::command {

namespace {

/// That of the terminal, as far as it makes a page; where there is none, 100 columns.
std::size_t width_of_page() {
  constexpr std::size_t narrowest = 72, usual = 100, widest = 160;
  winsize terminal{};
  if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &terminal) != 0) return usual;
  return std::clamp<std::size_t>(terminal.ws_col, narrowest, widest);
}

struct ListOptions {
  std::vector<std::string> names;
  bool json = false;
};

/// A function and, when it is an elementwise op, what its struct tells.
struct Entry {
  const Definition* definition;
  const OpFacts* facts;
};

std::vector<Entry> chosen(const std::vector<std::string>& names, const std::vector<OpFacts>& facts) {
  std::vector<const Definition*> wanted;
  for (const std::string& name : names) {
    wanted.push_back(find_definition(name));
    if (wanted.back() != nullptr) continue;
    std::vector<std::string_view> known;
    for (const Definition& d : definitions()) known.emplace_back(d.function.name);
    throw UsageError(fmt::format("unknown function {}{}", in_quotes(name), did_you_mean(name, known)));
  }
  if (names.empty()) {
    for (const Definition& d : definitions()) wanted.push_back(&d);
  }
  std::vector<Entry> entries;
  for (const Definition* d : wanted) {
    const auto same = [&](const OpFacts& f) { return f.name == d->function.name; };
    const auto found = std::find_if(facts.begin(), facts.end(), same);
    entries.push_back({d, found == facts.end() ? nullptr : &*found});
  }
  return entries;
}

// ------------------------------------------------------------------------------------------------------------- text

using Row = std::vector<std::string>;

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t columns = count_code_points(text);
  return text + std::string(width > columns ? width - columns : 0, ' ');
}

/// "y", or for several arguments "∂a: b" in a line for each.
std::vector<std::string> derivative_lines(const OpFacts& facts) {
  std::vector<std::string> lines;
  for (const auto& [argument, formula] : facts.derivatives) {
    lines.push_back(facts.derivatives.size() == 1 ? formula : fmt::format("∂{}: {}", argument, formula));
  }
  return lines;
}

/// Where a line of at most `width` characters best ends: at a blank outside parentheses, else at one inside or behind an
/// operator, else at the width.  Number of characters.
std::size_t best_break(std::u32string_view line, std::size_t width) {
  constexpr std::size_t inside_word = 3;  // as bad as so many parentheses
  std::size_t best = width, least = std::u32string_view::npos, depth = 0;
  for (std::size_t k = 0; k <= width && k < line.size(); ++k) {
    const bool blank = line[k] == U' ';
    const bool behind_operator = k > 0 && std::u32string_view(U"·/,(").find(line[k - 1]) != std::u32string_view::npos;
    if (const std::size_t badness = depth + (blank ? 0 : inside_word); 3 * k >= width && (blank || behind_operator)) {
      if (badness <= least) {
        least = badness;
        best = k;
      }
    }
    if (line[k] == U'(') ++depth;
    if (line[k] == U')' && depth > 0) --depth;
  }
  return std::max<std::size_t>(best, 1);
}

/// Lines of a cell, none wider than `width`.
std::vector<std::string> lines_of(const std::string& cell, std::size_t width) {
  std::u32string rest;
  for (std::size_t i = 0; i < cell.size();) {
    const CodePoint next = decode_utf8(cell, i);
    rest += next.value;
    i += next.length;
  }
  std::vector<std::string> lines;
  do {
    const std::size_t end = rest.size() <= width ? rest.size() : best_break(rest, width);
    std::string& line = lines.emplace_back();
    for (const char32_t c : rest.substr(0, end)) append_utf8(line, c);
    rest.erase(0, std::min(rest.size(), rest.find_first_not_of(U' ', end)));
  } while (!rest.empty());
  return lines;
}

// A table whose columns are as wide as their widest cell, but some share what is left of the page.
class Table {
 public:
  /// No first cell wider than `most` widens its column: it takes a line of its own.
  Table(std::size_t most, std::size_t page) : most_(most), page_(page) {}
  void add(Row row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }

  /// Prints it.  While it is wider than the page, the widest of the columns `flexible` gives way.
  void print(const std::vector<std::size_t>& flexible) {
    measure();
    const auto narrower = [&](std::size_t a, std::size_t b) { return widths_[a] < widths_[b]; };
    while (total() > page_) {
      const std::size_t widest = *std::max_element(flexible.begin(), flexible.end(), narrower);
      if (widths_[widest] <= least_width) break;
      --widths_[widest];
    }
    for (const Row& row : rows_) print_row(row);
  }

 private:
  static constexpr std::size_t least_width = 8;
  static constexpr std::size_t indent = 2;  // of what stands below a first cell
  [[nodiscard]] std::size_t total() const {
    std::size_t sum = 2;
    for (const std::size_t width : widths_) sum += width + 2;
    return sum;
  }
  void measure() {
    widths_.assign(rows_.front().size(), 0);
    for (const Row& row : rows_) {
      for (std::size_t k = 0; k < row.size(); ++k) {
        const std::size_t columns = count_code_points(row[k]);
        if (k > 0 || columns <= most_) widths_[k] = std::max(widths_[k], columns);
      }
    }
    widths_[0] = std::max(widths_[0], indent);
  }
  void print_row(const Row& row) const {
    std::vector<std::vector<std::string>> cells;
    std::size_t height = 1;
    for (std::size_t k = 0; k < row.size(); ++k) {
      cells.push_back(k == 0 ? std::vector{row[0]} : lines_of(row[k], std::max<std::size_t>(widths_[k], 1)));
      height = std::max(height, cells.back().size());
    }
    if (count_code_points(row[0]) > widths_[0]) {
      for (const std::string& line : lines_of(std::exchange(cells[0][0], ""), page_ - 2)) fmt::print("  {}\n", line);
    }
    for (std::size_t n = 0; n < height; ++n) {
      std::string line = "  ";
      for (std::size_t k = 0; k < cells.size(); ++k) {
        if (widths_[k] > 0) line += padded(n < cells[k].size() ? cells[k][n] : "", widths_[k] + 2);
      }
      line.erase(line.find_last_not_of(' ') + 1);
      fmt::print("{}\n", line);
    }
  }

  std::size_t most_, page_;
  std::vector<Row> rows_;
  std::vector<std::size_t> widths_;
};

void add_op(Table& table, const Entry& entry) {
  const OpFacts& facts = *entry.facts;
  Row row{signature(*entry.definition), facts.formula, "", facts.domain,
          fmt::format("{} / {}", facts.value_error, facts.derivative_error)};
  std::vector<std::string> lines = derivative_lines(facts);
  if (!facts.no_derivative.empty()) lines.push_back("none at " + facts.no_derivative);
  for (const std::string& line : lines) {
    row[2] = line;
    table.add(row);
    row.assign(row.size(), "");
  }
}

void print_entries_text(const std::vector<Entry>& entries) {
  const std::size_t page = width_of_page();
  const bool narrow = page < 100;  // then what is called stands on a line of its own
  for (std::size_t first = 0; first < entries.size();) {
    const Theme theme = entries[first].definition->theme;
    std::size_t last = first;
    while (last < entries.size() && entries[last].definition->theme == theme) ++last;
    fmt::print("{}{}\n", first == 0 ? "" : "\n", title_of(theme));
    Table ops(narrow ? 0 : 24, page);
    Table others(narrow ? 24 : 44, page);
    ops.add({"", "formula", "derivative (y: the value)", "domain", "worst error"});
    bool has_ops = false;
    for (; first < last; ++first) {
      const Entry& entry = entries[first];
      if (entry.facts != nullptr) {
        has_ops = true;
        add_op(ops, entry);
      }
      if (!entry.definition->description.empty()) {
        others.add({signature(*entry.definition), entry.definition->description});
      }
    }
    if (has_ops) ops.print({1, 2});
    if (!others.empty()) others.print({1});
  }
  const auto is_op = [](const Entry& e) { return e.facts != nullptr; };
  if (std::any_of(entries.begin(), entries.end(), is_op)) {
    fmt::print("\n{}",
               wrapped("Worst error: of the value and of the derivative, in units in the last place, in float32 "
                       "and float64 over the whole domain, as the tests assert it.",
                       page, 0));
  }
}

// ------------------------------------------------------------------------------------------------------------- JSON

std::string json_members(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string text;
  for (const auto& [name, value] : members) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", json_text(name), value);
  }
  return "{" + text + "}";
}

std::string json_entry(const Entry& entry) {
  const Definition& d = *entry.definition;
  std::vector<std::pair<std::string, std::string>> members{
      {"name", json_text(d.function.name)},
      {"theme", json_text(title_of(d.theme))},
      {"signature", json_text(signature(d))},
  };
  if (!d.description.empty()) members.emplace_back("description", json_text(d.description));
  if (entry.facts == nullptr) return json_members(members);
  const OpFacts& facts = *entry.facts;
  std::vector<std::pair<std::string, std::string>> derivatives;
  for (const auto& [argument, formula] : facts.derivatives) derivatives.emplace_back(argument, json_text(formula));
  if (!facts.formula.empty()) members.emplace_back("formula", json_text(facts.formula));
  members.emplace_back("derivatives", json_members(derivatives));
  members.emplace_back("domain", json_text(facts.domain));
  if (!facts.no_derivative.empty()) members.emplace_back("no_derivative", json_text(facts.no_derivative));
  members.emplace_back("worst_ulps", json_members({{"value", json_number(facts.value_error)},
                                                   {"derivative", json_number(facts.derivative_error)}}));
  return json_members(members);
}

void print_entries_json(const std::vector<Entry>& entries) {
  std::string list;
  for (const Entry& entry : entries) list += (list.empty() ? "" : ",\n ") + json_entry(entry);
  fmt::print("[{}]\n", list);
}

}  // namespace

Subcommand add_functions(CLI::App& app) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* sub = app.add_subcommand("functions", "List the functions of expressions, with formulas and derivatives");
  sub->add_option("names", options->names, "of functions; all by default");
  sub->add_flag("--json", options->json, "machine-readable output");
  return {sub, [options](Context&) {
            const std::vector<OpFacts> facts = op_facts();
            (options->json ? print_entries_json : print_entries_text)(chosen(options->names, facts));
          }};
}

}  // namespace gradus::command
