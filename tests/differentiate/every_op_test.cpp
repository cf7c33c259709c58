// Every op on whole arrays: all that check_function knows to ask of it.
#include <functional>
#include <string>
#include <vector>

#include "autograd/math/ops.h"
#include "autograd/tensor/ops/convolution.h"
#include "autograd/tensor/ops/diagonal.h"
#include "autograd/tensor/ops/einsum.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "autograd/tensor/ops/losses.h"
#include "autograd/tensor/ops/matrix_functions.h"
#include "autograd/tensor/ops/ordering.h"
#include "autograd/tensor/ops/pooling.h"
#include "autograd/tensor/ops/reductions.h"
#include "autograd/tensor/ops/reshape.h"
#include "autograd/tensor/ops/softmax.h"
#include "autograd/tensor/ops/solving.h"
#include "autograd/tensor/ops/spectral.h"
#include "tests/catch.h"
#include "tests/reference/check_function.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

using X = const std::vector<Tensor>&;
struct Row {
  std::string label;
  std::function<Tensor(X)> f;
  std::vector<Array> inputs;
  FunctionChecks checks = {};
};

/// Random numbers of a shape in [low, high).
Array some(const Shape& shape, double low = -1.0, double high = 1.0) {
  static Numbers numbers(2024);
  return random_array(numbers, shape, DType::float64, low, high);
}

/// Numbers far enough apart that none overtakes another while differences are taken: for ops that choose.
Array apart(const Shape& shape) {
  static Numbers numbers(7);
  const auto n = static_cast<int>(shape.size());
  std::vector<double> values;
  for (const int k : random_order(numbers, n)) values.push_back(0.4 * (k + 0.5 - 0.5 * n) + 0.05);
  return Array(shape, values);
}

Indices places(const Shape& shape, std::vector<std::int64_t> values) { return {shape, std::move(values)}; }

void check_all(const std::vector<Row>& rows) {
  for (const Row& row : rows) CHECK(check_function(row.label, row.f, row.inputs, row.checks) == "");
}

}  // namespace

TEST_CASE("every op: what rearranges", "[every_op]") {
  const Array cube = some({2, 3, 2});
  const Array m = some({2, 3});
  check_all({
      {"broadcast_to",
       [](X x) {
         return broadcast_to(x[0], {2, 2, 3});
       },
       {some({2, 1, 3})}},
      {"reshape",
       [](X x) {
         return reshape(x[0], {3, 4});
       },
       {cube}},
      {"flatten", [](X x) { return flatten(x[0], 1); }, {cube}},
      {"squeeze", [](X x) { return squeeze(x[0]); }, {some({2, 1, 3})}},
      {"unsqueeze", [](X x) { return unsqueeze(x[0], 1); }, {m}},
      {"permute",
       [](X x) {
         return permute(x[0], std::vector<int>{2, 0, 1});
       },
       {cube}},
      {"transpose", [](X x) { return transpose(x[0], 0, -1); }, {cube}},
      {"cast there and back", [](X x) { return cast(x[0], DType::float64); }, {m}},
      {"slice",
       [](X x) {
         return ops::slice(x[0], {Slice({}, {}, -1), Slice(1), Slice()});
       },
       {cube}},
      {"flip",
       [](X x) {
         return flip(x[0], {0, 2});
       },
       {cube}},
      {"take",
       [](X x) {
         return take(x[0], places({2, 2}, {2, 0, 2, 1}), 1);
       },
       {cube}},
      {"take of all",
       [](X x) {
         return take(x[0], places({3}, {5, 0, 5}));
       },
       {m}},
      {"gather",
       [](X x) {
         return gather(x[0], 1, places({2, 2}, {2, 2, 0, 1}));
       },
       {m}},
      {"scatter_add",
       [](X x) {
         return scatter_add(x[0], 1, places({2, 2}, {2, 2, 0, 1}), x[1]);
       },
       {m, some({2, 2})}},
      {"embedding",
       [](X x) {
         return embedding(x[0], places({2, 2}, {1, 0, 1, 1}));
       },
       {m}},
      {"concat",
       [](X x) {
         return concat({x[0], x[1], x[0]}, 1);
       },
       {m, some({2, 1})}},
      {"stack",
       [](X x) {
         return ops::stack({x[0], x[1]}, -1);
       },
       {m, some({2, 3})}},
      {"split",
       [](X x) {
         return split(x[0], {1, 2}, 1)[1];
       },
       {m}},
      {"pad",
       [](X x) {
         return pad(x[0], {1, 2, 0, 1});
       },
       {m}},
      {"pad, reflect",
       [](X x) {
         return pad(x[0], {2, 1}, PadMode::reflect);
       },
       {m}},
      {"pad, replicate",
       [](X x) {
         return pad(x[0], {2, 1}, PadMode::replicate);
       },
       {m}},
      {"pad, circular",
       [](X x) {
         return pad(x[0], {2, 1}, PadMode::circular);
       },
       {m}},
      {"repeat",
       [](X x) {
         return repeat(x[0], {2, 3});
       },
       {m}},
      {"repeat_interleave", [](X x) { return repeat_interleave(x[0], 2, 0); }, {m}},
      {"roll", [](X x) { return roll(x[0], 2, 1); }, {m}},
      {"diag of a vector", [](X x) { return diag(x[0], 1); }, {some({3})}},
      {"diag of a matrix", [](X x) { return diag(x[0], -1); }, {some({3, 2})}},
      {"diagonal", [](X x) { return diagonal(x[0]); }, {m}},
      {"trace", [](X x) { return trace(x[0]); }, {some({3, 3})}},
      {"triu", [](X x) { return triu(x[0], 1); }, {some({3, 3})}},
      {"tril", [](X x) { return tril(x[0]); }, {some({3, 3})}},
      {"a reshape of nothing",
       [](X x) {
         return reshape(x[0], {3, 0});
       },
       {Array::zeros({0, 2})}},
  });
}

TEST_CASE("every op: what reduces", "[every_op]") {
  const Array cube = some({2, 3, 2});
  const Array m = some({2, 3}, 0.5, 2.0);
  const FunctionChecks third{.order = 3};
  check_all({
      {"sum",
       [](X x) {
         return sum(x[0], {0, 2});
       },
       {cube}},
      {"mean", [](X x) { return mean(x[0], 1, true); }, {cube}},
      {"prod", [](X x) { return prod(x[0], 1); }, {m}, third},
      {"prod with zeros", [](X x) { return prod(x[0]); }, {Array({4}, {2, 3, 0, 0})}, third},
      {"max", [](X x) { return max(x[0], 1); }, {apart({2, 4})}},
      {"min",
       [](X x) {
         return min(x[0], {0, 1}, true);
       },
       {apart({2, 4})}},
      {"var", [](X x) { return var(x[0], 1, false, 1.0); }, {m}},
      {"stddev", [](X x) { return stddev(x[0], 1); }, {m}},
      {"norm 1", [](X x) { return norm(x[0], 1.0, 1); }, {m}},
      {"norm 2", [](X x) { return norm(x[0], 2.0, 1); }, {m}, third},
      {"norm 3", [](X x) { return norm(x[0], 3.0, 1); }, {m}},
      {"norm infinity", [](X x) { return norm(x[0], std::numeric_limits<double>::infinity(), 1); }, {apart({2, 4})}},
      {"cumsum", [](X x) { return cumsum(x[0], 1); }, {m}},
      {"cumprod", [](X x) { return cumprod(x[0], 1); }, {m}},
      {"cumprod with a zero", [](X x) { return cumprod(x[0], 0); }, {Array({4}, {2, 0, 3, 5})}},
      {"softmax", [](X x) { return softmax(x[0], 1); }, {m}, third},
      {"log_softmax", [](X x) { return log_softmax(x[0], 1); }, {m}},
      {"logsumexp",
       [](X x) {
         return logsumexp(x[0], {0, 2}, true);
       },
       {cube},
       third},
  });
}

TEST_CASE("every op: what orders", "[every_op]") {
  const Array row = apart({6});
  const Array m = apart({3, 4});
  check_all({
      {"sort", [](X x) { return sort(x[0]); }, {m}},
      {"sort, descending along the first axis", [](X x) { return sort(x[0], 0, true); }, {m}},
      {"topk", [](X x) { return topk_values(x[0], 2); }, {m}},
      {"topk, smallest", [](X x) { return topk_values(x[0], 3, 0, false); }, {m}},
      {"median", [](X x) { return median(x[0]); }, {row}},
      {"median along an axis", [](X x) { return median(x[0], 0); }, {m}},
      {"median over two axes",
       [](X x) {
         return median(x[0], {0, 2}, true);
       },
       {apart({2, 2, 3})}},
      {"quantile", [](X x) { return quantile(x[0], 0.3); }, {row}},
      {"quantiles",
       [](X x) {
         return quantile(x[0], {0.0, 0.6, 1.0}, 1);
       },
       {m}},
      {"cummax", [](X x) { return cummax(x[0], 1); }, {m}},
      {"cummin", [](X x) { return cummin(x[0], 0); }, {m}},
      {"a smooth function of what was ordered",
       [](X x) { return tanh(sort(x[0], 0)) * x[0] + median(x[0] * x[0]); },
       {apart({4})},
       {.order = 3}},
  });
}

TEST_CASE("every op: what multiplies", "[every_op]") {
  const Array a = some({2, 3});
  const Array b = some({3, 2});
  const Array image = some({1, 2, 4, 3});
  const Array line = some({1, 2, 5});
  check_all({
      {"matmul", [](X x) { return matmul(x[0], x[1]); }, {a, b}},
      {"matmul of a matrix with itself", [](X x) { return matmul(x[0], transpose(x[0])); }, {a}},
      {"matmul in batches", [](X x) { return matmul(x[0], x[1]); }, {some({2, 1, 2, 3}), some({2, 3, 1})}},
      {"matmul with vectors", [](X x) { return matmul(x[0], matmul(x[1], x[2])); }, {some({2}), a, some({3})}},
      {"dot", [](X x) { return dot(x[0], x[1]); }, {some({4}), some({4})}},
      {"outer", [](X x) { return outer(x[0], x[1]); }, {some({2}), some({3})}},
      {"vecdot", [](X x) { return vecdot(x[0], x[1]); }, {a, some({2, 3})}},
      {"linear", [](X x) { return linear(x[0], x[1], x[2]); }, {a, some({2, 3}), some({2})}},
      {"einsum",
       [](X x) {
         return einsum("ij,jk,k->i", {x[0], x[1], x[2]});
       },
       {a, b, some({2})}},
      {"einsum, a trace", [](X x) { return einsum("ii", {x[0]}); }, {some({3, 3})}},
      {"conv1d",
       [](X x) { return conv1d(x[0], x[1], x[2], {.stride = 2, .padding = 1}); },
       {line, some({2, 2, 3}), some({2})}},
      {"conv2d", [](X x) { return conv2d(x[0], x[1], {}, {.padding = 1, .groups = 2}); }, {image, some({2, 1, 2, 2})}},
      {"conv_transpose1d",
       [](X x) { return conv_transpose1d(x[0], x[1], {}, {.stride = 2}); },
       {line, some({2, 1, 2})}},
      {"conv_transpose2d", [](X x) { return conv_transpose2d(x[0], x[1]); }, {some({1, 2, 2, 2}), some({2, 1, 2, 2})}},
      {"max_pool1d", [](X x) { return max_pool1d(x[0], 2); }, {apart({1, 2, 5})}},
      {"max_pool2d", [](X x) { return max_pool2d(x[0], 2, {.stride = 1, .padding = 1}); }, {apart({1, 1, 3, 3})}},
      {"avg_pool1d", [](X x) { return avg_pool1d(x[0], 2); }, {line}},
      {"avg_pool2d", [](X x) { return avg_pool2d(x[0], 2, {.stride = 1, .padding = 1}); }, {image}},
  });
}

TEST_CASE("every op: systems of equations, inverses and determinants", "[every_op]") {
  // Far enough from singular matrices for differences.
  const Array a({2, 2, 2}, {2.0, 0.5, -0.3, 1.5, 1.2, -0.7, 0.4, -1.6});
  const Array m({3, 3}, {2.0, 0.3, -0.4, 0.5, -1.8, 0.2, -0.1, 0.6, 1.5});
  const Array four({4, 4}, {1.5, 0.3, -0.2, 0.1, 0.2, -1.2, 0.4, 0.3, -0.3, 0.1, 1.7, 0.2, 0.4, -0.2, 0.3, 1.1});
  const Array singular({4, 4}, {1, 2, 0, 1, 2, 4, 0, 2, 0, 1, 3, -1, 1, 0, 1, 1});
  const FunctionChecks third{.order = 3, .rounding = 1e-12};
  const FunctionChecks second{.rounding = 1e-12};
  check_all({
      {"cholesky", [](X x) { return cholesky(matmul(x[0], transpose(x[0], -1, -2)) + 0.5); }, {a}, second},
      {"cholesky of what is not symmetric", [](X x) { return cholesky(x[0]); }, {Array({2, 2}, {2, 1, 0.5, 3})}, third},
      {"solve", [](X x) { return solve(x[0], x[1]); }, {m, some({3, 2})}, third},
      {"solve for a vector", [](X x) { return solve(x[0], x[1]); }, {a, some({2})}, second},
      {"solve, both batches broadcast", [](X x) { return solve(x[0], x[1]); }, {a, some({3, 1, 2, 1})}, second},
      {"solve_triangular", [](X x) { return solve_triangular(x[0], x[1]); }, {m, some({3, 2})}, third},
      {"solve_triangular, lower",
       [](X x) { return solve_triangular(x[0], x[1], {.lower = true}); },
       {a, some({2})},
       second},
      {"solve_triangular, unit diagonal",
       [](X x) { return solve_triangular(x[0], x[1], {.unit_diagonal = true}) * 0.5; },
       {m, some({3, 2})},
       second},
      {"inv", [](X x) { return inv(x[0]); }, {m}, third},
      {"inv of a batch", [](X x) { return inv(x[0]); }, {a}, second},
      {"det of one number", [](X x) { return det(x[0]); }, {some({3, 1, 1})}, third},
      {"det of a batch", [](X x) { return det(x[0]); }, {a}, third},
      {"det of three rows", [](X x) { return det(x[0]); }, {m}, third},
      {"det of four rows", [](X x) { return det(x[0]); }, {four}, third},
      {"det of a singular matrix, three rows",
       [](X x) { return det(x[0]); },
       {Array({3, 3}, {1, 2, 3, 2, 4, 6, 1, 0, 1})},
       third},
      {"det of a singular matrix, four rows", [](X x) { return det(x[0]); }, {singular}, second},
      {"det of zeros", [](X x) { return det(x[0]); }, {Array::zeros({4, 4})}, second},
      {"logabsdet", [](X x) { return slogdet(x[0]).logabsdet; }, {four}, third},
      {"logabsdet of a batch", [](X x) { return slogdet(x[0]).logabsdet; }, {a}, second},
      {"the sign of a determinant", [](X x) { return slogdet(x[0]).sign * sum(x[0]); }, {m}, second},
  });
}

TEST_CASE("every op: decompositions of matrices", "[every_op]") {
  // Eigenvalues and singular values far from each other, and none near 0.
  const Array a({3, 3}, {2.0, 0.5, -0.2, 0.3, -1.1, 0.4, 0.1, 0.2, 0.6});
  const Array batch({2, 2, 2}, {2.0, 0.5, 0.3, -0.7, 0.4, 0.3, -0.2, 1.6});
  const Array tall({4, 2}, {2.0, 0.3, -0.4, 1.1, 0.5, -0.2, 0.7, 0.6});
  const Array wide({2, 4}, {1.5, 0.3, -0.4, 0.7, 0.2, -1.1, 0.6, 0.5});
  const Array flat({4, 3},
                   {1, 2, 3, 2, 4, 6, 1, 0, 1, 3, 2, 5});  // of rank 2: the third column is the sum of the others
  const FunctionChecks second{.rounding = 1e-12};
  const auto functions = [](const Tensor& q, const Tensor& r) { return tanh(q) * 0.5 + sum(r * r * 0.1 + r); };
  check_all({
      {"qr, square", [&](X x) { return functions(qr(x[0]).Q, qr(x[0]).R); }, {a}, second},
      {"qr of a batch", [&](X x) { return functions(qr(x[0]).Q, qr(x[0]).R); }, {batch}, second},
      {"qr, tall", [&](X x) { return functions(qr(x[0]).Q, qr(x[0]).R); }, {tall}, second},
      {"qr, wide", [&](X x) { return functions(qr(x[0]).Q, qr(x[0]).R); }, {wide}, second},
      {"eigh", [&](X x) { return functions(eigh(x[0]).eigenvectors, eigh(x[0]).eigenvalues); }, {a}, second},
      {"eigh of a batch",
       [&](X x) { return functions(eigh(x[0]).eigenvectors, eigh(x[0]).eigenvalues); },
       {batch},
       second},
      {"eigvalsh", [](X x) { return eigvalsh(x[0]); }, {a}, {.order = 3, .rounding = 1e-12}},
      {"svd, square",
       [&](X x) {
         const auto [u, s, vh] = svd(x[0]);
         return functions(u, s) + functions(vh, s);
       },
       {a},
       second},
      {"svd, tall",
       [](X x) {
         const auto [u, s, vh] = svd(x[0]);
         return tanh(u) + sum(s * s * s) + sum(vh * vh * vh);
       },
       {tall},
       second},
      {"svd, wide",
       [](X x) {
         const auto [u, s, vh] = svd(x[0]);
         return tanh(vh) + sum(s * s * s) + sum(u * u * u);
       },
       {wide},
       second},
      {"svd of a batch", [&](X x) { return functions(svd(x[0]).U, svd(x[0]).Vh); }, {batch}, second},
      {"svdvals", [](X x) { return svdvals(x[0]); }, {tall}, second},
      {"pinv, square", [](X x) { return pinv(x[0]); }, {a}, second},
      {"pinv, tall", [](X x) { return pinv(x[0]); }, {tall}, {.order = 3, .rounding = 1e-12}},
      {"pinv, wide", [](X x) { return pinv(x[0]); }, {wide}, second},
      {"pinv while the rank stays",
       [](X x) { return pinv(matmul(x[0], x[1])); },
       {Array({3, 1}, {1, -2, 0.5}), Array({1, 2}, {2, 1.5})},
       second},
      {"lstsq, more equations", [](X x) { return lstsq(x[0], x[1]).x; }, {tall, some({4})}, second},
      {"lstsq, fewer equations", [](X x) { return lstsq(x[0], x[1]).x; }, {wide, some({2, 2})}, second},
      {"lstsq, what is left", [](X x) { return lstsq(x[0], x[1]).residuals; }, {tall, some({4, 2})}, second},
  });
}

TEST_CASE("every op: powers of matrices and other products", "[every_op]") {
  const Array a({3, 3}, {2.0, 0.5, -0.2, 0.3, -1.1, 0.4, 0.1, 0.2, 0.6});
  const Array batch({2, 2, 2}, {0.2, 0.5, 0.3, -0.7, 0.04, 0.03, -0.02, 0.01});
  const FunctionChecks second{.rounding = 1e-12};
  check_all({
      {"matrix_power 3", [](X x) { return matrix_power(x[0], 3); }, {a}, second},
      {"matrix_power -2", [](X x) { return matrix_power(x[0], -2); }, {a}, second},
      {"matrix_power 0", [](X x) { return matrix_power(x[0], 0); }, {a}},
      {"expm", [](X x) { return expm(x[0]); }, {a}, second},
      {"expm of a batch", [](X x) { return expm(x[0]); }, {batch}, {.order = 3, .rounding = 1e-12}},
      {"kron", [](X x) { return kron(x[0], x[1]); }, {some({2, 3}), some({2, 1})}},
      {"kron, other ranks", [](X x) { return kron(x[0], x[1]); }, {some({2}), some({3, 2, 2})}},
      {"tensordot", [](X x) { return tensordot(x[0], x[1]); }, {some({2, 3, 2}), some({3, 2, 2})}},
      {"tensordot over pairs",
       [](X x) {
         return tensordot(x[0], x[1], {0, -1}, {2, 0});
       },
       {some({2, 3, 2}), some({2, 1, 2})}},
      {"cross", [](X x) { return cross(x[0], x[1]); }, {some({2, 3}), some({3})}},
      {"cross along an axis", [](X x) { return cross(x[0], x[1], 0); }, {some({3, 2}), some({3, 1})}},
  });
}

TEST_CASE("every op: losses", "[every_op]") {
  const Array a = some({2, 3});
  const Array b = some({2, 3}, 1.5, 2.5);  // no |a − b| close to 0, nor to 1 where Huber's loss bends
  const Array share = some({2, 3}, 0.2, 0.8);
  const Indices labels{2, 0};
  check_all({
      {"mse", [](X x) { return mse(x[0], x[1]); }, {a, b}},
      {"mae", [](X x) { return mae(x[0], x[1]); }, {a, some({2, 3}, 3, 4)}},
      {"huber", [](X x) { return huber(x[0], x[1], 9.0, Reduction::none); }, {a, b}},
      {"smooth_l1", [](X x) { return smooth_l1(x[0], x[1], 0.1, Reduction::sum); }, {a, some({2, 3}, 3, 4)}},
      {"hinge", [](X x) { return hinge(x[0], x[1]); }, {some({4}, 0.1, 0.4), some({4}, 0.5, 1.0)}},
      {"cosine_similarity", [](X x) { return cosine_similarity(x[0], x[1]); }, {a, b}},
      {"bce", [](X x) { return bce(x[0], x[1]); }, {share, some({2, 3}, 0.2, 0.8)}},
      {"bce_with_logits", [](X x) { return bce_with_logits(x[0], x[1]); }, {a, share}},
      {"bce_with_logits, weighted", [](X x) { return bce_with_logits(x[0], x[1], x[2]); }, {a, share, some({3}, 1, 2)}},
      {"kl_div", [](X x) { return kl_div(x[0], x[1], false, Reduction::sum); }, {a, share}},
      {"kl_div of logarithms", [](X x) { return kl_div(x[0], x[1], true, Reduction::sum); }, {a, b}},
      {"cross_entropy", [&](X x) { return cross_entropy(x[0], labels); }, {a}, {.order = 3}},
      {"cross_entropy, smoothed and weighted",
       [&](X x) {
         return cross_entropy(x[0], labels, {.class_weights = Array({3}, {1, 2, 3}), .label_smoothing = 0.1});
       },
       {a}},
      {"cross_entropy of shares", [](X x) { return cross_entropy(x[0], x[1]); }, {a, share}},
      {"nll", [&](X x) { return nll(log_softmax(x[0]), labels); }, {a}},
  });
}

TEST_CASE("every op: chains of them, to the third order", "[every_op]") {
  const FunctionChecks third{.order = 3};
  check_all({
      {"a layer and its loss",
       [](X x) {
         return cross_entropy(matmul(tanh(x[0]), x[1]) + x[2], Indices{1, 0});
       },
       {some({2, 3}), some({3, 2}), some({2})},
       third},
      {"a quotient of reductions",
       [](X x) { return sum(x[0] * x[0], 1) / (2.0 + sum(exp(x[0]), 1)); },
       {some({2, 3})},
       third},
      {"broadcasting", [](X x) { return x[0] * x[1] + x[0] / (3.0 + x[1]); }, {some({2, 1}), some({1, 3})}, third},
  });
}
