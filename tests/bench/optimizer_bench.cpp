// How long a step of an optimizer takes on a million parameters, beside a loop that reads and writes the same memory once:
// the gradient is read, the parameter and what is kept beside it are read and written.
#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "autograd/autograd.h"
#include "autograd/base/parallel.h"
#include "measure.h"
#include "nn/nn.h"

namespace {

using namespace gradus;

constexpr std::int64_t count = 1'000'000;

using MadeOptimizer = std::function<std::shared_ptr<nn::Optimizer>(const nn::ParameterGroups&)>;

template <class O>
std::shared_ptr<nn::Optimizer> make_optimizer(const nn::ParameterGroups& parameters) {
  return std::make_shared<O>(parameters, 1e-3);
}

bench::Run step_of(const MadeOptimizer& make, DType dtype, int threads) {
  set_num_threads(threads);
  Tensor p = parameter(normal_array({count}, 0.0, 1.0, Key{1}, dtype));
  sum(p * normal_array({count}, 0.0, 1.0, Key{2}, dtype)).backward();
  return [optimizer = make({p})] {
    optimizer->step();
    return 0.0;
  };
}

template <class T, std::size_t states>
bench::Run memory_of(int threads) {
  set_num_threads(threads);
  struct Numbers {
    std::vector<T> g = std::vector<T>(count, T(1e-9));
    std::array<std::vector<T>, states + 1> written;
  };
  auto numbers = std::make_shared<Numbers>();
  numbers->written.fill(std::vector<T>(count, T(1)));
  return [numbers] {
    gradus::detail::parallel_ranges(count, 1, 64, [&](std::int64_t begin, std::int64_t end) {
      const T* __restrict g = numbers->g.data();
      T* __restrict p = numbers->written[0].data();
      T* __restrict m = numbers->written[std::min<std::size_t>(1, states)].data();
      T* __restrict v = numbers->written[std::min<std::size_t>(2, states)].data();
      for (std::int64_t i = begin; i < end; ++i) {
        p[i] += g[i];
        if constexpr (states > 0) m[i] += g[i];
        if constexpr (states > 1) v[i] += g[i];
      }
    });
    return 0.0;
  };
}

template <std::size_t states>
void measure(bench::Report& report, const std::string& name, const MadeOptimizer& make) {
  for (const DType dtype : {DType::float32, DType::float64}) {
    for (const int threads : {1, 2}) {
      const auto memory = [=] {
        return dtype == DType::float32 ? memory_of<float, states>(threads) : memory_of<double, states>(threads);
      };
      report.measure({.name = "step of " + name + ", 1M " + to_string(dtype),
                      .threads = threads,
                      .contestants = {{"gradus", [=] { return step_of(make, dtype, threads); }},
                                      {"its memory once", memory, 1.1}}});
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  bench::Report report("optimizers", argc, argv);
  measure<0>(report, "SGD", make_optimizer<nn::SGD>);
  measure<1>(report, "RMSprop", make_optimizer<nn::RMSprop>);
  measure<1>(report, "Lion", make_optimizer<nn::Lion>);
  measure<2>(report, "Adam", make_optimizer<nn::Adam>);
  measure<2>(report, "AdamW", make_optimizer<nn::AdamW>);
  measure<2>(report, "NAdam", make_optimizer<nn::NAdam>);
  return report.finish();
}
