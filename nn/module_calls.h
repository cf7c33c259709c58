// Which modules a call goes through, and what shapes they give.  Inside the library only.
#pragma once
#include <unordered_map>

#include "autograd/base/shape.h"

namespace gradus::nn {

class Module;

/// While one lives, it notes the last output of every module that this thread calls.
class CallWatch {
 public:
  CallWatch();
  ~CallWatch();
  CallWatch(const CallWatch&) = delete;
  CallWatch& operator=(const CallWatch&) = delete;

  std::unordered_map<const Module*, Shape> outputs;

 private:
  CallWatch* before_;
};

}  // namespace gradus::nn
