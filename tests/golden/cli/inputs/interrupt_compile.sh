# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# interrupt_compile.sh HONE FOLDER: a compile whose check takes long,
# interrupted. Jobs in the background ignore SIGINT unless job control is on.
set -m
rm -rf "$2" && mkdir -p "$2" && cd "$2" || exit 1
cat > long.graph <<'END'
graph "long" (%a: f32[4000, 4000], %b: f32[4000, 4000]) -> (%y) {
  %y = MatMul(%a, %b)
}
END
"$1" compile long.graph -o long.so --cpu native --verify full >out 2>log &
hone=$!
sleep 0.5
kill -INT $hone
wait $hone
echo "exit $?"
ls
exit 0
