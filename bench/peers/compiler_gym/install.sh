#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Installs CompilerGym 0.2.5 outside the tree: FOLDER/run runs Python with it.
#
#   bench/peers/compiler_gym/install.sh FOLDER [PYTHON3.10]
#
# It wants Python 3.8 to 3.10 (found on PATH or under pyenv unless named), old
# packages (requirements.txt) and libtinfo5. What it downloads when it first
# starts is gone: its LLVM 10 tools, its benchmarks. The service carries LLVM 10
# itself and calls the tools for sizes only, so LLVM 14's stand in for them.
# Debian's packages are unpacked in FOLDER, not installed; no root is needed.
set -euo pipefail
if [ $# -lt 1 ] || [ $# -gt 2 ]; then
  echo "usage: $0 FOLDER [PYTHON3.10]" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)

is_310() { "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' 2>/dev/null; }
python=
for candidate in "${2:-}" python3.10 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.10.*/bin/python3.10; do
  if [ -n "$candidate" ] && is_310 "$candidate"; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "$0: no Python 3.10 on PATH; name one: $0 FOLDER /path/to/python3.10" >&2
  exit 2
fi

[ -x "$folder/venv/bin/pip" ] || "$python" -m venv "$folder/venv"
# gym 0.21's setup.py needs these, and is built with them.
"$folder/venv/bin/pip" install -q 'pip==23.3.2' 'setuptools==65.5.0' 'wheel==0.38.4'
"$folder/venv/bin/pip" install -q --no-deps --no-build-isolation -r "$here/requirements.txt"

mkdir -p "$folder/debs" "$folder/root"
cd "$folder/debs"
for package in libtinfo5 clang-14 libclang-common-14-dev libclang-cpp14 libllvm14 llvm-14; do
  if ! ls "$package"_*.deb > /dev/null 2>&1; then
    apt-get download -qq "$package" > /dev/null 2>&1
    dpkg -x "$package"_*.deb "$folder/root"
  fi
done

tools=$folder/site/llvm-v0
mkdir -p "$tools/bin"
for tool in clang opt llvm-size; do
  cat > "$tools/bin/$tool" << EOF
#!/bin/sh
LD_LIBRARY_PATH=$folder/root/usr/lib/x86_64-linux-gnu exec $folder/root/usr/lib/llvm-14/bin/$tool "\$@"
EOF
  chmod +x "$tools/bin/$tool"
done
touch "$tools/LICENSE" "$tools/.unpacked"

cat > "$folder/run" << EOF
#!/bin/sh
export COMPILER_GYM_SITE_DATA=$folder/site COMPILER_GYM_CACHE=$folder/cache
export COMPILER_GYM_TRANSIENT_CACHE=$folder/transient
export COMPILER_GYM_CLANG=$tools/bin/clang
export LD_LIBRARY_PATH=$folder/root/lib/x86_64-linux-gnu
exec $folder/venv/bin/python -W ignore "\$@"
EOF
chmod +x "$folder/run"
echo "$folder/run"
