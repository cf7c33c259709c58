// A transformer block whose attention looks neither ahead nor at padding: beside plain loops, and without a leak.
#include <gradus/nn.h>

#include <cmath>
#include <limits>

#include "verify.h"
using namespace gradus;

constexpr std::int64_t batch = 2, steps = 5, width = 8, heads = 2, head_width = width / heads;
const Tensor padding{{0, 0, 0, 0, 0}, {0, 0, 0, 1, 1}};

struct Block : nn::Module {
  nn::Linear to_qkv{width, 3 * width, Key{.seed = 16}}, out{width, width, Key{.seed = 17}};
  nn::LayerNorm first{width}, second{width};
  nn::MLP dense{{width, 16, width}, "gelu", ops::identity<Tensor>, Key{.seed = 18}};
  [[nodiscard]] std::string kind() const override { return "Block"; }

  [[nodiscard]] Tensor attention(const Tensor& x) const {
    const Tensor qkv = permute(reshape(to_qkv(x), {batch, steps, 3, heads, head_width}), {2, 0, 3, 1, 4});
    const Tensor hidden = triu(ones({steps, steps}), 1) || padding(all, newaxis, newaxis);
    const Tensor scores = matmul(qkv[0], permute(qkv[1], {0, 1, 3, 2})) / std::sqrt(double{head_width});
    const Tensor weights = softmax(masked_fill(scores, hidden, -std::numeric_limits<double>::infinity()), -1);
    return reshape(permute(matmul(weights, qkv[2]), {0, 2, 1, 3}), {batch, steps, width});
  }
  Tensor forward(const Tensor& x) override {
    const Tensor y = x + out(attention(first(x)));
    return y + dense(second(y));
  }
};

int main() {
  Block block;
  const Tensor x = normal({batch, steps, width}, 0.0, 1.0, Key{.seed = 19}), qkv = block.to_qkv(x);
  const std::vector<double> n = qkv.to_vector(), found = block.attention(x).to_vector();
  const auto number = [&](std::int64_t b, std::int64_t t, std::int64_t which, std::int64_t k) {
    return n[static_cast<std::size_t>(((b * steps + t) * 3 + which) * width + k)];
  };
  double off = 0.0;
  for (std::int64_t b = 0; b < batch; ++b) {
    for (std::int64_t t = 0; t < steps; ++t) {
      for (std::int64_t k = 0; k < width; ++k) {
        double total = 0.0, weighted = 0.0;
        for (std::int64_t from = 0; from <= t; ++from) {
          double score = 0.0;
          for (std::int64_t j = k / head_width * head_width; j < (k / head_width + 1) * head_width; ++j)
            score += number(b, t, 0, j) * number(b, from, 1, j);
          const double e = b == 1 && from > 2 ? 0.0 : std::exp(score / std::sqrt(double{head_width}));
          total += e, weighted += e * number(b, from, 2, k);
        }
        off = std::max(off, std::abs(found[static_cast<std::size_t>((b * steps + t) * width + k)] - weighted / total));
      }
    }
  }
  // ∂ output at t / ∂ input at s, summed over the width: nothing from later inputs, nor from another row of the batch.
  const Tensor j = sum(abs(jacobian([&](const Tensor& z) { return block(z); }, x)), {2, 5});
  double leak = 0.0;
  for (std::int64_t b = 0; b < batch; ++b) {
    leak += sum(triu(j(b, all, b, all), 1)).item() + sum(j(b, all, 1 - b, all)).item();
  }
  return within("plain loops", off, 1e-14) && within("leak", leak, 0.0) &&
                 within("gradient, wrong up to order 2", check_gradients(block, x, 2).ok ? 0.0 : 1.0, 0.0)
             ? 0
             : 1;
}
