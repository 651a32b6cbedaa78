// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/write_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "base/file.h"
#include "base/subprocess.h"
#include "codegen/c/print_c_model.h"
#include "codegen/c/print_c_run.h"
#include "codegen/model/archive.h"
#include "codegen/model/link.h"
#include "program/toolchain.h"
#include "runtime/runtime_files.h"
#include "toolkit/custom_operator.h"

namespace hone::toolkit {

namespace fs = std::filesystem;

namespace {

// Files that belong together: all are written before the first has its name, so
// that a full disk leaves none of them.
class FileSet {
 public:
  Result<FileWriter*> make(const fs::path& path) {
    HONE_ASSIGN_OR_RETURN(FileWriter file, FileWriter::make(path));
    return &files_.emplace_back(std::move(file));
  }
  Status add(const fs::path& path, std::string_view content) {
    HONE_ASSIGN_OR_RETURN(FileWriter* const file, make(path));
    return file->append(content);
  }
  // In the order in which they were made.
  Status commit() {
    for (FileWriter& file : files_) HONE_RETURN_IF_ERROR(file.commit());
    return {};
  }

 private:
  std::deque<FileWriter> files_;
};

// Sizes that are known only when the model runs are letters, equal ones alike.
std::string tensor_text(const tensor::PlanTensor& tensor) {
  if (tensor.value)
    return fmt::format("{}: {}", tensor.name, tensor::to_text(*tensor.value));
  std::string text =
      fmt::format("{} {}", tensor::element_name(tensor.type), tensor.name);
  for (const int64_t dim : tensor.dims)
    text += tensor::is_slot(dim) ? fmt::format("[s{}]", tensor::slot_of(dim))
                                 : fmt::format("[{}]", dim);
  return text;
}

std::string header_text(const tensor::Plan& plan, const std::string& symbol) {
  std::string tensors;
  for (const auto* list : {&plan.inputs, &plan.outputs})
    for (const tensor::PlanTensor& tensor : *list)
      tensors += fmt::format(" *   {:<7} {}\n",
                             list == &plan.inputs ? "input" : "output",
                             codegen::comment(tensor_text(tensor)));
  return fmt::format(
      "/* Made by hone compile. Tensors, in order:\n{} */\n"
      "#pragma once\n\n#include \"hone_model.h\"\n\n"
      "#ifdef __cplusplus\nextern \"C\"\n#endif\n"
      "    extern const hone_program {};\n",
      tensors, symbol);
}

using runtime::Part;

bool is_aarch64(const codegen::BuiltModel& model) {
  return model.plans[0].target.triple.starts_with("aarch64");
}

std::string_view part_of(const codegen::BuiltModel& model, Part part) {
  return runtime::object_of(part, is_aarch64(model) ? runtime::Family::AArch64
                                                    : runtime::Family::X86_64);
}

// What a library is made of.
Result<std::vector<codegen::ArchiveMember>> objects_of(
    const codegen::BuiltModel& model) {
  std::vector<codegen::ArchiveMember> objects = {
      {.name = "program.o", .head = model.program},
      {.name = "runtime.o", .head = part_of(model, Part::Model)}};
  const tensor::Plan& plan = model.plans[0].plan;
  if (plan.has_values())
    objects.push_back(
        {.name = "values.o", .head = part_of(model, Part::Values)});
  if (std::ranges::any_of(plan.steps, [](const tensor::PlanStep& step) {
        return step.symbol.starts_with("hone_text_");
      }))
    objects.push_back({.name = "text.o", .head = part_of(model, Part::Text)});
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
Result<std::string> find_c_library(bool is_aarch64, std::string_view name) {
  // Other systems keep their own family's in the last three.
  const bool is_own =
      is_aarch64 == (runtime::kFamily == runtime::Family::AArch64);
  std::vector<const char*> folders = {"/lib/x86_64-linux-gnu"};
  if (is_aarch64)
    folders = {"/lib/aarch64-linux-gnu", "/usr/aarch64-linux-gnu/lib"};
  if (is_own) folders.insert(folders.end(), {"/lib64", "/usr/lib", "/lib"});
  for (const char* folder : folders)
    if (const fs::path path = fs::path(folder) / name; fs::exists(path))
      return path.string();
  return Error(ErrorKind::NotFound,
               fmt::format("{} is in none of the usual folders; compile to a "
                           ".a and link that instead",
                           name));
}

// Of objects that lld links in this process. More of them it links faster in
// one of its own, with threads, and needs no memory of ours for the output.
constexpr uint64_t kMostInProcess = uint64_t{8} << 20;

// By the program. Also where a user's file is linked: what ends lld then ends
// nothing else.
Status run_linker(std::vector<std::string> arguments, uint64_t bytes,
                  const fs::path& result) {
  HONE_ASSIGN_OR_RETURN(std::string lld, program::find_lld());
  arguments.insert(arguments.begin(), {std::move(lld), "-o", result.string()});
  const Result<ProcessResult> done =
      run_checked({.argv = std::move(arguments)});
  if (done.ok()) return {};
  // lld maps what it writes, so that a full disk ends it by a signal.
  const fs::path target = fs::path(result).replace_extension();
  std::error_code error;
  const auto space = fs::space(fs::absolute(target).parent_path(), error);
  if (error || space.available >= bytes) return done.error();
  return Error(ErrorKind::Io, fmt::format("cannot write '{}': No space left on "
                                          "device",
                                          target.string()));
}

Status link_shared(std::span<const codegen::ArchiveMember> objects,
                   const std::vector<fs::path>& operators, bool is_aarch64,
                   const std::string& symbol, FileWriter& result) {
  HONE_ASSIGN_OR_RETURN(const std::string libc,
                        find_c_library(is_aarch64, "libc.so.6"));
  HONE_ASSIGN_OR_RETURN(const std::string libm,
                        find_c_library(is_aarch64, "libm.so.6"));
  HONE_ASSIGN_OR_RETURN(const TempDir folder, TempDir::make());
  const fs::path exports = folder.path() / "exports";
  HONE_RETURN_IF_ERROR(write_file(
      exports, fmt::format("{{ global: {}; hone_model_*; hone_status_text; "
                           "hone_value_free; "
                           "local: *; }};\n",
                           symbol)));
  std::vector<std::string> arguments = {
      "-shared", "--gc-sections", "--build-id=none", "--hash-style=gnu", "-s",
      "-znow", "-znoseparate-code", "--no-rosegment", "--pack-dyn-relocs=none",
      // A full disk is an error, not a signal.
      "--no-mmap-output-file", "--version-script=" + exports.string()};
  uint64_t bytes = 0;
  for (const codegen::ArchiveMember& object : objects) {
    const fs::path path = folder.path() / object.name;
    HONE_ASSIGN_OR_RETURN(FileWriter file, FileWriter::make(path));
    HONE_RETURN_IF_ERROR(codegen::write_object(file, object));
    bytes += file.size();
    HONE_RETURN_IF_ERROR(file.commit());
    arguments.push_back(path.string());
  }
  for (const fs::path& file : operators) arguments.push_back(file.string());
  // The functions of f64, where a kernel calls one.
  arguments.insert(arguments.end(), {"--as-needed", libm, libc});
  if (!operators.empty() || bytes > kMostInProcess)
    return run_linker(std::move(arguments), bytes, result.unfinished());
  HONE_RETURN_IF_ERROR(codegen::link_in_process(arguments, result));
  // As linkers do: who may read it may load it, wherever it lies.
  using fs::perms;
  const perms readers =
      fs::status(result.unfinished()).permissions() &
      (perms::owner_read | perms::group_read | perms::others_read);
  fs::permissions(result.unfinished(),
                  static_cast<perms>(static_cast<unsigned>(readers) >> 2),
                  fs::perm_options::add);
  return {};
}

// NAME.c and NAME.h, with NAME.weights where they are many.
Result<uint64_t> write_c(const codegen::BuiltModel& built,
                         const ModelFiles& files) {
  const codegen::CModel model = codegen::print_c_model(
      built.plans[0].plan, {.name = files.name, .manifest = files.manifest});
  FileSet set;
  fs::path beside = files.path;
  beside.replace_filename(files.name + ".h");
  HONE_RETURN_IF_ERROR(set.add(beside, model.header));
  if (!model.weights.empty()) {
    beside.replace_filename(files.name + ".weights");
    HONE_RETURN_IF_ERROR(set.add(beside, model.weights));
  }
  HONE_RETURN_IF_ERROR(set.add(files.path, model.source));
  HONE_RETURN_IF_ERROR(set.commit());
  return model.source.size() + model.weights.size();
}

Status write_weights(const codegen::BuiltModel& model, FileWriter& file) {
  HONE_RETURN_IF_ERROR(file.append(model.weights_head));
  return model.plans[0].plan.weights.write(file);
}

}  // namespace

Result<uint64_t> write_model(const codegen::BuiltModel& model,
                             const ModelFiles& files) {
  if (files.path.extension() == ".c") return write_c(model, files);
  HONE_ASSIGN_OR_RETURN(const std::vector<codegen::ArchiveMember> objects,
                        objects_of(model));
  FileSet set;
  if (!files.weights_file.empty()) {
    HONE_ASSIGN_OR_RETURN(
        FileWriter* const weights,
        set.make(files.path.parent_path() / files.weights_file));
    HONE_RETURN_IF_ERROR(write_weights(model, *weights));
  }
  const bool is_shared = files.path.extension() == ".so";
  if (!is_shared) {
    fs::path header = files.path;
    HONE_RETURN_IF_ERROR(
        set.add(header.replace_extension(".h"),
                header_text(model.plans[0].plan, files.symbol)));
    HONE_RETURN_IF_ERROR(set.add(files.path.parent_path() / "hone_model.h",
                                 runtime::kModelHeader));
  }
  HONE_ASSIGN_OR_RETURN(FileWriter* const library, set.make(files.path));
  HONE_RETURN_IF_ERROR(
      is_shared ? link_shared(objects, files_of_operators(model.plans[0].plan),
                              is_aarch64(model), files.symbol, *library)
                : codegen::write_archive(*library, objects));
  const uint64_t bytes = fs::file_size(library->unfinished());
  HONE_RETURN_IF_ERROR(set.commit());
  return bytes;
}

}  // namespace hone::toolkit
