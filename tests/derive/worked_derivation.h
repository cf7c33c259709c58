// A published worked example as a derivation: compared whole with the stored text, and every published number looked for in
// the line where a reader of the publication expects it.
//
// GRADUS_WRITE_DERIVATIONS=FOLDER writes the texts there, for looking at what a change does to them.
#pragma once
#include <fmt/format.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "autograd/autograd.h"
#include "autograd/base/file.h"
#include "autograd/derive/derivation.h"
#include "autograd/derive/write/derivation_text.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"
#include "tests/reference/with_gradients.h"

namespace gradus::reference {

/// A number of worked_examples.json, and the value or gradient ("d x") that it is.
struct Published {
  std::string pointer;
  std::string what;
};

inline Tensor named(Tensor x, const char* name) {
  x.set_name(name);
  return x;
}

class Example {
 public:
  Example(std::string name, const Tensor& result, int digits = 6) : Example(std::move(name), result, with(digits)) {}
  Example(std::string name, const Tensor& result, const DerivationOptions& options)
      : name_(std::move(name)), graph_(with_gradients(result)), derivation_(derivation(graph_, options)) {
    text_ = to_text(graph_, derivation_, {name_, false});
    if (const char* folder = std::getenv("GRADUS_WRITE_DERIVATIONS")) {
      write_file(fmt::format("{}/{}.txt", folder, name_), text_);
    }
  }

  void is_as_stored() const {
    INFO(name_);
    CHECK(text_ == read_file(fmt::format("{}/derivations/{}.txt", GRADUS_TEST_DATA, name_)));
  }

  /// The last side of the equation for a value or a gradient, as it is printed.
  [[nodiscard]] std::string shown(const std::string& what) const {
    const bool gradient = what.starts_with("d ");
    const std::string symbol = gradient ? what.substr(2) : what;
    std::string result = derivation_.symbols[static_cast<std::size_t>(graph_.outputs().front())];
    if (graph_.slots()[static_cast<std::size_t>(graph_.outputs().front())].shape.size() != 1)
      result = "sum(" + result + ")";
    const std::string left = gradient ? fmt::format("∂{}/∂{}", result, symbol) : symbol;
    std::optional<std::string> found;
    for (const DerivationStep& step : derivation_.steps) {
      if (step.phase == (gradient ? Phase::backward : Phase::forward)) look(step, left, found);
      if (step.phase == Phase::update && what.starts_with("new ")) look(step, what.substr(4), found);
    }
    return found.value_or("nothing");
  }

  /// The number is the published one in the digits that are printed, and stands in the text.
  void publishes(const Json& all, const std::vector<Published>& numbers, int digits = 6) const {
    for (const Published& p : numbers) {
      const Json& published = all.at(Json::json_pointer(p.pointer));
      std::string expected;
      if (published.is_array()) {
        for (const double x : numbers_of(published)) {
          expected += (expected.empty() ? "" : ", ") + derivation_number(x, digits);
        }
        expected = "[" + expected + "]";
      } else {
        expected = derivation_number(number_of(published), digits);
      }
      INFO(name_ << ": " << p.what << ", " << p.pointer);
      CHECK(shown(p.what) == expected);
      const bool printed =
          text_.find("= " + expected) != std::string::npos || text_.find("≈ " + expected) != std::string::npos;
      CHECK(printed);
    }
  }

  /// A number as it stands in print: rounded to as many decimals, the shown one is the same.
  void prints(const std::string& what, const std::string& literal) const {
    INFO(name_ << ": " << what << " = " << literal);
    std::string digits = shown(what);
    if (digits.starts_with("−")) digits.replace(0, std::string("−").size(), "-");
    const std::size_t decimals = literal.size() - literal.find('.') - 1;
    CHECK(fmt::format("{:.{}f}", std::strtod(digits.c_str(), nullptr), decimals) == literal);
  }

  [[nodiscard]] const Derivation& derived() const { return derivation_; }

 private:
  static DerivationOptions with(int digits) {
    DerivationOptions options;
    options.digits = digits;
    return options;
  }
  static void look(const DerivationStep& step, const std::string& left, std::optional<std::string>& found) {
    for (const Equation& equation : step.equations) {
      if (equation.sides.front().text() == left) found = equation.sides.back().text();
    }
  }

  std::string name_;
  Graph graph_;
  Derivation derivation_;
  std::string text_;
};

inline const Json& of(const char* name) {
  static const Json all = read_data("worked_examples.json");
  return all.at(name);
}

}  // namespace gradus::reference
