# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
. "$(dirname "$0")/cc_project.sh"
cat >Makefile <<'END'
CFLAGS = -Oz -Wall -MMD
objects = $(patsubst %.c,%.o,$(wildcard *.c))
regex: $(objects)
	$(CC) $(LDFLAGS) -o $@ $^
-include $(objects:.o=.d)
END
make -j4 CC="$hone cc" >log 2>&1 || cat log
# A header that changed rebuilds what the dependency files say.
grep -q "vm.o: .*regex.h" vm.d || echo "no dependency file"
report vm.o ./regex log
