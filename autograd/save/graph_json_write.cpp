#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <string>
#include <utility>
#include <variant>

#include "autograd/base/json.h"
#include "autograd/save/graph_json.h"
#include "autograd/save/saved_ops.h"

namespace gradus {

namespace {

class JsonWriter {
 public:
  explicit JsonWriter(const Graph& graph) : graph_(graph) {}

  std::string write() {
    out_ = "{\"format\": \"gradus-graph\", \"version\": 1,\n \"slots\": [";
    for (std::size_t i = 0; i < graph_.slots().size(); ++i) slot(static_cast<int>(i));
    out_ += "],\n \"steps\": [";
    for (std::size_t s = 0; s < graph_.steps().size(); ++s) step(s);
    out_ += "],\n \"modules\": [";
    for (std::size_t m = 0; m < graph_.modules().size(); ++m) module(m);
    print("],\n \"outputs\": [{}]}}\n", fmt::join(graph_.outputs(), ", "));
    return std::move(out_);
  }

 private:
  template <class... X>
  void print(fmt::format_string<X...> format, X&&... x) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<X>(x)...);
  }

  void next(std::size_t i) { out_ += i == 0 ? "\n  " : ",\n  "; }

  void slot(int i) {
    const Slot& s = graph_.slots()[static_cast<std::size_t>(i)];
    next(static_cast<std::size_t>(i));
    print("{{\"id\": \"{}\", ", s.id);
    if (!s.name.empty()) {
      out_ += "\"name\": ";
      text(s.name);
      out_ += ", ";
    }
    print(R"("role": "{}", "dtype": "{}", "shape": [{}], "differentiated": {})", name_of(s.role), name_of(s.dtype),
          fmt::join(s.shape, ", "), s.differentiated);
    out_ += ", \"value\": ";
    numbers(s.value);
    out_ += ", \"gradient\": ";
    numbers(s.gradient);
    if (s.scope >= 0) print(", \"module\": {}", s.scope);
    if (s.step >= 0) {
      out_ += ", \"formula\": ";
      text(graph_.formula(i).text());
    }
    out_ += '}';
  }

  void step(std::size_t i) {
    const Graph::Step& s = graph_.steps()[i];
    const detail::SavedOp op = detail::saved_op(*s.rule);
    next(i);
    out_ += "{\"op\": ";
    text(op.key);
    print(", \"arguments\": [{}], \"result\": {}", fmt::join(s.arguments, ", "), s.result);
    if (!op.attributes.empty()) attributes(op);
    derivatives(s);
    out_ += '}';
  }

  void attributes(const detail::SavedOp& op) {
    out_ += ", \"attributes\": {";
    for (const detail::SavedAttribute& attribute : op.attributes) {
      print("{}\"{}\": ", &attribute == op.attributes.data() ? "" : ", ", attribute.name);
      std::visit([&](const auto& value) { this->value(value); }, attribute.value);
    }
    out_ += '}';
  }

  void value(bool b) { print("{}", b); }
  void value(std::int64_t n) { print("{}", n); }
  void value(double x) { number(x); }
  void value(const std::string& words) { text(words); }
  void value(const std::vector<std::int64_t>& list) { print("[{}]", fmt::join(list, ", ")); }

  /// The local derivatives of a step between single numbers.
  void derivatives(const Graph::Step& s) {
    bool any = false;
    for (const Array& d : s.derivatives) any = any || (d.defined() && d.has_data());
    if (!any) return;
    out_ += ", \"derivatives\": [";
    for (std::size_t k = 0; k < s.derivatives.size(); ++k) {
      const Array& d = s.derivatives[k];
      if (k > 0) out_ += ", ";
      if (d.defined() && d.has_data() && d.size() == 1) {
        number(d.item());
      } else {
        out_ += "null";
      }
    }
    out_ += ']';
  }

  void module(std::size_t i) {
    const GraphModule& m = graph_.modules()[i];
    next(i);
    out_ += "{\"name\": ";
    text(m.name);
    out_ += ", \"kind\": ";
    text(m.kind);
    out_ += ", \"note\": ";
    text(m.note);
    out_ += ", \"parent\": ";
    out_ += m.parent < 0 ? "null" : fmt::format("{}", m.parent);
    if (m.role != ModuleRole::loss && m.kind == "loss") out_ += ", \"loss\": false";
    out_ += '}';
  }

  void numbers(const Array& array) {
    if (!array.defined() || !array.has_data()) {
      out_ += "null";
      return;
    }
    out_ += '[';
    const bool narrow = array.dtype() == DType::float32;
    const std::vector<double> all = array.to_vector();
    for (std::size_t k = 0; k < all.size(); ++k) {
      if (k > 0) out_ += ", ";
      if (narrow && std::isfinite(all[k])) {
        const std::string digits = fmt::format("{}", static_cast<float>(all[k]));
        print("{}{}", digits, digits.find_first_of(".e") == std::string::npos ? ".0" : "");
      } else {
        number(all[k]);
      }
    }
    out_ += ']';
  }

  void number(double x) { out_ += json_number(x); }
  void text(std::string_view words) { out_ += json_text(words); }

  const Graph& graph_;
  std::string out_;
};

}  // namespace

std::string to_json(const Graph& graph) { return JsonWriter(graph).write(); }

}  // namespace gradus
