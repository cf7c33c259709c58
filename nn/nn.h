// All of the nn layer.
#pragma once
#include "nn/activation.h"
#include "nn/csv.h"
#include "nn/initial_key.h"
#include "nn/linear.h"
#include "nn/loss.h"
#include "nn/module.h"
#include "nn/module_text.h"
#include "nn/optimizer.h"
