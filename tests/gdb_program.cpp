// What the debugger is shown (gdb_test.py).
#include <autograd/autograd.h>

using namespace gradus;

namespace {
void stop_here() {}
}  // namespace

int main() {
  const Tensor nothing;
  const Tensor matrix{{1, 2}, {3, 4.5}};
  const Tensor turned = transpose(matrix);
  const Tensor weight = parameter(Array({2}, {0.25, -1.0}), "w");
  const Tensor loss = sum(weight * 2.0F);
  const Tensor long_one = arange(100, DType::float32);
  const Array number(2.5);
  const Shape shape{3, 1};
  stop_here();
  return nothing.defined() || shape.rank() != 2 ? 1 : 0;
}
