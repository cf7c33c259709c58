// A SIMD register as a leaf number: the same op formulas, many elements at a time.
#pragma once
#include "autograd/array/pack_arithmetic.h"
#include "autograd/array/pack_functions.h"
