#include "nn/layers/embedding_layers.h"

#include <fmt/format.h>

#include "autograd/base/error.h"
#include "autograd/tensor/ops/creation.h"
#include "autograd/tensor/ops/indexing.h"
#include "autograd/tensor/ops/parts.h"
#include "nn/layers/layer_parts.h"

namespace gradus::nn {

Embedding::Embedding(std::int64_t num_embeddings, std::int64_t embedding_dim, const EmbeddingOptions& options,
                     const Key& key)
    : padding_idx_(options.padding_idx) {
  check_sizes("embedding", {{"num_embeddings", num_embeddings}, {"embedding_dim", embedding_dim}});
  set_sizes(fmt::format("{} → {}", num_embeddings, embedding_dim));
  Tensor rows = normal({num_embeddings, embedding_dim}, 0.0, 1.0, key);
  if (padding_idx_) rows.at(*padding_idx_) = 0.0;
  add_weight(rows.value());
}

// y = W[i]
Tensor Embedding::operator()(const Indices& indices) const {
  return called([&] { return embedding(weight(), indices, padding_idx_); });
}

Tensor Embedding::forward(const Tensor& x) {
  return embedding(weight(), Indices(x.shape(), x.to_vector<std::int64_t>()), padding_idx_);
}

}  // namespace gradus::nn
