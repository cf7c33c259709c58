// JSON as the command writes it.
#pragma once
#include <string>

#include "autograd/array/array.h"
#include "autograd/base/json.h"

namespace gradus::command {

/// {"shape": [2], "data": [1.0, 2.0]}
[[nodiscard]] std::string json_array(const Array& array);

}  // namespace gradus::command
