#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Installs oneDNN 3.2 (the last wheels with a CPU engine) below FOLDER and builds
# the library that bench/tensor/kernel_bench loads:
#
#   bench/peers/onednn/install.sh FOLDER
#   build/release/bin/kernel_bench FOLDER/libonednn_peer.so
#
# A peer to measure against: no part of Hone or of ./check needs it.
set -euo pipefail

folder=${1:?expected the folder to install into}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$folder"
if [ ! -x "$folder/venv/bin/pip" ]; then
  python3 -m venv "$folder/venv"
fi
"$folder/venv/bin/pip" install --quiet \
  onednn-cpu-gomp==2023.2.0 onednn-devel-cpu-gomp==2023.2.0
clang++-22 -O2 -std=c++17 -shared -fPIC -I"$folder/venv/include" \
  "$here/onednn_peer.cpp" -L"$folder/venv/lib" -ldnnl \
  -Wl,-rpath,"$folder/venv/lib" -o "$folder/libonednn_peer.so"
echo "$folder/libonednn_peer.so"
