#include "autograd/derive/write/derivation_json.h"

#include <fmt/ranges.h>

#include <vector>

#include "autograd/base/index.h"
#include "autograd/base/json.h"
#include "autograd/derive/write/writer.h"
#include "autograd/math/typeset.h"

namespace gradus {

namespace {

using detail::at;

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
  if (!a.defined() || !a.has_data()) return "null";
  return fmt::format(R"({{"shape": [{}], "data": {}}})", fmt::join(a.sizes(), ", "),
                     list(a.to_vector(), ", ", json_number));
}

std::string formula(const Formula& f) {
  return fmt::format(R"({{"text": {}, "latex": {}, "mathml": {}}})", json_text(text::typeset(f.text())),
                     json_text(f.latex()), json_text(f.mathml()));
}

class JsonWriter : public DerivationWriter {
 public:
  using DerivationWriter::DerivationWriter;

 private:
  void begin() override {
    print("{{\n\"format\": \"gradus-derivation\",\n\"version\": 1,\n\"title\": {},\n\"digits\": {},\n\"output\": {},\n",
          json_text(style().title), derivation().digits, slot(graph().outputs().front()));
    print("\"symbols\": [");
    for (std::size_t i = 0; i < graph().slots().size(); ++i) print("{}\n{}", i == 0 ? "" : ",", symbol(i));
    print("\n],\n\"task\": {},\n\"steps\": [", in_json(derivation().task));
  }

  // The task stands before the list of steps, the answer at the end.
  void statement(const DerivationStatement& /*statement*/, bool /*before_steps*/) override {}
  // Every step names its phase, and what the tables say is there as numbers.
  void begin_phase(Phase /*phase*/, int /*number*/) override {}
  void table(const DerivationTable& /*table*/) override {}

  void begin_step(const DerivationStep& step, int number) override {
    print("{}\n{{\"number\": {}, \"phase\": \"{}\", \"title\": {}, \"text\": {},\n \"equations\": [",
          number == 1 ? "" : ",", number, name_of(step.phase), json_text(step.title), json_text(step.text));
    equations_ = 0;
  }
  void equation(const Equation& e) override { print("{}{}", equations_++ == 0 ? "" : ",\n  ", in_json(e)); }
  void end_step(const DerivationStep& step) override {
    print("],\n \"slots\": {}, \"edges\": {}, \"values\": {}, \"gradients\": {}}}", slots(step.slots),
          list(step.edges, ", ", [this](const EdgeRef& e) { return edge(e); }), slots(step.values),
          slots(step.gradients));
  }

  void end() override {
    print("\n],\n\"checks\": [");
    for (std::size_t i = 0; i < derivation().checks.size(); ++i) {
      const DerivationCheck& check = derivation().checks[i];
      print("{}\n{{\"slot\": {}, \"gradient\": {}, \"difference\": {}}}", i == 0 ? "" : ",", slot(check.slot),
            array(check.gradient), array(check.difference));
    }
    print("\n]");
    if (derivation().update) print(",\n\"update\": {}", update(*derivation().update));
    if (derivation().order) print(",\n\"order\": {}", order(*derivation().order));
    print(",\n\"answer\": {}\n}}\n", in_json(derivation().answer));
  }

  [[nodiscard]] static std::string in_json(const Equation& e) {
    std::vector<std::string_view> signs;
    for (std::size_t k = 1; k < e.sides.size(); ++k) signs.push_back(e.sign_before(k));
    return fmt::format(R"({{"sides": {}, "signs": {}, "symbolic": {}, "shapes": {}, "reason": {}}})",
                       list(e.sides, ", ", formula), list(signs, ", ", json_text), e.symbolic, json_text(e.shapes),
                       json_text(e.reason));
  }
  [[nodiscard]] static std::string in_json(const DerivationStatement& s) {
    return fmt::format("{{\"title\": {}, \"text\": {},\n \"equations\": {}}}", json_text(s.title), json_text(s.text),
                       list(s.equations, ",\n  ", [](const Equation& e) { return in_json(e); }));
  }

  [[nodiscard]] std::string slot(int i) const { return json_text(graph().slots()[at(i)].id); }
  [[nodiscard]] std::string slots(const std::vector<int>& all) const {
    return list(all, ", ", [this](int i) { return slot(i); });
  }

  [[nodiscard]] std::string symbol(std::size_t i) const {
    const Slot& s = graph().slots()[i];
    const Formula f(derivation().symbols[i]);
    return fmt::format(
        R"({{"slot": {}, "symbol": {}, "text": {}, "latex": {}, "mathml": {}, "name": {}, "role": "{}", "shape": [{}], )"
        R"("value": {}, "gradient": {}}})",
        json_text(s.id), json_text(derivation().symbols[i]), json_text(text::subscripted(derivation().symbols[i])),
        json_text(f.latex()), json_text(f.mathml()), json_text(s.name), name_of(s.role),
        fmt::join(s.shape.sizes(), ", "), array(s.value), array(s.gradient));
  }

  [[nodiscard]] std::string edge(const EdgeRef& e) const {
    const Graph::Step& op = graph().steps()[at(e.step)];
    return fmt::format(R"({{"from": {}, "to": {}, "argument": {}}})", slot(op.arguments[at(e.argument)]),
                       slot(op.result), e.argument);
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
          name_of(r.walk), r.finished, r.hop_count, list(r.hops, ",\n  ", hop),
          list(o.slots, ", ", [&](int i) { return json_number(r.gradients[at(i)]); }),
          list(o.slots, ", ", [&](int i) { return o.is_wrong(r.walk, i) ? "true" : "false"; }));
    };
    return fmt::format("{{\"meeting\": {}, \"uses\": {}, \"slots\": {},\n \"walks\": {}}}", slot(o.meeting),
                       slots(o.uses), slots(o.slots), list(o.runs, ",\n ", run));
  }

  int equations_ = 0;  // of the step, so far
};

}  // namespace

std::string to_json(const Graph& graph, const Derivation& derivation, const DerivationStyle& style) {
  return JsonWriter(graph, derivation, style).write();
}

}  // namespace gradus
