#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Installs what bench/onnx/nets.py compares with and what ONNX Runtime's tools
# for bench/onnx/optimized_models need, in a virtual environment
# outside the tree, and prints its Python.
#
#   bench/peers/nets/install.sh FOLDER
set -euo pipefail
python3 -m venv "$1/venv"
"$1/venv/bin/pip" install -q onnx==1.22.0 onnxruntime==1.31.1 \
  openvino==2026.4.1 onnx-ir==1.1.0 sympy==1.14.0
echo "$1/venv/bin/python"
