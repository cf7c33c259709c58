// One test suite for Catch2 v2 (single header, Debian 12) and v3.
#pragma once
#if __has_include(<catch2/catch_test_macros.hpp>)  // v3
#include <catch2/catch_approx.hpp>
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/catch_tostring.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <catch2/matchers/catch_matchers_vector.hpp>
namespace test {
using Catch::Approx;
using namespace Catch::Matchers;
}  // namespace test
#else  // v2
#include <catch2/catch.hpp>
namespace test {
using Approx = Catch::Detail::Approx;  // v2: plain Catch::Approx is ambiguous with Matchers::Approx
using Catch::Matchers::EndsWith;
using Catch::Matchers::Equals;
using Catch::Matchers::Matches;
using Catch::Matchers::Message;
using Catch::Matchers::StartsWith;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using Catch::Matchers::WithinULP;
template <class T>
auto VectorContains(T const& t) {
  return Catch::Matchers::VectorContains(t);
}
inline auto ContainsSubstring(std::string const& s) { return Catch::Matchers::Contains(s); }  // v3 name
inline auto MessageMatches(Catch::Matchers::Exception::ExceptionMessageMatcher m) { return m; }
}  // namespace test
#endif
