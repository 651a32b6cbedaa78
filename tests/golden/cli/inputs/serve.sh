# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# serve.sh HONE FOLDER: a server is started, answers, and stops by SIGTERM
# without leaving anything.
set -m
rm -rf "$2" && mkdir -p "$2" && cd "$2" || exit 1
mkdir tmp
TMPDIR=$PWD/tmp "$1" serve --grpc unix:grpc.sock --http 127.0.0.1:0 --json >out 2>log &
server=$!
for _ in $(seq 600); do
  grep -q HTTP log && break
  sleep 0.05
done
port=$(sed -n 's/.*"http":"127.0.0.1:\([0-9]*\)".*/\1/p' out)
exec 3<>"/dev/tcp/127.0.0.1/$port"
printf 'GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
tail -n 1 <&3
test -S grpc.sock && echo "a socket"
kill -TERM $server
wait $server
echo "exit $?"
test -e grpc.sock && echo "the socket was left"
find tmp -mindepth 2
grep -o "stopping, 0 sessions are open" log
exit 0
