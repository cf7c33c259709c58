#include "tools/gradus/output/result_json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace gradus::command {

std::string json_array(const Array& array) {
  std::string data;
  for (const double v : array.to_vector()) data += (data.empty() ? "" : ", ") + json_number(v);
  return fmt::format("{{\"shape\": [{}], \"data\": [{}]}}", fmt::join(array.sizes(), ", "), data);
}

}  // namespace gradus::command
