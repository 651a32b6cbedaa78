# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What a configure script asks a compiler, without autoconf.
. "$(dirname "$0")/cc_project.sh"
CC="$hone cc"
mkdir conftest && cd conftest
probe() {
  printf '%s\n' "$1" >conftest.c
  shift
  "$@" >>conftest.log 2>&1
}
$CC --version >/dev/null 2>&1 || echo "no --version"
probe 'int main(void) { return 0; }' $CC conftest.c && ./a.out ||
  echo "cannot link"
probe '#include <stdio.h>' $CC -E conftest.c || echo "cannot preprocess"
probe 'int broken(' $CC -c conftest.c && echo "accepts nonsense"
probe 'int f(void);' $CC -c -g -O2 conftest.c && test -f conftest.o ||
  echo "cannot compile"
probe 'int x;' $CC -Werror -fno-such-flag -c conftest.c &&
  echo "accepts any flag"
probe 'int x;' $CC -c conftest.c -o /dev/null || echo "no /dev/null"
cd ..
test -c /dev/null || echo "/dev/null is gone"
for source in *.c; do
  $CC -Oz -Wall -c "$source" >>log 2>&1 || cat log
done
$CC -o regex [a-qs-z]*.o >>log 2>&1 || cat log
report vm.o ./regex log
