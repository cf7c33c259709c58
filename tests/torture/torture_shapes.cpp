#include "tests/torture/torture.h"

namespace gradus::torture {

namespace {

Tensor weighted(const Tensor& x) { return sum(x * counted(x.shape())); }
Tensor sum_of_product(const Inputs& in) { return sum(in["a"] * in["b"]); }
Tensor sum_of_matrix_product(const Inputs& in) { return sum(matmul(in["a"], in["b"])); }

}  // namespace

Table shapes() {
  return {
      {"bc-scalar-matrix", sum_of_product},
      {"bc-1-matrix", sum_of_product},
      {"bc-col-row", sum_of_product},
      {"bc-lead", sum_of_product},
      {"bc-mid", sum_of_product},
      {"bc-both", sum_of_product},
      {"bc-ones", sum_of_product},
      {"bc-empty-scalar", sum_of_product},
      {"bc-bias", [](const Inputs& in) { return sum(matmul(in["w"], in["x"]) + in["b"]); }},
      {"sum-axes-all", [](const Inputs& in) { return weighted(sum(in["x"])); }},
      {"sum-axes-neg3-keep", [](const Inputs& in) { return weighted(sum(in["x"], -3, true)); }},
      {"sum-axes-01",
       [](const Inputs& in) {
         return weighted(sum(in["x"], {0, 1}));
       }},
      {"sum-axes-empty-axes", [](const Inputs& in) { return weighted(sum(in["x"], Axes(std::span<const int>()))); }},
      {"matmul-22", sum_of_matrix_product},
      {"matmul-rows0", sum_of_matrix_product},
      {"matmul-inf-zero", [](const Inputs& in) { return matmul(in["a"], in["b"]); }},
      {"reshape-grad",
       [](const Inputs& in) {
         return weighted(reshape(in["x"], {3, 2}));
       }},
      {"gather-dup",
       [](const Inputs& in) {
         return sum(take(in["x"], Indices{0, 0, 2}, 0));
       }},
      {"slice-step", [](const Inputs& in) { return sum(ops::slice(in["x"], {Slice(1, 6, 2)})); }},
      {"slice-empty", [](const Inputs& in) { return sum(ops::slice(in["x"], {Slice(3, 3)})); }},
      {"concat-empty",
       [](const Inputs& in) {
         return weighted(concat({in["a"], in["b"]}));
       }},
      {"expand-grad", [](const Inputs& in) { return sum(broadcast_to(in["x"], {1000})); }},
  };
}

Table errors() {
  const auto product = [](const Inputs& in) { return in["a"] * in["b"]; };
  return {
      {"bc-mismatch-1", product},
      {"bc-mismatch-2", product},
      {"bc-mismatch-3", product},
      {"axis-bad-1", [](const Inputs& in) { return sum(in["x"], -4); }},
      {"empty-max", [](const Inputs& in) { return max(in["x"]); }},
      {"empty-min", [](const Inputs& in) { return min(in["x"]); }},
      {"matmul-rank0", [](const Inputs& in) { return matmul(in["a"], in["b"]); }},
      {"reshape-mismatch",
       [](const Inputs& in) {
         return reshape(in["x"], {4, 2});
       }},
      {"permute-dup",
       [](const Inputs& in) {
         return permute(in["x"], std::vector<int>{0, 0, 1});
       }},
      {"mse-shape-mismatch", [](const Inputs& in) { return mse(in["x"], in["y"]); }},
  };
}

}  // namespace gradus::torture
