#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Builds the peer of bench/prover outside the tree: `install.sh FOLDER` leaves
# FOLDER/isl_peer. The library is Debian 12's isl 0.25, taken apart in the
# folder, not installed. Needs apt-get, dpkg, GMP and clang++-22.
set -eu
if [ $# -ne 1 ]; then
  echo "usage: $0 FOLDER" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
(cd "$folder" && apt-get download libisl-dev=0.25* libisl23=0.25*)
for package in "$folder"/libisl*.deb; do
  dpkg -x "$package" "$folder/root"
done
library=$(dirname "$(find "$folder/root" -name libisl.so | head -n 1)")
clang++-22 -std=c++20 -O2 "$here/isl_peer.cpp" -I"$folder/root/usr/include" \
  -L"$library" -lisl -Wl,-rpath,"$library" -o "$folder/isl_peer"
echo "$folder/isl_peer"
