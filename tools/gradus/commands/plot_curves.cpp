// gradus plot: expressions of one number as curves.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "autograd/base/text.h"
#include "autograd/differentiate/gradient.h"
#include "autograd/plot/plot.h"
#include "tools/gradus/commands/bindings.h"
#include "tools/gradus/commands/commands.h"
#include "tools/gradus/commands/graph_source.h"
#include "tools/gradus/functions/evaluate.h"
#include "tools/gradus/output/formats.h"
#include "tools/gradus/output/plot_file.h"

namespace gradus::command {

namespace {

struct PlotOptions {
  std::vector<std::string> expressions;
  Bindings bindings;
  std::string variable = "x";
  std::vector<double> x{-5.0, 5.0};
  std::vector<double> y;
  int points = 501;
  bool derivative = false, side_by_side = false;
  std::string title, output, format;
};

struct Curve {
  std::string expression;
  std::vector<double> y, slope;  // slope: when it was asked for
};

void check_plot(const PlotOptions& options) {
  const auto is_range = [](const std::vector<double>& r) {
    return r.size() == 2 && std::isfinite(r[0]) && std::isfinite(r[1]) && r[0] < r[1];
  };
  if (!is_range(options.x)) throw UsageError("--x is two numbers, the smaller one first: --x -5,5");
  if (!options.y.empty() && !is_range(options.y))
    throw UsageError("--y is two numbers, the smaller one first: --y -1,1");
  if (options.points < 2 || options.points > 100'000) throw UsageError("--points must be between 2 and 100000");
}

std::vector<double> spread_out(const PlotOptions& options) {
  std::vector<double> out;
  for (int k = 0; k < options.points; ++k) {
    const double t = static_cast<double>(k) / (options.points - 1);
    out.push_back((1.0 - t) * options.x[0] + t * options.x[1]);
  }
  return out;
}

/// Each number on its own: an expression may join the elements of an array, softmax(x) does.
Curve sampled(const std::string& text, const PlotOptions& options, const std::vector<double>& xs, Context& context) {
  Bindings bindings = options.bindings;
  bindings.variables.push_back(fmt::format("{}={}", options.variable, xs[0]));
  context.expression = text.substr(text.starts_with(expression_mark) ? 1 : 0);
  Problem problem;
  solve(context.expression, bindings, problem);
  Curve out{context.expression, {}, {}};
  Tensor& x = problem.variables[bindings.variables.size() - 1];
  for (const double number : xs) {
    x = variable(number, options.variable);
    const std::vector<Tensor> results = evaluate(problem.expression, problem.variables);
    if (results.size() != 1 || results[0].size() != 1) {
      throw UsageError(fmt::format("a curve needs one number for each {}, and {} {}", options.variable,
                                   in_quotes(context.expression),
                                   results.size() != 1 ? fmt::format("has {} results", results.size())
                                                       : fmt::format("is of shape {}", to_string(results[0].shape()))));
    }
    const Tensor& y = results[0];
    out.y.push_back(y.item());
    if (options.derivative)
      out.slope.push_back(y.requires_grad() ? grad(y, x, Array::full(y.shape(), 1.0)).item() : 0.0);
  }
  return out;
}

/// The numbers with a gap where they jump: much further than beside it, or back from where they were going, as at a pole.
std::vector<std::size_t> jumps(const std::vector<double>& y, const plot::Range& range) {
  constexpr double much = 8.0, visible = 0.02;
  std::vector<std::size_t> out;
  for (std::size_t k = 0; k + 1 < y.size(); ++k) {
    const double here = y[k + 1] - y[k];
    const double before = k > 0 ? y[k] - y[k - 1] : 0.0, after = k + 2 < y.size() ? y[k + 2] - y[k + 1] : 0.0;
    if (!(std::fabs(here) > visible * (range.high - range.low))) continue;
    const double beside = std::max(std::fabs(before), std::fabs(after));
    const bool turns_back = before * here < 0.0 && here * after < 0.0;
    if (std::fabs(here) > much * beside || (turns_back && std::fabs(here) > beside)) out.push_back(k);
  }
  return out;
}

/// All numbers, unless a few of them reach so far that nothing of the others would be seen.
plot::Range visible_range(const std::vector<Curve>& curves) {
  std::vector<double> all;
  for (const Curve& curve : curves) {
    for (const auto* numbers : {&curve.y, &curve.slope}) {
      std::copy_if(numbers->begin(), numbers->end(), std::back_inserter(all),
                   [](double v) { return std::isfinite(v); });
    }
  }
  const plot::Range whole = plot::range_of(all, 0.05);
  if (all.empty()) return whole;
  std::sort(all.begin(), all.end());
  const auto at = [&](double share) {
    return all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1))];
  };
  constexpr double few = 0.03, far = 8.0;
  const double low = at(few), high = at(1.0 - few), most = high - low;
  if (!(most > 0.0) || whole.high - whole.low < far * most) return whole;
  return {std::max(whole.low, low - 0.25 * most), std::min(whole.high, high + 0.25 * most)};
}

void add_curve(Plot& plot, const std::vector<double>& xs, const std::vector<double>& ys, const plot::Range& range,
               bool dashed, const std::string& name) {
  std::vector<double> x, y;
  const std::vector<std::size_t> gaps = jumps(ys, range);
  for (std::size_t k = 0; k < xs.size(); ++k) {
    x.push_back(xs[k]);
    y.push_back(ys[k]);
    if (std::binary_search(gaps.begin(), gaps.end(), k)) {
      x.push_back(xs[k]);
      y.push_back(std::numeric_limits<double>::quiet_NaN());
    }
  }
  dashed ? plot.dashed_line(x, y, name) : plot.line(x, y, name);
}

Plot plot_of(const std::vector<Curve>& curves, const PlotOptions& options, const std::vector<double>& xs,
             const std::string& title) {
  const plot::Range range = options.y.empty() ? visible_range(curves) : plot::Range{options.y[0], options.y[1]};
  Plot out(title, options.variable, fmt::format("f({})", options.variable));
  out.x_range(options.x[0], options.x[1]).y_range(range.low, range.high);
  for (std::size_t k = 0; k < curves.size(); ++k) {
    const auto colour = static_cast<int>(k);
    add_curve(out.colour(colour), xs, curves[k].y, range, false, curves[k].expression);
    if (curves[k].slope.empty()) continue;
    add_curve(out.colour(colour), xs, curves[k].slope, range, true,
              fmt::format("derivative of {}", curves[k].expression));
  }
  return out;
}

void run(const PlotOptions& options, Context& context) {
  const FileFormat& format = chosen_format(Product::plot, options.output, options.format);
  check_plot(options);
  check_output(options.output);
  const std::vector<double> xs = spread_out(options);
  std::vector<Curve> curves;
  for (const std::string& text : options.expressions) curves.push_back(sampled(text, options, xs, context));
  if (!options.side_by_side) {
    return write_plot(plot_of(curves, options, xs, options.title).figure(), options.output, format);
  }
  std::vector<Plot> plots;
  for (const Curve& curve : curves) plots.push_back(plot_of({curve}, options, xs, options.title).size(400, 320));
  const auto columns = static_cast<int>(std::min<std::size_t>(plots.size(), 4));
  write_plot(side_by_side(plots, columns), options.output, format);
}

}  // namespace

Subcommand add_plot(CLI::App& app) {
  auto options = std::make_shared<PlotOptions>();
  CLI::App* sub = app.add_subcommand("plot", "Plot expressions of one number, and their derivatives, as curves");
  sub->add_option("expression", options->expressions, "such as 'relu(x)' 'sigmoid(x)'")->required();
  sub->add_option("--x", options->x, "from where to where; -5,5 without")
      ->delimiter(',')
      ->expected(2)
      ->type_name("LOW,HIGH");
  sub->add_option("--y", options->y, "what is shown; without, what there is")
      ->delimiter(',')
      ->expected(2)
      ->type_name("LOW,HIGH");
  sub->add_option("--over", options->variable, "the name that runs along the axis")
      ->capture_default_str()
      ->type_name("NAME");
  add_bindings(*sub, options->bindings);
  sub->remove_option(sub->get_option("--wrt"));  // the derivative is by the name that runs
  sub->add_flag("--derivative", options->derivative, "also the derivatives, dashed");
  sub->add_flag("--side-by-side", options->side_by_side, "each in a plot of its own");
  sub->add_option("--points", options->points, "how many points of each curve are computed")
      ->capture_default_str()
      ->type_name("N");
  sub->add_option("--title", options->title, "above the plot");
  sub->add_option("-o,--output", options->output,
                  fmt::format("a {} file; SVG on standard output without", format_endings(Product::plot)));
  sub->add_option("-T,--format", options->format,
                  fmt::format("{}, whatever the file is called", format_names(Product::plot)));
  return {sub, [options](Context& context) { run(*options, context); }};
}

}  // namespace gradus::command
