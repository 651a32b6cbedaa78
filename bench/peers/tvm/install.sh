#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Makes the peer of bench/prover outside the tree: `install.sh FOLDER` leaves
# FOLDER/tvm_peer. Needs python3-venv.
set -eu
if [ $# -ne 1 ]; then
  echo "usage: $0 FOLDER" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
[ -x "$folder/venv/bin/pip" ] || python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet apache-tvm==0.27.0.post1
cp "$here/tvm_peer.py" "$folder/"
printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' \
  "$folder/venv/bin/python" "$folder/tvm_peer.py" > "$folder/tvm_peer"
chmod +x "$folder/tvm_peer"
echo "$folder/tvm_peer"
