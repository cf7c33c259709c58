// gradus functions: what there is to call in an expression, from the definitions and the ops themselves.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/base/suggest.h"
#include "autograd/base/text.h"
#include "tools/gradus/bindings.h"
#include "tools/gradus/commands.h"
#include "tools/gradus/functions.h"
#include "tools/gradus/help.h"
#include "tools/gradus/json.h"
#include "tools/gradus/op_facts.h"
#include "tools/gradus/unicode.h"

namespace gradus::command {

namespace {

constexpr std::size_t page_width = 100;

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

std::vector<Row> rows_of(const Entry& entry) {
  const OpFacts& facts = *entry.facts;
  std::vector<Row> rows;
  for (const std::string& line : derivative_lines(facts)) rows.push_back({"", "", line, "", ""});
  rows[0][0] = signature(*entry.definition);
  rows[0][1] = facts.formula;
  rows[0][3] = facts.domain;
  rows[0][4] = fmt::format("{} / {}", facts.value_error, facts.derivative_error);
  return rows;
}

/// Columns as wide as their widest cell; a first cell that is wider than `most` takes a line of its own.
void print_rows(const std::vector<Row>& rows, std::size_t most) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (std::size_t k = 0; k < row.size(); ++k) {
      const std::size_t columns = count_code_points(row[k]);
      if (k > 0 || columns <= most) widths[k] = std::max(widths[k], columns);
    }
  }
  for (const Row& row : rows) {
    std::string line = "  ";
    if (count_code_points(row[0]) > widths[0]) {
      fmt::print("  {}\n", row[0]);
      line += std::string(widths[0], ' ');
    } else {
      line += padded(row[0], widths[0]);
    }
    for (std::size_t k = 1; k < row.size(); ++k) {
      if (widths[k] > 0) line += "  " + padded(row[k], widths[k]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print("{}\n", line);
  }
}

/// Second cells that reach beyond the page go on in rows of their own.
std::vector<Row> wrapped_rows(const std::vector<Row>& rows, std::size_t most) {
  std::size_t width = 0;
  for (const Row& row : rows) {
    if (count_code_points(row[0]) <= most) width = std::max(width, count_code_points(row[0]));
  }
  std::vector<Row> out;
  for (const Row& row : rows) {
    std::string first = row[0];
    const std::string lines = wrapped(row[1], page_width - width - 4, 0);
    for (std::size_t begin = 0; begin < lines.size();) {
      const std::size_t end = lines.find('\n', begin);
      out.push_back({std::exchange(first, ""), lines.substr(begin, end - begin)});
      begin = end + 1;
    }
  }
  return out;
}

void print_text(const std::vector<Entry>& entries) {
  for (std::size_t first = 0; first < entries.size();) {
    const Theme theme = entries[first].definition->theme;
    std::size_t last = first;
    while (last < entries.size() && entries[last].definition->theme == theme) ++last;
    fmt::print("{}{}\n", first == 0 ? "" : "\n", title_of(theme));
    std::vector<Row> ops{{"", "formula", "derivative (y: the value)", "domain", "worst error"}};
    std::vector<Row> others;
    for (; first < last; ++first) {
      const Entry& entry = entries[first];
      if (entry.facts != nullptr) {
        for (Row& row : rows_of(entry)) ops.push_back(std::move(row));
      }
      if (!entry.definition->description.empty()) {
        others.push_back({signature(*entry.definition), entry.definition->description});
      }
    }
    if (ops.size() > 1) print_rows(ops, 30);
    if (!others.empty()) print_rows(wrapped_rows(others, 44), 44);
  }
  const auto is_op = [](const Entry& e) { return e.facts != nullptr; };
  if (std::any_of(entries.begin(), entries.end(), is_op)) {
    fmt::print("\n{}",
               wrapped("Worst error: of the value and of the derivative, in units in the last place, in float32 "
                       "and float64 over the whole domain, as the tests assert it.",
                       page_width, 0));
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
  members.emplace_back("worst_ulps", json_members({{"value", json_number(facts.value_error)},
                                                   {"derivative", json_number(facts.derivative_error)}}));
  return json_members(members);
}

void print_json(const std::vector<Entry>& entries) {
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
            (options->json ? print_json : print_text)(chosen(options->names, facts));
          }};
}

}  // namespace gradus::command
