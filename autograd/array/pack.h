// A SIMD register as a leaf number: the same op formulas, many elements at a time.
#pragma once
#include "pack_arithmetic.h"
#include "pack_functions.h"
