// The keys of layers that are given none.
#pragma once
#include <cstdint>

#include "../autograd/array/random.h"
#include "../autograd/base/export.h"

namespace gradus::nn {

/// The key for the next layer of this thread that was given none, so that no two of them start equal: the parts of
/// Key{0, 0}, one after the other, the same in every run.  A thread that builds a model beside others should be given
/// keys, or InitialKeys of its own: every thread begins at the same one.
GRADUS_API Key next_initial_key();

/// While one lives, the layers of this thread that are given no key draw from the parts of this one, from its first part
/// on: what is built then does not depend on what was built before.  May be nested.
class GRADUS_API InitialKeys {
 public:
  explicit InitialKeys(const Key& key);
  ~InitialKeys();
  InitialKeys(const InitialKeys&) = delete;
  InitialKeys& operator=(const InitialKeys&) = delete;

  struct Stream {
    Key key;
    std::uint64_t drawn = 0;
  };

 private:
  Stream before_;
};

}  // namespace gradus::nn
