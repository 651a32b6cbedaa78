// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/compile_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/subprocess.h"
#include "base/text.h"
#include "codegen/c/print_c_model.h"
#include "program/toolchain.h"
#include "runtime/runtime_files.h"
#include "tensor/functions/expand.h"
#include "tensor/graph_text.h"
#include "tensor/infer/infer.h"
#include "tensor/onnx/import.h"
#include "tensor/onnx/mapped_file.h"
#include "tensor/passes/pass.h"
#include "tensor/plan/lower.h"
#include "tensor/verify_graph.h"
#include "toolkit/given_shape.h"

namespace hone::toolkit {

namespace fs = std::filesystem;

namespace {

// Of a program's symbol, behind the model's name.
constexpr std::string_view kSymbolEnd = "_program";

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

// "my-net.v2" as a C identifier.
std::string identifier(std::string_view name) {
  std::string result;
  for (const char c : name)
    result += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  if (result.empty() || std::isdigit(static_cast<unsigned char>(result[0])))
    result.insert(result.begin(), '_');
  return result;
}

std::string manifest_of(const CompileModelRequest& request,
                        std::string_view model) {
  return Json{{"format", 1},
              {"compiler", "hone"},
              {"model", hash_bytes(model).hex()},
              {"runtime", hash_bytes(runtime::kModelSource).hex()},
              {"cpu", request.cpu},
              {"shapes", request.shapes},
              {"verify", request.extent == CheckExtent::None      ? "none"
                         : request.extent == CheckExtent::Sampled ? "sampled"
                                                                  : "full"}}
      .dump();
}

std::string dims_text(const std::vector<int64_t>& dims) {
  std::string text;
  for (const int64_t dim : dims) text += fmt::format("[{}]", dim);
  return text;
}

std::string header_text(const CompileModelReport& report) {
  std::string tensors;
  const tensor::Plan& plan = report.model.plans[0].plan;
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
      tensors, report.symbol);
}

// Objects as files of a folder.
Result<std::vector<std::string>> write_objects(
    const fs::path& folder, const codegen::BuiltModel& model) {
  std::vector<std::string> paths;
  const auto add = [&](std::string_view name,
                       std::string_view bytes) -> Status {
    const fs::path path = folder / name;
    paths.push_back(path.string());
    return write_file(path, bytes);
  };
  HONE_RETURN_IF_ERROR(add("program.o", model.program));
  HONE_RETURN_IF_ERROR(
      add("runtime.o", runtime::object_of(runtime::Part::Model)));
  const tensor::Plan& plan = model.plans[0].plan;
  if (plan.has_values())
    HONE_RETURN_IF_ERROR(
        add("values.o", runtime::object_of(runtime::Part::Values)));
  if (std::ranges::any_of(plan.steps, [](const tensor::PlanStep& step) {
        return step.symbol.starts_with("hone_text_");
      }))
    HONE_RETURN_IF_ERROR(
        add("text.o", runtime::object_of(runtime::Part::Text)));
  for (size_t i = 0; i < model.kernels.size(); ++i)
    HONE_RETURN_IF_ERROR(add(fmt::format("kernels{}.o", i), model.kernels[i]));
  HONE_RETURN_IF_ERROR(add("weights.o", model.weights.head));
  for (const std::string& part :
       {std::cref(model.plans[0].plan.weights), std::cref(model.weights.tail)})
    HONE_RETURN_IF_ERROR(append_file(paths.back(), part));
  return paths;
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

Status link_shared(const std::vector<std::string>& objects,
                   const fs::path& folder, const std::string& symbol,
                   const fs::path& result) {
  HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                        program::find_toolchain());
  HONE_ASSIGN_OR_RETURN(const std::string libc, find_c_library("libc.so.6"));
  HONE_ASSIGN_OR_RETURN(const std::string libm, find_c_library("libm.so.6"));
  const fs::path exports = folder / "exports";
  HONE_RETURN_IF_ERROR(write_file(
      exports, fmt::format("{{ global: {}; hone_model_*; hone_status_text; "
                           "hone_value_free; "
                           "local: *; }};\n",
                           symbol)));
  std::vector<std::string> argv = {tools.lld,
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
  argv.insert(argv.end(), objects.begin(), objects.end());
  // The functions of f64, where a kernel calls one.
  argv.insert(argv.end(), {"--as-needed", libm, libc});
  HONE_ASSIGN_OR_RETURN(const ProcessResult done,
                        run_checked({.argv = std::move(argv)}));
  (void)done;
  return {};
}

// llvm-ar stands beside lld.
Status make_archive(const std::vector<std::string>& objects,
                    const fs::path& result) {
  HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                        program::find_toolchain());
  std::string archiver = tools.lld;
  const size_t at = archiver.rfind("ld.lld");
  archiver.replace(at, 6, "llvm-ar");
  std::vector<std::string> argv = {archiver, "rcsD", result.string()};
  argv.insert(argv.end(), objects.begin(), objects.end());
  HONE_ASSIGN_OR_RETURN(const ProcessResult done,
                        run_checked({.argv = std::move(argv)}));
  (void)done;
  return {};
}

// NAME.c and NAME.h, with NAME.weights where they are many.
Status write_c(const CompileModelRequest& request, const std::string& manifest,
               CompileModelReport& report) {
  std::string name = report.symbol;
  name.resize(name.size() - kSymbolEnd.size());
  HONE_ASSIGN_OR_RETURN(
      const codegen::CModel model,
      codegen::print_c_model(report.model.plans[0].plan,
                             {.name = name, .manifest = manifest}));
  fs::path beside = request.output;
  beside.replace_filename(name + ".h");
  HONE_RETURN_IF_ERROR(write_file(beside, model.header));
  if (!model.weights.empty()) {
    beside.replace_filename(name + ".weights");
    HONE_RETURN_IF_ERROR(write_file(beside, model.weights));
  }
  report.bytes = model.source.size() + model.weights.size();
  return write_file(request.output, model.source);
}

Status write_output(const CompileModelRequest& request,
                    const std::string& manifest, CompileModelReport& report) {
  if (request.output.extension() == ".c")
    return write_c(request, manifest, report);
  HONE_ASSIGN_OR_RETURN(const TempDir folder, TempDir::make());
  HONE_ASSIGN_OR_RETURN(const std::vector<std::string> objects,
                        write_objects(folder.path(), report.model));
  const fs::path result = folder.path() / "result";
  if (request.output.extension() == ".so") {
    HONE_RETURN_IF_ERROR(
        link_shared(objects, folder.path(), report.symbol, result));
  } else {
    HONE_RETURN_IF_ERROR(make_archive(objects, result));
    fs::path header = request.output;
    HONE_RETURN_IF_ERROR(
        write_file(header.replace_extension(".h"), header_text(report)));
    HONE_RETURN_IF_ERROR(write_file(
        request.output.parent_path() / "hone_model.h", runtime::kModelHeader));
  }
  report.bytes = fs::file_size(result);
  return hone::copy_file(result, request.output);
}

}  // namespace

Result<tensor::Graph> load_graph(const fs::path& file) {
  tensor::Graph graph;
  if (file.extension() == ".graph") {
    HONE_ASSIGN_OR_RETURN(const std::string text, read_file(file));
    HONE_ASSIGN_OR_RETURN(graph, tensor::parse_graph(text));
  } else {
    HONE_ASSIGN_OR_RETURN(tensor::Imported imported, tensor::import_onnx(file));
    graph = std::move(imported.graph);
  }
  HONE_RETURN_IF_ERROR(tensor::infer_types(graph));
  HONE_RETURN_IF_ERROR(tensor::verify_graph(graph));
  return graph;
}

Result<tensor::Graph> prepare_graph(
    tensor::Graph graph, const std::map<std::string, tensor::Type>& inputs,
    const GraphPassRequest& request, std::vector<PassReport>* passes) {
  HONE_RETURN_IF_ERROR(tensor::infer_types(graph, {.inputs = inputs}));
  // Before SequenceMap becomes a loop.
  if (std::ranges::find(request.without, "flatten-sequences") ==
      request.without.end()) {
    HONE_ASSIGN_OR_RETURN(graph, tensor::flatten_sequences(std::move(graph)));
    HONE_RETURN_IF_ERROR(tensor::infer_types(graph));
  }
  // What has no lowering of its own, but a body of others.
  HONE_ASSIGN_OR_RETURN(
      graph,
      tensor::expand_functions(std::move(graph), [](const tensor::Node& node) {
        return !tensor::has_lowering(node.op);
      }));
  if (!request.dump.empty()) {
    std::error_code error;
    fs::create_directories(request.dump, error);
  }
  int count = 0;
  Status dumped;
  auto before = std::chrono::steady_clock::now();
  const auto after = [&](std::string_view name, const tensor::Graph& now) {
    if (passes != nullptr) {
      auto row = std::ranges::find(*passes, name, &PassReport::name);
      if (row == passes->end())
        row = passes->insert(row, {.name = std::string(name)});
      row->seconds += seconds_since(before);
      row->nodes = now.nodes.size();
    }
    if (!request.dump.empty() && dumped.ok())
      dumped = write_file(
          request.dump / fmt::format("{:02}-{}.graph", ++count, name),
          tensor::to_text(now, {.elide_over = 64}));
    before = std::chrono::steady_clock::now();
  };
  HONE_ASSIGN_OR_RETURN(
      graph,
      tensor::optimize_graph(std::move(graph),
                             {.without = request.without, .after = after}));
  HONE_RETURN_IF_ERROR(std::move(dumped));
  return graph;
}

Result<CompileModelReport> compile_graph(const tensor::Graph& graph,
                                         const CompileModelRequest& request,
                                         std::string_view model_bytes) {
  CompileModelReport report = {.nodes = graph.nodes.size()};
  report.symbol =
      identifier(request.name.empty() ? request.output.stem().string()
                                      : request.name) +
      std::string(kSymbolEnd);
  const std::string manifest = manifest_of(request, model_bytes);
  // C is for any processor: its tiles are those for 16 registers.
  const bool is_c = request.output.extension() == ".c";
  HONE_ASSIGN_OR_RETURN(
      report.model,
      codegen::build_model(graph, {.cpu = is_c ? "x86-64-v3" : request.cpu,
                                   .symbol = report.symbol,
                                   .manifest = manifest}));
  if (const auto& called = report.model.plans[0].plan.called;
      request.strict && !called.empty())
    return Error(
        ErrorKind::Unsupported,
        fmt::format("--strict: called, not compiled: {}", join(called, ", ")));
  const auto check = std::chrono::steady_clock::now();
  HONE_ASSIGN_OR_RETURN(report.check, check_model(graph, report.model,
                                                  {.extent = request.extent}));
  report.check_seconds = seconds_since(check);
  const auto link = std::chrono::steady_clock::now();
  HONE_RETURN_IF_ERROR(write_output(request, manifest, report));
  report.link_seconds = seconds_since(link);
  return report;
}

Result<CompileModelReport> compile_model(const CompileModelRequest& request) {
  const std::string kind = request.output.extension();
  if (kind != ".so" && kind != ".a" && kind != ".c")
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("'{}': expected an output that ends with .so, .a "
                             "or .c",
                             request.output.string()));
  const auto start = std::chrono::steady_clock::now();
  HONE_ASSIGN_OR_RETURN(const auto file,
                        tensor::MappedFile::open(request.model));
  HONE_ASSIGN_OR_RETURN(tensor::Graph graph, load_graph(request.model));
  HONE_ASSIGN_OR_RETURN(const auto types, given_types(graph, request.shapes));
  std::vector<PassReport> passes;
  HONE_ASSIGN_OR_RETURN(
      graph, prepare_graph(std::move(graph), types, request.passes, &passes));
  const double load_seconds = seconds_since(start);
  HONE_ASSIGN_OR_RETURN(CompileModelReport report,
                        compile_graph(graph, request, file->bytes()));
  report.passes = std::move(passes);
  report.load_seconds = load_seconds;
  return report;
}

}  // namespace hone::toolkit
