// One main for every test program.  Catch2 v2's own returns the number of failed cases, and 77 failures would read as
// "skipped" to Meson; this one returns 0 or 1.
#if __has_include(<catch2/catch_session.hpp>)
#include <catch2/catch_session.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

int main(int argc, char** argv) { return Catch::Session().run(argc, argv) == 0 ? 0 : 1; }
