# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Finds nanobind for the Python package. The interpreter is the virtual
# environment's, where setup has installed nanobind, or the one that builds a
# wheel; a version manager's shim, which CMake would find first, is none.
# Without nanobind there is no Python package, unless a wheel asks for it.
set(venv ${PROJECT_SOURCE_DIR}/build/venv/bin/python)
if(NOT DEFINED SKBUILD AND EXISTS ${venv} AND NOT Python_EXECUTABLE)
  set(Python_EXECUTABLE ${venv})
endif()
find_package(Python 3.11 QUIET COMPONENTS Interpreter Development.Module)
if(Python_FOUND)
  execute_process(
    COMMAND ${Python_EXECUTABLE} -m nanobind --cmake_dir
    OUTPUT_VARIABLE nanobind_ROOT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  find_package(nanobind 3.1 CONFIG QUIET)
endif()
if(NOT nanobind_FOUND)
  set(kind STATUS)
  if(DEFINED SKBUILD)
    set(kind FATAL_ERROR)
  endif()
  message(${kind} "no Python package: nanobind 3.1 and Python's headers "
    "(python3-dev) were not found for '${Python_EXECUTABLE}'; tools/setup.sh "
    "installs both")
endif()
