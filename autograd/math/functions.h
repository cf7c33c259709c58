// THE TABLE, part 2: elementary functions.
#pragma once
#include "autograd/math/error_function.h"
#include "autograd/math/exponential.h"
#include "autograd/math/hyperbolic.h"
#include "autograd/math/powers.h"
#include "autograd/math/rounding.h"
#include "autograd/math/trigonometric.h"
