// Options that many functions share.
#pragma once
#include "tools/gradus/vocabulary.h"

namespace gradus::command::option {

/// Some axes, all by default.
inline OptionDeclaration axes() { return OptionDeclaration("axis", ValueKind::axes, None{}).also_called("axes"); }

/// One axis.
inline OptionDeclaration axis(std::optional<OptionValue> preset = std::nullopt) {
  return {"axis", ValueKind::axis, std::move(preset)};
}

inline OptionDeclaration keepdims() { return {"keepdims", ValueKind::flag, false}; }

inline OptionDeclaration number(const char* name, double preset) { return {name, ValueKind::number, preset}; }

inline OptionDeclaration flag(const char* name, bool preset) { return {name, ValueKind::flag, preset}; }

/// A whole number or a list of them.
inline OptionDeclaration sizes(const char* name, std::optional<OptionValue> preset = std::nullopt) {
  return {name, ValueKind::sizes, std::move(preset)};
}

}  // namespace gradus::command::option
