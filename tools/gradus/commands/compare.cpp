// gradus compare: whether two expressions, or graphs in files, have the same values and the same gradients.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "autograd/array/print.h"
#include "autograd/array/random.h"
#include "autograd/base/text.h"
#include "autograd/graph/graph.h"
#include "autograd/save/graph_json.h"
#include "tools/gradus/commands/bindings.h"
#include "tools/gradus/commands/commands.h"
#include "tools/gradus/commands/graph_source.h"
#include "tools/gradus/language/caret.h"

namespace gradus::command {

namespace {

struct CompareOptions {
  std::string first;
  std::string second;
  Bindings bindings;
  std::int64_t random = 0;
  std::uint64_t key = 0;
  std::vector<double> range{-2.0, 2.0};
  double ulps = 64.0;
};

struct Leaf {
  std::string name;
  int slot;
  Shape shape;
  DType dtype;
};

/// One of the two: its graph, and the leaves that it is differentiated by.
struct Side {
  std::string letter;
  Graph graph;
  std::vector<Leaf> leaves;

  [[nodiscard]] const Leaf* find(const std::string& name) const {
    const auto found = std::find_if(leaves.begin(), leaves.end(), [&](const Leaf& leaf) { return leaf.name == name; });
    return found == leaves.end() ? nullptr : &*found;
  }
};

/// Where both are computed: at the values that were given, or at random ones.
struct Point {
  std::string name;
  std::vector<std::pair<std::string, Array>> values;  // of leaves of either; empty at the given point
};

/// A number of A and the one that stands for it in B.
struct Difference {
  std::string what;  // "value", "d/dx[0, 2]"
  std::string point;
  double a = 0.0;
  double b = 0.0;
  double ulps = 0.0;
};

// ------------------------------------------------------------------------------------------------------- the two sides

Side side_of(std::string letter, Graph graph) {
  std::vector<Leaf> leaves;
  for (std::size_t i = 0; i < graph.slots().size(); ++i) {
    const Slot& slot = graph.slots()[i];
    if (slot.step >= 0 || !slot.differentiated) continue;
    leaves.push_back({slot.name.empty() ? slot.id : slot.name, static_cast<int>(i), slot.shape, slot.dtype});
  }
  return {std::move(letter), std::move(graph), std::move(leaves)};
}

Graph graph_of_text(const std::string& text, const Bindings& bindings, std::vector<std::string>& unused,
                    Context& context) {
  const bool marked = text.starts_with(expression_mark);
  context.expression = text.substr(marked ? 1 : 0);
  Problem problem;
  solve(context.expression, bindings, problem);
  unused = std::move(problem.unused);
  return Graph(problem.results);
}

bool is_file(const std::string& source) { return source.ends_with(".json"); }

/// The values of a graph's file for the names that the command line does not bind.
void add_bindings_of(const Graph& graph, Bindings& bindings) {
  const auto is_bound = [&](const std::string& name) {
    const auto binds = [&](const std::string& binding) { return binding.starts_with(name + "="); };
    const auto any = [&](const std::vector<std::string>& list) { return std::any_of(list.begin(), list.end(), binds); };
    return any(bindings.variables) || any(bindings.parameters) || any(bindings.constants);
  };
  for (const Slot& slot : graph.slots()) {
    if (slot.step >= 0 || slot.name.empty() || !slot.value.has_data() || is_bound(slot.name)) continue;
    std::vector<std::string>& list = !slot.differentiated           ? bindings.constants
                                     : slot.role == Role::parameter ? bindings.parameters
                                                                    : bindings.variables;
    list.push_back(slot.name + "=" + to_string(slot.value));
  }
}

// ----------------------------------------------------------------------------------------------------------- numbers

/// How far apart two numbers are, in units in the last place of the largest number they stand among.
double ulps_between(double a, double b, double scale) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return 0.0;
  if (!std::isfinite(a) || !std::isfinite(b)) return std::numeric_limits<double>::infinity();
  const double size = std::max({std::abs(a), std::abs(b), std::isfinite(scale) ? scale : 0.0});
  const double next = std::nextafter(size, std::numeric_limits<double>::infinity()) - size;
  return std::isfinite(next) ? std::abs(a - b) / next : std::numeric_limits<double>::infinity();
}

/// "[0, 2]" for an element of an array, nothing for a single number.
std::string place_text(const Shape& shape, std::size_t element) {
  std::string text;
  for (int k = shape.rank(); k-- > 0;) {
    const auto size = static_cast<std::size_t>(shape[k]);
    text = fmt::format("{}{}{}", element % size, text.empty() ? "" : ", ", text);
    element /= size;
  }
  return text.empty() ? "" : "[" + text + "]";
}

class Comparison {
 public:
  Comparison(const Side& a, const Side& b, double allowed) : a_(a), b_(b), allowed_(allowed) {}

  void at(const Point& point) {
    const GraphRun of_a = run(a_, point);
    const GraphRun of_b = run(b_, point);
    nan_ = false;
    for (std::size_t k = 0; k < of_a.outputs.size(); ++k) {
      compare(of_a.outputs.size() == 1 ? "value" : fmt::format("value {}", k + 1), point, of_a.outputs[k],
              of_b.outputs[k]);
    }
    for (const std::string& name : names()) {
      compare("d/d" + name, point, gradient(a_, of_a, name), gradient(b_, of_b, name));
    }
    ++points_;
    if (nan_) ++points_with_nan_;
  }

  [[nodiscard]] bool same() const noexcept { return !first_; }

  [[nodiscard]] std::string report() const {
    std::string text;
    const std::string where = points_ == 1 ? "at the given values" : fmt::format("at {} points", points_);
    if (same()) {
      text =
          fmt::format("same: {} value{} and {} gradient{} {}\n", a_.graph.outputs().size(),
                      a_.graph.outputs().size() == 1 ? "" : "s", names().size(), names().size() == 1 ? "" : "s", where);
    } else {
      text = fmt::format("differs: first {}: {} is {} in A and {} in B\n", first_->point, first_->what, first_->a,
                         first_->b);
    }
    for (const Difference& d : worst_) {
      text += fmt::format("  {}: up to {} ulp{}{}\n", d.what, ulps_text(d.ulps), d.ulps == 1.0 ? "" : "s",
                          d.ulps == 0.0 ? "" : fmt::format(", {}: {} and {}", d.point, d.a, d.b));
    }
    if (points_with_nan_ > 0) {
      text += fmt::format("  at {} of {} point{} a number was nan on both sides\n", points_with_nan_, points_,
                          points_ == 1 ? "" : "s");
    }
    return text;
  }

 private:
  static std::string ulps_text(double ulps) {
    return std::isinf(ulps) ? "infinitely many" : fmt::format("{:.3g}", ulps);
  }

  static GraphRun run(const Side& side, const Point& point) {
    std::vector<RunInput> inputs;
    for (const auto& [name, value] : point.values) {
      if (const Leaf* leaf = side.find(name)) inputs.emplace_back(leaf->slot, value.to(leaf->dtype));
    }
    return side.graph.run_with_gradients(inputs);
  }

  /// Zeros by a leaf that the side does not have: it does not depend on it.
  [[nodiscard]] Array gradient(const Side& side, const GraphRun& run, const std::string& name) const {
    if (side.find(name) != nullptr) return run.gradient(name);
    const Leaf& other = *(&side == &a_ ? b_ : a_).find(name);
    return Array::zeros(other.shape, other.dtype);
  }

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const Leaf& leaf : a_.leaves) all.push_back(leaf.name);
    for (const Leaf& leaf : b_.leaves) {
      if (a_.find(leaf.name) == nullptr) all.push_back(leaf.name);
    }
    return all;
  }

  void compare(const std::string& what, const Point& point, const Array& a, const Array& b) {
    const std::vector<double> of_a = a.to_vector();
    const std::vector<double> of_b = b.to_vector();
    double scale = 0.0;
    for (const auto* list : {&of_a, &of_b}) {
      for (const double v : *list) scale = std::isnan(v) ? scale : std::max(scale, std::abs(v));
    }
    auto worst = std::find_if(worst_.begin(), worst_.end(), [&](const Difference& d) { return d.what == what; });
    if (worst == worst_.end()) worst = worst_.insert(worst_.end(), Difference{what, "", 0.0, 0.0, 0.0});
    for (std::size_t i = 0; i < of_a.size(); ++i) {
      nan_ = nan_ || (std::isnan(of_a[i]) && std::isnan(of_b[i]));
      const double ulps = ulps_between(of_a[i], of_b[i], scale);
      const std::string place = place_text(a.shape(), i);
      if (ulps > allowed_ && !first_) first_ = Difference{what + place, point.name, of_a[i], of_b[i], ulps};
      if (ulps > worst->ulps) *worst = {what, point.name, of_a[i], of_b[i], ulps};
    }
  }

  const Side& a_;
  const Side& b_;
  double allowed_;
  std::optional<Difference> first_;
  std::vector<Difference> worst_;  // of each value and gradient
  std::int64_t points_ = 0;
  std::int64_t points_with_nan_ = 0;
  bool nan_ = false;  // at the point that is looked at
};

/// What cannot be compared number by number.  Empty when all can.
std::string difference_of_shapes(const Side& a, const Side& b) {
  const auto count = [](const Side& side) { return side.graph.outputs().size(); };
  if (count(a) != count(b)) return fmt::format("A has {} results and B {}", count(a), count(b));
  const auto shape = [](const Side& side, std::size_t k) {
    return side.graph.slots()[static_cast<std::size_t>(side.graph.outputs()[k])].shape;
  };
  for (std::size_t k = 0; k < count(a); ++k) {
    if (shape(a, k) == shape(b, k)) continue;
    return fmt::format("the result of A is {}, that of B {}", to_string(shape(a, k)), to_string(shape(b, k)));
  }
  for (const Leaf& leaf : a.leaves) {
    const Leaf* other = b.find(leaf.name);
    if (other == nullptr || other->shape == leaf.shape) continue;
    return fmt::format("{} is {} in A and {} in B", in_quotes(leaf.name), to_string(leaf.shape),
                       to_string(other->shape));
  }
  return "";
}

/// Random numbers for every leaf of either side, the same for both.
Point random_point(const CompareOptions& options, const Side& a, const Side& b, std::int64_t number) {
  Point point;
  const Key key = Key{options.key}.part(static_cast<std::uint64_t>(number));
  std::uint64_t part = 0;
  std::string values;
  for (const Side* side : {&a, &b}) {
    for (const Leaf& leaf : side->leaves) {
      const bool known = std::any_of(point.values.begin(), point.values.end(),
                                     [&](const auto& value) { return value.first == leaf.name; });
      if (known) continue;
      Array value = uniform_array(leaf.shape, options.range[0], options.range[1], key.part(part++), leaf.dtype);
      if (value.size() <= 16)
        values += fmt::format("{}{} = {}", values.empty() ? "" : ", ", leaf.name, to_string(value));
      point.values.emplace_back(leaf.name, std::move(value));
    }
  }
  point.name = fmt::format("at random point {}{}", number + 1, values.empty() ? "" : " (" + values + ")");
  return point;
}

void check_comparison(const CompareOptions& options) {
  if (options.random < 0) throw UsageError("--random must not be negative");
  if (!(options.ulps >= 0.0)) throw UsageError("--ulps must not be negative");
  if (options.range.size() != 2 || !(options.range[0] < options.range[1]) || !std::isfinite(options.range[0]) ||
      !std::isfinite(options.range[1])) {
    throw UsageError("--range is two numbers, the smaller one first: --range=-1,1");
  }
}

void run(const CompareOptions& options, Context& context) {
  check_comparison(options);
  const std::string* sources[] = {&options.first, &options.second};
  std::optional<Graph> graphs[2];
  Bindings bindings = options.bindings;
  const bool both = is_file(options.first) && is_file(options.second);
  if (both && !bindings.empty())
    throw UsageError("--var, --param, --const and --wrt belong to an expression: graphs' files have their own values");
  for (int k = 0; k < 2; ++k) {
    if (!is_file(*sources[k])) continue;
    graphs[k] = graph_of_file(*sources[k]);
    if (!both) add_bindings_of(*graphs[k], bindings);
  }
  std::vector<std::string> unused[2];
  for (int k = 0; k < 2; ++k) {
    if (!graphs[k]) graphs[k] = graph_of_text(*sources[k], bindings, unused[k], context);
  }
  if (!is_file(options.first) && !is_file(options.second)) {
    std::vector<std::string> in_both;
    for (const std::string& name : unused[0]) {
      if (std::find(unused[1].begin(), unused[1].end(), name) != unused[1].end()) in_both.push_back(name);
    }
    warn_of_unused(in_both);
  }
  const Side a = side_of("A", *std::move(graphs[0]));
  const Side b = side_of("B", *std::move(graphs[1]));
  if (const std::string difference = difference_of_shapes(a, b); !difference.empty()) {
    fmt::print("differs: {}\n", difference);
    context.exit_code = 1;
    return;
  }
  Comparison comparison(a, b, options.ulps);
  comparison.at({"at the given values", {}});
  for (std::int64_t k = 0; k < options.random; ++k) comparison.at(random_point(options, a, b, k));
  fmt::print("{}", comparison.report());
  if (!comparison.same()) context.exit_code = 1;
}

}  // namespace

Subcommand add_compare(CLI::App& app) {
  auto options = std::make_shared<CompareOptions>();
  CLI::App* sub =
      app.add_subcommand("compare", "Whether two expressions have the same values and gradients: exit code 0, else 1");
  sub->add_option("expression", options->first, "the one, A, such as 'log(x*y)', or a .json file of a graph")
      ->required();
  sub->add_option("other", options->second, "the other, B, such as 'log(x) + log(y)', or a file")->required();
  add_bindings(*sub, options->bindings);
  sub->add_option("--random", options->random, "also at so many random points")->type_name("N");
  sub->add_option("--range", options->range, "where their numbers lie; -2,2 without")
      ->delimiter(',')
      ->expected(2)
      ->type_name("LOW,HIGH");
  sub->add_option("--key", options->key, "which random points")->capture_default_str();
  sub->add_option("--ulps", options->ulps,
                  "how far apart rounding may put numbers that count as the same, in units in the last place of the "
                  "largest number of their array")
      ->capture_default_str();
  return {sub, [options](Context& context) { run(*options, context); }};
}

}  // namespace gradus::command
