# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The build's own vocabulary: one folder of src/ is one library.

find_program(HONE_CCACHE ccache)
if(HONE_CCACHE)
  # Precompiled headers need clang's time stamps off to be cacheable.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
      ${HONE_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${HONE_CCACHE})
  add_compile_options(
    "$<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:Clang>>:SHELL:-Xclang -fno-pch-timestamp>")
endif()

add_compile_options(-Wall -Wextra -Werror -Wno-unused-parameter)
# A designated initialiser that leaves out defaulted members is our idiom.
add_compile_options(
  $<$<CXX_COMPILER_ID:Clang>:-Wno-missing-designated-field-initializers>)
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
add_link_options(-fuse-ld=lld-22)
if(HONE_SANITIZE)
  add_compile_options(-fsanitize=${HONE_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${HONE_SANITIZE})
endif()

# hone_room(name [LLVM] SOURCES … [DEPENDS …])
#
# Declares the room src/<name> as the static library hone_<name>. Sources named
# *_test.cpp stay out of it: tests/CMakeLists.txt collects them. LLVM gives the
# room LLVM's headers and library; only the rooms that walk the IR ask for it.
function(hone_room name)
  cmake_parse_arguments(ROOM "LLVM" "" "SOURCES;DEPENDS" ${ARGN})
  set(target hone_${name})
  add_library(${target} STATIC ${ROOM_SOURCES})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>)
  foreach(room ${ROOM_DEPENDS})
    target_link_libraries(${target} PUBLIC hone_${room})
  endforeach()
  if(ROOM_LLVM)
    target_include_directories(${target} SYSTEM PRIVATE ${LLVM_INCLUDE_DIRS})
    target_link_libraries(${target} PUBLIC LLVM)
    target_precompile_headers(${target} PRIVATE
      ${PROJECT_SOURCE_DIR}/cmake/llvm_pch.h)
  elseif(NOT name STREQUAL base)
    target_precompile_headers(${target} REUSE_FROM hone_base)
  endif()
endfunction()
