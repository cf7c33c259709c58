// JSON as the command writes it.
#pragma once
#include <string>
#include <string_view>

#include "autograd/array/array.h"

namespace gradus::command {

/// The shortest digits that read back as the same number, with a point; "nan", "inf" and "-inf" as texts, since JSON has
/// no word for them.
[[nodiscard]] std::string json_number(double v);

/// The text in quotes, escaped.
[[nodiscard]] std::string json_text(std::string_view text);

/// {"shape": [2], "data": [1.0, 2.0]}
[[nodiscard]] std::string json_array(const Array& array);

}  // namespace gradus::command
