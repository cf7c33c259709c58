// The lesson's linear regression: every loss and parameter of 200 epochs against the reference run.
#include <cmath>
#include <cstddef>
#include <fstream>
#include <string>
#include <vector>

#include "autograd/differentiate/gradient.h"
#include "autograd/math/ops.h"
#include "nn/layers/linear.h"
#include "nn/loss.h"
#include "nn/optimize/first_order.h"
#include "tests/catch.h"
#include "tests/reference/cases.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

struct Points {
  std::vector<double> x;
  std::vector<double> y;
};

Points read_points() {
  Points points;
  std::ifstream in(std::string(GRADUS_TEST_DATA) + "/perceptron.csv");
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    const std::size_t comma = line.find(',');
    points.x.push_back(std::stod(line.substr(0, comma)));
    points.y.push_back(std::stod(line.substr(comma + 1)));
  }
  return points;
}

void close(double got, double expected) { CHECK(std::abs(got - expected) <= 1e-12 * std::abs(expected)); }

}  // namespace

TEST_CASE("lesson: y = 2x + 1 is learned as the reference learns it", "[lesson]") {
  const Json expected = read_data("perceptron_expected.json");
  const Points points = read_points();
  const auto count = static_cast<std::int64_t>(points.x.size());
  REQUIRE(count == 100);
  const Tensor x(Array({count, 1}, points.x), "x");
  const Tensor y(Array({count, 1}, points.y), "y");

  nn::Perceptron model(1);
  model.weight().set_value(Array({1, 1}, {expected["w_initial"].get<double>()}));
  nn::SGD optimizer(model.parameters(), expected["lr"].get<double>());
  const std::vector<double> losses = numbers_of(expected["losses"]);
  const std::vector<double> w = numbers_of(expected["w_after_each_epoch"]);
  const std::vector<double> b = numbers_of(expected["b_after_each_epoch"]);
  REQUIRE(losses.size() == expected["epochs"].get<std::size_t>());
  for (std::size_t epoch = 0; epoch < losses.size(); ++epoch) {
    INFO("epoch " << epoch);
    const Tensor loss = nn::mse_loss(model(x), y);
    optimizer.zero_grad();
    loss.backward();
    if (epoch == 0) {
      close(model.weight().grad().item(), expected["dw_first"].get<double>());
      close(model.bias().grad().item(), expected["db_first"].get<double>());
    }
    optimizer.step();
    close(loss.item(), losses[epoch]);
    close(model.weight().item(), w[epoch]);
    close(model.bias().item(), b[epoch]);
  }
  close(model.weight().item(), expected["w_final"].get<double>());
  close(model.bias().item(), expected["b_final"].get<double>());
  close(nn::mse_loss(model(x), y).item(), expected["loss_after_final_update"].get<double>());
}
