// Other tensors in the place of leaves: how a model is run with parameters that are not its own.
#pragma once
#include <span>
#include <vector>

#include "../array/array.h"
#include "../base/export.h"
#include "tensor.h"

namespace gradus::detail {

/// While one lives, whatever this thread computes from a leaf is computed from its stand-in: the leaf has the stand-in's
/// numbers, and what is recorded hangs on the stand-in.  A leaf has one stand-in at a time, the innermost; no other thread
/// may use it meanwhile.
/// Throws GraphError, naming `op`, for another number of stand-ins, for what is no leaf and for an empty stand-in, and
/// ShapeError for a stand-in of another shape.  A stand-in of another dtype is converted.
class GRADUS_API StandIns {
 public:
  StandIns(std::span<const Tensor> leaves, std::span<const Tensor> stand_ins, std::string_view op);
  ~StandIns();
  StandIns(const StandIns&) = delete;
  StandIns& operator=(const StandIns&) = delete;

 private:
  struct Before {
    Counted<Record> leaf;
    Array result;
    bool requires_grad;
    bool has_stand_in;
    Record* stand_in;
  };

  std::vector<Tensor> stand_ins_;
  std::vector<Before> before_;
  bool outer_mode_;
};

}  // namespace gradus::detail
