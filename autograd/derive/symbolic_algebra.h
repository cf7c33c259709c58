// The algebra behind results in letters: products of powers whose factors are names, values of functions and sums, so that
// what people write as a product stays one.  It knows what each expression is worth where the graph was recorded.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "../array/array.h"
#include "../graph/graph.h"
#include "../math/formula.h"
#include "../tensor/rule.h"

namespace gradus::detail {

/// An exact fraction.  What would take more than 31 bits is no number here: `below` is 0.
struct Fraction {
  std::int64_t above = 0;
  std::int64_t below = 1;

  [[nodiscard]] static Fraction of(std::int64_t above, std::int64_t below);
  /// The decimal fraction in these digits: "−1.5", "1e-05".
  [[nodiscard]] static Fraction read(std::string_view digits);
  [[nodiscard]] bool known() const noexcept { return below != 0; }
  [[nodiscard]] double value() const noexcept { return static_cast<double>(above) / static_cast<double>(below); }
  friend bool operator==(const Fraction&, const Fraction&) = default;
};
[[nodiscard]] Fraction operator*(const Fraction& a, const Fraction& b);
[[nodiscard]] Fraction operator+(const Fraction& a, const Fraction& b);

/// A fraction times powers of factors, each factor once, in the order in which they were multiplied.
struct Product {
  struct Power {
    int factor = 0;
    int exponent = 1;
  };
  Fraction coefficient{1, 1};
  std::vector<Power> powers{};

  /// Not known: too long, or nothing the algebra can say.
  [[nodiscard]] static Product unknown() { return {{0, 0}, {}}; }
  [[nodiscard]] bool known() const noexcept { return coefficient.known(); }
  [[nodiscard]] bool is_zero() const noexcept { return coefficient.above == 0 && known(); }
};

/// What a product of powers is made of: a sum of products, or an atom.
struct Factor {
  std::vector<Product> terms;  // of a sum, at least two; of an atom, none

  // Of an atom: the value of a slot, a constant that has a name, or what an op makes of expressions.
  int slot = -1;
  Formula::Term term{Formula::Kind::name};  // how the op or the constant is written
  const Rule* rule = nullptr;               // of an op on whole arrays, which then writes itself
  Shape first;                              // the shape of its first argument
  std::vector<Product> arguments;

  std::string key;      // the same for the same factor, and of a sum for its opposite
  int sign = 1;         // of a sum: that of the term its key begins with
  bool hidden = false;  // the same numbers in another shape: written as what it is made of
  Array value;          // where the graph was recorded, in float64; null where nobody can say
  Array magnitude;      // the sizes of its terms added up: what rounding is relative to
  int size = 1;         // how many names it takes, roughly
  [[nodiscard]] bool is_sum() const noexcept { return !terms.empty(); }
};

/// How sums are made.
enum class Sums : std::uint8_t {
  as_they_stand,  // factors that all terms share are taken out
  multiplied_out  // over a common denominator and expanded, so that what cancels does
};

class Algebra {
 public:
  explicit Algebra(Sums sums) : sums_(sums) {}

  [[nodiscard]] static Product number(const Fraction& f) { return {f, {}}; }
  /// The value of a slot.
  Product slot(int slot, const Array& value);
  /// A function of expressions, as the term of a formula says.
  Product function(const Formula::Term& term, std::span<const Product> x);
  /// What has a name of its own and this value.
  Product constant(const std::string& name, const Array& value);
  /// An op on whole arrays of these shapes.  The rule must outlive the algebra; see keep().
  Product op(const Rule& rule, std::span<const Product> x, std::span<const Shape> shapes);
  /// The same numbers in another shape, which goes without saying: a vector as a row or a column.
  Product reshaped(const Product& a, const Shape& shape);
  /// The expression that a formula is, with `names` in the places of the names that begin with \x01 and a number.
  Product read(const Formula& formula, std::span<const Product> names);

  Product times(const Product& a, const Product& b);
  Product power(const Product& a, int exponent);
  Product add(std::span<const Product> parts);
  static Product negative(Product a);

  /// Keeps what rules of op() belong to.
  void keep(std::shared_ptr<const Graph> graph) { kept_.push_back(std::move(graph)); }

  /// From here on what would be the atom `from` alone is `to`: the value of a function has the name of its slot.
  void call(const Product& from, const Product& to);

  [[nodiscard]] const Factor& factor(int k) const { return factors_[static_cast<std::size_t>(k)]; }
  [[nodiscard]] int size(const Product& a) const;
  /// Its value, in float64; null where nobody can say.
  [[nodiscard]] Array value(const Product& a) const;
  /// The same with every term counted by its size: what rounding is relative to.
  [[nodiscard]] Array magnitude(const Product& a) const;

  /// A name that stands for expression number k in a formula to be read.
  [[nodiscard]] static Formula placeholder(std::size_t k);

 private:
  Product of_factor(Factor&& factor);
  /// What all terms share, which is taken out of them.
  Product take_common(std::vector<Product>& terms, Sums how) const;
  /// Adds the terms of the product, multiplied out.  False when that is too long.
  bool expand(const Product& a, std::vector<Product>& out) const;
  [[nodiscard]] std::string key_of_arguments(std::span<const Product> x) const;
  [[nodiscard]] Product bounded(Product a) const;

  Sums sums_;
  std::vector<Factor> factors_;
  std::unordered_map<std::string, int> known_;
  std::vector<std::shared_ptr<const Graph>> kept_;
};

}  // namespace gradus::detail
