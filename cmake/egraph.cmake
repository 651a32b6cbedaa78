# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# hone_egraph_rules(target name [theory])
#
# Compiles the rules of a theory file, or those of the tables
# src/rewrite/rules/*.def, into the target, which gets
# `const CompiledMatcher hone::rewrite::egraph::compiled::<name>`.
function(hone_egraph_rules target name)
  if(NOT TARGET ${target})  # a test, where tests are off
    return()
  endif()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${target}_${name}.cpp)
  set(theory terms)
  if(ARGC GREATER 2)
    set(theory ${ARGV2})
  endif()
  add_custom_command(
    OUTPUT ${source}
    COMMAND egraph_compile ${theory} ${name} > ${source}
    DEPENDS egraph_compile ${ARGN}
    VERBATIM)
  target_sources(${target} PRIVATE ${source})
endfunction()
