// Attention (Bahdanau, Cho and Bengio 2015): a query is compared with every key, and the answer is the mean of the values
// weighted by how well their keys match, here by softmax(q·k / √d) (Vaswani and others 2017).  It is looking up, made
// differentiable.
#include <cmath>

#include "zoo_training.h"

using namespace gradus;

namespace {

constexpr std::int64_t pairs = 6, words = 8, width = 16;

/// Whole numbers as rows of zeros and a one.
Tensor one_hot(const Tensor& numbers, std::int64_t of) {
  return equal(unsqueeze(numbers, -1), arange(static_cast<double>(of)));
}

/// Six different keys with a value each, one of the keys as a query, its value, and which of the six it is: keys and values
/// [count, pairs, words], query and answer [count, words], place [count, pairs], all one-hot.
std::array<Tensor, 5> questions(std::int64_t count, const Key& key) {
  const Indices order = argsort(uniform({count, words}, 0.0, 1.0, key.part(0)));
  const Tensor keys = take(eye(words), order, 0)(all, range(pairs));
  const Tensor values = one_hot(floor(uniform({count, pairs}, 0.0, words, key.part(1))), words);
  const Tensor place = one_hot(floor(uniform({count}, 0.0, pairs, key.part(2))), pairs);
  const auto at_place = [&](const Tensor& x) { return sum(unsqueeze(place, 2) * x, 1); };
  return {keys, values, at_place(keys), at_place(values), place};
}

/// The share of rows in which the largest score is where y, one-hot, has its one.
double share_right(const Tensor& said, const Tensor& y) { return mean(gather(y, 1, argmax(said, 1, true))).item(); }

void attention(zoo::Run& run) {
  const nn::Linear key_of(words, width, run.key(0)), query_of(words, width, run.key(1));
  const nn::Linear value_of(words, width, run.key(2)), answer(width, words, run.key(3));

  // How much each question looks at each pair, [count, 1, pairs].
  const auto looks = [&](const Tensor& keys, const Tensor& query) {
    const Tensor match = matmul(unsqueeze(query_of(query), 1), transpose(key_of(keys), 1, 2));
    return softmax(match / std::sqrt(width));
  };
  const auto attend = [&](const Tensor& keys, const Tensor& values, const Tensor& query) {
    return answer(squeeze(matmul(looks(keys, query), value_of(values)), 1));
  };
  // The same without looking: one summary of all pairs, for whatever is asked.
  const nn::MLP pair_of({2 * words, 64, 64}, "relu", "relu", run.key(7)),
      pooled_answer({64 + words, 64, words}, "relu", "identity", run.key(8));
  const auto pool = [&](const Tensor& keys, const Tensor& values, const Tensor& query) {
    return pooled_answer(concat({mean(pair_of(concat({keys, values}, 2)), 1), query}, 1));
  };

  const auto batch = [&](std::uint64_t k) { return questions(64, run.key(4).part(k)); };
  const auto loss_of = [](const auto& network) {
    return [&](const Tensor& keys, const Tensor& values, const Tensor& query, const Tensor& right, const Tensor&) {
      return nn::cross_entropy(network(keys, values, query), right);
    };
  };
  run.outline(std::apply(loss_of(attend), questions(1, run.key(6))), "Attention",
              "one question to six pairs, untrained");
  const auto losses = zoo::train({300, 0.01, "attention"}, zoo::parameters({key_of, query_of, value_of, answer}),
                                 loss_of(attend), batch);
  zoo::train({300, 0.01, "pooling"}, zoo::parameters({pair_of, pooled_answer}), loss_of(pool), batch);

  const auto [keys, values, query, right, place] = questions(2000, run.key(5));
  const Tensor seen = squeeze(looks(keys, query), 1);
  run.plot({Plot("How much each of ten questions looks at each pair").picture(seen[range(10)].value()),
            Plot("Where it ought to look").picture(place[range(10)].value())},
           2);
  run.baseline("chance", 1.0 / words);
  run.baseline("one summary of all pairs, share of answers right", share_right(pool(keys, values, query), right));
  run.at_least("share of answers right", share_right(attend(keys, values, query), right), 0.99);
  run.at_least("share of questions that look most at the right key", share_right(seen, place), 0.99);
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(argc, argv, {29, "Attention", "look up a value by its key among six pairs"}, attention);
}
