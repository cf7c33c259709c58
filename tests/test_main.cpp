// One main for every test program that needs no other.
#include "tests/test_run.h"

int main(int argc, char** argv) { return run_tests(argc, argv); }
