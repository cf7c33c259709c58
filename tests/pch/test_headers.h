// What most tests include, compiled once for all of them (cpp_pch in tests/meson.build).  A test still includes what it
// uses, so that it compiles without this too: meson setup -Db_pch=false.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/autograd.h"
#include "nn/nn.h"
#include "tests/catch.h"
