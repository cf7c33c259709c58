#include "tools/gradus/page/training_page.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "nn/nn.h"
#include "tests/catch.h"
#include "tools/gradus/output/progress.h"
#include "tools/gradus/page/network_figure.h"
#include "tools/gradus/page/training_plot.h"
#include "tools/gradus/page/training_record.h"

using namespace gradus;
using namespace gradus::command;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<std::int64_t> all_spread(std::int64_t last, std::int64_t most) {
  std::vector<std::int64_t> out;
  for (std::int64_t k = 0; k <= std::min(last, most - 1); ++k) out.push_back(spread(k, last, most));
  return out;
}

/// Trains as the command does, and records it.
void train(nn::Module& model, const Array& x, const Array& y, std::int64_t epochs, double momentum,
           TrainingRecord& record) {
  nn::SGD optimizer(model.parameters(), 0.1, momentum);
  for (std::int64_t epoch = 0; epoch <= epochs; ++epoch) {
    const Tensor loss = nn::mse_loss(model(Tensor(x)), Tensor(y));
    loss.backward();
    record.look(epoch, loss.item(), 0.0);
    optimizer.step();
    optimizer.zero_grad();
  }
}

std::string data_of(const std::string& page) {
  const std::string start = "id=\"data\">";
  const std::size_t begin = page.find(start) + start.size();
  return page.substr(begin, page.find("</script>", begin) - begin);
}

}  // namespace

TEST_CASE("spread: evenly, both ends among them", "[training]") {
  CHECK(all_spread(3, 60) == std::vector<std::int64_t>{0, 1, 2, 3});
  CHECK(all_spread(10, 6) == std::vector<std::int64_t>{0, 2, 4, 6, 8, 10});
  for (const std::int64_t last : {59, 60, 61, 100, 119, 1000, 12345}) {
    const std::vector<std::int64_t> chosen = all_spread(last, 60);
    REQUIRE(chosen.size() == 60);
    CHECK(chosen.front() == 0);
    CHECK(chosen.back() == last);
    for (std::size_t k = 0; k < chosen.size(); ++k) {
      CHECK(std::fabs(static_cast<double>(chosen[k]) - static_cast<double>(k) * static_cast<double>(last) / 59.0) <=
            0.5);
      CHECK((k == 0 || chosen[k] > chosen[k - 1]));
    }
  }
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  CHECK(spread(59, most, 60) == most);
}

TEST_CASE("TrainingRecord: epochs that a line is printed for, and round ones between them", "[training]") {
  const auto recorded = [](std::int64_t epochs) {
    std::vector<std::int64_t> out;
    for (std::int64_t epoch = 0; epoch <= epochs; ++epoch) {
      if (is_recorded(epoch, epochs)) out.push_back(epoch);
    }
    return out;
  };
  for (std::int64_t epochs = 1; epochs < 1500; ++epochs) {
    const std::vector<std::int64_t> all = recorded(epochs);
    INFO(epochs);
    CHECK(all.front() == 0);
    CHECK(all.back() == epochs);
    CHECK(static_cast<std::int64_t>(all.size()) <= TrainingRecord::most_states);
    CHECK(static_cast<std::int64_t>(all.size()) >= std::min<std::int64_t>(epochs + 1, 30));
    for (std::int64_t line = 0; line < epochs; line += steps_between_lines(epochs)) {
      CHECK(is_recorded(line, epochs));
    }
  }
  CHECK(is_recorded(100, 200));
  CHECK(recorded(200).size() == 51);  // every fourth
  CHECK(recorded(1000)[1] == 20);
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  CHECK(is_recorded(most / 10, most));
  CHECK(is_recorded(most, most));
}

TEST_CASE("ticks: round numbers within the range", "[training]") {
  CHECK(plot::ticks({0, 1}, 6) == std::vector<double>{0, 0.2, 0.4, 0.6000000000000001, 0.8, 1});
  CHECK(plot::ticks({-3, 17}, 6) == std::vector<double>{0, 5, 10, 15});
  CHECK(plot::ticks({0.02, 300, true}, 6) == std::vector<double>{0.1, 1, 10, 100});
  CHECK(plot::ticks({1e-12, 1e12, true}, 6).size() <= 6);
}

TEST_CASE("range_of: what is not finite does not count, and nothing has no width", "[training]") {
  const Range range = range_of(std::vector<double>{3, -infinity, 1, std::nan(""), 2}, 0.5);
  CHECK(range.low == 0.0);
  CHECK(range.high == 4.0);
  for (const std::vector<double>& flat : std::vector<std::vector<double>>{{}, {0}, {5, 5}, {-1e300}, {infinity}}) {
    const Range wide = range_of(flat);
    CHECK(wide.low < wide.high);
    for (const double x : flat) CHECK((!std::isfinite(x) || (wide.low < x && x < wide.high)));
  }
}

TEST_CASE("Chart: the corners, and a path broken where there is no number", "[training]") {
  const Chart chart({0, 10}, {1, 100, true});
  CHECK(chart.x(0) == Chart::left);
  CHECK(chart.x(10) == chart.right());
  CHECK(chart.y(1) == Chart::bottom);
  CHECK(chart.y(100) == Approx(Chart::top));
  CHECK(chart.y(10) == Approx((Chart::top + Chart::bottom) / 2));
  CHECK(chart.path(std::vector<double>{0, 5, 10}, std::vector<double>{1, std::nan(""), 100}) ==
        "M72.0 306.0M536.0 14.0");
}

TEST_CASE("contour: of a cone it is a circle", "[training]") {
  constexpr int n = 40;
  std::vector<double> at, values;
  for (int k = 0; k < n; ++k) at.push_back(k * 10.0);
  for (const double y : at) {
    for (const double x : at) values.push_back(std::hypot(x - 195, y - 195));
  }
  const std::string path = contour_path(values, at, at, 120.0);
  const std::regex point("[ML]([0-9.]+) ([0-9.]+)");
  int points = 0;
  double left = infinity, right = 0;
  for (std::sregex_iterator p(path.begin(), path.end(), point), end; p != end; ++p, ++points) {
    const double x = std::stod((*p)[1]), y = std::stod((*p)[2]);
    CHECK(std::fabs(std::hypot(x - 195, y - 195) - 120.0) < 0.3);
    left = std::min(left, x);
    right = std::max(right, x);
  }
  CHECK(points > 100);
  CHECK(left < 76);
  CHECK(right > 314);
  CHECK(contour_path(values, at, at, 1000.0).empty());
}

TEST_CASE("contour: at a saddle the corners that are alike through the middle stay together", "[training]") {
  const std::vector<double> at{0, 10};
  // Both high corners lie on the way from low left to high right; the middle is high, so each low corner is cut off.
  CHECK(contour_path(std::vector<double>{4, -1, -1, 4}, at, at, 0.0) == "M8.0 0.0L10.0 2.0M2.0 10.0L0.0 8.0");
  CHECK(contour_path(std::vector<double>{1, -4, -4, 1}, at, at, 0.0) == "M0.0 2.0L2.0 0.0M10.0 8.0L8.0 10.0");
  CHECK(contour_path(std::vector<double>{1, std::nan(""), -4, 1}, at, at, 0.0).empty());
}

TEST_CASE("TrainingRecord: a straight line by gradient descent with momentum, worked out by hand", "[training]") {
  // ŷ = w x + b through (1, 2) and (3, 4) from w = 1, b = 0: the errors are −1 and −1, so that ∂L/∂w = −4, ∂L/∂b = −2 and
  // the loss is 1.  After one step of rate 0.1: w = 1.4, b = 0.2, the errors are −0.4 and 0.4, ∂L/∂w = 0.8, ∂L/∂b = 0.
  nn::Perceptron model(1);
  model.weight().set_value(Array({1, 1}, {1.0}));
  TrainingRecord record(2, model, 0.5, Array({2, 1}, {0.0, 10.0}));
  train(model, Array({2, 1}, {1, 3}), Array({2, 1}, {2, 4}), 2, 0.5, record);
  REQUIRE(record.states().size() == 3);
  REQUIRE(record.watched().size() == 2);
  CHECK(record.watched()[0].name == "w");
  CHECK(record.watched()[1].name == "b");
  const auto check = [](const std::vector<double>& seen, const std::vector<double>& meant) {
    REQUIRE(seen.size() == meant.size());
    for (std::size_t k = 0; k < seen.size(); ++k) CHECK(std::fabs(seen[k] - meant[k]) < 1e-12);
  };
  const TrainingState &first = record.states()[0], &second = record.states()[1], &third = record.states()[2];
  CHECK(first.loss == 1.0);
  check(first.values, {1, 0});
  check(first.gradients, {-4, -2});
  check(first.velocities, {-4, -2});
  check(first.outputs, {0, 10});
  CHECK(first.gradient_length == Approx(std::sqrt(20.0)));
  CHECK(second.loss == Approx(0.16));
  check(second.values, {1.4, 0.2});
  check(second.gradients, {0.8, 0});
  check(second.velocities, {-1.2, -1});
  check(second.outputs, {0.2, 14.2});
  check(third.values, {1.52, 0.3});
}

TEST_CASE("TrainingRecord: of many epochs and parameters some are kept, evenly", "[training]") {
  nn::MLP model({2, 30, 1});
  TrainingRecord record(1000, model, 0.0, Array());
  train(model, Array({2, 2}, {1, 3, 2, 2}), Array({2, 1}, {0.1, 0.2}), 1000, 0.0, record);
  CHECK(record.states().size() == 51);
  CHECK(record.states().front().epoch == 0);
  CHECK(record.states().back().epoch == 1000);
  CHECK(record.losses().size() == 600);
  CHECK(record.loss_epochs().back() == 1000);
  CHECK(record.parameter_count() == 121);
  std::set<std::string> names;
  for (const WatchedNumber& number : record.watched()) names.insert(number.name);
  CHECK(names.size() == TrainingRecord::most_watched);
  CHECK(names.contains("W1[0,0]"));
  CHECK(names.contains("b2"));
  CHECK(record.watched()[0].title == "W₁[0,0]");
}

TEST_CASE("training_samples: a line, a grid, nothing", "[training]") {
  const Array line = training_samples(Array({3, 1}, {1, 5, 3}));
  CHECK(line.shape()[1] == 1);
  CHECK(line.to_vector().front() < 1);
  CHECK(line.to_vector().back() > 5);
  CHECK(training_samples(Array({2, 2}, {1, 5, 3, 1})).shape() == Shape{900, 2});
  CHECK_FALSE(training_samples(Array({1, 3}, {1, 2, 3})).defined());
}

TEST_CASE("training_page: the data can be read whatever the numbers are", "[training]") {
  for (const double scale : {1.0, 1e-300, 1e150, 0.0}) {
    for (const std::int64_t features : {1, 2, 3}) {
      std::vector<double> xs, ys;
      for (int k = 0; k < 4 * features; ++k) xs.push_back(scale * ((k * 7) % 5));
      for (int k = 0; k < 4; ++k) ys.push_back(scale * (k % 2));
      const Array x({4, features}, xs), y({4, 1}, ys);
      nn::Perceptron model(features);
      TrainingRecord record(3, model, 0.0, training_samples(x));
      for (std::int64_t epoch = 0; epoch <= 3; ++epoch) {
        const Tensor loss = nn::mse_loss(model(Tensor(x)), Tensor(y));
        loss.backward();
        record.look(epoch, loss.item(), 0.0);
      }
      const std::vector<std::string> names(static_cast<std::size_t>(features), "a");
      const std::string page = training_page({"Perceptron", "", "y", names, x, y, 0, {}, "", 0.1, 0.0}, record);
      const nlohmann::json data = nlohmann::json::parse(data_of(page));
      REQUIRE(data["steps"].size() == 4);
      CHECK(data["steps"][3]["epoch"] == 3);
      CHECK(data["steps"][0].contains("fit") == (features == 1));
      CHECK(data["steps"][0].contains("cells") == (features == 2));
      if (features == 2) CHECK(data["steps"][0]["cells"].get<std::string>().size() == 900);
    }
  }
}

TEST_CASE("training_page: the parameters with names are those that moved", "[training]") {
  // Three columns of zeros: their weights stay where they are.
  const std::int64_t width = 8;
  std::vector<double> xs;
  for (int k = 0; k < 4 * width; ++k) xs.push_back(k % width < 3 ? 0.0 : ((k * 7) % 5) - 2.0);
  const Array x({4, width}, xs), y({4, 1}, {1, -1, 2, 0});
  nn::Perceptron model(width);
  TrainingRecord record(3, model, 0.0, Array());
  train(model, x, y, 3, 0.0, record);
  const std::vector<std::string> names(static_cast<std::size_t>(width), "a");
  const std::string page = training_page({"Perceptron", "", "y", names, x, y, 0, {}, "", 0.1, 0.0}, record);
  REQUIRE(page.find("the 6 that moved most with their names") != std::string::npos);
  REQUIRE(record.watched().size() == 9);
  for (std::size_t k = 0; k < record.watched().size(); ++k) {
    const bool moved = record.states().front().values[k] != record.states().back().values[k];
    CHECK(moved == (k >= 3));
    CHECK((page.find(">" + record.watched()[k].title + "</text>") != std::string::npos) == moved);
  }
}

TEST_CASE("network_figure: weights, gradients and what becomes of an example, worked out by hand", "[training]") {
  // h = tanh(W1 x + b1) of two units, ŷ = W2 h + b2.
  const Array x({3, 2}, {1, 0, 0, 1, 2, 2}), y({3, 1}, {1, -1, 0});
  nn::MLP model({2, 2, 1});
  model.parameters()[0].set_value(Array({2, 2}, {0.5, -0.25, 1, 0.75}));
  TrainingRecord record(2, model, 0.0, Array(), training_examples(x, model.parameter_count()));
  train(model, x, y, 2, 0.0, record);
  const TrainingState& first = record.states().front();
  REQUIRE(first.units.size() == 3);
  REQUIRE(first.units[2].size() == 5);
  const std::vector<double> w2 = {first.all_values[6], first.all_values[7]};
  CHECK(first.units[2][0] == 2.0);
  CHECK_THAT(first.units[2][2], test::WithinAbs(std::tanh(2 * 0.5 - 2 * 0.25), 1e-12));
  CHECK_THAT(first.units[2][3], test::WithinAbs(std::tanh(2 * 1.0 + 2 * 0.75), 1e-12));
  CHECK_THAT(first.units[2][4], test::WithinAbs(w2[0] * first.units[2][2] + w2[1] * first.units[2][3], 1e-12));
  REQUIRE(first.all_values.size() == 9);
  REQUIRE(first.all_gradients.size() == 9);

  const TrainingFacts facts{"MLP", "", "y", {"a", "<b>"}, x, y, 0, {2}, "tanh", 0.1, 0.0};
  const NetworkFigure figure = network_figure(facts, record);
  REQUIRE(figure.changes.size() == 3);
  const nlohmann::json change = nlohmann::json::parse("{" + figure.changes[0] + "}");
  CHECK(change["weights"][1] == -0.25);
  CHECK(change["slopes"].size() == 9);
  CHECK(change["units"][1][1] == 1.0);
  CHECK(std::regex_search(figure.svg, std::regex("data-k=\"7\" data-name=\"W2\\[0,1\\]\"")));
  CHECK(figure.svg.find("data-name=\"&lt;b&gt;\"") != std::string::npos);
  CHECK(figure.svg.find("data-bias=\"8\"") != std::string::npos);
  CHECK(training_page(facts, record).find("id=\"network\"") != std::string::npos);

  // What nobody could read is not drawn.
  CHECK_FALSE(training_examples(x, 201).defined());
  CHECK_FALSE(training_examples(Array::zeros({3, 17}), 18).defined());
  TrainingRecord without(2, model, 0.0, Array());
  train(model, x, y, 2, 0.0, without);
  CHECK(network_figure(facts, without).svg.empty());
}
