#include "tools/gradus/functions/stacking.h"

#include <algorithm>
#include <span>
#include <utility>

#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/reshape.h"
#include "autograd/tensor/rule.h"

namespace gradus::command {

// One op takes only so many: the stacks of neighbours are put behind each other, as often as it takes.
Tensor stacked(std::vector<Tensor> parts) {
  if (parts.size() <= most_arguments) return ops::stack(parts);
  for (Tensor& part : parts) part = unsqueeze(part, 0);
  while (parts.size() > 1) {
    std::vector<Tensor> longer;
    for (std::size_t k = 0; k < parts.size(); k += most_arguments) {
      longer.push_back(concat(std::span(parts).subspan(k, std::min(most_arguments, parts.size() - k)), 0));
    }
    parts = std::move(longer);
  }
  return parts[0];
}

}  // namespace gradus::command
