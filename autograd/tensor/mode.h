// What a thread is doing: part of the library, not of its interface.
#pragma once
#include <cstdint>
#include <utility>

#include "../base/per_thread.h"
#include "../base/place.h"
#include "record.h"

namespace gradus::detail {

class Trace;

// What every op looks at.
struct Mode {
  bool off = false;              // nothing is recorded (NoGrad)
  bool watch = false;            // results are looked at (DetectAnomaly)
  bool tracing = false;          // a function is run to be compiled (trace.h)
  bool constants = false;        // what named constants enter is recorded (RecordConstants)
  bool differentiating = false;  // a function is run in order to differentiate it (transforms.h)
  bool standing_in = false;      // some leaves have stand-ins (stand_in.h)
  bool freeing = false;          // a Record::destroy is under way, and takes what waits
  std::uint64_t last_id = 0;     // of the records made by this thread
  Scope* scope = nullptr;        // the innermost module
  Record* waiting = nullptr;     // records that lost their last owner, linked through their ids
};
extern constinit thread_local Mode mode __attribute__((tls_model("initial-exec"), visibility("hidden")));

// While one lives, a function is run in order to differentiate it.
class Differentiating {
 public:
  Differentiating() noexcept : before_(std::exchange(mode.differentiating, true)) {}
  ~Differentiating() { mode.differentiating = before_; }
  Differentiating(const Differentiating&) = delete;
  Differentiating& operator=(const Differentiating&) = delete;

 private:
  bool before_;
};

// What only those look at who trace or watch.
struct RareMode {
  Trace* trace = nullptr;
  Place place;  // where in the user's code we are, as far as it has said
};
inline constexpr PerThread<RareMode> rare_mode;

}  // namespace gradus::detail
