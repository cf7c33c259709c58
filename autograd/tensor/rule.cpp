#include "autograd/tensor/rule.h"

namespace gradus {

Rule::~Rule() = default;  // here, so that one object file has what every program needs of the class

}  // namespace gradus
