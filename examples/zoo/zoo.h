// What the programs of the zoo share: their options, and how a result is told beside its baseline and its bar.
//
// A program is one function, the network, and a main() of one line:
//
//   int main(int argc, char** argv) {
//     return zoo::main(argc, argv, {1, "Perceptron (P)", "tell 200 points apart"}, perceptron);
//   }
#pragma once
#include <autograd/autograd.h>
#include <fmt/format.h>
#include <nn/nn.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace zoo {

/// What a network is, and what it is to learn.
struct Network {
  int number;             // its place in the chart
  std::string_view name;  // "Radial basis function network (RBF)"
  std::string_view task;  // one sentence, without a full stop
};

/// One run of a program: what it was asked for, and what has become of it.
class Run {
 public:
  /// The key that all data and all first weights are drawn from: run.key(0), run.key(1), … are independent.
  [[nodiscard]] gradus::Key key(std::uint64_t part) const { return gradus::Key{.seed = seed_}.part(part); }

  /// What something simpler makes of the task: "a straight line, RMSE".
  void baseline(std::string_view what, double value);
  /// What the network has made of it; the program fails when the bar is not reached.
  void at_most(std::string_view what, double value, double bar);
  void at_least(std::string_view what, double value, double bar);

  /// With --draw, writes how y was computed, and all gradients: as numbers where they are few, and everywhere as a fill that
  /// tells how large they are.  The file's ending says as what it is written: .svg, .dot, .mmd (Mermaid) or .json.
  void draw(const gradus::Tensor& y, std::string_view title, std::string_view subtitle = "") const;
  /// The same with shapes alone, where there are too many numbers to write.  Modules that lie `depth` deep in others are a
  /// card each, 0: all; and what is far from y is left out where there is much of it.
  void outline(const gradus::Tensor& y, std::string_view title, std::string_view subtitle = "", int depth = 0) const;
  /// With --plot, writes the plot as SVG.
  void plot(const gradus::Plot& plot) const;
  /// The same for several of them, side by side.
  void plot(const std::vector<gradus::Plot>& plots, int columns) const;
  /// The same for pictures [count, height, width], 0 white and 1 black, so many side by side.
  void plot_pictures(const gradus::Tensor& pictures, int columns) const;
  /// The file that --plot names; empty without it.
  [[nodiscard]] const std::string& plot_file() const { return plot_; }

 private:
  friend int main(int argc, char** argv, const Network& network, void (*body)(Run&));

  void write_drawing(const gradus::Tensor& y, const gradus::DotStyle& style) const;
  void result(std::string_view what, double value, std::string_view relation, double bar, bool reached);

  std::uint64_t seed_ = 0;
  std::string draw_;
  std::string plot_;
  bool reached_ = true;
};

/// Reads the options (--seed N, --draw FILE, --plot FILE.svg), says what the network is, and runs it; with --about alone it
/// only says it, for the list of `gradus zoo`.  The exit status: 0 when every bar was reached, 1 when one was not or something
/// failed, 2 for a malformed command line.
int main(int argc, char** argv, const Network& network, void (*body)(Run&));

}  // namespace zoo
