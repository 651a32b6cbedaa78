#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Writes the typed interface of the Python extension module, as nanobind sees it.
#
#   tools/update_interface.sh [PYTHON [PACKAGE_FOLDER [OUTPUT]]]
set -e
root=$(dirname "$0")/..
python=${1:-$root/build/venv/bin/python}
package=${2:-$root/build/release/python}
output=${3:-$root/python/hone/_hone.pyi}
PYTHONPATH=$package "$python" -m nanobind.stubgen -q -m hone._hone -o "$output"
sed -i '1i # SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception' "$output"
