# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# interrupt.sh HONE PROGRAM FOLDER once|twice: a long search, interrupted as
# soon as it has found something. Jobs in the background ignore SIGINT unless
# job control is on.
set -m
rm -rf "$3" && mkdir -p "$3" && cd "$3" || exit 1
cp "$2"/*.c "$2"/*.h .
"$1" opt vm.c -o vm.o --budget 100000 --store none >out 2>log &
hone=$!
for _ in $(seq 600); do
  grep -q best log && break
  sleep 0.1
done
kill -INT $hone
if [ "$4" = twice ]; then
  sleep 0.02
  kill -INT $hone 2>/dev/null
fi
wait $hone
echo "exit $?"
test -s vm.o && echo "an object"
grep -o "stopped by the user" out
exit 0
