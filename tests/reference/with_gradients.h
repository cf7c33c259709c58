// The graph of a result, with the gradients of everything it came from.
#pragma once
#include "autograd/graph/graph.h"

namespace gradus::reference {

inline Graph with_gradients(const Tensor& y) {
  Graph graph(y);
  graph.compute_gradients();
  return graph;
}

}  // namespace gradus::reference
