# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
. "$(dirname "$0")/cc_project.sh"
cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.20)
project(regex C)
file(GLOB sources *.c)
add_executable(regex ${sources})
target_compile_options(regex PRIVATE -Wall)
END
ln -s "$hone" hone-cc
CC="$PWD/hone-cc" cmake -S . -B build -DCMAKE_BUILD_TYPE=MinSizeRel \
  -DCMAKE_C_FLAGS_MINSIZEREL=-Oz >configure.log 2>&1 || cat configure.log
grep -q "C compiler identification is Clang 22" configure.log ||
  cat configure.log
cmake --build build -j2 --verbose >log 2>&1 || cat log
report build/CMakeFiles/regex.dir/vm.c.o build/regex log
