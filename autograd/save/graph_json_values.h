// Single values of a JSON text that is not trusted, with the place of what is wrong in the message.
#pragma once
#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <new>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "../base/error.h"

namespace gradus::detail {

class JsonValues {
 protected:
  using json = nlohmann::json;

  /// `path` stands in messages, and must outlive it.
  explicit JsonValues(const std::string& path) : path_(path) {}

  [[noreturn]] void fail(const std::string& what) const { throw FileError(path_, what); }

  /// A member of an object; null when it is missing or null.
  static const json* member(const json& object, const char* name) {
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
  }

  const json& need(const json& object, const char* name, const std::string& where) const {
    const json* found = member(object, name);
    if (found == nullptr) fail(fmt::format("{} has no \"{}\"", where, name));
    return *found;
  }

  const json& list(const json& object, const char* name, const std::string& where) const {
    const json& found = need(object, name, where);
    if (!found.is_array()) fail(fmt::format("\"{}\" of {} is no list", name, where));
    return found;
  }

  std::string text(const json& object, const char* name, const std::string& where) const {
    const json* found = member(object, name);
    if (found == nullptr) return "";
    if (!found->is_string()) fail(fmt::format("\"{}\" of {} is no text", name, where));
    return found->get<std::string>();
  }

  std::int64_t whole(const json& value, const std::string& what) const {
    const bool fits = value.is_number_integer() &&
                      (!value.is_number_unsigned() || value.get<std::uint64_t>() <= std::uint64_t{1} << 62);
    if (!fits) fail(fmt::format("{} is out of range or no whole number", what));
    return value.get<std::int64_t>();
  }

  /// A number of something there are `count` of.
  int index(const json& value, std::size_t count, const std::string& what) const {
    const std::int64_t i = whole(value, what);
    if (i < 0 || static_cast<std::uint64_t>(i) >= count) {
      fail(fmt::format("{} is {}, and there are {}", what, i, count));
    }
    return static_cast<int>(i);
  }

  double number(const json& value, const std::string& what) const {
    if (value.is_number()) return value.get<double>();
    if (value == "nan") return std::numeric_limits<double>::quiet_NaN();
    if (value == "inf") return std::numeric_limits<double>::infinity();
    if (value == "-inf") return -std::numeric_limits<double>::infinity();
    fail(fmt::format("{} is no number", what));
  }

  std::vector<std::int64_t> whole_numbers(const json& values, const std::string& what) const {
    std::vector<std::int64_t> out;
    out.reserve(values.size());
    for (const json& value : values) out.push_back(whole(value, what));
    return out;
  }

  /// Calls f, and says where it was when what it throws is not about the file yet.
  template <class F>
  auto told_where(const std::string& where, F&& f) const {
    try {
      return f();
    } catch (const FileError&) {
      throw;
    } catch (const Error& error) {
      fail(fmt::format("{}: {}", where, error.what()));
    } catch (const std::bad_alloc&) {
      fail(fmt::format("{}: there is not enough memory", where));
    }
  }

  const std::string& path_;
};

}  // namespace gradus::detail
