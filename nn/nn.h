// All of the nn layer.
#pragma once
#if __cplusplus < 202002L
#error "Gradus is written in C++20: compile with -std=c++20 or later"
#else
#include "activation.h"
#include "data/csv.h"
#include "data/data_frame.h"
#include "data/dataset.h"
#include "data/toy.h"
#include "initial_key.h"
#include "layers/conv_layers.h"
#include "layers/dropout.h"
#include "layers/embedding_layers.h"
#include "layers/linear.h"
#include "layers/norm_layers.h"
#include "layers/pool_layers.h"
#include "layers/recurrent.h"
#include "loss.h"
#include "metrics.h"
#include "module.h"
#include "module_text.h"
#include "optimize/clip.h"
#include "optimize/first_order.h"
#include "optimize/schedule.h"
#include "training/fit.h"
#endif
