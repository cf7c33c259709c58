#!/usr/bin/env bash
# Installs what Gradus is built with, where something is missing.  Run it as often as you like.
#   tools/setup.sh         compiler, build tool, libraries
#   tools/setup.sh --ci    also clang and clang-format
#   tools/setup.sh --bench also the peers that tools/bench compares with (libtorch alone is half a gigabyte)
#   tools/setup.sh --bench --missing   names the packages that are missing, and installs nothing
# Debian 12 and Ubuntu 24.04 or later: from the system's packages.  Elsewhere: says what is missing.
set -euo pipefail

# package | how to find it without a package manager: command, pkg-config module, header, font, no other way | minimum version
needed='
g++                  | command g++           | 12
meson                | command meson         | 1.0
ninja-build          | command ninja         | 1.8
pkg-config           | command pkg-config    | 0
python3              | command python3       | 3.9
libfmt-dev           | module  fmt           | 9.0
libopenblas-dev      | module  openblas      | 0.3.20
libxsimd-dev         | module  xsimd         | 8.1
libtbb-dev           | module  tbb           | 2021
libcli11-dev         | module  CLI11         | 2.1
nlohmann-json3-dev   | module  nlohmann_json | 3.11
zlib1g-dev           | module  zlib          | 1.2
libgraphviz-dev      | module  libgvc        | 2.42
graphviz             | command dot           | 0
catch2               | module  catch2        | 2.13
fonts-dejavu-core    | font    DejaVu        | 0
'
needed_for_ci='
libonnx-dev          | header onnx/onnx_pb.h | 0
clang                | command clang++       | 14
clang-format         | command clang-format  | 14
'
needed_for_bench='
libtorch-dev           | header torch/csrc/api/include/torch/torch.h | 0
libopenblas-openmp-dev | package                                     | 0
libdnnl-dev            | header dnnl.h                               | 0
python3-numpy          | python numpy                                | 0
libadolc-dev           | header adolc/adolc.h                        | 0
libtrilinos-sacado-dev | header trilinos/Sacado_trad.hpp             | 0
libtrilinos-kokkos-dev | header trilinos/Kokkos_Macros.hpp           | 0
r-cran-stanheaders     | header ../lib/R/site-library/StanHeaders/include/stan/math.hpp | 0
libboost-dev           | header boost/version.hpp                    | 0
libtbb-dev             | header tbb/tbb.h                            | 0
libeigen3-dev          | header eigen3/Eigen/Core                    | 0
'

only_name=no
for option in "$@"; do
  case "$option" in
    --ci) needed+=$needed_for_ci ;;
    --bench) needed+=$needed_for_bench ;;
    --missing) only_name=yes ;;
    *) echo "usage: tools/setup.sh [--ci] [--bench] [--missing]" >&2; exit 2 ;;
  esac
done

at_least() {  # at_least FOUND MINIMUM
  [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

command_version() {
  "$1" --version 2>/dev/null | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1 || true
}

found() {  # found KIND NAME MINIMUM
  case "$1" in
    command) command -v "$2" >/dev/null && { [ "$3" = 0 ] || at_least "$(command_version "$2")" "$3"; } ;;
    module) command -v pkg-config >/dev/null && pkg-config --atleast-version="$3" "$2" 2>/dev/null ;;
    header) [ -e "/usr/include/$2" ] ;;
    package) return 1 ;;
    python) /usr/bin/python3 -c "import $2" 2>/dev/null ;;
    font) command -v fc-list >/dev/null && grep -qF "$2" <<<"$(fc-list 2>/dev/null)" ;;
  esac
}

has_package() {  # has_package NAME…: one of them is installed
  grep -qx 'install ok installed' <<<"$(dpkg-query -W -f='${Status}\n' "$@" 2>/dev/null)"
}

installed() {  # installed PACKAGE
  case "$1" in
    # Any build of OpenBLAS will do: the engine runs it on one thread.
    libopenblas-dev) has_package libopenblas-{serial,pthread,openmp}-dev ;;
    *) has_package "$1" ;;
  esac
}

is_supported() {
  [ -r /etc/os-release ] && command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || return 1
  local system
  # shellcheck source=/dev/null
  system=$(. /etc/os-release && echo "${ID:-} ${VERSION_ID:-0}")
  case "$system" in
    debian\ *) at_least "${system#* }" 12 ;;
    ubuntu\ *) at_least "${system#* }" 24.04 ;;
    *) return 1 ;;
  esac
}

missing=()
missing_text=()
supported=no
if is_supported; then supported=yes; fi
while IFS='|' read -r package probe minimum; do
  read -r package <<<"$package"
  read -r minimum <<<"$minimum"
  read -r kind name <<<"$probe"
  [ -n "$package" ] || continue
  if [ $supported = yes ] && installed "$package"; then continue; fi
  if found "$kind" "$name" "$minimum"; then continue; fi
  if [ "$package" = libopenblas-dev ] && [ $supported = yes ]; then package=libopenblas-serial-dev; fi
  missing+=("$package")
  if [ "$minimum" = 0 ]; then missing_text+=("$name"); else missing_text+=("$name >= $minimum"); fi
done <<<"$needed"

if [ $only_name = yes ]; then
  [ ${#missing[@]} -eq 0 ] || printf '%s\n' "${missing[@]}"
  exit 0
fi

if [ ${#missing[@]} -eq 0 ]; then
  echo "Set-up: everything needed is installed."
  exit 0
fi

if [ $supported = no ]; then
  { echo "needs:"; printf '  %s\n' "${missing_text[@]}"; } >&2
  exit 1
fi

if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
  as_root=(sudo)
else
  { echo "needs: ${missing[*]}"; echo "install them as root: apt-get install ${missing[*]}"; } >&2
  exit 1
fi

echo "Set-up: will install ${missing[*]} with apt-get."
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
