// THE TABLE, part 2: elementary functions.
#pragma once
#include "error_function.h"
#include "exponential.h"
#include "hyperbolic.h"
#include "powers.h"
#include "rounding.h"
#include "trigonometric.h"
