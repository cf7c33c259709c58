// A malformed command line.
#pragma once
#include "autograd/base/error.h"

namespace gradus::command {

/// The command line itself is wrong: exit code 2.
struct UsageError : Error {
  using Error::Error;
};

}  // namespace gradus::command
