#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Installs what bench/onnx/nets.py compares with, in a virtual environment
# outside the tree, and prints its Python.
#
#   bench/peers/nets/install.sh FOLDER
set -euo pipefail
python3 -m venv "$1/venv"
"$1/venv/bin/pip" install -q onnx==1.22.0 onnxruntime==1.31.1 \
  openvino==2026.4.1
echo "$1/venv/bin/python"
