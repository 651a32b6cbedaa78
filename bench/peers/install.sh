#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Builds a peer of bench/egraph outside the tree: `install.sh egg|egglog FOLDER`.
# Needs cargo. The program is FOLDER/release/NAME-math; its versions are pinned
# in NAME/Cargo.toml.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ $# -ne 2 ] || [ ! -d "$here/$1" ]; then
  echo "usage: $0 egg|egglog FOLDER" >&2
  exit 2
fi
mkdir -p "$2"
folder=$(cd "$2" && pwd)
cp -r "$here/$1/Cargo.toml" "$here/$1/src" "$folder/"
cd "$folder"
CARGO_TARGET_DIR=$folder cargo build --release --quiet
echo "$folder/release/$1-math"
