#include "autograd/derive/write/derivation_order_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "autograd/derive/derivation_numbers.h"
#include "autograd/derive/equation_signs.h"
#include "autograd/math/typeset.h"

namespace gradus::detail {

namespace {

constexpr std::size_t most_rows = 40;

struct Words {
  std::string_view heading;
  std::string_view title;
  std::string_view what;
};
constexpr std::array<Words, 4> table{{
    {"topological order", "", ""},
    {"assigning", "Mistake: assigning instead of adding", "A part that arrives replaces the one that was there."},
    {"naive recursion", "Mistake: naive recursion",
     "Each node hands on what it has whenever a part arrives, the parts that it handed on before included: these count "
     "twice further down."},
    {"visiting once", "Mistake: depth first, each node once",
     "Each node hands on what it has when its first part arrives. What arrives later never gets further down."},
}};
const Words& words(Walk walk) { return table[static_cast<std::size_t>(walk)]; }

class OrderTables {
 public:
  OrderTables(const Derivation& derivation, const OrderComparison& order) : derivation_(derivation), order_(order) {}

  std::vector<DerivationTable> write() {
    std::vector<DerivationTable> tables{opening()};
    for (const Walk walk : {Walk::overwriting, Walk::naive_recursion, Walk::visited_once}) {
      if (order_.is_wrong(walk)) tables.push_back(side_by_side(walk));
    }
    tables.push_back(outcome());
    return tables;
  }

 private:
  [[nodiscard]] const OrderRun& run(Walk walk) const { return order_.runs[static_cast<std::size_t>(walk)]; }
  [[nodiscard]] std::string number(double x) const { return derivation_number(x, derivation_.digits); }
  [[nodiscard]] std::string name(int slot) const {
    return text::subscripted(derivation_.symbols[static_cast<std::size_t>(slot)]);
  }

  [[nodiscard]] DerivationTable opening() const {
    const bool all_by_one = std::ranges::all_of(order_.uses, [&](int use) { return use == order_.uses[0]; });
    std::string users;
    for (std::size_t k = 0; k < (all_by_one ? 1 : order_.uses.size()); ++k) {
      users += (k == 0 ? "" : k + 1 == order_.uses.size() ? " and by " : ", by ") + name(order_.uses[k]);
    }
    DerivationTable out;
    out.title = "Why the order matters";
    out.text = fmt::format(
        "Paths meet at {0}: it is used {1} times, by {2}. So its gradient has {1} parts, one from each use. The "
        "topological order waits for all of them{3}",
        name(order_.meeting), order_.uses.size(), users,
        order_.only_leaves_meet ? std::string(" and adds them up.")
                                : fmt::format(", adds them up, and only then goes on from {}.", name(order_.meeting)));
    return out;
  }

  /// v₂ → x₂: −0.28 + 1·2 = 1.72
  [[nodiscard]] std::string cell(const OrderRun& run, std::size_t k) const {
    if (k >= run.hops.size()) return "";
    const OrderHop& hop = run.hops[k];
    const std::string arrow = fmt::format("{} → {}: ", name(hop.from), name(hop.to));
    if (hop.gradient == 0.0 && !std::isfinite(hop.derivative)) {
      return fmt::format("{}a gradient of 0 stops here: {}", arrow, number(hop.after));
    }
    const Formula part = Formula::product(put_in(hop.gradient), put_in(hop.derivative));
    if (hop.before == 0.0) return arrow + equality(part, hop.after);
    if (run.walk == Walk::overwriting) {
      return fmt::format("{}{}, and {} is lost", arrow, equality(part, hop.after), number(hop.before));
    }
    return arrow + equality(Formula::sum(std::array{put_in(hop.before), part}), hop.after);
  }
  [[nodiscard]] Formula put_in(double x) const { return detail::put_in(x, derivation_.digits); }
  /// −0.28 + 1·2 = 1.72
  [[nodiscard]] std::string equality(const Formula& left, double right) const {
    return fmt::format("{} {} {}", text::typeset(left.text()), sign_between(left, put_in(right), derivation_.digits),
                       number(right));
  }

  [[nodiscard]] DerivationTable side_by_side(Walk walk) const {
    const OrderRun& wrong = run(walk);
    const OrderRun& right = run(Walk::topological);
    DerivationTable out{std::string(words(walk).title),
                        std::string(words(walk).what),
                        {"", std::string(words(walk).heading), std::string(words(Walk::topological).heading)},
                        {},
                        false,
                        false};
    const std::size_t hops = std::max(wrong.hops.size(), right.hops.size());
    for (std::size_t k = 0; k < std::min(hops, most_rows); ++k) {
      out.rows.push_back({std::to_string(k + 1), cell(wrong, k), cell(right, k)});
    }
    if (hops > most_rows) {
      const auto rest = [](const OrderRun& r) {
        return r.hop_count > most_rows ? fmt::format("{} more", r.hop_count - most_rows) : std::string();
      };
      out.rows.push_back({"…", rest(wrong) + (wrong.finished ? "" : " at least: given up"), rest(right)});
    }
    return out;
  }

  [[nodiscard]] DerivationTable outcome() const {
    DerivationTable out{"What comes out", "", {""}, {}, true, true};
    for (const OrderRun& r : order_.runs) out.headings.emplace_back(words(r.walk).heading);
    std::vector<int> shown = order_.slots;
    // Leaves are what one wants to know, and the meeting is where it goes wrong.
    std::erase_if(shown, [&](int slot) {
      return std::ranges::none_of(order_.runs, [&](const OrderRun& r) { return order_.is_wrong(r.walk, slot); }) &&
             slot != order_.meeting && order_.slots.size() > most_rows;
    });
    if (shown.size() > most_rows) shown.resize(most_rows);
    for (const int slot : shown) {
      out.rows.push_back({derivation_.symbols[static_cast<std::size_t>(slot)]});
      for (const OrderRun& r : order_.runs) {
        const std::string found = number(r.gradients[static_cast<std::size_t>(slot)]);
        out.rows.back().push_back((order_.is_wrong(r.walk, slot) ? "wrong: " : "") + found);
      }
    }
    const auto right = [&](std::initializer_list<Walk> walks) {
      std::string names;
      for (const Walk walk : walks) {
        if (!order_.is_wrong(walk)) names += (names.empty() ? "" : ", ") + std::string(words(walk).heading);
      }
      return names;
    };
    const auto say = [&](const std::string& names, std::string_view why) {
      if (!names.empty()) out.text += fmt::format("{}{}: {}.", out.text.empty() ? "" : " ", why, names);
    };
    if (order_.only_leaves_meet) {
      say(right({Walk::naive_recursion, Walk::visited_once}),
          "Right wherever, as here, only leaves are used more than once, since a leaf hands nothing on");
      say(right({Walk::overwriting}), "Right by luck, since what gets lost is 0 with these numbers");
    } else {
      say(right({Walk::overwriting, Walk::naive_recursion, Walk::visited_once}), "Right by luck in this graph");
    }
    return out;
  }

  const Derivation& derivation_;
  const OrderComparison& order_;
};

}  // namespace

std::vector<DerivationTable> tables_of_orders(const Derivation& derivation, const OrderComparison& order) {
  return OrderTables(derivation, order).write();
}

}  // namespace gradus::detail
