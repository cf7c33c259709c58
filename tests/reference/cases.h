// Reads the tables of exact expectations in tests/data.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "autograd/array/array.h"

namespace gradus::reference {

using Json = nlohmann::json;

inline Json read_data(const std::string& file) {
  std::ifstream in(std::string(GRADUS_TEST_DATA) + "/" + file);
  if (!in) throw std::runtime_error("cannot read test data: " + file);
  return Json::parse(in);
}

/// A number, or a string such as "0.1", "nan" or "-inf".
inline double number_of(const Json& j) {
  return j.is_string() ? std::strtod(j.get<std::string>().c_str(), nullptr) : j.get<double>();
}

/// All numbers of nested lists, row-major.
inline std::vector<double> numbers_of(const Json& j) {
  if (!j.is_array()) return {number_of(j)};
  std::vector<double> out;
  for (const Json& part : j) {
    for (double v : numbers_of(part)) out.push_back(v);
  }
  return out;
}

/// {"shape": [2, 3], "data": [...]}
inline Array array_of(const Json& j) {
  return Array(Shape(j.at("shape").get<std::vector<std::int64_t>>()), numbers_of(j.at("data")));
}

/// The cases of torture.json by id.
inline const std::map<std::string, Json>& torture_cases() {
  static const std::map<std::string, Json> cases = [] {
    std::map<std::string, Json> by_id;
    const Json all = read_data("torture.json");
    for (const Json& c : all.at("cases")) by_id.emplace(c.at("id").get<std::string>(), c);
    return by_id;
  }();
  return cases;
}

}  // namespace gradus::reference
