#include "nn/layers/attention.h"

#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/tensor/ops/joining.h"
#include "autograd/tensor/ops/linear_algebra.h"
#include "autograd/tensor/ops/parts.h"
#include "autograd/tensor/ops/reshape.h"
#include "autograd/tensor/ops/softmax.h"
#include "nn/layers/dropout.h"
#include "nn/layers/layer_parts.h"
#include "nn/layers/linear.h"
#include "nn/layers/norm_layers.h"

namespace gradus::nn {

namespace {

// −∞ for keys behind the query's own place.
Array causal_mask(std::int64_t queries, std::int64_t keys) {
  std::vector<double> mask(static_cast<std::size_t>(queries * keys));
  for (std::int64_t i = 0; i < queries; ++i) {
    for (std::int64_t j = i + 1; j < keys; ++j) {
      mask[static_cast<std::size_t>(i * keys + j)] = -std::numeric_limits<double>::infinity();
    }
  }
  return Array({queries, keys}, mask);
}

// softmax(Q·Kᵀ/√d + mask)·V, some of the weights left out by the key
Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& mask, bool is_causal, double p,
                 const std::optional<Key>& key) {
  Tensor scores = matmul(q, transpose(k, -2, -1)) / std::sqrt(static_cast<double>(q.size(-1)));
  if (mask.defined()) scores = scores + beside(scores, mask);
  if (is_causal) scores = scores + beside(scores, causal_mask(q.size(-2), k.size(-2)), "mask");
  const Tensor weights = softmax(scores);
  return matmul(key ? dropout(weights, p, *key) : weights, v);
}

// [..., places, heads · d] as [..., heads, places, d], and back.
Tensor heads_of(const Tensor& x, std::int64_t heads) {
  const Shape shape = x.shape();
  std::vector<std::int64_t> sizes(shape.begin(), shape.end());
  sizes.back() = heads;
  sizes.push_back(shape[-1] / heads);
  return transpose(reshape(x, Shape(sizes)), -3, -2);
}
Tensor side_by_side(const Tensor& heads) { return flatten(transpose(heads, -3, -2), -2, -1); }

}  // namespace

Tensor scaled_dot_product_attention(const Tensor& query, const Tensor& key, const Tensor& value,
                                    const Tensor& attn_mask, bool is_causal) {
  return attention(query, key, value, attn_mask, is_causal, 0.0, {});
}

MultiHeadAttention::MultiHeadAttention(std::int64_t embed_dim, std::int64_t num_heads, const AttentionOptions& options,
                                       const Key& key)
    : num_heads_(num_heads), options_(options) {
  check_sizes("multi_head_attention", {{"embed_dim", embed_dim}, {"num_heads", num_heads}});
  (void)probability(options.dropout, "multi_head_attention");
  if (embed_dim % num_heads != 0) {
    throw ValueError(fmt::format("[multi_head_attention] {} heads do not divide embed_dim {}", num_heads, embed_dim));
  }
  set_sizes(fmt::format("{}, {} heads", embed_dim, num_heads));
  add_parameter("in_proj_weight", glorot({3 * embed_dim, embed_dim}, key.part(0)), "W");
  if (options.bias) add_parameter("in_proj_bias", zeros_of({3 * embed_dim}), "b");
  add_part("out_proj", std::make_shared<Linear>(embed_dim, embed_dim, LinearOptions{options.bias}, key.part(1)));
  draw_from(key.part(2));
}

Tensor MultiHeadAttention::attend(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor& mask,
                                  bool is_causal) const {
  const std::vector<Tensor> w = split(tensor("in_proj_weight"), 3, 0);
  const std::vector<Tensor> b = options_.bias ? split(tensor("in_proj_bias"), 3, 0) : std::vector<Tensor>(3);
  const auto swapped = [&](const Tensor& x) { return options_.batch_first || x.rank() < 3 ? x : transpose(x, 0, 1); };
  // Q, K, V = x·Wᵀ + b, in heads
  const auto heads = [&](const Tensor& x, std::size_t i) {
    return heads_of(linear(swapped(x), w[i], b[i]), num_heads_);
  };
  const bool drops = training() && options_.dropout > 0.0;
  // y = concat(softmax(Qᵢ·Kᵢᵀ/√d + mask)·Vᵢ)·W_outᵀ + b_out
  const Tensor all = attention(heads(query, 0), heads(key, 1), heads(value, 2), mask, is_causal, options_.dropout,
                               drops ? std::optional(next_key()) : std::nullopt);
  return swapped(run("out_proj", side_by_side(all)));
}

Tensor MultiHeadAttention::operator()(const Tensor& query, const Tensor& key, const Tensor& value,
                                      const Tensor& attn_mask, bool is_causal) const {
  return called([&] { return attend(query, key, value, attn_mask, is_causal); });
}

PositionalEncoding::PositionalEncoding(std::int64_t d_model, const PositionalEncodingOptions& options)
    : batch_first_(options.batch_first) {
  check_sizes("positional_encoding", {{"d_model", d_model}, {"max_len", options.max_len}});
  set_sizes(fmt::format("{}", d_model));
  std::vector<double> p;
  for (std::int64_t t = 0; t < options.max_len; ++t) {
    for (std::int64_t i = 0; i < d_model; ++i) {
      // P[t, 2i] = sin(t / 10000^(2i/d)), P[t, 2i+1] = cos of the same
      const double angle =
          static_cast<double>(t) / std::pow(10000.0, static_cast<double>(i - i % 2) / static_cast<double>(d_model));
      p.push_back(i % 2 == 0 ? std::sin(angle) : std::cos(angle));
    }
  }
  add_buffer("pe", Array({options.max_len, d_model}, p));
}

// y = x + P
Tensor PositionalEncoding::forward(const Tensor& x) {
  const bool places_first = !batch_first_ && x.rank() == 3;
  const std::int64_t places = x.size(places_first ? 0 : -2);
  if (places > tensor("pe").size(0)) {
    throw ShapeError(fmt::format("[positional_encoding] {} places are more than max_len {}: x is {}", places,
                                 tensor("pe").size(0), to_string(x.shape())));
  }
  const Tensor p = tensor("pe")[range(places)];
  return x + (places_first ? unsqueeze(p, 1) : p);
}

TransformerEncoderLayer::TransformerEncoderLayer(std::int64_t d_model, std::int64_t nhead,
                                                 const TransformerEncoderOptions& options, const Key& key)
    : activation_(options.activation), norm_first_(options.norm_first) {
  const AttentionOptions attention_options{options.dropout, options.bias, options.batch_first, options.is_causal};
  const LayerNormOptions norm{.eps = options.layer_norm_eps, .bias = options.bias};
  const std::int64_t wide = options.dim_feedforward;
  set_sizes(fmt::format("{} → {} → {}, {} heads", d_model, wide, d_model, nhead));
  add_part("self_attn", std::make_shared<MultiHeadAttention>(d_model, nhead, attention_options, key.part(0)));
  add_part("linear1", std::make_shared<Linear>(d_model, wide, LinearOptions{options.bias}, key.part(1)));
  add_part("dropout", std::make_shared<Dropout>(options.dropout, key.part(2)));
  add_part("linear2", std::make_shared<Linear>(wide, d_model, LinearOptions{options.bias}, key.part(3)));
  add_part("norm1", std::make_shared<LayerNorm>(d_model, norm));
  add_part("norm2", std::make_shared<LayerNorm>(d_model, norm));
  add_part("dropout1", std::make_shared<Dropout>(options.dropout, key.part(4)));
  add_part("dropout2", std::make_shared<Dropout>(options.dropout, key.part(5)));
}

Tensor TransformerEncoderLayer::forward(const Tensor& x) {
  const auto attend = [&](const Tensor& t) { return run("dropout1", run("self_attn", t)); };
  const auto feed = [&](const Tensor& t) {
    return run("dropout2", run("linear2", run("dropout", activation_(run("linear1", t)))));
  };
  // h = norm₁(x + attention(x)),  y = norm₂(h + feed(h));  norm_first: h = x + attention(norm₁(x)),  y = h + feed(norm₂(h))
  if (norm_first_) {
    const Tensor h = x + attend(run("norm1", x));
    return h + feed(run("norm2", h));
  }
  const Tensor h = run("norm1", x + attend(x));
  return run("norm2", h + feed(h));
}

}  // namespace gradus::nn
