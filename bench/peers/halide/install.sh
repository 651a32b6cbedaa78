#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Builds the peer of bench/prover outside the tree: `install.sh FOLDER` leaves
# FOLDER/halide_peer. Needs python3-venv and clang++-22.
set -eu
if [ $# -ne 1 ]; then
  echo "usage: $0 FOLDER" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
[ -x "$folder/venv/bin/pip" ] || python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet halide==21.0.0
package=$("$folder/venv/bin/python" -c \
  'import importlib.util as u; print(u.find_spec("halide").submodule_search_locations[0])')
library=$(dirname "$(find "$package" -name libHalide.so | head -n 1)")
clang++-22 -std=c++20 -O2 "$here/halide_peer.cpp" -I"$package/include" \
  -L"$library" -lHalide -Wl,-rpath,"$library" -o "$folder/halide_peer"
echo "$folder/halide_peer"
