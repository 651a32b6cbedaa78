// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/write_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "base/subprocess.h"
#include "codegen/c/print_c_model.h"
#include "codegen/model/archive.h"
#include "program/toolchain.h"
#include "runtime/runtime_files.h"
#include "toolkit/custom_operator.h"

namespace hone::toolkit {

namespace fs = std::filesystem;

namespace {

std::string dims_text(const std::vector<int64_t>& dims) {
  std::string text;
  for (const int64_t dim : dims) text += fmt::format("[{}]", dim);
  return text;
}

std::string header_text(const tensor::Plan& plan, const std::string& symbol) {
  std::string tensors;
  for (const auto* list : {&plan.inputs, &plan.outputs})
    for (const tensor::PlanTensor& tensor : *list)
      tensors += fmt::format(" *   {:<7} {} {}{}\n",
                             list == &plan.inputs ? "input" : "output",
                             tensor::element_name(tensor.type), tensor.name,
                             dims_text(tensor.dims));
  return fmt::format(
      "/* Made by hone compile. Tensors, in order:\n{} */\n"
      "#pragma once\n\n#include \"hone_model.h\"\n\n"
      "#ifdef __cplusplus\nextern \"C\"\n#endif\n"
      "    extern const hone_program {};\n",
      tensors, symbol);
}

// What a library is made of.
Result<std::vector<codegen::ArchiveMember>> objects_of(
    const codegen::BuiltModel& model) {
  std::vector<codegen::ArchiveMember> objects = {
      {.name = "program.o", .head = model.program},
      {.name = "runtime.o", .head = runtime::object_of(runtime::Part::Model)}};
  const tensor::Plan& plan = model.plans[0].plan;
  if (plan.has_values())
    objects.push_back({.name = "values.o",
                       .head = runtime::object_of(runtime::Part::Values)});
  if (std::ranges::any_of(plan.steps, [](const tensor::PlanStep& step) {
        return step.symbol.starts_with("hone_text_");
      }))
    objects.push_back(
        {.name = "text.o", .head = runtime::object_of(runtime::Part::Text)});
  for (size_t i = 0; i < model.kernels.size(); ++i)
    objects.push_back(
        {.name = fmt::format("kernels{}.o", i), .head = model.kernels[i]});
  for (codegen::ArchiveMember& object : objects) {
    HONE_ASSIGN_OR_RETURN(object.symbols,
                          codegen::defined_symbols(object.head));
  }
  if (!model.weights_head.empty()) return objects;
  objects.push_back({.name = "weights.o",
                     .head = model.weights.head,
                     .weights = &model.plans[0].plan.weights,
                     .tail = model.weights.tail,
                     .symbols = {model.weights.symbol}});
  return objects;
}

// A part of the C library by its file: its symbols' versions must be recorded,
// and lld itself searches no folders.
Result<std::string> find_c_library(std::string_view name) {
  for (const char* folder :
       {"/lib/x86_64-linux-gnu", "/lib64", "/usr/lib", "/lib"})
    if (const fs::path path = fs::path(folder) / name; fs::exists(path))
      return path.string();
  return Error(ErrorKind::NotFound,
               fmt::format("{} is in none of the usual folders; compile to a "
                           ".a and link that instead",
                           name));
}

Status link_shared(std::span<const codegen::ArchiveMember> objects,
                   const std::vector<fs::path>& operators,
                   const std::string& symbol, const fs::path& result) {
  HONE_ASSIGN_OR_RETURN(const std::string lld, program::find_lld());
  HONE_ASSIGN_OR_RETURN(const std::string libc, find_c_library("libc.so.6"));
  HONE_ASSIGN_OR_RETURN(const std::string libm, find_c_library("libm.so.6"));
  HONE_ASSIGN_OR_RETURN(const TempDir folder, TempDir::make());
  const fs::path exports = folder.path() / "exports";
  HONE_RETURN_IF_ERROR(write_file(
      exports, fmt::format("{{ global: {}; hone_model_*; hone_status_text; "
                           "hone_value_free; "
                           "local: *; }};\n",
                           symbol)));
  std::vector<std::string> argv = {lld,
                                   "-shared",
                                   "--gc-sections",
                                   "--build-id=none",
                                   "--hash-style=gnu",
                                   "-s",
                                   "-znow",
                                   "-znoseparate-code",
                                   "--no-rosegment",
                                   "--pack-dyn-relocs=none",
                                   "--version-script=" + exports.string(),
                                   "-o",
                                   result.string()};
  for (const codegen::ArchiveMember& object : objects) {
    const fs::path path = folder.path() / object.name;
    HONE_ASSIGN_OR_RETURN(FileWriter file, FileWriter::make(path));
    HONE_RETURN_IF_ERROR(codegen::write_object(file, object));
    HONE_RETURN_IF_ERROR(file.commit());
    argv.push_back(path.string());
  }
  for (const fs::path& file : operators) argv.push_back(file.string());
  // The functions of f64, where a kernel calls one.
  argv.insert(argv.end(), {"--as-needed", libm, libc});
  HONE_ASSIGN_OR_RETURN(const ProcessResult done,
                        run_checked({.argv = std::move(argv)}));
  (void)done;
  return {};
}

// NAME.c and NAME.h, with NAME.weights where they are many.
Result<uint64_t> write_c(const codegen::BuiltModel& built,
                         const ModelFiles& files) {
  const codegen::CModel model = codegen::print_c_model(
      built.plans[0].plan, {.name = files.name, .manifest = files.manifest});
  fs::path beside = files.path;
  beside.replace_filename(files.name + ".h");
  HONE_RETURN_IF_ERROR(write_file(beside, model.header));
  if (!model.weights.empty()) {
    beside.replace_filename(files.name + ".weights");
    HONE_RETURN_IF_ERROR(write_file(beside, model.weights));
  }
  HONE_RETURN_IF_ERROR(write_file(files.path, model.source));
  return model.source.size() + model.weights.size();
}

Status write_weights(const codegen::BuiltModel& model, const fs::path& path) {
  HONE_ASSIGN_OR_RETURN(FileWriter file, FileWriter::make(path));
  HONE_RETURN_IF_ERROR(file.append(model.weights_head));
  HONE_RETURN_IF_ERROR(model.plans[0].plan.weights.write(file));
  return file.commit();
}

}  // namespace

Result<uint64_t> write_model(const codegen::BuiltModel& model,
                             const ModelFiles& files) {
  if (files.path.extension() == ".c") return write_c(model, files);
  HONE_ASSIGN_OR_RETURN(const std::vector<codegen::ArchiveMember> objects,
                        objects_of(model));
  if (!files.weights_file.empty())
    HONE_RETURN_IF_ERROR(
        write_weights(model, files.path.parent_path() / files.weights_file));
  const std::vector<fs::path> operators =
      files_of_operators(model.plans[0].plan);
  HONE_ASSIGN_OR_RETURN(FileWriter file, FileWriter::make(files.path));
  if (files.path.extension() == ".so") {
    HONE_RETURN_IF_ERROR(
        link_shared(objects, operators, files.symbol, file.unfinished()));
  } else {
    HONE_RETURN_IF_ERROR(codegen::write_archive(file, objects));
    fs::path header = files.path;
    HONE_RETURN_IF_ERROR(
        write_file(header.replace_extension(".h"),
                   header_text(model.plans[0].plan, files.symbol)));
    HONE_RETURN_IF_ERROR(write_file(files.path.parent_path() / "hone_model.h",
                                    runtime::kModelHeader));
  }
  const uint64_t bytes = fs::file_size(file.unfinished());
  HONE_RETURN_IF_ERROR(file.commit());
  return bytes;
}

}  // namespace hone::toolkit
