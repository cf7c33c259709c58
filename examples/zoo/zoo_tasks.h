// Tasks that several programs of the zoo share.  The same key, the same data.
#pragma once
#include <autograd/autograd.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace zoo {

/// The lowest bits of whole numbers, the lowest first: [count] gives [count, bits].
gradus::Tensor bits_of(const gradus::Tensor& numbers, std::int64_t bits);

/// The pictures of side × side points in which whole columns (bars) or whole rows (stripes) are black, each as the number
/// whose bits, the lowest first, are its points row by row.
std::vector<std::int64_t> bars_and_stripes(std::int64_t side);

/// The Mackey–Glass equation, dx/dt = 0.2 x(t − 17)/(1 + x(t − 17)¹⁰) − 0.1 x, a chaotic series: so many numbers of it, one for
/// each unit of time, less their mean of about 0.9.
std::vector<double> mackey_glass(std::size_t count, const gradus::Key& key);

/// A memory of cells with several numbers each, [n, cells, width] for n examples.  A head looks at it through weights over
/// the cells, [n, cells].
namespace memory {

/// What such weights see: the mean of the cells, [n, width].
gradus::Tensor read(const gradus::Tensor& memory, const gradus::Tensor& weights);
/// Erases and then adds as far as the weights reach; both are [n, width], erase between 0 and 1.
gradus::Tensor written(const gradus::Tensor& memory, const gradus::Tensor& weights, const gradus::Tensor& erase,
                       const gradus::Tensor& add);
/// How like a key [n, width] each cell is, from −1 to 1: the cosine of the angle between them, [n, cells].
gradus::Tensor likeness(const gradus::Tensor& memory, const gradus::Tensor& key);

}  // namespace memory

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
