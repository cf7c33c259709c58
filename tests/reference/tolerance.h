// The tolerances of torture.json: "exact", "4 ulp", "abs 1e-16", "abs 3e-19 value; rel 1e-9 grad".
#pragma once
#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/reference/same.h"

namespace gradus::reference {

struct Tolerance {
  std::uint64_t ulps = 0;
  double absolute = 0.0;
  double relative_gradient = 0.0;

  explicit Tolerance(const std::string& text) {
    const auto number_after = [&](const std::string& word) {
      return std::strtod(text.c_str() + text.find(word) + word.size(), nullptr);
    };
    if (text.ends_with(" ulp")) {
      ulps = static_cast<std::uint64_t>(std::strtoull(text.c_str(), nullptr, 10));
    } else if (text.starts_with("abs ")) {
      absolute = number_after("abs ");
      if (text.find("rel ") != std::string::npos) relative_gradient = number_after("rel ");
    } else if (text != "exact") {
      throw std::runtime_error("a tolerance that the tests cannot read: " + text);
    }
  }

  /// Empty when the value is within the tolerance, else the first difference in words.
  [[nodiscard]] std::string of_value(const std::vector<double>& got, const std::vector<double>& expected) const {
    return absolute == 0.0 ? difference(got, expected, ulps) : apart_by(got, expected, absolute, 0.0);
  }
  [[nodiscard]] std::string of_gradient(const std::vector<double>& got, const std::vector<double>& expected) const {
    if (absolute == 0.0) return difference(got, expected, ulps);
    return apart_by(got, expected, relative_gradient == 0.0 ? absolute : 0.0, relative_gradient);
  }

 private:
  static std::string apart_by(const std::vector<double>& got, const std::vector<double>& expected, double absolute,
                              double relative) {
    if (got.size() != expected.size()) return fmt::format("{} numbers instead of {}", got.size(), expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      const double allowed = absolute + relative * std::abs(expected[i]);
      if (!(std::abs(got[i] - expected[i]) <= allowed)) {
        return fmt::format("number {}: got {}, expected {} within {}", i, got[i], expected[i], allowed);
      }
    }
    return {};
  }
};

}  // namespace gradus::reference
