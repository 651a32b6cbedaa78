// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "base/file.h"
#include "base/random.h"
#include "cli/command.h"
#include "toolkit/compile_model.h"
#include "toolkit/model_library.h"

namespace hone::cli {

namespace {

using toolkit::ModelLibrary;

constexpr int64_t kShown = 8;  // elements of an output in the text

struct Options {
  std::vector<std::string> model;
  std::vector<std::string> inputs;
  std::string output;
  int64_t seed = 1;
  int64_t threads = 1;
  int64_t repeat = 1;
};

// Numbers from -1 to 1, or the bytes of a file.
Result<std::string> input_bytes(const Options& o, size_t index,
                                const ModelLibrary::Tensor& tensor) {
  if (index < o.inputs.size()) {
    HONE_ASSIGN_OR_RETURN(std::string bytes, read_file(o.inputs[index]));
    if (static_cast<int64_t>(bytes.size()) != tensor.bytes())
      return Error(
          ErrorKind::InvalidArgument,
          fmt::format("'{}' has {} bytes; input '{}' takes {}", o.inputs[index],
                      bytes.size(), tensor.name, tensor.bytes()));
    return bytes;
  }
  Random random(static_cast<uint64_t>(o.seed) + index);
  std::string bytes(tensor.bytes(), '\0');
  if (tensor.type != 0) return bytes;
  for (int64_t i = 0; i < tensor.elements(); ++i) {
    const auto value = static_cast<float>(random.unit() * 2 - 1);
    std::memcpy(bytes.data() + i * 4, &value, 4);
  }
  return bytes;
}

std::string dims_text(const ModelLibrary::Tensor& tensor) {
  return fmt::format("[{}]", fmt::join(tensor.dims, ", "));
}

Result<Answer> run_model(const Options& o) {
  HONE_ASSIGN_OR_RETURN(const TempDir folder, TempDir::make());
  const std::filesystem::path library = folder.path() / "model.so";
  HONE_ASSIGN_OR_RETURN(
      const toolkit::CompileModelReport report,
      toolkit::compile_model(
          {.model = o.model[0], .output = library, .cpu = "native"}));
  HONE_ASSIGN_OR_RETURN(
      const ModelLibrary model,
      ModelLibrary::open(library, report.symbol, static_cast<int>(o.threads)));
  std::vector<std::string> storage;
  std::vector<const void*> inputs;
  std::vector<void*> outputs;
  for (size_t i = 0; i < model.inputs().size(); ++i) {
    HONE_ASSIGN_OR_RETURN(std::string bytes,
                          input_bytes(o, i, model.inputs()[i]));
    storage.push_back(std::move(bytes));
  }
  for (const ModelLibrary::Tensor& tensor : model.outputs())
    storage.emplace_back(tensor.bytes(), '\0');
  for (size_t i = 0; i < storage.size(); ++i) {
    if (i < model.inputs().size())
      inputs.push_back(storage[i].data());
    else
      outputs.push_back(storage[i].data());
  }
  std::vector<double> seconds;
  for (int64_t i = 0; i < o.repeat; ++i) {
    const auto start = std::chrono::steady_clock::now();
    HONE_RETURN_IF_ERROR(model.run(inputs, outputs));
    seconds.push_back(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
            .count());
  }
  std::ranges::sort(seconds);
  const double median = seconds[seconds.size() / 2];

  Answer answer;
  answer.json = {{"median_seconds", median},
                 {"least_seconds", seconds[0]},
                 {"runs", o.repeat},
                 {"outputs", Json::array()}};
  for (size_t i = 0; i < model.outputs().size(); ++i) {
    const ModelLibrary::Tensor& tensor = model.outputs()[i];
    const std::string& bytes = storage[model.inputs().size() + i];
    answer.json["outputs"].push_back(
        {{"name", tensor.name}, {"dims", tensor.dims}});
    std::string first;
    for (int64_t k = 0;
         tensor.type == 0 && k < std::min(kShown, tensor.elements()); ++k) {
      float value;
      std::memcpy(&value, bytes.data() + k * 4, 4);
      first += fmt::format(" {:g}", value);
    }
    answer.text += fmt::format("{} {}:{}{}\n", tensor.name, dims_text(tensor),
                               first, tensor.elements() > kShown ? " …" : "");
    if (!o.output.empty())
      HONE_RETURN_IF_ERROR(write_file(
          i == 0 ? o.output : fmt::format("{}.{}", o.output, i), bytes));
  }
  if (o.repeat > 1)
    answer.text +=
        fmt::format("median of {} runs: {:.4f} ms\n", o.repeat, median * 1e3);
  return answer;
}

}  // namespace

Subcommand make_run() {
  auto options = std::make_shared<Options>();
  Options& o = *options;
  Subcommand command;
  command.description =
      "Compiles a tensor model for this machine and runs it. Inputs that no "
      "file is given for are made from a seed.";
  command.flags.arguments = {
      {.name = "MODEL",
       .sentence = "The model: a graph in Hone's text form (.graph).",
       .target = &o.model,
       .completes = Completes::Files}};
  command.flags.flags = {
      {.name = "input",
       .value = "FILE",
       .sentence = "The elements of the next input: packed, row-major, little "
                   "endian.",
       .target = &o.inputs,
       .completes = Completes::Files},
      {.name = "output",
       .letter = 'o',
       .value = "FILE",
       .sentence = "Writes the first output in the same form, further ones to "
                   "FILE.1 and so on.",
       .target = &o.output,
       .default_text = "nothing is written",
       .completes = Completes::Files},
      {.name = "seed",
       .value = "N",
       .sentence = "The same seed makes the same inputs.",
       .target = &o.seed},
      {.name = "threads",
       .value = "N",
       .sentence = "Runs on N threads; results do not depend on it.",
       .target = &o.threads,
       .least = 1},
      {.name = "repeat",
       .value = "N",
       .sentence = "Runs N times and prints the median time.",
       .target = &o.repeat,
       .least = 1},
  };
  command.examples = {
      {"hone run net.graph --repeat 100", "Runs a model a hundred times."}};
  command.run = [options](Console&) { return run_model(*options); };
  return command;
}

}  // namespace hone::cli
