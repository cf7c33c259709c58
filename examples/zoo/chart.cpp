// Draws the chart: a small picture for each network of the zoo, out of cells whose colours say what they are.
//
//   chart FILE.svg FOLDER
//
// Each picture is a link to the network's program in the folder, relative to it: the file belongs there.
#include <autograd/autograd.h>
#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <numbers>
#include <string>
#include <string_view>
#include <vector>

using namespace gradus;
using plot::Figure, plot::Point;

namespace {

struct Cell {
  char letter;
  std::string_view name, colour;
};
constexpr Cell cells[] = {{'i', "input", "#E0A100"},
                          {'n', "noisy input", "#F2D06B"},
                          {'h', "hidden", "#2E9E6B"},
                          {'p', "probabilistic", "#93D1B3"},
                          {'r', "recurrent", "#2F6DB5"},
                          {'m', "memory", "#8FB8E8"},
                          {'k', "kernel, convolution", "#B65FA0"},
                          {'s', "spiking", "#5B5B5B"},
                          {'o', "output", "#CF4A2E"}};

/// Its layers from left to right, a letter for each cell; or, in a ring, all cells coupled to all.  Skips lead
/// around the inner layers.
struct Network {
  int number;
  std::string_view name;
  std::vector<std::string_view> layers;
  bool ring = false;
  bool skips = false;
};
const Network networks[] = {
    {1, "Perceptron", {"ii", "o"}},
    {2, "Feed forward", {"ii", "hh", "o"}},
    {3, "Radial basis", {"ii", "kk", "o"}},
    {4, "Deep feed forward", {"iii", "hhhh", "hhhh", "oo"}},
    {5, "Recurrent", {"iii", "rrr", "rrr", "ooo"}},
    {6, "LSTM", {"iii", "mmm", "mmm", "ooo"}},
    {7, "GRU", {"iii", "mmm", "rrr", "ooo"}},
    {8, "Auto-encoder", {"iiii", "hh", "oooo"}},
    {9, "Variational AE", {"iiii", "pp", "oooo"}},
    {10, "Denoising AE", {"nnnn", "hh", "oooo"}},
    {11, "Sparse AE", {"ii", "hhhhh", "oo"}},
    {12, "Markov chain", {"pppppp"}, true},
    {13, "Hopfield", {"iiiiii"}, true},
    {14, "Boltzmann", {"iiippp"}, true},
    {15, "Restricted Boltzmann", {"iiii", "ppp"}},
    {16, "Deep belief", {"iiii", "ppp", "pp", "oo"}},
    {17, "Convolutional", {"iiiii", "kkkk", "kkk", "hh", "oo"}},
    {18, "Deconvolutional", {"ii", "hh", "kkk", "kkkk", "ooooo"}},
    {19, "Inverse graphics", {"iiiii", "kkk", "pp", "kkk", "ooooo"}},
    {20, "Adversarial", {"nn", "hhh", "oooo", "hhh", "oo"}},
    {21, "Liquid state", {"ii", "sss", "sss", "o"}},
    {22, "Extreme learning", {"ii", "hhhhh", "o"}},
    {23, "Echo state", {"ii", "rrr", "rrr", "o"}},
    {24, "Deep residual", {"ii", "hh", "hh", "hh", "hh", "oo"}, false, true},
    {25, "Neural computer", {"ii", "rrr", "mmmm", "rrr", "oo"}},
    {26, "Turing machine", {"ii", "hhh", "mmmm", "hhh", "oo"}},
    {27, "Capsules", {"iiiii", "kkkk", "hhh", "oo"}},
    {28, "Kohonen", {"ii", "hhhhhh"}},
    {29, "Attention", {"iii", "hhh", "mmm", "ooo"}},
    {30, "Support vectors", {"ii", "kkk", "o"}},
};

std::string colour_of(char letter) {
  for (const Cell& cell : cells) {
    if (cell.letter == letter) return std::string(cell.colour);
  }
  throw ValueError(fmt::format("[chart] no cell has the letter {}", letter));
}

/// 150 by 130, the name at the bottom.
Figure picture(const Network& network) {
  Figure figure{150.0, 130.0, std::string(network.name), {}};
  std::vector<std::vector<Point>> places;
  for (std::size_t c = 0; c < network.layers.size(); ++c) {
    std::vector<Point> column;
    const auto count = static_cast<double>(network.layers[c].size());
    const double x = 75.0 + 26.0 * (static_cast<double>(c) - 0.5 * static_cast<double>(network.layers.size() - 1));
    for (double k = 0.0; k < count; ++k) {
      const double turn = 2.0 * std::numbers::pi * k / count;
      column.push_back(network.ring ? Point{75.0 + 38.0 * std::sin(turn), 54.0 - 38.0 * std::cos(turn)}
                                    : Point{x, 54.0 + 17.0 * (k - 0.5 * (count - 1.0))});
    }
    places.push_back(column);
  }
  const auto connect = [&](Point a, Point b) { figure.shapes.emplace_back(plot::Polyline{{a, b}, "#A9B2BD", 0.8}); };
  for (std::size_t c = 0; c < places.size(); ++c) {
    for (const Point a : places[c]) {
      for (const Point b : network.ring ? places[c] : c + 1 < places.size() ? places[c + 1] : std::vector<Point>())
        connect(a, b);
    }
  }
  for (std::size_t c = 1; network.skips && c + 3 < places.size(); ++c) {
    const Point from = places[c][0], to = places[c + 2][0];
    std::vector<Point> arc;
    for (double t = 0.0; t <= 1.0; t += 0.125) {
      arc.push_back({from.x + t * (to.x - from.x), from.y - 24.0 * std::sin(std::numbers::pi * t)});
    }
    figure.shapes.emplace_back(plot::Polyline{arc, "#A9B2BD", 0.8});
  }
  for (std::size_t c = 0; c < places.size(); ++c) {
    for (std::size_t k = 0; k < places[c].size(); ++k) {
      figure.shapes.emplace_back(plot::Disc{places[c][k], 6.5, colour_of(network.layers[c][k])});
    }
  }
  figure.shapes.emplace_back(
      plot::Label{{75.0, 122.0}, fmt::format("{} {}", network.number, network.name), plot::Anchor::middle, 11.0});
  return figure;
}

/// Under all pictures: what the colours of the cells mean.
Figure legend() {
  Figure figure{900.0, 5 * 140.0 + 50.0, "Thirty networks as cells and connections", {}};
  double x = 20.0;
  for (const Cell& cell : cells) {
    figure.shapes.emplace_back(plot::Disc{{x, 728.0}, 6.5, std::string(cell.colour)});
    figure.shapes.emplace_back(plot::Label{{x + 11.0, 732.0}, std::string(cell.name), plot::Anchor::start, 11.0});
    x += 34.0 + plot::text_width(cell.name, 11.0);
  }
  return figure;
}

/// "06_lstm.cpp" for 6.
std::string program_of(int number, const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::string name = entry.path().filename().string();
    if (name.starts_with(fmt::format("{:02}_", number)) && name.ends_with(".cpp")) return name;
  }
  throw ValueError(fmt::format("[chart] {} has no program of network {}", folder.string(), number));
}

/// The legend's document, and in it each picture's document, moved to its place and made a link.
std::string chart(const std::filesystem::path& folder) {
  constexpr std::string_view begin = "<svg", end = "</svg>\n";
  std::string out = to_svg(legend());
  out.erase(out.rfind(end));
  for (std::size_t k = 0; k < std::size(networks); ++k) {
    const std::string inner = to_svg(picture(networks[k])).substr(begin.size());
    out += fmt::format("<a href=\"{}\">\n{} x=\"{}\" y=\"{}\"{}</a>\n", program_of(networks[k].number, folder), begin,
                       150 * (k % 6), 140 * (k / 6) + 10, inner);
  }
  return out + std::string(end);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: chart FILE.svg FOLDER\n");
    return 2;
  }
  try {
    write_file(argv[1], chart(argv[2]));
  } catch (const std::exception& error) {
    fmt::print(stderr, "chart: {}\n", error.what());
    return 1;
  }
}
