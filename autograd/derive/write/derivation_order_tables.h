// The comparison of orders, as tables.
#pragma once
#include <vector>

#include "autograd/derive/derivation.h"
#include "autograd/derive/derivation_order.h"
#include "autograd/derive/write/derivation_tables.h"

namespace gradus::detail {

/// Where paths meet, each wrong walk beside the right one, and what comes out.
[[nodiscard]] std::vector<DerivationTable> tables_of_orders(const Derivation& derivation, const OrderComparison& order);

}  // namespace gradus::detail
