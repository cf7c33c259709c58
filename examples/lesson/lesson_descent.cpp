// 6. Gradient descent on a surface, a long valley: a rate too small creeps, one too large leaps from side to side ever
// further; momentum rolls along the valley, and Adam gives each direction a pace of its own.
#include "lesson.h"

using namespace gradus;

namespace {

Tensor height(const Tensor& p) { return 0.5 * square(p[0]) + 5.0 * square(p[1]); }

struct Path {
  std::vector<double> x, y;
};

template <class Optimizer>
Path descend(const std::string& name, const Optimizer& made_for) {
  Tensor p = parameter(Tensor{-4.0, 1.5}, "p");
  auto optimizer = made_for(p);
  Path path;
  for (int step = 0; step < 40; ++step) {
    path.x.push_back(p[0].item());
    path.y.push_back(p[1].item());
    optimizer.zero_grad();
    height(p).backward();
    optimizer.step();
  }
  fmt::print("{:23}: after 40 steps at a height of {:.4f}\n", name, height(p).item());
  return path;
}

std::vector<Plot> descent() {
  const auto sgd = [](double rate, double momentum) {
    return [=](const Tensor& p) { return nn::SGD({p}, rate, momentum); };
  };
  const Path slow = descend("rate 0.02", sgd(0.02, 0.0));
  const Path good = descend("rate 0.15", sgd(0.15, 0.0));
  const Path wild = descend("rate 0.201, too large", sgd(0.201, 0.0));
  const Path rolling = descend("rate 0.05, momentum 0.8", sgd(0.05, 0.8));
  const Path adam = descend("Adam, rate 0.3", [](const Tensor& p) { return nn::Adam({p}, 0.3); });

  const auto axes = meshgrid({linspace(-4.5, 2.0, 30), linspace(-2.0, 2.0, 30)});
  const Tensor surface = 0.5 * square(axes[0]) + 5.0 * square(axes[1]);
  const auto map = [&](const std::string& title) {
    Plot plot(title, "p₁", "p₂");
    plot.colour(6).contours(surface.value(), {-4.5, 2.0}, {-2.0, 2.0}, {0.5, 2.0, 4.0, 8.0, 12.0}).y_range(-2.0, 2.0);
    return plot;
  };
  return {map("Three rates").line(wild.x, wild.y, "0.201").line(good.x, good.y, "0.15").line(slow.x, slow.y, "0.02"),
          map("Momentum and Adam").line(rolling.x, rolling.y, "momentum").line(adam.x, adam.y, "Adam")};
}

}  // namespace

int main(int argc, char** argv) { return lesson::main(argc, argv, descent, 2); }
