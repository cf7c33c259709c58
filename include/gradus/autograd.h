// All of the engine: #include <gradus/autograd.h>
#pragma once
#include "autograd/autograd.h"
