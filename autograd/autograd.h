// All of the engine: tensors, gradients, graphs.
#pragma once
#include "autograd/array/random.h"
#include "autograd/base/error.h"
#include "autograd/base/file.h"
#include "autograd/graph/dot.h"
#include "autograd/graph/graph.h"
#include "autograd/scalar/scalar.h"
#include "autograd/tensor/gradient.h"
#include "autograd/tensor/losses.h"
#include "autograd/tensor/reductions.h"
#include "autograd/tensor/softmax.h"
#include "autograd/tensor/structural.h"
#include "autograd/tensor/tensor.h"
