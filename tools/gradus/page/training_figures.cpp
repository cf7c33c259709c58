#include "tools/gradus/page/training_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "autograd/base/escape.h"
#include "autograd/derive/derivation.h"
#include "tools/gradus/page/network_figure.h"
#include "tools/gradus/page/training_plot.h"

namespace gradus::command {

namespace {

using text::xml_text;

constexpr int samples_along = 121;  // of one feature
constexpr int grid = 30;            // of two
constexpr std::int64_t most_points = 300;
constexpr std::size_t most_labels = 6;
constexpr double margin = 0.06;
constexpr double least_ratio = 50;  // from here on losses are drawn on a logarithmic scale

constexpr std::string_view levels = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

struct Color {
  double red, green, blue;
};
constexpr std::array<Color, 6> class_colors{
    {{74, 144, 196}, {226, 138, 74}, {82, 170, 140}, {150, 124, 198}, {206, 110, 150}, {190, 160, 60}}};
constexpr Color white{255, 255, 255};

std::string mixed(const Color& from, const Color& to, double part) {
  const auto mix = [&](double a, double b) { return static_cast<int>(std::lround(a + part * (b - a))); };
  return fmt::format("#{:02x}{:02x}{:02x}", mix(from.red, to.red), mix(from.green, to.green), mix(from.blue, to.blue));
}

std::string tick(double x) { return derivation_number(x, 4); }

std::vector<double> column(const Array& table, std::int64_t k) {
  const std::vector<double> all = table.to_vector();
  const auto columns = static_cast<std::size_t>(table.shape()[1]);
  std::vector<double> out;
  for (std::size_t i = static_cast<std::size_t>(k); i < all.size(); i += columns) out.push_back(all[i]);
  return out;
}

std::vector<double> spread_over(const Range& range, int count, bool middles) {
  std::vector<double> out;
  for (int k = 0; k < count; ++k) {
    const double part = middles ? (k + 0.5) / count : static_cast<double>(k) / (count - 1);
    out.push_back(range.low + part * (range.high - range.low));
  }
  return out;
}

/// A class, and how sure the model is of it: from 0 for no more than chance to 1.
struct Verdict {
  std::size_t chosen;
  double sure;
};

Verdict verdict(std::span<const double> scores) {
  const auto best = std::max_element(scores.begin(), scores.end());
  double sum = 0.0;
  for (const double score : scores) sum += std::exp(score - *best);
  const double chance = 1.0 / static_cast<double>(scores.size());
  return {static_cast<std::size_t>(best - scores.begin()), (1.0 / sum - chance) / (1.0 - chance)};
}

class Figures {
 public:
  Figures(const TrainingFacts& facts, const TrainingRecord& record) : facts_(facts), record_(record) {
    changes_.resize(record.states().size());
  }

  TrainingFigures draw() {
    loss();
    if (facts_.features.size() == 1) curve();
    if (facts_.features.size() == 2) plane();
    network();
    parameters();
    TrainingFigures out{std::move(html_), {}, "{" + palette_ + "}"};
    for (const std::string& change : changes_) out.changes.push_back(change.substr(1));
    return out;
  }

 private:
  void figure(std::string_view svg, std::string_view caption) {
    html_ += fmt::format("<figure>{}<figcaption>{}</figcaption></figure>\n", svg, xml_text(caption));
  }
  template <class... X>
  void change(std::size_t state, fmt::format_string<X...> format, X&&... x) {
    changes_[state] += ',';
    fmt::format_to(std::back_inserter(changes_[state]), format, std::forward<X>(x)...);
  }
  [[nodiscard]] const TrainingState& last() const { return record_.states().back(); }
  [[nodiscard]] Range epochs() const { return {0.0, static_cast<double>(record_.epochs())}; }

  // ---------------------------------------------------------------------------------------------------------- the loss

  void loss() {
    Range range = range_of(record_.losses(), margin);
    const auto [least, greatest] = std::minmax_element(record_.losses().begin(), record_.losses().end());
    if (*least > 0.0 && *greatest / *least >= least_ratio) {
      const double wider = std::pow(*greatest / *least, margin);
      range = {*least / wider, *greatest * wider, true};
    } else if (range.low < 0.0 && *least >= 0.0) {
      range.low = 0.0;
    }
    const Chart chart(epochs(), range);
    const auto place = [&](const TrainingState& s) {
      return std::pair(chart.x(static_cast<double>(s.epoch)), chart.y(s.loss));
    };
    for (std::size_t k = 0; k < changes_.size(); ++k) {
      const auto [x, y] = place(record_.states()[k]);
      change(k, R"("loss":[{:.1f},{:.1f}])", x, y);
    }
    const auto [x, y] = place(last());
    figure(chart.svg("epoch", "loss",
                     fmt::format("Loss against epoch: {} at the start, {} at the end, {} at its least.",
                                 tick(record_.losses().front()), tick(record_.losses().back()), tick(*least)),
                     fmt::format(R"(<path class="line" d="{}"/>)", chart.path(record_.loss_epochs(), record_.losses())),
                     fmt::format(R"(<circle id="loss" class="dot" r="6" cx="{:.1f}" cy="{:.1f}"/>)", x, y)),
           fmt::format("The loss after each epoch{}; the dot is the epoch shown.",
                       range.logarithmic ? ", on a logarithmic scale" : ""));
  }

  // -------------------------------------------------------------------------------------------------------- the network

  void network() {
    const NetworkFigure drawn = network_figure(facts_, record_);
    if (drawn.svg.empty()) return;
    for (std::size_t k = 0; k < changes_.size(); ++k) change(k, "{}", drawn.changes[k]);
    figure(drawn.svg + drawn.choices, drawn.caption);
  }

  // ---------------------------------------------------------------------------------------------------- the parameters

  [[nodiscard]] std::vector<double> way_of(std::size_t watched) const {
    std::vector<double> way;
    for (const TrainingState& state : record_.states()) way.push_back(state.values[watched]);
    return way;
  }

  /// Those that went furthest, in the order of where they end.
  [[nodiscard]] std::vector<std::size_t> labelled() const {
    std::vector<double> distance;
    for (std::size_t k = 0; k < record_.watched().size(); ++k) {
      double low = std::numeric_limits<double>::infinity(), high = -low;
      for (const double x : way_of(k)) {
        if (!std::isfinite(x)) continue;
        low = std::min(low, x);
        high = std::max(high, x);
      }
      distance.push_back(std::max(0.0, high - low));
    }
    std::vector<std::size_t> order(distance.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return distance[a] > distance[b]; });
    order.resize(std::min(order.size(), most_labels));
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return last().values[a] > last().values[b]; });
    return order;
  }

  void parameters() {
    std::vector<double> steps, all;
    for (const TrainingState& state : record_.states()) {
      steps.push_back(static_cast<double>(state.epoch));
      all.insert(all.end(), state.values.begin(), state.values.end());
    }
    const Chart chart(epochs(), range_of(all, margin), 478);
    const std::vector<std::size_t> named = labelled();
    std::string lines, labels;
    for (std::size_t k = 0; k < record_.watched().size(); ++k) {
      if (std::find(named.begin(), named.end(), k) != named.end()) continue;
      lines += fmt::format(R"(<path class="line other" d="{}"/>)", chart.path(steps, way_of(k)));
    }
    // From top to bottom, none on another, and the last of them still on the chart.
    constexpr double apart = 18;
    double lowest = 0.0;
    for (std::size_t k = 0; k < named.size(); ++k) {
      const double below = Chart::bottom - apart * static_cast<double>(named.size() - 1 - k);
      const double y = std::min(std::max(chart.y(last().values[named[k]]), lowest + apart), below);
      lowest = y;
      lines += fmt::format(R"(<path class="line c{}" d="{}"/>)", k, chart.path(steps, way_of(named[k])));
      labels += fmt::format(R"(<text class="c{}" x="{:.1f}" y="{:.1f}">{}</text>)", k, chart.right() + 7, y + 5,
                            xml_text(record_.watched()[named[k]].title));
    }
    for (std::size_t k = 0; k < changes_.size(); ++k) change(k, R"("cursor":{:.1f})", chart.x(steps[k]));
    lines += fmt::format(R"_(<path id="cursor" class="cursor" d="M0 {}V{}" transform="translate({:.1f})"/>)_",
                         Chart::top, Chart::bottom, chart.x(steps.back()));
    std::string alternative = "Parameters against epoch.";
    for (const std::size_t k : named) {
      alternative += fmt::format(" {} goes from {} to {}.", record_.watched()[k].title,
                                 tick(record_.states().front().values[k]), tick(last().values[k]));
    }
    figure(chart.svg("epoch", "parameters", alternative, lines, labels), parameters_caption(named.size()));
  }

  [[nodiscard]] std::string parameters_caption(std::size_t named) const {
    const auto watched = static_cast<std::int64_t>(record_.watched().size());
    std::string out = "The paths of the parameters";
    if (watched < record_.parameter_count()) {
      out = fmt::format("The paths of {} of the {} parameters", watched, record_.parameter_count());
    }
    if (static_cast<std::int64_t>(named) < watched)
      out += fmt::format(", the {} that moved most with their names", named);
    return out + "; the upright line is the epoch shown.";
  }

  // ---------------------------------------------------------------------------------------------------------- the data

  /// The rows that are drawn.
  [[nodiscard]] std::vector<std::size_t> rows() const {
    std::vector<std::size_t> out;
    const std::int64_t count = facts_.x.shape()[0];
    for (std::int64_t k = 0; k < std::min(count, most_points); ++k) {
      out.push_back(static_cast<std::size_t>(spread(k, count - 1, most_points)));
    }
    return out;
  }
  [[nodiscard]] std::string how_many() const {
    const std::int64_t count = facts_.x.shape()[0];
    return count > most_points ? fmt::format("{} of the {} examples", most_points, count)
                               : fmt::format("{} examples", count);
  }

  /// What the model says of a sample, as one number along the axis of the target.
  [[nodiscard]] double answer(std::span<const double> outputs) const {
    if (facts_.classes == 0) return outputs[0];
    const Verdict v = verdict(outputs);
    if (facts_.classes > 2) return static_cast<double>(v.chosen);
    const double likelier = 0.5 + 0.5 * v.sure;
    return v.chosen == 1 ? likelier : 1.0 - likelier;
  }
  [[nodiscard]] std::vector<double> answers(const TrainingState& state) const {
    const auto width = static_cast<std::size_t>(std::max<std::int64_t>(facts_.classes, 1));
    std::vector<double> out;
    for (std::size_t i = 0; i < state.outputs.size(); i += width) {
      out.push_back(answer(std::span(state.outputs).subspan(i, width)));
    }
    return out;
  }

  void curve() {
    const std::vector<double> xs = column(facts_.x, 0), ys = facts_.y.to_vector();
    const Chart chart(range_of(xs, margin), range_of(ys, 2 * margin));
    const std::vector<double> along = spread_over(range_of(xs, margin), samples_along, false);
    std::string fit;
    for (std::size_t k = 0; k < changes_.size(); ++k) {
      fit = chart.path(along, answers(record_.states()[k]));
      change(k, R"("fit":"{}")", fit);
    }
    std::string inside;
    for (const std::size_t row : rows()) {
      inside +=
          fmt::format(R"(<circle class="point" r="4" cx="{:.1f}" cy="{:.1f}"/>)", chart.x(xs[row]), chart.y(ys[row]));
    }
    inside += fmt::format(R"(<path id="fit" class="line" d="{}"/>)", fit);
    const std::string curve = facts_.classes == 2  ? "the probability of 1 that the model gives"
                              : facts_.classes > 2 ? "the class that the model chooses"
                                                   : "what the model says";
    figure(chart.svg(facts_.features[0], facts_.target,
                     fmt::format("{} of {} against {}, and {} as a line.", how_many(), facts_.target,
                                 facts_.features[0], curve),
                     inside, ""),
           fmt::format("{} (dots) and {} at the epoch shown (line).", how_many(), curve));
  }

  /// The value halfway between two values of the target, when it has no others: what lies on either side is decided so.
  [[nodiscard]] std::vector<double> two_values() const {
    std::set<double> seen;
    for (const double y : facts_.y.to_vector()) {
      seen.insert(y);
      if (seen.size() > 2) return {};
    }
    return {seen.begin(), seen.end()};
  }

  [[nodiscard]] std::size_t levels_of_class() const {
    return std::max<std::size_t>(1, levels.size() / static_cast<std::size_t>(facts_.classes));
  }

  void choose_palette() {
    const auto add = [this](std::size_t level, const std::string& color) {
      palette_ += fmt::format(R"({}"{}":"{}")", palette_.empty() ? "" : ",", levels[level], color);
      colors_.push_back(color);
    };
    for (std::size_t k = 0; k < levels.size(); ++k) {
      if (facts_.classes > 2) {
        const std::size_t of_class = levels_of_class();
        const double sure = (static_cast<double>(k % of_class) + 1.0) / static_cast<double>(of_class);
        add(k, mixed(white, class_colors[k / of_class % class_colors.size()], 0.15 + 0.7 * sure));
      } else {
        const double part = static_cast<double>(k) / static_cast<double>(levels.size() - 1);
        add(k, part < 0.5 ? mixed(class_colors[0], white, 2 * part) : mixed(white, class_colors[1], 2 * part - 1));
      }
    }
  }

  [[nodiscard]] std::size_t level(std::span<const double> outputs, const Range& targets) const {
    if (facts_.classes > 2) {
      const Verdict v = verdict(outputs);
      const std::size_t of_class = levels_of_class();
      const auto sure =
          static_cast<std::size_t>((v.sure > 0.0 ? std::min(v.sure, 1.0) : 0.0) * static_cast<double>(of_class));
      return (v.chosen * of_class + std::min(of_class - 1, sure)) % levels.size();
    }
    const double part = (answer(outputs) - targets.low) / (targets.high - targets.low);
    if (!(part > 0.0)) return 0;
    return static_cast<std::size_t>(std::lround(std::min(part, 1.0) * static_cast<double>(levels.size() - 1)));
  }

  [[nodiscard]] std::string cells(const TrainingState& state, const Range& targets) const {
    const auto width = static_cast<std::size_t>(std::max<std::int64_t>(facts_.classes, 1));
    std::string out;
    for (std::size_t i = 0; i < state.outputs.size(); i += width) {
      out += levels[level(std::span(state.outputs).subspan(i, width), targets)];
    }
    return out;
  }

  void plane() {
    choose_palette();
    const std::vector<double> a = column(facts_.x, 0), b = column(facts_.x, 1), ys = facts_.y.to_vector();
    const Range across = range_of(a, margin), up = range_of(b, margin), targets = range_of(ys);
    const Chart chart(across, up);
    std::vector<double> xs = spread_over(across, grid, true), rows_at = spread_over(up, grid, true);
    for (double& x : xs) x = chart.x(x);
    for (double& y : rows_at) y = chart.y(y);
    const std::vector<double> two = two_values();
    const bool bounded = two.size() == 2 && facts_.classes <= 2;
    std::string shades, boundary;
    for (std::size_t k = 0; k < changes_.size(); ++k) {
      const TrainingState& state = record_.states()[k];
      shades = cells(state, targets);
      boundary = bounded ? contour_path(answers(state), xs, rows_at, (two[0] + two[1]) / 2) : "";
      change(k, R"("cells":"{}","boundary":"{}")", shades, boundary);
    }
    const double w = (chart.right() - Chart::left) / grid, h = (Chart::bottom - Chart::top) / grid;
    std::string inside = "<g id=\"cells\">";
    for (std::size_t k = 0; k < shades.size(); ++k) {
      // A little larger than the grid, so that no ground shows between them.
      inside +=
          fmt::format(R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}"/>)", xs[k % grid] - w / 2,
                      rows_at[k / grid] - h / 2, w + 0.6, h + 0.6, colors_[levels.find(shades[k])]);
    }
    inside += "</g>";
    if (bounded) inside += fmt::format(R"(<path id="boundary" class="boundary" d="{}"/>)", boundary);
    for (const std::size_t row : rows()) inside += point(chart.x(a[row]), chart.y(b[row]), ys[row], targets, two);
    figure(chart.svg(facts_.features[0], facts_.features[1],
                     fmt::format("{} of {} over {} and {}, on what the model says everywhere between them.", how_many(),
                                 facts_.target, facts_.features[0], facts_.features[1]),
                     inside, ""),
           plane_caption(targets, two));
  }

  /// Classes differ in shape as well as in colour.
  [[nodiscard]] std::string point(double x, double y, double target, const Range& targets,
                                  const std::vector<double>& two) const {
    const bool is_class = facts_.classes > 0 || two.size() == 2;
    const std::size_t kind = !is_class            ? 0
                             : facts_.classes > 0 ? static_cast<std::size_t>(target)
                             : target == two[1]   ? 1
                                                  : 0;
    const double part = is_class ? 0.0 : (target - targets.low) / (targets.high - targets.low);
    const std::string color = is_class     ? mixed(class_colors[kind % class_colors.size()], {0, 0, 0}, 0.25)
                              : part < 0.5 ? mixed(class_colors[0], white, 2 * part)
                                           : mixed(white, class_colors[1], 2 * part - 1);
    constexpr std::array<std::string_view, 4> shapes{"M-5 0A5 5 0 1 0 5 0A5 5 0 1 0 -5 0Z", "M-5 -5H5V5H-5Z",
                                                     "M0 -6L6 5H-6Z", "M0 -7L6 0L0 7L-6 0Z"};
    return fmt::format(R"_(<path class="{}" transform="translate({:.1f} {:.1f})" fill="{}" d="{}"/>)_",
                       is_class ? "mark" : "mark value", x, y, color, shapes[kind % shapes.size()]);
  }

  [[nodiscard]] std::string plane_caption(const Range& targets, const std::vector<double>& two) const {
    if (facts_.classes > 2) {
      return fmt::format(
          "{} (marks; shape and colour tell the class) on the class that the model chooses, paler where it is "
          "less sure.",
          how_many());
    }
    if (two.size() == 2) {
      return fmt::format(
          "{} (round: {}, square: {}) on what the model says, blue for {} and orange for {}; the line is where "
          "it changes sides.",
          how_many(), tick(two[0]), tick(two[1]), tick(two[0]), tick(two[1]));
    }
    return fmt::format("{} (dots, coloured by {}) on what the model says, from blue for {} to orange for {}.",
                       how_many(), facts_.target, tick(targets.low), tick(targets.high));
  }

  const TrainingFacts& facts_;
  const TrainingRecord& record_;
  std::string html_;
  std::vector<std::string> changes_;
  std::string palette_;
  std::vector<std::string> colors_;
};

}  // namespace

Array training_samples(const Array& x) {
  const std::int64_t features = x.shape()[1];
  if (features == 1) {
    return Array({samples_along, 1}, spread_over(range_of(column(x, 0), margin), samples_along, false));
  }
  if (features != 2) return {};
  std::vector<double> out;
  for (const double b : spread_over(range_of(column(x, 1), margin), grid, true)) {
    for (const double a : spread_over(range_of(column(x, 0), margin), grid, true)) out.insert(out.end(), {a, b});
  }
  return Array({grid * grid, 2}, out);
}

TrainingFigures training_figures(const TrainingFacts& facts, const TrainingRecord& record) {
  return Figures(facts, record).draw();
}

}  // namespace gradus::command
