#include "tools/gradus/page/network_figure.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "autograd/base/escape.h"
#include "autograd/derive/derivation.h"
#include "tools/gradus/page/training_plot.h"

namespace gradus::command {

namespace {

using text::xml_text;

constexpr std::int64_t most_drawn = 200;   // parameters
constexpr std::int64_t widest_drawn = 16;  // units of a layer
constexpr std::int64_t most_examples = 8;  // to choose from
constexpr std::int64_t widest_told = 8;    // with a number in each unit
constexpr double left = 122, right = 450, top = 16, bottom = 344;
constexpr double thinnest = 0.4, thickest = 6.0, palest = 0.15, fullest = 0.6;

std::string json_number(double x) { return std::isfinite(x) ? fmt::format("{:.4g}", x) : "null"; }

std::string json_list(const std::vector<double>& numbers) {
  std::string out;
  for (const double x : numbers) out += (out.empty() ? "" : ",") + json_number(x);
  return "[" + out + "]";
}

double largest_of(const std::vector<double>& numbers) {
  double most = 0.0;
  for (const double x : numbers) most = std::isfinite(x) ? std::max(most, std::fabs(x)) : most;
  return most > 0.0 ? most : 1.0;
}

struct Point {
  double x, y;
};

class Network {
 public:
  Network(const TrainingFacts& facts, const TrainingRecord& record)
      : facts_(facts), last_(record.states().back()), sizes_{static_cast<std::int64_t>(facts.features.size())} {
    sizes_.insert(sizes_.end(), facts.hidden.begin(), facts.hidden.end());
    sizes_.push_back(facts.classes > 0 ? facts.classes : 1);
    for (const TrainingState& state : record.states()) most_ = std::max(most_, largest_of(state.all_values));
  }

  [[nodiscard]] std::string svg() {
    std::size_t parameter = 0;
    for (std::size_t layer = 1; layer < sizes_.size(); ++layer) {
      for (std::int64_t to = 0; to < sizes_[layer]; ++to) {
        for (std::int64_t from = 0; from < sizes_[layer - 1]; ++from) edge(layer, from, to, parameter++);
      }
      parameter += static_cast<std::size_t>(sizes_[layer]);  // the biases
    }
    std::size_t first_bias = 0, unit_number = 0;
    for (std::size_t layer = 0; layer < sizes_.size(); ++layer) {
      if (layer > 0) first_bias += static_cast<std::size_t>(sizes_[layer] * sizes_[layer - 1]);
      for (std::int64_t k = 0; k < sizes_[layer]; ++k) unit(layer, k, first_bias, unit_number++);
      if (layer > 0) first_bias += static_cast<std::size_t>(sizes_[layer]);
    }
    return fmt::format(
        R"(<svg id="network" viewBox="0 0 560 360" role="img" aria-label="{}" data-most="{}">{}{}{}</svg>)",
        xml_text(fmt::format("The network: layers of {} units, each joined to all of the layer before.",
                             fmt::join(sizes_, ", "))),
        json_number(most_), edges_, units_, labels_);
  }

 private:
  [[nodiscard]] Point place(std::size_t layer, std::int64_t k) const {
    const double along = static_cast<double>(layer) / static_cast<double>(sizes_.size() - 1);
    const double step = std::min(56.0, (bottom - top) / static_cast<double>(sizes_[layer]));
    const double middle = (static_cast<double>(k) - static_cast<double>(sizes_[layer] - 1) / 2) * step;
    return {left + along * (right - left), (top + bottom) / 2 + middle};
  }
  [[nodiscard]] double radius(std::size_t layer) const { return sizes_[layer] <= widest_told ? 17 : 8; }

  void edge(std::size_t layer, std::int64_t from, std::int64_t to, std::size_t parameter) {
    const Point a = place(layer - 1, from), b = place(layer, to);
    const double w = last_.all_values[parameter], part = std::min(1.0, std::fabs(w) / most_);
    const std::string name = sizes_.size() == 2 && sizes_[1] == 1 ? fmt::format("w{}", from + 1)
                                                                  : fmt::format("W{}[{},{}]", layer, to, from);
    edges_ += fmt::format(
        R"(<path class="edge{}" data-k="{}" data-name="{}" stroke-width="{:.1f}" opacity="{:.2f}" d="M{:.1f} {:.1f}L{:.1f} {:.1f}"><title>{}</title></path>)",
        w < 0.0 ? " minus" : "", parameter, name, thinnest + (thickest - thinnest) * part,
        palest + (1.0 - palest) * part, a.x, a.y, b.x, b.y, name);
  }

  void unit(std::size_t layer, std::int64_t k, std::size_t first_bias, std::size_t number) {
    const Point at = place(layer, k);
    const double value = last_.units.empty() ? 0.0 : last_.units[0][number];
    const double part = std::min(1.0, std::fabs(value));
    const bool is_input = layer == 0, is_output = layer + 1 == sizes_.size();
    std::string name = fmt::format("h{}[{}]", layer, k);
    if (is_input) name = facts_.features[static_cast<std::size_t>(k)];
    if (is_output) {
      name = facts_.classes > 0 && k < std::ssize(facts_.words) ? facts_.words[static_cast<std::size_t>(k)]
             : facts_.classes > 0                               ? fmt::format("{} {}", facts_.target, k)
                                                                : facts_.target;
    }
    units_ += fmt::format(
        R"(<g class="unit{}" data-name="{}"{}><title>{}</title><circle class="ground" r="{:.0f}" cx="{:.1f}" cy="{:.1f}"/><circle r="{:.0f}" cx="{:.1f}" cy="{:.1f}" fill-opacity="{:.2f}"/>)",
        value < 0.0 ? " minus" : "", xml_text(name),
        is_input ? "" : fmt::format(R"( data-bias="{}")", first_bias + static_cast<std::size_t>(k)), xml_text(name),
        radius(layer), at.x, at.y, radius(layer), at.x, at.y, fullest * part);
    if (sizes_[layer] <= widest_told) {
      units_ += fmt::format(R"(<text x="{:.1f}" y="{:.1f}">{}</text>)", at.x, at.y + 4, derivation_number(value, 3));
    }
    units_ += "</g>";
    if (is_input || is_output) label(at, name, radius(layer) + 6, is_input);
  }

  void label(const Point& at, const std::string& name, double away, bool before) {
    constexpr std::size_t longest = 11;
    std::string short_name = name.substr(0, longest);
    while (!short_name.empty() && short_name.size() < name.size() && (name[short_name.size()] & '\xC0') == '\x80') {
      short_name.pop_back();  // not in the middle of a letter
    }
    if (short_name.size() < name.size()) short_name += "\u2026";
    labels_ +=
        fmt::format(R"(<text class="of" text-anchor="{}" x="{:.1f}" y="{:.1f}">{}</text>)", before ? "end" : "start",
                    before ? at.x - away : at.x + away, at.y + 5, xml_text(short_name));
  }

  const TrainingFacts& facts_;
  const TrainingState& last_;
  std::vector<std::int64_t> sizes_;
  double most_ = 1e-300;
  std::string edges_, units_, labels_;
};

std::string choices_of(const TrainingFacts& facts) {
  const std::int64_t rows = facts.x.shape()[0];
  std::string options;
  for (std::int64_t k = 0; k < std::min(rows, most_examples); ++k) {
    options += fmt::format("<option value=\"{}\">{}</option>", k, spread(k, rows - 1, most_examples) + 1);
  }
  return fmt::format(
      "<p class=\"choices\" hidden=\"\"><label>Example <select id=\"example\">{}</select></label> <label>Lines show "
      "<select id=\"lines\"><option value=\"weights\">weights</option><option value=\"slopes\">gradients</option>"
      "</select></label></p>",
      options);
}

}  // namespace

Array training_examples(const Array& x, std::int64_t parameters) {
  if (parameters > most_drawn || x.shape()[1] > widest_drawn) return {};
  const std::vector<double> all = x.to_vector();
  const std::int64_t rows = x.shape()[0], width = x.shape()[1];
  const std::int64_t shown = std::min(rows, most_examples);
  std::vector<double> chosen;
  for (std::int64_t k = 0; k < shown; ++k) {
    const auto from = all.begin() + spread(k, rows - 1, most_examples) * width;
    chosen.insert(chosen.end(), from, from + width);
  }
  return Array({shown, width}, chosen);
}

NetworkFigure network_figure(const TrainingFacts& facts, const TrainingRecord& record) {
  NetworkFigure figure;
  const bool narrow = std::ranges::all_of(facts.hidden, [](std::int64_t width) { return width <= widest_drawn; });
  if (record.states().back().units.empty() || !narrow || facts.classes > widest_drawn) return figure;
  figure.svg = Network(facts, record).svg();
  figure.choices = choices_of(facts);
  figure.caption =
      "The network at the epoch shown: the lines are its weights, the circles what an example becomes in it; blue "
      "above 0, orange below. The gradients are drawn beside the largest of their epoch.";
  for (const TrainingState& state : record.states()) {
    std::string units;
    for (const std::vector<double>& one : state.units) units += (units.empty() ? "" : ",") + json_list(one);
    figure.changes.push_back(fmt::format(R"("weights":{},"slopes":{},"units":[{}])", json_list(state.all_values),
                                         json_list(state.all_gradients), units));
  }
  return figure;
}

}  // namespace gradus::command
