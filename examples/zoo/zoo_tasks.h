// Tasks that several programs of the zoo share.  The same key, the same data.
#pragma once
#include <autograd/autograd.h>

#include <cstdint>
#include <functional>

namespace zoo {

/// Repeating: words of three bits are said one after the other, then comes a mark, and then a mark at each of as many times as
/// there were words.  A network is given [count, 2·length + 1, bits + 2] and answers, at each of the last times, with logits
/// of the bits: [count, length, bits].
namespace repeating {

inline constexpr std::int64_t bits = 3;
using Network = std::function<gradus::Tensor(const gradus::Tensor& said)>;

/// 32 rows of words drawn by the key: one word, two, three or four, in turn with k.
gradus::Tensor words(std::uint64_t k, const gradus::Key& key);
/// Whether at this time a word is to be repeated.
bool is_asked(const gradus::Tensor& said, std::int64_t time);
gradus::Tensor loss(const Network& network, const gradus::Tensor& words);
/// The share of wrong bits when so many words are said.
double share_wrong(const Network& network, std::int64_t length, const gradus::Key& key);

}  // namespace repeating

/// Pictures [count, 1, 16, 16] of a disc each, with a soft edge, made of three numbers between −1 and 1: where it is, from
/// left to right and from top to bottom, and how large.
gradus::Tensor discs(const gradus::Tensor& numbers);

}  // namespace zoo
