// The losses of nn: those of the engine, each in a box of its own.
#include <string>
#include <utility>
#include <vector>

#include "autograd/graph/graph.h"
#include "autograd/tensor/ops/softmax.h"
#include "nn/loss.h"
#include "tests/catch.h"

using namespace gradus;

TEST_CASE("nn losses: the engine's numbers", "[losses]") {
  const Tensor p = variable(Array({2, 2}, {0.2, 0.7, 0.9, 0.4}));
  const Tensor t(Array({2, 2}, {0, 1, 1, 0.5}));
  const Tensor weight(2.0);
  const Indices labels{1, 0};
  const std::vector<std::int64_t> list{1, 0};
  const ClassOptions options{Reduction::sum, Array({2}, {1, 3}), -100, 0.1};
  const std::vector<std::pair<Tensor, Tensor>> same{
      {nn::mse_loss(p, t, Reduction::sum), mse(p, t, Reduction::sum)},
      {nn::mae_loss(p, t), mae(p, t)},
      {nn::huber_loss(p, t, 0.2), huber(p, t, 0.2)},
      {nn::smooth_l1_loss(p, t, 0.2), smooth_l1(p, t, 0.2)},
      {nn::hinge_loss(p, t, 0.5), hinge(p, t, 0.5)},
      {nn::cosine_loss(p, t, 0, 1e-6, Reduction::none), 1.0 - cosine_similarity(p, t, 0, 1e-6)},
      {nn::bce_loss(p, t), bce(p, t)},
      {nn::bce_with_logits_loss(p, t), bce_with_logits(p, t)},
      {nn::bce_with_logits_loss(p, t, weight), bce_with_logits(p, t, weight)},
      {nn::kl_div_loss(p, t, false, Reduction::batch_mean), kl_div(p, t, false, Reduction::batch_mean)},
      {nn::cross_entropy(p, list, options), cross_entropy(p, list, options)},
      {nn::cross_entropy(p, labels, options), cross_entropy(p, labels, options)},
      {nn::cross_entropy(p, t, options), cross_entropy(p, t, options)},
      {nn::nll_loss(p, labels), nll(p, labels)},
  };
  for (const auto& [got, expected] : same) {
    CHECK(got.to_vector() == expected.to_vector());
    REQUIRE(got.record());
    REQUIRE(got.record()->scope);
    CHECK(got.record()->scope->kind == "loss");
    CHECK(got.record()->scope->role == ModuleRole::loss);
    CHECK_FALSE(expected.record()->scope);
  }
}
