#include "autograd/derive/write/derivation_json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>
#include <vector>

#include "autograd/base/json.h"
#include "autograd/derive/write/derivation_layout.h"
#include "autograd/derive/write/derivation_order_tables.h"
#include "autograd/math/typeset.h"

namespace gradus {

namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

std::string_view word(Role role) {
  switch (role) {
    case Role::input:
      return "input";
    case Role::parameter:
      return "parameter";
    case Role::constant:
      return "constant";
    case Role::value:
      return "value";
    case Role::activation:
      return "activation";
    case Role::output:
      return "output";
    case Role::loss:
      return "loss";
  }
  return "value";
}

/// [a, b, …] of whatever `write` makes of each element.
template <class List, class F>
std::string list(const List& elements, std::string_view separator, F&& write) {
  std::string out = "[";
  for (const auto& x : elements) {
    if (out.size() > 1) out += separator;
    out += write(x);
  }
  return out + "]";
}

std::string array(const Array& a) {
  if (!a || !a.has_data()) return "null";
  return fmt::format(R"({{"shape": [{}], "data": {}}})", fmt::join(a.sizes(), ", "),
                     list(a.to_vector(), ", ", json_number));
}

std::string formula(const Formula& f) {
  return fmt::format(R"({{"text": {}, "latex": {}, "mathml": {}}})", json_text(text::typeset(f.text())),
                     json_text(f.latex()), json_text(f.mathml()));
}

class JsonWriter {
 public:
  JsonWriter(const Graph& graph, const Derivation& derivation) : graph_(graph), derivation_(derivation) {}

  std::string write(std::string_view title) {
    print("{{\n\"format\": \"gradus-derivation\",\n\"version\": 1,\n\"title\": {},\n\"digits\": {},\n\"output\": {},\n",
          json_text(title), derivation_.digits, slot(graph_.outputs().front()));
    print("\"symbols\": [");
    for (std::size_t i = 0; i < graph_.slots().size(); ++i) print("{}\n{}", i == 0 ? "" : ",", symbol(i));
    print("\n],\n\"steps\": [");
    for (std::size_t i = 0; i < derivation_.steps.size(); ++i) print("{}\n{}", i == 0 ? "" : ",", step(i));
    print("\n],\n\"checks\": [");
    for (std::size_t i = 0; i < derivation_.checks.size(); ++i) {
      const DerivationCheck& check = derivation_.checks[i];
      print("{}\n{{\"slot\": {}, \"gradient\": {}, \"difference\": {}}}", i == 0 ? "" : ",", slot(check.slot),
            array(check.gradient), array(check.difference));
    }
    print("\n]");
    if (derivation_.update) print(",\n\"update\": {}", update(*derivation_.update));
    if (derivation_.order) print(",\n\"order\": {}", order(*derivation_.order));
    print("\n}}\n");
    return std::move(out_);
  }

 private:
  template <class... X>
  void print(fmt::format_string<X...> format, X&&... x) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<X>(x)...);
  }

  [[nodiscard]] std::string slot(int i) const { return json_text(graph_.slots()[at(i)].id); }
  [[nodiscard]] std::string slots(const std::vector<int>& all) const {
    return list(all, ", ", [this](int i) { return slot(i); });
  }

  [[nodiscard]] std::string symbol(std::size_t i) const {
    const Slot& s = graph_.slots()[i];
    const Formula f(derivation_.symbols[i]);
    return fmt::format(
        R"({{"slot": {}, "symbol": {}, "text": {}, "latex": {}, "mathml": {}, "name": {}, "role": "{}", "shape": [{}], )"
        R"("value": {}, "gradient": {}}})",
        json_text(s.id), json_text(derivation_.symbols[i]), json_text(text::subscripted(derivation_.symbols[i])),
        json_text(f.latex()), json_text(f.mathml()), json_text(s.name), word(s.role), fmt::join(s.shape.sizes(), ", "),
        array(s.value), array(s.gradient));
  }

  [[nodiscard]] static std::string equation(const Equation& e) {
    return fmt::format(R"({{"sides": {}, "symbolic": {}, "shapes": {}, "reason": {}}})", list(e.sides, ", ", formula),
                       e.symbolic, json_text(e.shapes), json_text(e.reason));
  }

  [[nodiscard]] std::string edge(const EdgeRef& e) const {
    const Graph::Step& op = graph_.steps()[at(e.step)];
    return fmt::format(R"({{"from": {}, "to": {}, "argument": {}}})", slot(op.arguments[at(e.argument)]),
                       slot(op.result), e.argument);
  }

  [[nodiscard]] std::string step(std::size_t i) const {
    const DerivationStep& s = derivation_.steps[i];
    return fmt::format(
        "{{\"number\": {}, \"phase\": \"{}\", \"title\": {}, \"text\": {},\n \"equations\": {},\n \"slots\": {}, "
        "\"edges\": {}, \"values\": {}, \"gradients\": {}}}",
        i + 1, detail::word(s.phase), json_text(s.title), json_text(s.text), list(s.equations, ",\n  ", equation),
        slots(s.slots), list(s.edges, ", ", [this](const EdgeRef& e) { return edge(e); }), slots(s.values),
        slots(s.gradients));
  }

  [[nodiscard]] std::string update(const DerivationUpdate& u) const {
    const auto leaf = [this](const DerivationUpdate::Leaf& l) {
      return fmt::format(R"({{"slot": {}, "before": {}, "gradient": {}, "after": {}}})", slot(l.slot), array(l.before),
                         array(l.gradient), array(l.after));
    };
    return fmt::format(R"({{"learning_rate": {}, "of": "{}", "leaves": {}, "before": {}, "after": {}}})",
                       json_number(u.learning_rate), u.of_parameters ? "parameters" : "leaves",
                       list(u.leaves, ",\n ", leaf), json_number(u.before), u.after ? json_number(*u.after) : "null");
  }

  [[nodiscard]] std::string order(const OrderComparison& o) const {
    const auto hop = [this](const OrderHop& h) {
      return fmt::format(R"({{"from": {}, "to": {}, "gradient": {}, "derivative": {}, "before": {}, "after": {}}})",
                         slot(h.from), slot(h.to), json_number(h.gradient), json_number(h.derivative),
                         json_number(h.before), json_number(h.after));
    };
    const auto run = [&](const OrderRun& r) {
      return fmt::format(
          R"({{"walk": "{}", "finished": {}, "hop_count": {}, "hops": {}, "gradients": {}, "wrong": {}}})",
          detail::word(r.walk), r.finished, r.hop_count, list(r.hops, ",\n  ", hop),
          list(o.slots, ", ", [&](int i) { return json_number(r.gradients[at(i)]); }),
          list(o.slots, ", ", [&](int i) { return o.is_wrong(r.walk, i) ? "true" : "false"; }));
    };
    return fmt::format("{{\"meeting\": {}, \"uses\": {}, \"slots\": {},\n \"walks\": {}}}", slot(o.meeting),
                       slots(o.uses), slots(o.slots), list(o.runs, ",\n ", run));
  }

  const Graph& graph_;
  const Derivation& derivation_;
  std::string out_;
};

}  // namespace

std::string to_json(const Graph& graph, const Derivation& derivation, std::string_view title) {
  return JsonWriter(graph, derivation).write(title);
}

}  // namespace gradus
