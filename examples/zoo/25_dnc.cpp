// The differentiable neural computer (Graves and others 2016): a network that writes to a memory and reads from it, with
// gradients through all of it.  It writes to cells that are free, as a table of what is in use says; a table of links remembers
// in which order cells were written, so that it can read what followed what it has just read.
#include "zoo_tasks.h"
#include "zoo_training.h"

using namespace gradus;
using zoo::repeating::bits;

namespace {

constexpr std::int64_t cells = 8, width = 6, units = 32;

/// Where in the memory something like the key lies: a weight for each cell.
Tensor lookup(const Tensor& key, const Tensor& strength, const Tensor& memory) {
  return softmax((1.0 + softplus(strength)) * zoo::memory::likeness(memory, key));
}

/// How free cells are: the least used has 1 − its usage; each next one that, times the usages of all that are freer than it.
Tensor free_cells(const Tensor& usage) {
  const Tensor order = usage + 1e-5 * arange(static_cast<double>(cells));  // the first of equals comes first
  const Tensor before = unsqueeze(order, 1) < unsqueeze(order, 2);         // [n, i, j]: j comes before i
  return (1.0 - usage) * prod(where(before, unsqueeze(usage, 1), 1.0), 2);
}

void dnc(zoo::Run& run) {
  const nn::Linear controller(bits + 2 + width, units, run.key(0)), answer(units + width, bits, run.key(1));
  // What the controller wishes, in this order: a key to read by, how strongly, and how to read (before, alike, after); a key to
  // write by, how strongly, what to erase and what to add; whether to a free cell, whether at all; and to free what was read.
  const std::vector<std::int64_t> sizes{width, 1, 3, width, 1, width, width, 1, 1, 1};
  const nn::Linear wishes(units, 4 * width + 8, run.key(2));

  const auto network = [&](const Tensor& x) {
    const std::int64_t n = x.size(0);
    Tensor memory = full({n, cells, width}, 0.01), read = zeros({n, width});
    Tensor reads = zeros({n, cells}), writes = reads, usage = reads, last = reads, links = zeros({n, cells, cells});
    std::vector<Tensor> answers;
    for (std::int64_t t = 0; t < x.size(1); ++t) {
      const Tensor h = tanh(controller(concat({x(all, t), read}, 1)));
      const auto wish = split(wishes(h), sizes, 1);

      // Cells that were written are in use, those that were read may be freed.
      usage = (usage + writes - usage * writes) * (1.0 - sigmoid(wish[9]) * reads);
      const Tensor fresh = sigmoid(wish[7]), enough = sigmoid(wish[8]);
      writes = enough * (fresh * free_cells(usage) + (1.0 - fresh) * lookup(wish[3], wish[4], memory));
      memory = zoo::memory::written(memory, writes, sigmoid(wish[5]), tanh(wish[6]));

      // links[i, j]: cell i was written right after cell j.
      const Tensor to = unsqueeze(writes, 2), from = unsqueeze(writes, 1);
      links = ((1.0 - to - from) * links + to * unsqueeze(last, 1)) * (1.0 - eye(cells));
      last = (1.0 - sum(writes, 1, true)) * last + writes;

      // Read what was written before (links weighted by reads, Lᵀr), what is like a key, or what was written after (L r).
      const Tensor way = softmax(wish[2]);
      const Tensor before = zoo::memory::read(links, reads), after = zoo::memory::read(transpose(links, 1, 2), reads);
      const Tensor alike = lookup(wish[0], wish[1], memory);
      reads = way(all, range(0, 1)) * before + way(all, range(1, 2)) * alike + way(all, range(2, 3)) * after;
      read = zoo::memory::read(memory, reads);
      if (zoo::repeating::is_asked(x, t)) answers.push_back(answer(concat({h, read}, 1)));
    }
    return ops::stack(answers, 1);
  };
  const auto loss = [&](const Tensor& words) { return zoo::repeating::loss(network, words); };
  run.outline(loss(ones({1, 1, bits})), "A differentiable neural computer", "one word, said and asked for, untrained");
  const auto losses = zoo::train({.steps = 600, .rate = 0.01}, zoo::parameters({controller, answer, wishes}), loss,
                                 [&](std::uint64_t k) { return std::array{zoo::repeating::words(k, run.key(3))}; });
  run.plot(zoo::plot_of_losses(losses));

  fmt::print("seven words, never trained: {:.1f} % of the bits wrong\n",
             100.0 * zoo::repeating::share_wrong(network, 7, run.key(4)));
  run.baseline("chance, share of bits wrong", 0.5);
  run.at_most("share of bits wrong, four words", zoo::repeating::share_wrong(network, 4, run.key(4)), 0.02);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv, {25, "Differentiable neural computer (DNC)", "repeat up to four words of three bits"},
                   dnc);
}
