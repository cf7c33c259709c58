// The Hopfield network (1982; its units here are 1 or −1): patterns are stored by Hebb's rule, what fires together is wired
// together, and recalled from a damaged copy by going downhill in an energy.  Nothing is trained; the derivative is in the
// recall: the pull on a unit is the negative gradient of the energy, and a unit that is pulled the other way flips.
#include "zoo.h"

using namespace gradus;

namespace {

constexpr std::int64_t units = 100;

Tensor energy(const Tensor& w, const Tensor& x) { return -0.5 * dot(x, matmul(w, x)); }

/// Unit by unit, in a random order, until none flips any more; sets `rose` if the energy ever rose.
Tensor recall(const Tensor& w, Tensor x, const Key& key, bool& rose) {
  double before = energy(w, x).item();
  bool flipped = true;
  for (std::uint64_t sweep = 0; flipped; ++sweep) {
    flipped = false;
    for (const std::int64_t i : permutation(units, key.part(sweep))) {
      const Tensor state = variable(x, "x"), e = energy(w, state), pull = -grad(e, state);
      rose = rose || e.item() > before;
      before = e.item();
      if (pull[i].item() * x[i].item() >= 0.0) continue;
      x.at(i) = -x[i];
      flipped = true;
    }
  }
  return x;
}

void hopfield(zoo::Run& run) {
  bool rose = false;
  const auto recalled = [&](std::int64_t count, const Key& key) {
    const Tensor patterns = 2.0 * bernoulli({count, units}, 0.5, key.part(0)) - 1.0;
    const Tensor w = matmul(transpose(patterns), patterns) * (1.0 - eye(units));  // Hebb's rule
    double right = 0.0, overlap = 0.0;  // overlap: 1 when all units agree, 0 when half of them do
    std::vector<Tensor> shown;
    for (std::int64_t p = 0; p < count; ++p) {
      const Key own = key.part(static_cast<std::uint64_t>(p) + 1);
      // Fifteen units, drawn anew for each pattern, are turned over: the overlap is then 0.70.
      Tensor damaged = patterns[p];  // a copy
      const Indices wrong = permutation(units, own.part(0));
      for (std::int64_t k = 0; k < 15; ++k) damaged.at(wrong[k]) = -damaged[wrong[k]];
      const Tensor found = recall(w, damaged, own.part(1), rose);
      if (p < 4) shown.insert(shown.end(), {patterns[p], damaged, found});
      overlap += mean(found * patterns[p]).item() / static_cast<double>(count);
      right += all_of(found == patterns[p]).item();
    }
    fmt::print("{:2} patterns: {:2} recalled without an error, mean overlap 0.70 -> {:.2f}\n", count, right, overlap);
    if (count == 5) run.plot_pictures(reshape(0.5 * ops::stack(shown) + 0.5, {-1, 10, 10}), 6);
    return right;
  };
  const double few = recalled(5, run.key(0));
  recalled(10, run.key(1));
  const double many = recalled(30, run.key(2));

  // Four units that hold one pattern, one of them wrong: the gradient points at it.
  const Tensor pattern{1.0, -1.0, 1.0, 1.0};
  const Tensor w = outer(pattern, pattern) * (1.0 - eye(4));
  const Tensor x = variable(Tensor{1.0, -1.0, 1.0, -1.0}, "x");
  run.draw(energy(w, x).set_name("energy"), "A Hopfield network", "x with its last unit wrong");

  // Amit, Gutfreund and Sompolinsky (1985), with 1.6 % of the units wrong; without an error about N/(2 log N) = 11.
  run.baseline("patterns that 100 units can hold with a few units wrong, 0.138 N", 0.138 * units);
  run.at_least("of 5 patterns recalled", few, 5);
  run.at_most("of 30, which are too many, recalled", many, 5);
  run.at_most("whether the energy ever rose (0 for no)", rose ? 1.0 : 0.0, 0);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(
      argc, argv, {13, "Hopfield network (HN)", "recall patterns of 100 units of which 15 were turned over"}, hopfield);
}
