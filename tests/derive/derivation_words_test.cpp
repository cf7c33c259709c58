// Derivations: every op has a rule in words.
#include <string>
#include <string_view>
#include <type_traits>

#include "autograd/autograd.h"
#include "autograd/tensor/op_traits.h"
#include "autograd/tensor/ops/every_op.h"
#include "tests/catch.h"

using namespace gradus;

namespace {

template <class Op>
OpWords words_of() {
  if constexpr (requires { Op::words; }) {
    return Op::words;
  } else {
    return {};
  }
}

}  // namespace

TEST_CASE("derivation: every op that people call says in words what it does and what its rule is", "[derivation]") {
  for_each_type(EveryOp{}, [&]<class Op>(std::type_identity<Op>) {
    if constexpr (!detail::is_internal<Op>()) {
      INFO(Op::name);
      const OpWords words = words_of<Op>();
      const auto is_sentence = [](std::string_view s) { return s.size() > 10 && s.back() == '.'; };
      CHECK(std::string(words.title).find("{0}") != std::string::npos);
      CHECK_FALSE(words.noun.empty());
      CHECK(is_sentence(words.backward));
    }
  });
}
