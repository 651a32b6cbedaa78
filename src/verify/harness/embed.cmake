# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# cmake -DFOLDER=… -DOUTPUT=… -P embed.cmake
#
# Writes harness.c, its own includes expanded, as a C++ string constant.
file(STRINGS ${FOLDER}/harness.c lines)
set(text "")
foreach(line IN LISTS lines)
  if(line MATCHES "^#include \"(.*)\"")
    file(READ ${FOLDER}/${CMAKE_MATCH_1} part)
    # Includes within: all of them are the harness's own headers.
    string(REGEX REPLACE "\n#include \"[^\"]*\"" "" part "${part}")
    string(APPEND text "${part}\n")
  else()
    string(APPEND text "${line}\n")
  endif()
endforeach()
file(WRITE ${OUTPUT}.new "// Generated from src/verify/harness.
#include \"verify/harness_source.h\"

namespace hone::verify {

const std::string_view kHarnessSource = R\"~harness~(${text})~harness~\";

}  // namespace hone::verify
")
file(COPY_FILE ${OUTPUT}.new ${OUTPUT} ONLY_IF_DIFFERENT)
file(REMOVE ${OUTPUT}.new)
