// Layers that turn words and places into vectors.
#pragma once
#include <cstdint>
#include <optional>

#include "../../autograd/array/indices.h"
#include "../initial_key.h"
#include "weighted.h"

namespace gradus::nn {

struct EmbeddingOptions {
  std::optional<std::int64_t> padding_idx = {};  ///< starts at 0 and is not learned
};

/// A row of W [num_embeddings, embedding_dim] for each index: [...] gives [..., embedding_dim].  It is called with Indices,
/// or with a tensor of whole numbers, which a compiled function cannot look at.  W starts normal, of deviation 1.
class GRADUS_API Embedding : public Weighted<Embedding> {
 public:
  /// Throws ValueError unless both sizes are at least 1, and ShapeError for a padding_idx that is no row.
  Embedding(std::int64_t num_embeddings, std::int64_t embedding_dim, const EmbeddingOptions& options = {},
            const Key& key = next_initial_key());
  using Module::operator();
  [[nodiscard]] Tensor operator()(const Indices& indices) const;
  [[nodiscard]] std::string kind() const override { return "Embedding"; }

 protected:
  Tensor forward(const Tensor& x) override;

 private:
  std::optional<std::int64_t> padding_idx_;
};

}  // namespace gradus::nn
