// The loop of the reverse sweep, for the files that instantiate it.
#pragma once
#include "sweep.h"

namespace gradus::detail {

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"  // the address of a label is an extension that g++ and clang++ have

// What is no function: where to jump next.
#define GRADUS_NEXT goto* labels[static_cast<std::size_t>(opcode(s.word))]
#define GRADUS_TWO(code)          \
  code:                           \
  s.template two<Opcode::code>(); \
  GRADUS_NEXT
#define GRADUS_THREE(code)          \
  code:                             \
  s.template three<Opcode::code>(); \
  GRADUS_NEXT
#define GRADUS_ONE(code)          \
  code:                           \
  s.template one<Opcode::code>(); \
  GRADUS_NEXT

template <class T, bool keep>
void run_sweep(const Walk<T>& walk, Place top, const External<T>* const* externals) {
  static const void* const labels[] = {
      &&leaf,          &&stop,  &&add,   &&sub,   &&mul,   &&div,    &&mul_add, &&mul_sub, &&mul_add_below,
      &&mul_sub_below, &&neg,  // in the order of Opcode
      &&plus,          &&from,  &&times, &&over,  &&under, &&square, &&exp,     &&log,     &&sqrt,  //
      &&times,         &&times, &&times, &&times,  // tanh, sigmoid, erfc, norm_cdf
      &&general,       &&spans, &&spans, &&spans, &&spans, &&spans,  &&external};
  static_assert(sizeof(labels) / sizeof(labels[0]) == static_cast<std::size_t>(Opcode::count));
  Sweeper<T, keep> s{walk.cells, walk.words, walk.side, top, walk.word_at(top), walk.cell(top).adjoint};
  GRADUS_NEXT;

  GRADUS_TWO(add);
  GRADUS_TWO(sub);
  GRADUS_TWO(mul);
  GRADUS_TWO(div);
  GRADUS_THREE(mul_add);
  GRADUS_THREE(mul_sub);
  GRADUS_THREE(mul_add_below);
  GRADUS_THREE(mul_sub_below);
  GRADUS_ONE(neg);
  GRADUS_ONE(plus);
  GRADUS_ONE(from);
  GRADUS_ONE(times);
  GRADUS_ONE(over);
  GRADUS_ONE(under);
  GRADUS_ONE(square);
  GRADUS_ONE(exp);
  GRADUS_ONE(log);
  GRADUS_ONE(sqrt);
leaf:
  at(s.cells, s.i).adjoint = s.w;
  s.down();
  GRADUS_NEXT;
general:
  s.store();
  s.side = pull_listed(walk, s.i, s.w, s.side);
  s.down();
  GRADUS_NEXT;
spans:
  s.store();
  s.side = pull_span(walk, s.i, s.w, s.side);
  s.down();
  GRADUS_NEXT;
external:
  pull_external(walk, *externals[first(s.word) / 2], s.i);
  s.down();
  GRADUS_NEXT;
stop:
  at(s.cells, s.i).adjoint = s.w;
}

#undef GRADUS_ONE
#undef GRADUS_THREE
#undef GRADUS_TWO
#undef GRADUS_NEXT
#pragma GCC diagnostic pop

}  // namespace gradus::detail
