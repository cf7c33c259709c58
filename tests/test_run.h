#pragma once

/// Runs the tests of a program.  Catch2 v2's own main returns the number of failed cases, and 77 failures would read as
/// "skipped" to Meson; this one returns 0 or 1.
int run_tests(int argc, char** argv);
