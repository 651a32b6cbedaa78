# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# jemalloc has no CMake file of its own. Defines Jemalloc::static, which takes
# malloc's place in the program that it is linked into.
find_library(JEMALLOC_LIBRARY NAMES libjemalloc_pic.a)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Jemalloc REQUIRED_VARS JEMALLOC_LIBRARY)
if(Jemalloc_FOUND AND NOT TARGET Jemalloc::static)
  add_library(Jemalloc::static STATIC IMPORTED)
  set_target_properties(Jemalloc::static PROPERTIES
    IMPORTED_LOCATION ${JEMALLOC_LIBRARY}
    INTERFACE_LINK_LIBRARIES m)
endif()
