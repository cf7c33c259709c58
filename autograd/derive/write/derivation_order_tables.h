// The comparison of orders, as tables.
#pragma once
#include <vector>

#include "../derivation.h"
#include "../derivation_order.h"
#include "derivation_tables.h"

namespace gradus::detail {

/// Where paths meet, each wrong walk beside the right one, and what comes out.
[[nodiscard]] std::vector<DerivationTable> tables_of_orders(const Derivation& derivation, const OrderComparison& order);

}  // namespace gradus::detail
