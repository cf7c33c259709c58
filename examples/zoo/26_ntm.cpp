// The neural Turing machine (Graves, Wayne and Danihelka 2014): a network with a tape.  Two heads, one that writes and one that
// reads, are weights over the cells: each looks something up or stays where it was, then moves on by a cell, or back, and is
// focused again.  It learns to copy as a program would, so that it repeats more words than it was ever trained on.
#include "zoo_tasks.h"
#include "zoo_training.h"

using namespace gradus;
using zoo::repeating::bits, zoo::repeating::is_asked, zoo::repeating::share_wrong;

namespace {

constexpr std::int64_t cells = 10, width = 6, units = 32, lstm_units = 48;

/// Where a head is next: [n, cells].  The tape is a ring.
Tensor moved(const Tensor& before, const Tensor& wish, const Tensor& tape) {
  // A key, how strongly it counts, whether to jump to it, whether to move back, stay or move on, and how sharply to focus.
  const auto part = split(wish, std::vector<std::int64_t>{width, 1, 1, 3, 1}, 1);
  const Tensor key = tanh(part[0]), jump = sigmoid(part[2]), way = softmax(part[3]);
  Tensor w = jump * softmax(softplus(part[1]) * zoo::memory::likeness(tape, key)) + (1.0 - jump) * before;
  w = way(all, range(0, 1)) * roll(w, -1, 1) + way(all, range(1, 2)) * w + way(all, range(2, 3)) * roll(w, 1, 1);
  w = pow(w + 1e-6, 1.0 + softplus(part[4]));
  return w / sum(w, 1, true);
}

void ntm(zoo::Run& run) {
  const nn::Linear controller(bits + 2 + width, units, run.key(0)), answer(units + width, bits, run.key(1));
  const nn::Linear wishes(units, 2 * (width + 6) + 2 * width, run.key(2));  // two heads, erase, add
  const auto network = [&](const Tensor& said) {
    const std::int64_t n = said.size(0);
    Tensor tape = full({n, cells, width}, 0.01), read = zeros({n, width});
    Tensor reader = broadcast_to(eye(1, cells), Shape{n, cells}), writer = reader;  // both start at the first cell
    std::vector<Tensor> answers;
    for (std::int64_t t = 0; t < said.size(1); ++t) {
      const Tensor h = tanh(controller(concat({said(all, t), read}, 1)));
      // Where the writer goes, where the reader goes, what is erased and what is added.
      const auto wish = split(wishes(h), std::vector<std::int64_t>{width + 6, width + 6, width, width}, 1);
      writer = moved(writer, wish[0], tape);
      tape = zoo::memory::written(tape, writer, sigmoid(wish[2]), tanh(wish[3]));
      reader = moved(reader, wish[1], tape);
      read = zoo::memory::read(tape, reader);
      if (is_asked(said, t)) answers.push_back(answer(concat({h, read}, 1)));
    }
    return ops::stack(answers, 1);
  };
  const auto batch = [&](std::uint64_t k) { return std::array{zoo::repeating::words(k, run.key(3))}; };
  const auto loss = [&](const Tensor& words) { return zoo::repeating::loss(network, words); };
  run.outline(loss(ones({1, 1, bits})), "A neural Turing machine", "one word, said and asked for, untrained");
  const auto losses = zoo::train({500, 0.01, "NTM"}, zoo::parameters({controller, answer, wishes}), loss, batch);

  // An LSTM has nowhere to write to but its own state.  Gates: keep (+ 1: much at first), let in, let out; then a candidate.
  const nn::Linear gates(bits + 2 + lstm_units, 4 * lstm_units, run.key(4)), lstm_answer(lstm_units, bits, run.key(5));
  const auto lstm = [&](const Tensor& said) {
    Tensor h = zeros({said.size(0), lstm_units}), s = h;
    std::vector<Tensor> answers;
    for (std::int64_t t = 0; t < said.size(1); ++t) {
      const Tensor z = reshape(gates(concat({said(all, t), h}, 1)), {-1, 4, lstm_units});
      s = sigmoid(z(all, 0) + 1.0) * s + sigmoid(z(all, 1)) * tanh(z(all, 3));
      h = sigmoid(z(all, 2)) * tanh(s);
      if (is_asked(said, t)) answers.push_back(lstm_answer(h));
    }
    return ops::stack(answers, 1);
  };
  zoo::train(
      {2500, 0.01, "LSTM"}, zoo::parameters({gates, lstm_answer}),
      [&](const Tensor& words) { return zoo::repeating::loss(lstm, words); }, batch);

  run.plot(zoo::plot_of_losses(losses));
  const double lstm_long = share_wrong(lstm, 8, run.key(6));
  run.baseline("LSTM after 2,500 steps, share of bits wrong, four words", share_wrong(lstm, 4, run.key(6)));
  run.baseline("LSTM, eight words, never trained", lstm_long);
  run.at_most("share of bits wrong after 500 steps, four words", share_wrong(network, 4, run.key(6)), 0.01);
  run.at_most("eight words, never trained", share_wrong(network, 8, run.key(6)), 0.5 * lstm_long);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv, {26, "Neural Turing machine (NTM)", "repeat up to four words of three bits; then eight"},
                   ntm);
}
