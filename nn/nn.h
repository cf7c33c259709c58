// All of the nn layer.
#pragma once
#if __cplusplus < 202002L
#error "Gradus is written in C++20: compile with -std=c++20 or later"
#else
#include "nn/activation.h"
#include "nn/csv.h"
#include "nn/initial_key.h"
#include "nn/linear.h"
#include "nn/loss.h"
#include "nn/module.h"
#include "nn/module_text.h"
#include "nn/optimizer.h"
#endif
