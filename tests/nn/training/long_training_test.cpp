// Training goes on for ever: memory stays flat.  GRADUS_TEST_STEPS says how many steps are made.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

// What of this process lies in memory, in bytes; 0 where nothing says so.
std::int64_t resident() {
  std::ifstream in("/proc/self/statm");
  std::int64_t all = 0, pages = 0;
  in >> all >> pages;
  return pages * sysconf(_SC_PAGESIZE);
}

}  // namespace

TEST_CASE("fit: memory stays flat", "[steps]") {
  const char* asked = std::getenv("GRADUS_TEST_STEPS");
  const std::int64_t steps = asked == nullptr ? 2000 : std::strtoll(asked, nullptr, 10);
  const nn::Dataset data = nn::toy::moons(64, Key{5});
  nn::MLP model({2, 8, 2}, nn::tanh_of, ops::identity<Tensor>, Key{2});
  nn::Adam adam(model.parameters(), 0.01);
  nn::FitOptions options;
  options.batch_size = 16;
  options.epochs = steps / 4;
  options.progress.shown = false;
  options.metrics = {nn::metric("accuracy")};
  options.clip_norm = 1.0;
  options.stop = [] { return false; };
  std::int64_t warm = 0;
  options.callbacks = {[&](const nn::Epoch& epoch) {
    if (epoch.number == steps / 40) warm = resident();
    return true;
  }};
  const nn::History history = nn::fit(model, data, adam, options);
  CHECK(history.epochs.back().steps == steps / 4 * 4);
  // The history itself grows by an Epoch each time.
  const auto own = static_cast<std::int64_t>(history.epochs.size() * 2 * (sizeof(nn::Epoch) + 64));
  CHECK(resident() - warm < own + (1 << 20));
  CHECK(history.epochs.back().training.loss < 0.1);
}
