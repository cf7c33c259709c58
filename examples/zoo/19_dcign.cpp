// The deep convolutional inverse graphics network (Kulkarni and others 2015): an auto-encoder that takes pictures apart into
// what they were drawn from.  In each batch one thing alone varies: where the disc is across, or up and down, or its size.  All
// codes but that thing's are replaced by their mean over the batch before decoding, so it is the only one that can tell the
// pictures apart, and what varies in the others is held against them.
#include "zoo_tasks.h"
#include "zoo_training.h"

using namespace gradus;

namespace {

constexpr std::int64_t channels = 12;

void dcign(zoo::Run& run) {
  const nn::Conv2d look(1, 8, 4, {.stride = 2, .padding = 1}, run.key(0));               // 16 × 16 becomes 8 × 8
  const nn::Conv2d look_again(8, channels, 4, {.stride = 2, .padding = 1}, run.key(1));  // and that 4 × 4
  const nn::Linear codes(channels * 16, 3, run.key(2));
  const auto encode = [&](const Tensor& x) { return codes(flatten(relu(look_again(relu(look(x)))), 1)); };

  const nn::MLP plan({3, 64, channels * 16}, "relu", "relu", run.key(3));
  const nn::ConvTranspose2d rough(channels, 8, 4, {.stride = 2, .padding = 1}, run.key(4));
  const nn::ConvTranspose2d fine(8, 1, 4, {.stride = 2, .padding = 1}, run.key(5));
  const auto decode = [&](const Tensor& code) {
    return sigmoid(fine(relu(rough(reshape(plan(code), {-1, channels, 4, 4})))));
  };

  // varies: 1 for the code whose thing varies in this batch, 0 for the others.
  const auto loss = [&](const Tensor& pictures, const Tensor& varies) {
    const Tensor code = encode(pictures), still = mean(code, 0, true);
    const Tensor shown = varies * code + (1.0 - varies) * still;
    const Tensor stray = mean(sum((1.0 - varies) * square(code - still), 1));
    // What varies in codes that ought to be still counts, though little beside the pictures.  No prior: it is not variational.
    return 10.0 * nn::mse_loss(decode(shown), pictures) + 0.1 * stray;
  };
  // For each code how it goes with each of the three numbers, |r| over many discs: [3, 3].
  const Tensor numbers = uniform({500, 3}, -1.0, 1.0, run.key(6));
  const auto correlations = [&] {
    const NoGrad no_grad;
    const Tensor code = encode(zoo::discs(numbers)), a = code - mean(code, 0), b = numbers - mean(numbers, 0);
    return abs(matmul(transpose(a / norm(a, 2.0, 0)), b / norm(b, 2.0, 0)));
  };
  const auto own = [](const Tensor& r) { return min(diag(r)).item(); };

  const double untrained = own(correlations());
  zoo::train({.steps = 1500, .rate = 0.003}, zoo::parameters({look, look_again, codes, plan, rough, fine}), loss,
             [&](std::uint64_t k) {
               const Key key = run.key(7).part(k);
               const Tensor varies = eye(3)[k % 3];
               const Tensor drawn = varies * uniform({16, 3}, -1.0, 1.0, key.part(0)) +
                                    (1.0 - varies) * uniform({1, 3}, -1.0, 1.0, key.part(1));
               return std::array{zoo::discs(drawn), varies};
             });
  run.outline(loss(zoo::discs(zeros({1, 3})), eye(3)[0]), "A deep convolutional inverse graphics network");

  const Tensor r = correlations();
  fmt::print("|r| of each code with place across, place down and size:\n");
  for (const Tensor& row : r) fmt::print("  {:.3f}  {:.3f}  {:.3f}\n", row[0].item(), row[1].item(), row[2].item());
  run.plot(Plot("How codes go with what pictures were drawn from")
               .table(r.value(), {"code 1", "code 2", "code 3"}, {"across", "down", "size"}));
  run.baseline("untrained, least |r| of a code with its own thing", untrained);
  run.at_least("least |r| of a code with its own thing", own(r), 0.95);
  run.at_most("largest |r| of a code with another", max(r - eye(3)).item(), 0.2);  // r ≤ 1
}

}  // namespace

int main(int argc, char** argv) {
  return zoo::main(
      argc, argv,
      {19, "Deep convolutional inverse graphics network (DCIGN)", "find what pictures of discs were drawn from"},
      dcign);
}
