// Tapes of dual numbers: second derivatives.
#include "autograd/scalar/tape_impl.h"

namespace gradus {

template class GRADUS_API BasicTape<Dual<double>>;

}  // namespace gradus
