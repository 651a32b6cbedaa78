# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# cmake -DFOLDER=… -DOBJECT=… -DOUTPUT=… -P embed.cmake
#
# Writes the runtime's sources as C++ string constants, its own includes left
# out of all but the first, and the object by .incbin.
function(read_part name variable)
  file(READ ${FOLDER}/${name} text)
  string(REGEX REPLACE "#include \"[^\"]*\"\n" "" text "${text}")
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()
read_part(hone_model.h header)
set(source "")
# weights.c first: it asks for more of the system.
foreach(name program.h weights.h weights.c sizes.h pool.h pool.c model.c)
  read_part(${name} part)
  string(APPEND source "${part}\n")
endforeach()
file(WRITE ${OUTPUT} "// Generated from src/runtime/model.
#include \"runtime/runtime_files.h\"

extern \"C\" {
extern const char hone_runtime_object_begin[];
extern const char hone_runtime_object_end[];
}

__asm__(
    \".pushsection .rodata\\n\"
    \".hidden hone_runtime_object_begin\\n\"
    \".global hone_runtime_object_begin\\n\"
    \"hone_runtime_object_begin:\\n\"
    \".incbin \\\"${OBJECT}\\\"\\n\"
    \".hidden hone_runtime_object_end\\n\"
    \".global hone_runtime_object_end\\n\"
    \"hone_runtime_object_end:\\n\"
    \".popsection\\n\");

namespace hone::runtime {

const std::string_view kModelHeader = R\"~c~(${header})~c~\";

const std::string_view kModelSource = R\"~c~(${source})~c~\";

std::string_view model_object() {
  return {hone_runtime_object_begin, static_cast<size_t>(
      hone_runtime_object_end - hone_runtime_object_begin)};
}

}  // namespace hone::runtime
")
