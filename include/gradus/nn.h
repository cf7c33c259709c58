// All of the nn layer: #include <gradus/nn.h>
#pragma once
#include "nn/nn.h"
