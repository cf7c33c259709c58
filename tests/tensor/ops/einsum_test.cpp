// einsum against its definition: a loop over every label.
#include "autograd/tensor/ops/einsum.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/tensor/ops/join_axes.h"
#include "tests/catch.h"
#include "tests/reference/check_gradient.h"
#include "tests/reference/naive.h"

using namespace gradus;
using namespace gradus::reference;

namespace {

/// "ab,bc->ac" by the definition; one letter for each axis, output given, sizes of 1 broadcast.
Array naive_einsum(const std::string& spec, const std::vector<Array>& x) {
  std::vector<std::string> terms(1);
  for (const char c : spec.substr(0, spec.find("->"))) {
    if (c == ',') {
      terms.emplace_back();
    } else {
      terms.back() += c;
    }
  }
  const std::string output = spec.substr(spec.find("->") + 2);
  std::map<char, std::int64_t> sizes;
  std::string all = output;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    for (std::size_t k = 0; k < terms[i].size(); ++k) {
      const char c = terms[i][k];
      if (all.find(c) == std::string::npos) all += c;
      std::int64_t& size = sizes.try_emplace(c, 1).first->second;
      if (x[i].sizes()[k] != 1) size = x[i].sizes()[k];
    }
  }
  Index full;
  for (const char c : all) full.push_back(sizes.at(c));
  const Shape shape(Index(full.begin(), full.begin() + static_cast<std::ptrdiff_t>(output.size())));
  std::vector<double> out(static_cast<std::size_t>(shape.size()), 0.0);
  std::size_t inner = 1;
  for (std::size_t k = output.size(); k < full.size(); ++k) inner *= static_cast<std::size_t>(full[k]);
  std::size_t place = 0;
  for_each_index(Shape(full), [&](const Index& index) {
    double product = 1.0;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      Index own;
      for (std::size_t k = 0; k < terms[i].size(); ++k) {
        own.push_back(x[i].sizes()[k] == 1 ? 0 : index[all.find(terms[i][k])]);
      }
      product *= element(x[i], own);
    }
    out[place++ / inner] += product;
  });
  return Array(shape, out);
}

std::vector<Tensor> constants(const std::vector<Array>& x) {
  std::vector<Tensor> out;
  for (const Array& a : x) out.emplace_back(a);
  return out;
}

/// Random operands for a specification without "...": every label has one size in all of them, or now and then 1.
std::vector<Array> operands_for(Numbers& numbers, const std::string& spec, bool with_ones) {
  std::map<char, std::int64_t> sizes;
  std::vector<Array> out;
  std::string term;
  for (const char c : spec.substr(0, spec.find("->")) + ",") {
    if (c != ',') {
      sizes.try_emplace(c, numbers.chance(0.03) ? 0 : 1 + numbers.whole(4));
      term += c;
      continue;
    }
    Index shape;
    for (const char label : term) {
      const bool one = with_ones && std::ranges::count(term, label) == 1 && numbers.chance(0.2);
      shape.push_back(one ? 1 : sizes.at(label));
    }
    out.push_back(shuffled_in_memory(numbers, random_array(numbers, Shape(shape))));
    term.clear();
  }
  return out;
}

/// A specification of up to four operands over six labels, some twice in a term, with an output of some of them.
std::string random_spec(Numbers& numbers) {
  const std::string alphabet = "abcXYZ";
  std::string spec;
  std::string used;
  const std::int64_t terms = 1 + numbers.whole(4);
  for (std::int64_t i = 0; i < terms; ++i) {
    if (i > 0) spec += ',';
    const std::int64_t letters = numbers.whole(4);
    for (std::int64_t k = 0; k < letters; ++k) {
      const char c = alphabet[static_cast<std::size_t>(numbers.whole(6))];
      spec += c;
      if (used.find(c) == std::string::npos) used += c;
    }
  }
  spec += "->";
  const std::vector<int> order = random_order(numbers, static_cast<int>(used.size()));
  for (const int k : order) {
    if (numbers.chance(0.5)) spec += used[static_cast<std::size_t>(k)];
  }
  return spec;
}

const std::vector<std::string> common = {
    "ij,jk->ik",   "ij,kj->ik",    "ji,jk->ik", "bij,bjk->bik",    "bhqd,bhkd->bhqk",
    "i,i->",       "i,j->ij",      "ii->",      "ii->i",           "iij->ji",
    "ijk->kij",    "ij->",         "ij,ij->i",  "ij,ij->",         "abc,cd->abd",
    "abcd,cd->ab", "ab,abc,cd->d", "i,i,i->",   "iji,j->i",        "a,b,c->abc",
    "ab,ab->ba",   ",ab->ab",      ",->",       "ijkl,klmn->ijmn", "kij,kl->ijl",
};

}  // namespace

TEST_CASE("einsum: common specifications, against the definition", "[einsum]") {
  Numbers numbers(41);
  for (const std::string& spec : common) {
    for (int round = 0; round < 6; ++round) {
      const auto x = operands_for(numbers, spec, round > 2);
      INFO(spec);
      const Array expected = naive_einsum(spec, x);
      const Tensor got = einsum(spec, constants(x));
      CHECK(got.shape() == expected.shape());
      CHECK(far_apart(got.to_vector(), expected.to_vector(), 1e-12) == "");
    }
  }
}

TEST_CASE("einsum: random specifications, against the definition", "[einsum]") {
  Numbers numbers(42);
  for (int round = 0; round < 1500; ++round) {
    const std::string spec = random_spec(numbers);
    const auto x = operands_for(numbers, spec, round % 2 == 0);
    INFO(spec);
    const Array expected = naive_einsum(spec, x);
    const Tensor got = einsum(spec, constants(x));
    CHECK(got.shape() == expected.shape());
    CHECK(far_apart(got.to_vector(), expected.to_vector(), 1e-11) == "");
  }
}

TEST_CASE("einsum: gradients and gradients of gradients agree with differences", "[einsum]") {
  Numbers numbers(43);
  for (const std::string spec : {"ij,jk->ik", "bij,bkj->bki", "ii->i", "iij,j->i", "ij,ij->", "ab,bc,ca->", "i,j->ij",
                                 "ijk->kj", "ab,bc,cb->ac", "cab,cd->abd"}) {
    std::vector<Array> x;
    for (const Array& a : operands_for(numbers, spec, false)) {
      const Index sizes(static_cast<std::size_t>(a.rank()), 2);
      x.push_back(random_array(numbers, Shape(sizes), DType::float64, -1, 1));
    }
    INFO(spec);
    check_twice([&](const std::vector<Tensor>& t) { return weighted(einsum(spec, t)); }, x);
  }
  // With axes that broadcast.
  check_twice([](const auto& t) { return weighted(einsum("...ij,...jk->...ik", t)); },
              {random_array(numbers, {2, 1, 2, 2}), random_array(numbers, {3, 2, 1})});
}

TEST_CASE("einsum: the implicit output is what occurs once, in alphabetical order", "[einsum]") {
  Numbers numbers(44);
  const Tensor a(random_array(numbers, {2, 3}));
  const Tensor b(random_array(numbers, {3, 4}));
  const auto same = [](const Tensor& x, const Tensor& y) { return difference(x.value(), y.value()); };
  CHECK(same(einsum("ij,jk", {a, b}), einsum("ij,jk->ik", {a, b})) == "");
  CHECK(same(einsum("ji", {a}), transpose(a)) == "");
  CHECK(same(einsum("bA", {a}), einsum("bA->Ab", {a})) == "");
  CHECK(same(einsum(" i j , j k -> i k ", {a, b}), matmul(a, b)) == "");
  CHECK(same(einsum("ii", {Tensor(Array({2, 2}, {1, 2, 3, 4}))}), Tensor(5.0)) == "");
  CHECK(same(einsum("", {Tensor(5.0)}), Tensor(5.0)) == "");
}

TEST_CASE("einsum: an ellipsis stands for the axes that are not labelled", "[einsum]") {
  Numbers numbers(45);
  const Array a = random_array(numbers, {5, 1, 2, 3});
  const Array b = random_array(numbers, {4, 3, 2});
  const auto check = [&](const char* spec, const char* written_out) {
    INFO(spec);
    const Array expected = naive_einsum(written_out, {a, b});
    const Tensor got = einsum(spec, {Tensor(a), Tensor(b)});
    CHECK(got.shape() == expected.shape());
    CHECK(far_apart(got.to_vector(), expected.to_vector(), 1e-13) == "");
  };
  check("...ij,...jk->...ik", "uvij,vjk->uvik");
  check("...ij,...jk", "uvij,vjk->uvik");
  check("...ij,...jk->i...k", "uvij,vjk->iuvk");
  check("...ij,...ji->...", "uvij,vji->uv");
  check("...ij,...ji->ij", "uvij,vji->ij");
  check("...ui,jiu->...j", "xyui,jiu->xyj");
}

TEST_CASE("einsum: one operand is only viewed where nothing is summed", "[einsum]") {
  const Tensor x = variable(Array({3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9}));
  CHECK(einsum("ij->ij", {x}).record().get() == x.record().get());
  const Tensor d = einsum("ii->i", {x});
  CHECK(d.value().bytes() == x.value().bytes());
  CHECK(d.to_vector() == std::vector<double>{1, 5, 9});
  CHECK(grad(sum(d * d), {x})[0].to_vector() == std::vector<double>{2, 0, 0, 0, 10, 0, 0, 0, 18});
  CHECK(einsum("ji", {x}).value().bytes() == x.value().bytes());
}

TEST_CASE("einsum: operands promote, and each gets a gradient of its own dtype", "[einsum]") {
  Numbers numbers(46);
  const Tensor a = variable(random_array(numbers, {2, 3}, DType::float32));
  const Tensor b = variable(random_array(numbers, {3, 4}));
  const Tensor y = einsum("ij,jk", {a, b});
  CHECK(y.dtype() == DType::float64);
  const auto g = grad(sum(y), {a, b});
  CHECK(g[0].dtype() == DType::float32);
  CHECK(g[1].dtype() == DType::float64);
  const Tensor single = einsum("ij,jk", {a, cast(b, DType::float32)});
  CHECK(single.dtype() == DType::float32);
  CHECK(far_apart(single.to_vector(), y.to_vector(), 1e-5) == "");
}

TEST_CASE("einsum: a chain is contracted without the large product in the middle", "[einsum]") {
  // Left to right the first product of these would have 10¹⁰ elements.
  const Tensor wide(Array::full({100'000}, 1.0));
  const Tensor y = einsum("i,j,i,j->", {wide, wide, wide, wide});
  CHECK(y.item() == 1e10);
}

TEST_CASE("einsum: a diagonal and its embedding are each other's adjoints", "[einsum]") {
  Numbers numbers(47);
  for (int round = 0; round < 60; ++round) {
    const int rank = 2 + static_cast<int>(numbers.whole(3));
    const int second = 1 + static_cast<int>(numbers.whole(rank - 1));
    const int first = static_cast<int>(numbers.whole(second));
    Index sizes(static_cast<std::size_t>(rank));
    for (std::int64_t& s : sizes) s = numbers.whole(4);
    sizes[static_cast<std::size_t>(second)] = sizes[static_cast<std::size_t>(first)];
    const Array x = shuffled_in_memory(numbers, random_array(numbers, Shape(sizes)));
    const JoinAxes join{{}, first, second};
    const SplitAxes split{{}, first, second};
    const Array d = join.value(x);
    const Array g = shuffled_in_memory(numbers, random_array(numbers, d.shape()));
    const Array back = split.value(g);
    REQUIRE(back.shape() == x.shape());
    CHECK(difference(join.value(back), g) == "");
    CHECK(sum_axes(d * g, Axes().mask(d.rank(), ""), false).item() ==
          test::Approx(sum_axes(x * back, Axes().mask(rank, ""), false).item()).margin(1e-12));
  }
}

TEST_CASE("einsum: a specification that cannot be read is refused at the place", "[einsum]") {
  const Tensor x(Array::zeros({2, 2}));
  const auto refused = [&](const char* spec, const char* message, std::size_t offset) {
    INFO(spec);
    try {
      static_cast<void>(einsum(spec, {x, x}));
      FAIL("it was accepted");
    } catch (const ParseError& error) {
      CHECK(std::string(error.what()) == message);
      CHECK(error.offset() == offset);
    }
  };
  refused("ij,j?", "[einsum] '?' is no label: character 5 of 'ij,j?'", 4);
  refused("ié,j", "[einsum] 'é' is no label: character 2 of 'ié,j'", 1);
  refused("ij,jk->iz", "[einsum] label 'z' of the output is in no operand: character 9 of 'ij,jk->iz'", 8);
  refused("ij,jk->iki", "[einsum] label 'i' is twice in the output: character 10 of 'ij,jk->iki'", 9);
  refused("ij..k,j", "[einsum] an ellipsis is three dots: character 3 of 'ij..k,j'", 2);
  refused("...i...,j", "[einsum] a term has one ellipsis: character 5 of '...i...,j'", 4);
  refused("ij,jk-ik", "[einsum] an arrow is written ->: character 6 of 'ij,jk-ik'", 5);
  refused("ij,jk->i,k", "[einsum] the output is one term: character 9 of 'ij,jk->i,k'", 8);
  refused("ij,jk->i->", "[einsum] nothing may follow the output: character 9 of 'ij,jk->i->'", 8);
}

TEST_CASE("einsum: operands that do not fit are named", "[einsum]") {
  using test::Message;
  const Tensor a(Array::zeros({2, 3}));
  const Tensor b(Array::zeros({4, 5}));
  CHECK_THROWS_MATCHES(einsum("ij,jk", {a}), ValueError, Message("[einsum] 'ij,jk' has 2 terms for 1 operand"));
  CHECK_THROWS_MATCHES(einsum("ij", std::vector<Tensor>{}), ValueError,
                       Message("[einsum] 'ij' has 1 term for 0 operands"));
  CHECK_THROWS_MATCHES(einsum("ij,jkl", {a, b}), ShapeError, Message("[einsum] 'jkl' needs 3 axes: operand 1, [4, 5]"));
  CHECK_THROWS_MATCHES(einsum("i", {Tensor(1.0)}), ShapeError, Message("[einsum] 'i' needs 1 axis: operand 0, []"));
  CHECK_THROWS_MATCHES(einsum("ijk...", {a}), ShapeError,
                       Message("[einsum] 'ijk...' needs at least 3 axes: operand 0, [2, 3]"));
  CHECK_THROWS_MATCHES(einsum("ij,jk", {a, b}), ShapeError,
                       Message("[einsum] label 'j' has size 3 in operand 0, [2, 3], and size 4 in operand 1, [4, 5]"));
  CHECK_THROWS_MATCHES(
      einsum("...j,...j", {a, Tensor(Array::zeros({4, 3}))}), ShapeError,
      Message("[einsum] axis -1 of '...' has size 2 in operand 0, [2, 3], and size 4 in operand 1, [4, 3]"));
  CHECK_THROWS_MATCHES(einsum("ii", {a}), ShapeError,
                       Message("[einsum] label 'i' has sizes 2 and 3 in operand 0, [2, 3]"));
  CHECK_THROWS_MATCHES(
      einsum("abcdefghi,jklmnopqr->abcdefghijklmnopqr",
             {Tensor(Array::zeros({1, 1, 1, 1, 1, 1, 1, 1, 1})), Tensor(Array::zeros({1, 1, 1, 1, 1, 1, 1, 1, 1}))}),
      ShapeError, Message("[einsum] a product has 18 axes, at most 16 are allowed"));
}
