// What a thread is doing: part of the library, not of its interface.
#pragma once
#include <cstdint>

#include "autograd/tensor/record.h"

namespace gradus::detail {

class Trace;

struct Mode {
  bool off = false;           // nothing is recorded (NoGrad)
  bool watch = false;         // results are looked at (DetectAnomaly)
  bool freeing = false;       // a Record::destroy is under way, and takes what waits
  std::uint64_t last_id = 0;  // of the records made by this thread
  Scope* scope = nullptr;     // the innermost module
  Trace* trace = nullptr;     // a function is run to be compiled (trace.h)
  Record* waiting = nullptr;  // records that lost their last owner, linked through their ids
  Place place;                // where in the user's code we are, as far as it has said
};
extern constinit thread_local Mode mode __attribute__((tls_model("initial-exec"), visibility("hidden")));

}  // namespace gradus::detail
