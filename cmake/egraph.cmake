# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# hone_egraph_rules(target name theory)
#
# Compiles the rules of a theory file into the target, which gets
# `const CompiledMatcher hone::rewrite::egraph::compiled::<name>`.
#
# A target that is not built (a test, without HONE_TESTS) gets nothing.
function(hone_egraph_rules target name theory)
  if(NOT TARGET ${target})
    return()
  endif()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${target}_${name}.cpp)
  add_custom_command(
    OUTPUT ${source}
    COMMAND egraph_compile ${theory} ${name} > ${source}
    DEPENDS egraph_compile ${theory}
    VERBATIM)
  target_sources(${target} PRIVATE ${source})
endfunction()
