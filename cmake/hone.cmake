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
  add_compile_options(-fsanitize=${HONE_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=${HONE_SANITIZE})
endif()

# hone_room(name [LLVM] SOURCES … [DEPENDS …])
#
# Declares the room src/<name> as the static library hone_<name>. Sources named
# *_test.cpp stay out of it: hone_test() takes them. LLVM gives the room LLVM's
# headers and library; only the rooms that walk the IR ask for it. The first of
# them (program) precompiles LLVM's headers, the others share its result.
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
    if(TARGET hone_program AND NOT name STREQUAL program)
      target_precompile_headers(${target} REUSE_FROM hone_program)
    else()
      target_precompile_headers(${target} PRIVATE
        ${PROJECT_SOURCE_DIR}/cmake/llvm_pch.h)
    endif()
  elseif(NOT name STREQUAL base)
    target_precompile_headers(${target} REUSE_FROM hone_base)
  endif()
endfunction()

# hone_test(room SOURCES x_test.cpp … [LLVM] [TIMEOUT seconds] [SLOW]
#           [NAME name] [DEPENDS …])
#
# Makes <room>_test (or NAME, for a second executable of the same room) of the
# room's GoogleTests and registers every case with ctest:
#
#   LLVM      the sources include LLVM's headers; the room must have them too
#   TIMEOUT   seconds for one case, 30 unless given: tests that spawn compilers
#             say how long these may take
#   SLOW      keeps the cases out of `ctest -L fast`, which stays under a minute
#   DEPENDS   further targets to build before the tests run (a worker program)
#
# Every case carries the label of its room. It runs in an empty folder of the
# build tree, with HONE_SOURCE_DIR and HONE_BIN_DIR in its environment. The
# cases are listed when ctest starts, not while building, so that a crash in a
# static initialiser is a failed test and not a broken build.
#
# Flags equal those of hone_room(), which is what lets the tests use the room's
# precompiled header; GoogleTest needs neither exceptions nor RTTI.
function(hone_test room)
  if(NOT HONE_TESTS)
    return()
  endif()
  cmake_parse_arguments(TEST "LLVM;SLOW" "NAME;TIMEOUT" "SOURCES;DEPENDS"
    ${ARGN})
  if(TEST_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR
      "hone_test(${room}): no such argument: ${TEST_UNPARSED_ARGUMENTS}")
  endif()
  set(target ${room}_test)
  if(TEST_NAME)
    set(target ${TEST_NAME})
  endif()
  add_executable(${target} ${TEST_SOURCES})
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>)
  target_link_libraries(${target} PRIVATE
    hone_${room} GTest::gtest_main GTest::gmock)
  if(TEST_DEPENDS)
    add_dependencies(${target} ${TEST_DEPENDS})
  endif()
  if(TEST_LLVM)
    target_include_directories(${target} SYSTEM PRIVATE ${LLVM_INCLUDE_DIRS})
    if(TARGET hone_program)
      target_precompile_headers(${target} REUSE_FROM hone_program)
    endif()
  else()
    target_precompile_headers(${target} REUSE_FROM hone_base)
  endif()

  set(scratch ${PROJECT_BINARY_DIR}/tests/${target})
  file(MAKE_DIRECTORY ${scratch})
  set_target_properties(${target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests/bin)
  set(labels ${room})
  if(NOT TEST_SLOW)
    list(APPEND labels fast)
  endif()
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 30)
  endif()
  if(HONE_SANITIZE)
    math(EXPR TEST_TIMEOUT "${TEST_TIMEOUT} * 4")
  endif()
  gtest_discover_tests(${target}
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 60
    WORKING_DIRECTORY ${scratch}
    TEST_PREFIX ${room}.
    TEST_LIST ${target}_cases)
  set(sanitizer "")
  if(HONE_SANITIZE STREQUAL "thread")
    # What libraries allocate and free without telling the sanitizer is theirs.
    set(sanitizer ";TSAN_OPTIONS=ignore_noninstrumented_modules=1 \
suppressions=${PROJECT_SOURCE_DIR}/tools/tsan.supp")
  endif()
  # Properties that are lists do not survive gtest_discover_tests(); a script
  # that ctest reads after the list of cases sets them.
  set(script ${CMAKE_CURRENT_BINARY_DIR}/${target}_properties.cmake)
  file(WRITE ${script} "
if(${target}_cases)
  set_tests_properties(\${${target}_cases} PROPERTIES
    LABELS [[${labels}]]
    TIMEOUT ${TEST_TIMEOUT}
    ENVIRONMENT [[HONE_SOURCE_DIR=${PROJECT_SOURCE_DIR};HONE_BIN_DIR=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}${sanitizer}]])
endif()
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${script})
endfunction()

# hone_fuzz(room SOURCES x_fuzz.cpp …)
#
# Makes one libFuzzer program of each source, build/fuzz/fuzz/x_fuzz, where
# HONE_FUZZ is on (`cmake --preset fuzz`). ctest runs seeded mutants of the same
# inputs; these programs run as long as one lets them:
#
#   build/fuzz/fuzz/pipeline_fuzz -max_total_time=600 FOLDER_OF_FINDINGS
function(hone_fuzz room)
  if(NOT HONE_FUZZ)
    return()
  endif()
  cmake_parse_arguments(FUZZ "" "" "SOURCES" ${ARGN})
  foreach(source ${FUZZ_SOURCES})
    get_filename_component(target ${source} NAME_WE)
    add_executable(${target} ${source})
    target_compile_options(${target} PRIVATE
      $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>)
    target_link_libraries(${target} PRIVATE hone_${room})
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    target_precompile_headers(${target} REUSE_FROM hone_base)
    set_target_properties(${target} PROPERTIES
      RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
  endforeach()
endfunction()
