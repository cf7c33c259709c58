#include "nn/initial_key.h"

#include <utility>

#include "autograd/base/per_thread.h"

namespace gradus::nn {

namespace {

constinit const detail::PerThread<InitialKeys::Stream> stream_of_thread;

}  // namespace

Key next_initial_key() {
  InitialKeys::Stream& stream = stream_of_thread();
  const std::uint64_t n = stream.drawn++;
  // From the top down: layers number the parts of their own key from the bottom up.
  return n == 0 ? stream.key : stream.key.part(~n);
}

InitialKeys::InitialKeys(const Key& key) : before_(std::exchange(stream_of_thread(), {key, 0})) {}
InitialKeys::~InitialKeys() { stream_of_thread() = before_; }

}  // namespace gradus::nn
