// The comparison of orders, as tables.
#pragma once
#include <string_view>
#include <vector>

#include "autograd/derive/derivation.h"
#include "autograd/derive/derivation_order.h"
#include "autograd/derive/write/derivation_layout.h"

namespace gradus::detail {

/// "naive-recursion": the word for programs.
[[nodiscard]] std::string_view word(Walk walk);

/// Where paths meet, each wrong walk beside the right one, and what comes out.
[[nodiscard]] std::vector<Table> tables_of_orders(const Derivation& derivation, const OrderComparison& order);

}  // namespace gradus::detail
