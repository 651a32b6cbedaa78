# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Sourced by cc_*.sh HONE PROGRAM FOLDER: a project in the folder, a recipe for
# one of its sources, and what to say about its build.
hone=$1
project=$3
rm -rf "$project" && mkdir -p "$project" && cd "$project" || exit 1
cp "$2"/*.c "$2"/*.h .
"$hone" opt vm.c -o recipe.o --budget 4 --store none --recipe hone.recipe \
  -q -- -Wall || exit 1
export HONE_CC_VERBOSE=1

# report OBJECT PROGRAM LOG
report() {
  echo built
  grep -o "by recipe" "$3" | sort -u
  cmp recipe.o "$1" && echo "the object of the recipe"
  "$2" >/dev/null && echo "the program runs"
}
