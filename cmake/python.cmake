# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Finds nanobind for the Python package. The interpreter is the virtual
# environment's, where setup has installed nanobind, or the one that builds a
# wheel. Without nanobind there is no Python package, and its tests say so.
set(venv ${PROJECT_SOURCE_DIR}/build/venv/bin/python)
if(NOT DEFINED SKBUILD AND EXISTS ${venv} AND NOT Python_EXECUTABLE)
  set(Python_EXECUTABLE ${venv})
endif()
find_package(Python 3.11 QUIET COMPONENTS Interpreter Development.Module)
if(Python_FOUND)
  execute_process(
    COMMAND ${Python_EXECUTABLE} -m nanobind --cmake_dir
    OUTPUT_VARIABLE nanobind_ROOT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  find_package(nanobind CONFIG QUIET)
endif()
if(nanobind_FOUND)
  # A shared library is made of the rooms' objects.
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
else()
  message(STATUS "no nanobind: the Python package is left out")
endif()
