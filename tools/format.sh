#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Formats every C and C++ file in place.
#
#   tools/format.sh           format
#   tools/format.sh --list    only print the files
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mapfile -d '' -t files < <(git -c safe.directory='*' ls-files -z \
  --cached --others --exclude-standard \
  cmake examples src tests/cpp | grep -z -E '\.(h|cpp|c)$')
if [ "${1:-}" = --list ]; then
  printf '%s\n' "${files[@]}"
else
  clang-format-22 -i "${files[@]}"
fi
