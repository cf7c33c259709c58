// Linear regression with one neuron: learns y = w·x + b from 100 noisy points by gradient descent.
//
//   perceptron_regression DATA.csv [--draw FILE.dot] [--precise]
//
// --draw writes the graph of the last epoch's loss; --precise adds a line with w and b to the last digit.
#include <autograd/autograd.h>
#include <autograd/base/file.h>
#include <fmt/format.h>
#include <nn/nn.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace gradus;

namespace {

struct Options {
  std::string data;
  std::string drawing;
  bool precise = false;
};

std::optional<Options> parse(const std::vector<std::string_view>& arguments) {
  Options options;
  for (std::size_t k = 0; k < arguments.size(); ++k) {
    if (arguments[k] == "--precise") {
      options.precise = true;
    } else if (arguments[k] == "--draw" && k + 1 < arguments.size()) {
      options.drawing = arguments[++k];
    } else if (options.data.empty() && !arguments[k].starts_with("--")) {
      options.data = arguments[k];
    } else {
      return std::nullopt;
    }
  }
  if (options.data.empty()) return std::nullopt;
  return options;
}

/// One column as a batch of rows with one number each, which is what a model takes and returns.
Tensor column(const nn::Table& table, std::string_view name) {
  std::vector<double> numbers;
  const int index = table.column(name);
  for (std::int64_t row = 0; row < table.rows; ++row) numbers.push_back(table.at(row, index));
  return Tensor(Array({table.rows, 1}, numbers), std::string(name));
}

void draw(const Tensor& loss, const std::string& path) {
  Graph graph(loss);
  graph.compute_gradients();
  write_file(path, to_dot(graph, {.title = "Linear regression with one neuron", .subtitle = "the last epoch"}));
}

void train(const Options& options) {
  constexpr int epochs = 200;
  constexpr double rate = 0.05;

  const nn::Table table = nn::read_csv(options.data);
  const Tensor x = column(table, "x");
  const Tensor y = column(table, "y");

  // With the identity as its activation, which is the default, a perceptron is a straight line.
  nn::Perceptron model(1);
  Tensor w = model.weight();
  Tensor b = model.bias();
  w.set_value(Array({1, 1}, {0.01300189187790702}));  // a fixed start, so that every run prints the same; b starts at 0

  nn::SGD optimizer(model.parameters(), rate);
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const Tensor loss = nn::mse_loss(model(x), y);
    // What was recorded keeps the values it was computed from, but w and b are about to move on.
    if (epoch + 1 == epochs && !options.drawing.empty()) draw(loss, options.drawing);

    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    if (epoch % 50 == 0) {
      fmt::print("Epoch {:3}, Loss {:.4f}, w {:.3f}, b {:.3f}\n", epoch, loss.item(), w.item(), b.item());
    }
  }
  fmt::print("Learned: y = {:.2f} x + {:.2f}\n", w.item(), b.item());
  if (options.precise) fmt::print("w = {}, b = {}\n", w.item(), b.item());
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<Options> options = parse({argv + 1, argv + argc});
  if (!options) {
    fmt::print(stderr, "usage: perceptron_regression DATA.csv [--draw FILE.dot] [--precise]\n");
    return 2;
  }
  try {
    train(*options);
  } catch (const Error& error) {
    fmt::print(stderr, "perceptron_regression: {}\n", error.what());
    return 1;
  }
}
