#!/bin/sh
# Which set of kernels this processor runs best, as isa.cpp chooses among them.
has() { for flag in "$@"; do grep -qw "$flag" /proc/cpuinfo || return 1; done; }
if has avx2 fma avx512f avx512cd avx512dq avx512bw avx512vl; then echo avx512
elif has avx2 fma; then echo avx2
else echo baseline; fi
