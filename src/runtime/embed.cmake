# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# cmake -DFOLDER=… -DOBJECTS=… -DOUTPUT=… -P embed.cmake
#
# Writes the runtime's sources as C++ string constants, their own includes left
# out, and the objects of its parts by .incbin.
function(read_part name variable)
  file(READ ${FOLDER}/${name} text)
  string(REGEX REPLACE "#include \"[^\"]*\"\n" "" text "${text}")
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()
read_part(hone_model.h header)
file(READ ${FOLDER}/hone_operator.h operator_header)
set(source "")
# weights.c first: it asks for more of the system.
foreach(name program.h weights.h weights.c cpu.h cpu.c sizes.h pool.h pool.c
    status.c model.c)
  read_part(${name} part)
  string(APPEND source "${part}\n")
endforeach()
set(declarations "")
set(inclusions "")
foreach(part x86_64_runtime x86_64_values x86_64_text
    aarch64_runtime aarch64_values aarch64_text)
  foreach(end begin end)
    set(symbol hone_${part}_object_${end})
    string(APPEND declarations "extern const char ${symbol}[];\n")
    string(APPEND inclusions "    \".hidden ${symbol}\\n\"
    \".global ${symbol}\\n\"
    \"${symbol}:\\n\"\n")
    if(end STREQUAL begin)
      string(APPEND inclusions
        "    \".incbin \\\"${OBJECTS}/part_${part}.o\\\"\\n\"\n")
    endif()
  endforeach()
endforeach()
file(WRITE ${OUTPUT} "// Generated from src/runtime/model.
#include \"runtime/runtime_files.h\"

extern \"C\" {
${declarations}}

__asm__(
    \".pushsection .rodata\\n\"
${inclusions}    \".popsection\\n\");

namespace hone::runtime {

const std::string_view kModelHeader = R\"~c~(${header})~c~\";

const std::string_view kOperatorHeader = R\"~c~(${operator_header})~c~\";

const std::string_view kModelSource = R\"~c~(${source})~c~\";

std::string_view object_of(Part part, Family family) {
  const bool is_arm = family == Family::AArch64;
  switch (part) {
    case Part::Model:
      return is_arm ? std::string_view(hone_aarch64_runtime_object_begin,
                                       hone_aarch64_runtime_object_end)
                    : std::string_view(hone_x86_64_runtime_object_begin,
                                       hone_x86_64_runtime_object_end);
    case Part::Values:
      return is_arm ? std::string_view(hone_aarch64_values_object_begin,
                                       hone_aarch64_values_object_end)
                    : std::string_view(hone_x86_64_values_object_begin,
                                       hone_x86_64_values_object_end);
    case Part::Text:
      return is_arm ? std::string_view(hone_aarch64_text_object_begin,
                                       hone_aarch64_text_object_end)
                    : std::string_view(hone_x86_64_text_object_begin,
                                       hone_x86_64_text_object_end);
  }
  return {};
}

}  // namespace hone::runtime
")
