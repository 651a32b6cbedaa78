// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/compile_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
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
#include "toolkit/write_model.h"

namespace hone::toolkit {

namespace fs = std::filesystem;

namespace {

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
                        const Hash128& model) {
  Json manifest = {
      {"format", 1},
      {"compiler", "hone"},
      {"model", model.hex()},
      {"runtime", hash_bytes(runtime::kModelSource).hex()},
      {"cpu", request.cpu},
      {"weights", request.external_weights ? "external" : "embedded"},
      {"verify", request.extent == CheckExtent::None      ? "none"
                 : request.extent == CheckExtent::Sampled ? "sampled"
                                                          : "full"}};
  if (!request.triple.empty()) manifest["target"] = request.triple;
  if (!request.shapes.empty()) manifest["shapes"] = request.shapes;
  return manifest.dump();
}

bool is_plan_choice(const std::string& name) {
  return std::ranges::find(tensor::plan_choices(), name) !=
         tensor::plan_choices().end();
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
    // A pass reads weights one after the other.
    for (const tensor::Value& value : now.values)
      if (value.literal) value.literal->release_pages();
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
  std::vector<std::string> without = request.without;
  std::erase_if(without, is_plan_choice);
  HONE_ASSIGN_OR_RETURN(
      graph, tensor::optimize_graph(std::move(graph),
                                    {.without = without, .after = after}));
  HONE_RETURN_IF_ERROR(std::move(dumped));
  return graph;
}

Result<CompileModelReport> compile_graph(const tensor::Graph& graph,
                                         const CompileModelRequest& request,
                                         const Hash128& model_hash) {
  CompileModelReport report = {.nodes = graph.nodes.size()};
  const std::string name = identifier(
      request.name.empty() ? request.output.stem().string() : request.name);
  report.symbol = name + "_program";
  const std::string weights_file =
      request.external_weights ? name + ".weights" : std::string();
  const std::string manifest = manifest_of(request, model_hash);
  const auto stage = [&](std::string_view doing) {
    if (request.stage) request.stage(doing);
  };
  stage("planning and generating code");
  // C is for any processor: its tiles are those for 16 registers.
  const bool is_c = request.output.extension() == ".c";
  Result<codegen::BuiltModel> built =
      codegen::build_model(graph, {.cpu = is_c ? "x86-64-v3" : request.cpu,
                                   .triple = is_c ? "" : request.triple,
                                   .symbol = report.symbol,
                                   .manifest = manifest,
                                   .without = request.passes.without,
                                   .weights_file = weights_file});
  if (!built.ok()) return with_open_inputs(std::move(built).error(), graph);
  report.model = *std::move(built);
  if (const auto& called = report.model.plans[0].plan.called;
      request.strict && !called.empty())
    return Error(
        ErrorKind::Unsupported,
        fmt::format("--strict: called, not compiled: {}", join(called, ", ")));
  if (is_c && report.model.plans[0].plan.has_values())
    return Error(ErrorKind::Unsupported,
                 "text, sequences, optionals and called operators have no C "
                 "form: compile to .so or .a");
  stage("checking");
  const auto check = std::chrono::steady_clock::now();
  HONE_ASSIGN_OR_RETURN(report.check, check_model(graph, report.model,
                                                  {.extent = request.extent}));
  report.check_seconds = seconds_since(check);
  stage("writing");
  const auto link = std::chrono::steady_clock::now();
  HONE_ASSIGN_OR_RETURN(
      report.bytes, write_model(report.model, {.path = request.output,
                                               .symbol = report.symbol,
                                               .name = name,
                                               .manifest = manifest,
                                               .weights_file = weights_file}));
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
  if (kind == ".c" && request.external_weights)
    return Error(ErrorKind::InvalidArgument,
                 "weights of the C form are embedded up to 1 MB and in a file "
                 "of their own above that; --weights external is for .so and "
                 ".a");
  if (kind == ".c" && (request.cpu != "baseline" || !request.triple.empty()))
    return Error(
        ErrorKind::InvalidArgument,
        "the C form is for every processor; --cpu and --target are for "
        ".so and .a: give its compiler -march or --target instead");
  const auto start = std::chrono::steady_clock::now();
  if (request.stage) request.stage("reading");
  Hash128 hash;
  {
    HONE_ASSIGN_OR_RETURN(const auto file,
                          tensor::MappedFile::open(request.model));
    hash = hash_bytes(file->bytes());
  }
  HONE_ASSIGN_OR_RETURN(tensor::Graph graph, load_graph(request.model));
  HONE_ASSIGN_OR_RETURN(const auto types, given_types(graph, request.shapes));
  std::vector<PassReport> passes;
  HONE_ASSIGN_OR_RETURN(
      graph, prepare_graph(std::move(graph), types, request.passes, &passes));
  const double load_seconds = seconds_since(start);
  HONE_ASSIGN_OR_RETURN(CompileModelReport report,
                        compile_graph(graph, request, hash));
  report.passes = std::move(passes);
  report.load_seconds = load_seconds;
  return report;
}

}  // namespace hone::toolkit
