#include "tools/gradus/page/training_page.h"

#include <fmt/format.h>
#include <train_template.h>  // made of the files in page/

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "autograd/base/escape.h"
#include "autograd/derive/derivation.h"
#include "autograd/derive/equation_signs.h"
#include "autograd/math/ops.h"
#include "autograd/math/typeset.h"
#include "tools/gradus/page/page_fill.h"
#include "tools/gradus/page/training_figures.h"

namespace gradus::command {

namespace {

using text::xml_text;

constexpr std::size_t most_with_numbers = 6;  // learned numbers whose updates are written out
constexpr int digits = 5;

std::string number(double x) { return derivation_number(x, digits); }
Formula put_in(double x) { return Formula::put_in(number(x), x); }
Formula named(std::string_view name) { return Formula(std::string(name)); }

/// Whether a column's name can stand in a formula: a short word.
bool is_symbol(std::string_view name) {
  constexpr std::size_t longest = 12;
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const bool begins = !name.empty() && letters.find(name[0]) != std::string_view::npos;
  return begins && name.size() <= longest && std::all_of(name.begin(), name.end(), [&](char c) {
           return c == '_' || (c >= '0' && c <= '9') || letters.find(c) != std::string_view::npos;
         });
}

/// The mathematics of a model: in symbols, and for a small one with the numbers of an epoch.
class Lesson {
 public:
  Lesson(const TrainingFacts& facts, const TrainingRecord& record) : facts_(facts), record_(record) {
    small_ = record.parameter_count() <= static_cast<std::int64_t>(most_with_numbers) && facts.hidden.empty() &&
             facts.classes == 0;
    const bool words = std::all_of(facts.features.begin(), facts.features.end(), is_symbol);
    for (std::size_t k = 0; k < facts.features.size(); ++k) {
      const std::string numbered = facts.features.size() == 1 ? "x" : "x" + std::to_string(k + 1);
      features_.push_back(words ? facts.features[k] : numbered);
    }
    target_ = is_symbol(facts.target) ? facts.target : "y";
  }

  /// What is the same in every epoch.
  [[nodiscard]] std::string model() const {
    std::string out;
    if (facts_.hidden.empty() && facts_.classes == 0) {
      out += equation_html({prediction(), activated(weighted_sum(nullptr))});
    } else {
      Formula layer = named("x");
      const std::size_t layers = facts_.hidden.size() + 1;
      for (std::size_t k = 1; k <= layers; ++k) {
        const std::string index = std::to_string(k);
        Formula sum = Formula::matrix_product(layer, named("W" + index)) + named("b" + index);
        if (k == layers) {
          out += equation_html({prediction(), sum});
        } else {
          layer = named("h" + index);
          out += equation_html({layer, hidden(sum)});
        }
      }
    }
    out += equation_html({named("L"), loss()});
    const Formula parameter = named("θ"), slope = Formula::partial(named("L"), parameter);
    if (facts_.momentum != 0.0) {
      out += equation_html({gathered(), named("μ") * gathered() + slope}, "←");
      out += equation_html({parameter, parameter - named("η") * gathered()}, "←");
    } else {
      out += equation_html({parameter, parameter - named("η") * slope}, "←");
    }
    std::string constants =
        fmt::format("Every parameter θ is updated so, all at once, with η = {}", number(facts_.rate));
    if (facts_.momentum != 0.0)
      constants += fmt::format(" and μ = {}, Δ being 0 before the first update", number(facts_.momentum));
    return out + "<p>" + xml_text(constants + "." + names()) + "</p>";
  }

  /// One item of the list of epochs.
  [[nodiscard]] std::string item(std::size_t k) const {
    const TrainingState& state = record_.states()[k];
    std::string out = fmt::format("<li><h2><bdi>{}</bdi></h2>", xml_text(title(state)));
    if (small_) {
      out += equation_html({prediction(), activated(weighted_sum(&state.values))});
      if (state.epoch < record_.epochs()) {
        for (std::size_t j = 0; j < record_.watched().size(); ++j) out += update(state, j);
      }
    }
    if (!small_) out += fmt::format("<p>The gradient of the loss has length {}.</p>", number(state.gradient_length));
    if (state.epoch == record_.epochs()) out += "<p>This is what was learned: the training ends here.</p>";
    return out + "</li>\n";
  }

  [[nodiscard]] std::string title(const TrainingState& state) const {
    std::string out =
        state.epoch == 0 ? "Before training" : fmt::format("After {} of {} epochs", state.epoch, record_.epochs());
    out += ": loss " + number(state.loss);
    if (facts_.classes > 0) out += fmt::format(", accuracy {:.1f} %", 100.0 * state.accuracy);
    return out;
  }

 private:
  /// ŷ for y; of a longer name no letter could wear the hat.
  [[nodiscard]] Formula prediction() const {
    if (facts_.classes > 0) return named("z");
    if (target_ == "y") return named("ŷ");
    return named(target_.size() == 1 ? target_ + "\u0302" : "prediction");
  }
  [[nodiscard]] Formula loss() const {
    if (facts_.classes > 0) {
      const std::vector<Formula> both{prediction(), named(target_)};
      return Formula::call("cross_entropy", both);
    }
    const std::vector<Formula> squared{pow(prediction() - named(target_), 2)};
    return Formula::call("mean", squared);
  }
  /// What momentum gathers.
  static Formula gathered() { return named("Δ"); }

  /// Which columns the symbols stand for, where they are not the names.
  [[nodiscard]] std::string names() const {
    std::string out;
    if (facts_.hidden.empty() && facts_.classes == 0 && features_.size() < most_with_numbers) {
      for (std::size_t k = 0; k < features_.size(); ++k) {
        if (features_[k] != facts_.features[k])
          out += fmt::format(" {} is {}.", text::subscripted(features_[k]), facts_.features[k]);
      }
    }
    if (target_ != facts_.target) out += fmt::format(" {} is {}.", target_, facts_.target);
    return out;
  }

  static Formula applied(const std::string& function, const Formula& x) {
    if (function.empty() || function == ops::Identity::name) return x;
    const std::vector<Formula> argument{x};
    return Formula::call(function, argument);
  }
  [[nodiscard]] Formula activated(const Formula& x) const { return applied(facts_.activation, x); }
  [[nodiscard]] Formula hidden(const Formula& x) const {
    return applied(facts_.activation.empty() ? "tanh" : facts_.activation, x);
  }

  /// w₁·x₁ + … + b of a perceptron, with numbers in the place of parameters where there are some.
  [[nodiscard]] Formula weighted_sum(const std::vector<double>* values) const {
    const std::size_t inputs = facts_.features.size();
    if (values == nullptr && inputs + 1 > most_with_numbers)
      return Formula::matrix_product(named("x"), named("w")) + named("b");
    const auto is_negative = [&](std::size_t k) { return values != nullptr && (*values)[k] < 0.0; };
    // Signs stand between the terms: 2·x − 3, and not 2·x + (−3).
    const auto factor = [&](std::size_t k, bool sign) {
      if (values == nullptr) return named(name_of(k));
      return put_in(sign ? (*values)[k] : std::fabs((*values)[k]));
    };
    Formula sum = factor(0, true) * named(features_[0]);
    for (std::size_t k = 1; k <= inputs; ++k) {
      const Formula term = k < inputs ? factor(k, false) * named(features_[k]) : factor(k, false);
      sum = is_negative(k) ? sum - term : sum + term;
    }
    return sum;
  }
  [[nodiscard]] std::string name_of(std::size_t k) const { return record_.watched()[k].name; }

  [[nodiscard]] std::string update(const TrainingState& state, std::size_t k) const {
    const Formula parameter = named(name_of(k)), slope = Formula::partial(named("L"), parameter);
    const double value = state.values[k], gradient = state.gradients[k];
    const bool plain = facts_.momentum == 0.0;
    const double step = plain ? gradient : state.velocities[k];
    const Formula numbers = put_in(value) - Formula::product(put_in(facts_.rate), put_in(step));
    const Formula moved = put_in(value - facts_.rate * step);
    const bool rounded = detail::sign_between(numbers, moved, digits) != "=";
    return equation_html({parameter, parameter - named("η") * (plain ? slope : gathered()), numbers, moved}, "←",
                         {false, false, false, rounded});
  }

  const TrainingFacts& facts_;
  const TrainingRecord& record_;
  bool small_ = false;
  std::vector<std::string> features_;  // what they and the target are called in formulas
  std::string target_;
};

std::string title_of(const TrainingFacts& facts) {
  constexpr std::size_t most_named = 3;
  std::string from;
  for (std::size_t k = 0; k < std::min(most_named, facts.features.size()); ++k) {
    from += (k == 0 ? "" : ", ") + text::subscripted(facts.features[k]);
  }
  if (facts.features.size() > most_named) from += fmt::format(" and {} more", facts.features.size() - most_named);
  return fmt::format("Learning {} from {}", text::subscripted(facts.target), from);
}

std::string about(const TrainingFacts& facts, const TrainingRecord& record) {
  std::string out =
      fmt::format("{} {}; {} examples; {}; gradient descent at rate {}", facts.model, facts.note, facts.x.shape()[0],
                  facts.classes > 0 ? "cross-entropy" : "mean squared error", number(facts.rate));
  if (facts.momentum != 0.0) out += fmt::format(" with momentum {}", number(facts.momentum));
  return out + fmt::format("; {} epochs.", record.epochs());
}

std::string parameter_rows(const TrainingRecord& record) {
  std::string out;
  const TrainingState &last = record.states().back(), &first = record.states().front();
  for (std::size_t k = 0; k < record.watched().size(); ++k) {
    out += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                       xml_text(record.watched()[k].title), number(last.values[k]), number(last.gradients[k]),
                       number(last.values[k] - first.values[k]));
  }
  return out;
}

std::string recorded(const TrainingRecord& record) {
  const std::size_t shown = std::min(record.watched().size(), most_with_numbers);
  std::string out = "<thead><tr><th scope=\"col\">Epoch</th><th scope=\"col\">Loss</th>";
  for (std::size_t k = 0; k < shown; ++k) {
    out += fmt::format("<th scope=\"col\">{}</th>", xml_text(record.watched()[k].title));
  }
  out += "</tr></thead><tbody>\n";
  for (const TrainingState& state : record.states()) {
    out += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td>", state.epoch, number(state.loss));
    for (std::size_t k = 0; k < shown; ++k) out += fmt::format("<td>{}</td>", number(state.values[k]));
    out += "</tr>\n";
  }
  return out + "</tbody>";
}

std::string data(const TrainingRecord& record, const TrainingFigures& figures) {
  std::string steps;
  const TrainingState& first = record.states().front();
  for (std::size_t k = 0; k < record.states().size(); ++k) {
    const TrainingState& state = record.states()[k];
    std::string cells;
    for (std::size_t j = 0; j < state.values.size(); ++j) {
      for (const double x : {state.values[j], state.gradients[j], state.values[j] - first.values[j]}) {
        cells += (cells.empty() ? "" : ",") + json_in_script(number(x));
      }
    }
    steps += fmt::format(R"({}{{"epoch":{},{},"numbers":[{}]}})", k == 0 ? "" : ",\n", state.epoch, figures.changes[k],
                         cells);
  }
  return fmt::format(R"({{"epochs":{},"palette":{},"steps":[{}]}})", record.epochs(), figures.palette, steps);
}

}  // namespace

std::string training_page(const TrainingFacts& facts, const TrainingRecord& record) {
  const Lesson lesson(facts, record);
  const TrainingFigures figures = training_figures(facts, record);
  std::string items;
  for (std::size_t k = 0; k < record.states().size(); ++k) items += lesson.item(k);
  const auto watched = static_cast<std::int64_t>(record.watched().size());
  const std::string which = watched < record.parameter_count()
                                ? fmt::format("{} of the {} parameters", watched, record.parameter_count())
                                : "The parameters";
  return fill_page(train_template, {{"@title@", xml_text(title_of(facts))},
                                    {"@about@", xml_text(about(facts, record))},
                                    {"@figures@", figures.html},
                                    {"@epochs@", items},
                                    {"@model@", lesson.model()},
                                    {"@which@", which},
                                    {"@parameters@", parameter_rows(record)},
                                    {"@recorded@", recorded(record)},
                                    {"@data@", data(record, figures)}});
}

}  // namespace gradus::command
