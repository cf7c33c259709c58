#include "zoo.h"

#include <autograd/base/file.h>
#include <autograd/draw/mermaid.h>
#include <autograd/save/graph_json.h>
#include <tools/gradus/output/render.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

using namespace gradus;

namespace zoo {

namespace {

/// The number in a whole word.
std::optional<std::uint64_t> whole_number(std::string_view word) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return number;
}

std::string usage(std::string_view program) {
  return fmt::format(
      "usage: {0} [--seed N] [--draw FILE.svg|.dot|.mmd|.json] [--plot FILE.svg]\n"
      "       {0} --about\n",
      program);
}

/// "zoo_06_lstm" is in the zoo as lstm.
void tell_about(const Network& network, std::string_view program) {
  const std::string_view name = program.substr(std::min(program.size(), std::string_view("zoo_00_").size()));
  fmt::print("{:2}  {:18}  {}\n{:24}{}\n", network.number, name, network.name, "", network.task);
}

}  // namespace

void Run::baseline(std::string_view what, double value) { fmt::print("baseline  {}: {:.4g}\n", what, value); }

void Run::at_most(std::string_view what, double value, double bar) {
  result(what, value, "at most", bar, value <= bar);
}

void Run::at_least(std::string_view what, double value, double bar) {
  result(what, value, "at least", bar, value >= bar);
}

void Run::result(std::string_view what, double value, std::string_view relation, double bar, bool reached) {
  fmt::print("result    {}: {:.4g}; bar: {} {:.4g}; {}\n", what, value, relation, bar,
             reached ? "reached" : "NOT reached");
  reached_ = reached_ && reached;
}

void Run::draw(const Tensor& y, std::string_view title, std::string_view subtitle) const {
  write_drawing(y, {.title = std::string(title),
                    .subtitle = std::string(subtitle),
                    .direction = Direction::down,
                    .coloring = Coloring::gradient});
}

void Run::outline(const Tensor& y, std::string_view title, std::string_view subtitle, int depth) const {
  write_drawing(y, {.title = std::string(title),
                    .subtitle = std::string(subtitle),
                    .direction = Direction::down,
                    .detail = Detail::shape,
                    .coloring = Coloring::gradient,
                    .depth = depth,
                    .max_nodes = 70});
}

void Run::write_drawing(const Tensor& y, const DotStyle& style) const {
  if (draw_.empty()) return;
  Graph graph(y);
  graph.compute_gradients();
  if (draw_.ends_with(".svg")) {
    write_file(draw_, command::render(to_dot(graph, style), "svg"));
  } else if (draw_.ends_with(".mmd")) {
    write_file(draw_, to_mermaid(graph, style));
  } else if (draw_.ends_with(".json")) {
    write_file(draw_, to_json(graph));
  } else {
    write_file(draw_, to_dot(graph, style));
  }
}

void Run::plot(const Plot& plot) const {
  if (!plot_.empty()) plot.save(plot_);
}

void Run::plot(const std::vector<Plot>& plots, int columns) const {
  if (!plot_.empty()) save_side_by_side(plot_, plots, columns);
}

void Run::plot_pictures(const Tensor& pictures, int columns) const {
  std::vector<Plot> plots;
  for (const Tensor& picture : pictures) plots.push_back(Plot().picture(picture.value()).size(100, 100));
  plot(plots, columns);
}

int main(int argc, char** argv, const Network& network, void (*body)(Run&)) {
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  command::draw_if_asked(argc, argv);
  const std::string_view path = argc > 0 ? argv[0] : "zoo";
  const std::string_view program = path.substr(path.rfind('/') + 1);
  if (words.size() == 1 && words[0] == "--about") {
    tell_about(network, program);
    return 0;
  }
  if (words.size() == 1 && words[0] == "--help") {
    fmt::print("{}", usage(program));
    return 0;
  }
  Run run;
  for (std::size_t k = 0; k < words.size(); k += 2) {
    const std::string_view value = k + 1 < words.size() ? words[k + 1] : std::string_view();
    const std::optional<std::uint64_t> seed = whole_number(value);
    if (words[k] == "--seed" && seed) {
      run.seed_ = *seed;
    } else if (words[k] == "--draw" && !value.empty()) {
      run.draw_ = value;
    } else if (words[k] == "--plot" && !value.empty()) {
      run.plot_ = value;
    } else {
      fmt::print(stderr, "{}", usage(program));
      return 2;
    }
  }
  try {
    fmt::print("{}. {}\ntask      {}\n", network.number, network.name, network.task);
    body(run);
  } catch (const Error& error) {
    fmt::print(stderr, "{}: {}\n", program, error.what());
    return 1;
  }
  return run.reached_ ? 0 : 1;
}

}  // namespace zoo
