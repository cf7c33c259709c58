// Options that many functions share.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tools/gradus/language/vocabulary.h"

namespace gradus::command::option {

/// Some axes, all by default.
inline OptionDeclaration axes(OptionValue preset = None{}) {
  return OptionDeclaration("axis", ValueKind::axes, std::move(preset)).also_called("axes");
}
inline OptionDeclaration axes(int preset) { return axes(OptionValue(static_cast<double>(preset))); }

/// One axis.
inline OptionDeclaration axis(std::optional<OptionValue> preset = std::nullopt, const char* name = "axis") {
  return {name, ValueKind::axis, std::move(preset)};
}
inline OptionDeclaration axis(int preset, const char* name = "axis") {
  return axis(OptionValue(static_cast<double>(preset)), name);
}

inline OptionDeclaration keepdims() { return {"keepdims", ValueKind::flag, false}; }

inline OptionDeclaration number(const char* name, double preset) { return {name, ValueKind::number, preset}; }

inline OptionDeclaration flag(const char* name, bool preset) { return {name, ValueKind::flag, preset}; }

inline OptionDeclaration whole(const char* name, std::optional<OptionValue> preset = std::nullopt) {
  return {name, ValueKind::whole, std::move(preset)};
}

inline OptionDeclaration text(const char* name, std::string preset) {
  return {name, ValueKind::text, std::move(preset)};
}

inline OptionDeclaration required_text(const char* name) { return {name, ValueKind::text}; }

using List = std::vector<std::int64_t>;

/// A whole number or a list of them.
inline OptionDeclaration sizes(const char* name, std::optional<OptionValue> preset = std::nullopt) {
  return {name, ValueKind::sizes, std::move(preset)};
}

/// As sizes, with presets of zero, or "same" or "valid".
inline OptionDeclaration padding() {
  return OptionDeclaration("padding", ValueKind::padding, 0.0).one_of({"same", "valid"});
}

}  // namespace gradus::command::option
