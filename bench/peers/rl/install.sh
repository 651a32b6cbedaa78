#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Installs RLlib, Stable-Baselines3, sb3-contrib and PyTorch in a virtual
# environment outside the tree (3 GB to download, 6 GB on disk), with the
# versions of requirements.txt. The Python must be the one that Hone's module
# was built for (3.11 on Debian 12). Prints the interpreter.
#
#   bench/peers/rl/install.sh FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
python3 -m venv "$1"
"$1/bin/pip" install -q --no-deps -r "$here/requirements.txt"
echo "$1/bin/python"
