// The kernels that take a row or several at once.  Built for each instruction set, as kernels.cpp is.
#include "autograd/array/kernel_arch.h"
#include "autograd/array/kernel_reductions.h"
#include "autograd/array/kernel_rows.h"

namespace gradus {

template <>
void detail::fill_row_kernels<isa>(KernelTable& table) {
  table.isa = isa_name;
  table.sum = {&sum_kernel<float, Arch>, &sum_kernel<double, Arch>};
  table.sum_rows = {&sum_rows_kernel<float, Arch>, &sum_rows_kernel<double, Arch>};
  table.exp_row = {&exp_row_kernel<float, Arch>, &exp_row_kernel<double, Arch>};
}

}  // namespace gradus
