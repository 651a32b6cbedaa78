# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# replay_commands.sh CLANG FOLDER: the script that hone opt --commands wrote
# makes the very object again, without Hone.
set -e
cd "$2"
mkdir -p replay && cd replay
"$1" -Oz -Xclang -disable-llvm-passes -emit-llvm -c "$2/vm.c" -o input.bc
sh ../make.sh
cmp output.o ../vm.o
