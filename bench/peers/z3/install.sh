#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Builds the peer of bench/prover outside the tree: `install.sh FOLDER` leaves
# FOLDER/z3_peer. Needs python3-venv and clang++-22.
set -eu
if [ $# -ne 1 ]; then
  echo "usage: $0 FOLDER" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
[ -x "$folder/venv/bin/pip" ] || python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet z3-solver==5.4.0
package=$("$folder/venv/bin/python" -c \
  'import importlib.util as u; print(u.find_spec("z3").submodule_search_locations[0])')
clang++-22 -std=c++20 -O2 "$here/z3_peer.cpp" -I"$package/include" \
  -L"$package/lib" -lz3 -Wl,-rpath,"$package/lib" -o "$folder/z3_peer"
echo "$folder/z3_peer"
