// Attention (Vaswani and others 2017), as PyTorch's.
#pragma once
#include <cstdint>

#include "../activation.h"
#include "../initial_key.h"
#include "../module.h"

namespace gradus::nn {

/// softmax(Q·Kᵀ/√d + mask)·V for Q [..., m, d], K [..., n, d] and V [..., n, e]: [..., m, e].  The mask, which may be
/// empty, is added: −∞ where a query may not look.  Causal: no query looks at a key behind its own place.
[[nodiscard]] GRADUS_API Tensor scaled_dot_product_attention(const Tensor& query, const Tensor& key,
                                                             const Tensor& value, const Tensor& attn_mask = {},
                                                             bool is_causal = false);

struct AttentionOptions {
  double dropout = 0.0;  ///< of the weights that values get, while it is trained
  bool bias = true;
  bool batch_first = false;  ///< x [n, places, embed_dim] instead of [places, n, embed_dim]
  bool is_causal = false;    ///< where it is called with x alone
};

/// Attention in several heads side by side, whose queries, keys and values are linear in what it is called with: heads
/// concat(softmax(Qᵢ·Kᵢᵀ/√d + mask)·Vᵢ)·W_outᵀ + b_out.  in_proj_weight [3·embed_dim, embed_dim] holds the weights of Q, K
/// and V below each other.  Weights start as those of Linear, biases at 0.
class GRADUS_API MultiHeadAttention : public Cloneable<MultiHeadAttention> {
 public:
  /// Throws ValueError unless the heads divide embed_dim and 0 <= dropout <= 1.
  MultiHeadAttention(std::int64_t embed_dim, std::int64_t num_heads, const AttentionOptions& options = {},
                     const Key& key = next_initial_key());
  using Module::operator();  // x is query, key and value
  /// An example or a batch of them: [places, embed_dim] or with a batch, the mask [m, n].
  [[nodiscard]] Tensor operator()(const Tensor& query, const Tensor& key, const Tensor& value,
                                  const Tensor& attn_mask = {}, bool is_causal = false) const;
  [[nodiscard]] std::string kind() const override { return "MultiHeadAttention"; }

 protected:
  Tensor forward(const Tensor& x) override { return attend(x, x, x, {}, options_.is_causal); }

 private:
  [[nodiscard]] Tensor attend(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor& mask,
                              bool is_causal) const;

  std::int64_t num_heads_;
  AttentionOptions options_;
};
using MultiheadAttention = MultiHeadAttention;

struct PositionalEncodingOptions {
  std::int64_t max_len = 5000;
  bool batch_first = false;
};

/// y = x + P with P[t, 2i] = sin(t / 10000^(2i/d)), P[t, 2i+1] = cos of the same: x [places, n, d_model] or [places,
/// d_model].
class GRADUS_API PositionalEncoding : public Cloneable<PositionalEncoding> {
 public:
  /// Throws ValueError unless d_model and max_len are at least 1.
  explicit PositionalEncoding(std::int64_t d_model, const PositionalEncodingOptions& options = {});
  [[nodiscard]] std::string kind() const override { return "PositionalEncoding"; }

 protected:
  /// Throws ShapeError for more places than max_len.
  Tensor forward(const Tensor& x) override;

 private:
  bool batch_first_;
};

struct TransformerEncoderOptions {
  std::int64_t dim_feedforward = 2048;
  double dropout = 0.1;
  Activation activation = "relu";
  double layer_norm_eps = 1e-5;
  bool batch_first = false;
  bool norm_first = false;  ///< x + f(norm(x)) instead of norm(x + f(x))
  bool bias = true;
  bool is_causal = false;
};

/// Attention and two linear layers, each with a residual connection, dropout and a LayerNorm.
class GRADUS_API TransformerEncoderLayer : public Cloneable<TransformerEncoderLayer> {
 public:
  /// Throws as MultiHeadAttention and Linear do.
  TransformerEncoderLayer(std::int64_t d_model, std::int64_t nhead, const TransformerEncoderOptions& options = {},
                          const Key& key = next_initial_key());
  [[nodiscard]] std::string kind() const override { return "TransformerEncoderLayer"; }

 protected:
  Tensor forward(const Tensor& x) override;

 private:
  Activation activation_;
  bool norm_first_;
};

}  // namespace gradus::nn
