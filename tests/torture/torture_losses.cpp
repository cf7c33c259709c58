#include "tests/torture/torture.h"

namespace gradus::torture {

namespace {

Tensor cross_entropy_of_logits(const Inputs& in) {
  return bce_with_logits(in["x"], Tensor(Array::full(in["x"].shape(), in.parameter("t"))));
}

}  // namespace

Table losses() {
  return {
      {"acc-bce-logits-100-t1", cross_entropy_of_logits},
      {"acc-bce-logits--100-t1", cross_entropy_of_logits},
      {"acc-bce-logits--100-t0", cross_entropy_of_logits},
      {"acc-bce-logits-0-t1", cross_entropy_of_logits},
      {"acc-bce-logits-10000-t1", cross_entropy_of_logits},
      {"acc-bce-logits-3-t0.25", cross_entropy_of_logits},
      {"softmax-1e4", [](const Inputs& in) { return ops::slice(softmax(in["x"], 0), {Slice(0)}); }},
      {"softmax-all-neginf", [](const Inputs& in) { return softmax(in["x"], 0); }},
      {"empty-softmax", [](const Inputs& in) { return sum(softmax(in["x"], 0)); }},
      {"log-softmax-1e4", [](const Inputs& in) { return ops::slice(log_softmax(in["x"], 0), {Slice(1)}); }},
      {"ce-forge",
       [](const Inputs& in) {
         return sum(cross_entropy(reshape(in["x"], {1, 3}), Indices{2}));
       }},
      {"huber-at-delta", [](const Inputs& in) { return huber(in["x"], Tensor(Array::zeros(in["x"].shape())), 1.0); }},
  };
}

}  // namespace gradus::torture
