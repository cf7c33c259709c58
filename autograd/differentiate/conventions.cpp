#include "autograd/differentiate/conventions.h"

#include <algorithm>
#include <cstdint>

#include "autograd/differentiate/listing.h"
#include "autograd/differentiate/squared_roots.h"
#include "autograd/tensor/op_traits.h"
#include "autograd/tensor/rule.h"

namespace gradus {

namespace {

using detail::Listing;
using detail::Record;

/// Of each record how many times it is used otherwise than as the root of a square.
std::vector<std::uint32_t> uses_as_it_is(const Listing& list, std::span<Record* const> roots) {
  std::vector<std::uint32_t> uses(list.size(), 0);
  for (const std::uint32_t place : list.arguments()) {
    if (place != Listing::none) ++uses[place];
  }
  const detail::SquaredRoots squares(list, {});
  for (std::size_t i = 0; i < list.computed(); ++i) {
    for (const std::size_t square : squares.of_root(i)) {
      const std::uint32_t through = squares.at(square)->through;
      const bool also_elsewhere = through != Listing::none && uses[through] > 1;
      uses[i] -= also_elsewhere ? 1 : list[square].arity;
    }
  }
  for (const Record* root : roots) {
    if (const std::uint32_t place = list.position(root); place != Listing::none) ++uses[place];
  }
  return uses;
}

}  // namespace

std::vector<std::string_view> conventions(std::span<const Tensor> y, int order) {
  std::vector<Record*> roots;
  for (const Tensor& t : y) roots.push_back(t.requires_grad() ? t.record().get() : nullptr);
  const Listing list(roots);
  const std::vector<std::uint32_t> uses = uses_as_it_is(list, roots);
  std::vector<std::string_view> found;
  const std::uint32_t* from = list.arguments().data() + list.arguments().size();
  for (std::size_t i = list.computed(); i-- > 0;) {
    const Record& record = list[i];
    from -= record.arity;
    const AnyOp any = record.rule->op_struct();
    if (uses[i] == 0 || any.traits == nullptr || any.traits->convention == nullptr) continue;
    std::uint32_t moving = 0;
    for (std::uint32_t k = 0; k < record.arity; ++k) moving |= from[k] == Listing::none ? 0U : detail::bit_of(k);
    const std::string_view text = any.traits->convention(any.op, record.arguments(), record.result, moving, order);
    if (!text.empty() && std::find(found.begin(), found.end(), text) == found.end()) found.push_back(text);
  }
  return found;
}

std::vector<std::string_view> conventions(const Tensor& y, int order) { return conventions(std::span(&y, 1), order); }

}  // namespace gradus
