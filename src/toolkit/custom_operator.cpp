// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/custom_operator.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <deque>

#include "base/file.h"
#include "base/subprocess.h"
#include "program/toolchain.h"
#include "runtime/model/hone_operator.h"
#include "tensor/custom_operators.h"
#include "tensor/plan/value_steps.h"
#include "toolkit/value_memory.h"

namespace hone::toolkit {

namespace fs = std::filesystem;
using tensor::CustomOperator;
using tensor::Dims;
using tensor::ElementType;
using tensor::Node;
using tensor::RunValue;
using tensor::Type;

namespace {

// A node's attributes as C has them.
class Attributes {
 public:
  explicit Attributes(const Node& node) {
    for (const auto& [name, value] : node.attributes)
      if (name != tensor::kCustomName) add(name, value);
  }

  const hone_attribute* data() const { return list_.data(); }
  size_t size() const { return list_.size(); }

 private:
  void add(const std::string& name, const tensor::Attribute& value) {
    hone_attribute to = {.name = name.c_str()};
    const auto ints = [&](std::vector<int64_t> numbers) {
      const auto& kept = ints_.emplace_back(std::move(numbers));
      to.kind = HONE_INTS;
      to.count = kept.size();
      to.ints = kept.data();
    };
    const auto floats = [&](std::vector<float> numbers) {
      const auto& kept = floats_.emplace_back(std::move(numbers));
      to.kind = HONE_FLOATS;
      to.count = kept.size();
      to.floats = kept.data();
    };
    const auto texts = [&](const std::vector<std::string>& words) {
      auto& kept = texts_.emplace_back();
      for (const std::string& word : words)
        kept.push_back({word.data(), word.size()});
      to.kind = HONE_TEXTS;
      to.count = kept.size();
      to.texts = kept.data();
    };
    if (const auto* integer = std::get_if<int64_t>(&value))
      ints({*integer});
    else if (const auto* number = std::get_if<float>(&value))
      floats({*number});
    else if (const auto* text = std::get_if<std::string>(&value))
      texts(words_.emplace_back(std::vector{*text}));
    else if (const auto* list = std::get_if<std::vector<int64_t>>(&value))
      ints(*list);
    else if (const auto* numbers = std::get_if<std::vector<float>>(&value))
      floats(*numbers);
    else if (const auto* all = std::get_if<std::vector<std::string>>(&value))
      texts(*all);
    else if (const auto* literal = std::get_if<tensor::Literal>(&value)) {
      to.kind = HONE_CONSTANT;
      to.count = 1;
      to.constant = *values_.add(RunValue(tensor::Tensor::from(*literal)));
    } else {
      return;
    }
    list_.push_back(to);
  }

  std::vector<hone_attribute> list_;
  std::deque<std::vector<int64_t>> ints_;
  std::deque<std::vector<float>> floats_;
  std::deque<std::vector<hone_text>> texts_;
  std::deque<std::vector<std::string>> words_;
  ValueMemory values_;
};

// --- A call by the interpreter
// -------------------------------------------------

struct Output {
  hone_value value = {.kind = HONE_NOTHING};
  std::vector<int64_t> dims;
  std::vector<std::byte> bytes;
};

struct Running : hone_operator_call {
  std::vector<Output> made;
  std::deque<std::vector<std::byte>> blocks;
  std::string message;
};

void* scratch(hone_operator_call* call, size_t bytes) {
  return static_cast<Running*>(call)
      ->blocks.emplace_back(std::vector<std::byte>(bytes + 1))
      .data();
}

void* make(hone_operator_call* call, size_t index, hone_type type, int32_t rank,
           const int64_t* dims) {
  auto* const run = static_cast<Running*>(call);
  constexpr int64_t kMost = int64_t{1} << 32;
  if (index >= run->made.size() || type < 0 || type > HONE_TEXT || rank < 0 ||
      rank > 64)
    return nullptr;
  Output& output = run->made[index];
  output.dims.assign(dims, dims + rank);
  const auto count = tensor::count_elements(output.dims);
  if (!count || *count > kMost) return nullptr;
  const size_t each = type == HONE_TEXT ? sizeof(hone_text) : 0;
  const ElementType element = element_of_c(type);
  output.bytes.resize(
      each > 0
          ? static_cast<size_t>(*count) * each + 1
          : static_cast<size_t>(tensor::stored_bytes(element, *count)) + 1);
  output.value = {.kind = HONE_TENSOR,
                  .type = type,
                  .rank = rank,
                  .dims = output.dims.data(),
                  .count = static_cast<size_t>(*count),
                  .data = output.bytes.data()};
  return output.bytes.data();
}

hone_status fail(hone_operator_call* call, const char* text) {
  static_cast<Running*>(call)->message = text == nullptr ? "" : text;
  return HONE_OPERATOR_FAILED;
}

Result<std::vector<RunValue>> call_operator(
    hone_operator function, const Node& node,
    const std::vector<const RunValue*>& given) {
  ValueMemory memory;
  std::vector<hone_value> inputs;
  for (const RunValue* value : given)
    inputs.push_back(value == nullptr ? hone_value{.kind = HONE_NOTHING}
                                      : *memory.add(*value));
  const Attributes attributes(node);
  const std::string name = describe(node);
  Running run;
  run.version = HONE_OPERATOR_VERSION;
  run.name = name.c_str();
  run.input_count = inputs.size();
  run.output_count = node.outputs.size();
  run.attribute_count = attributes.size();
  run.inputs = inputs.data();
  run.attributes = attributes.data();
  run.make = make;
  run.scratch = scratch;
  run.fail = fail;
  run.made.resize(node.outputs.size());
  if (function(&run) != HONE_OK)
    return Error(ErrorKind::Rejected,
                 name + ": the operator does not work: " + run.message);
  std::vector<RunValue> results;
  for (size_t i = 0; i < run.made.size(); ++i) {
    if (node.outputs[i] == tensor::kNone) {
      results.emplace_back();
      continue;
    }
    if (run.made[i].value.kind != HONE_TENSOR)
      return Error(ErrorKind::Rejected,
                   fmt::format("{}: it has not made output {}", name, i));
    HONE_ASSIGN_OR_RETURN(results.emplace_back(),
                          run_value_of(run.made[i].value, Type()));
  }
  return results;
}

// --- Shapes
// ----------------------------------------------------------------------

hone_known known_of(const Type* type) {
  hone_known known = {.rank = -1};
  if (type == nullptr) return known;
  known.given = 1;
  known.type = static_cast<hone_type>(
      tensor::runtime_type(type->element.value_or(ElementType::F32)));
  if (!type->is_tensor() || !type->shape ||
      type->shape->size() > std::size(known.dims))
    return known;
  known.rank = static_cast<int32_t>(type->shape->size());
  for (size_t d = 0; d < type->shape->size(); ++d) {
    const tensor::Dim& dim = (*type->shape)[d];
    known.dims[d] = dim.is_constant() ? dim.value() : -1;
  }
  return known;
}

Result<std::vector<Type>> call_shape(hone_operator_shape function,
                                     const Node& node,
                                     const std::vector<const Type*>& given) {
  std::vector<hone_known> inputs;
  for (const Type* type : given) inputs.push_back(known_of(type));
  std::vector<hone_known> outputs(node.outputs.size(), {.rank = -1});
  const Attributes attributes(node);
  hone_shape_call call = {.version = HONE_OPERATOR_VERSION,
                          .input_count = inputs.size(),
                          .output_count = outputs.size(),
                          .attribute_count = attributes.size(),
                          .inputs = inputs.data(),
                          .outputs = outputs.data(),
                          .attributes = attributes.data()};
  if (function(&call) != HONE_OK)
    return Error(ErrorKind::Rejected,
                 describe(node) + ": its shape function refuses the inputs");
  std::vector<Type> types;
  for (const hone_known& known : outputs) {
    Type& type = types.emplace_back(Type::of(element_of_c(known.type)));
    if (known.rank < 0 ||
        known.rank > static_cast<int32_t>(std::size(known.dims)))
      continue;
    type.shape.emplace();
    for (int32_t d = 0; d < known.rank; ++d)
      type.shape->emplace_back(std::max<int64_t>(known.dims[d], -1));
  }
  return types;
}

// --- Files
// -----------------------------------------------------------------------

struct Parsed {
  std::string name, symbol;
  fs::path file;
};

Result<Parsed> parse(const std::string& text) {
  const size_t equal = text.find('='), colon = text.rfind(':');
  const std::string name = text.substr(0, equal);
  if (equal == std::string::npos || colon == std::string::npos ||
      colon < equal || colon + 1 == text.size() ||
      name.find("::") == std::string::npos)
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("--custom-operator '{}': expected "
                             "DOMAIN::NAME=FILE:SYMBOL",
                             text));
  Parsed parsed = {name, text.substr(colon + 1),
                   text.substr(equal + 1, colon - equal - 1)};
  const std::string kind = parsed.file.extension();
  if (kind != ".so" && kind != ".o" && kind != ".a")
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("--custom-operator '{}': expected a file that "
                             "ends with .so, .o or .a",
                             text));
  if (!fs::exists(parsed.file))
    return Error(ErrorKind::NotFound,
                 fmt::format("--custom-operator: there is no file '{}'",
                             parsed.file.string()));
  return parsed;
}

// A library of this process; objects are linked to one first.
Result<void*> load(const fs::path& file) {
  fs::path library = fs::absolute(file);
  std::optional<TempDir> folder;
  if (file.extension() != ".so") {
    HONE_ASSIGN_OR_RETURN(folder, TempDir::make());
    HONE_ASSIGN_OR_RETURN(const std::string lld, program::find_lld());
    const fs::path linked = folder->path() / "operators.so";
    HONE_ASSIGN_OR_RETURN(
        const ProcessResult done,
        run_checked({.argv = {lld, "-shared", "-o", linked.string(),
                              "--whole-archive", library.string()}}));
    (void)done;
    library = linked;
  }
  // Stays loaded: its functions are in the process's table from now on.
  void* const handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr)
    return Error(ErrorKind::Io, fmt::format("'{}' cannot be loaded: {}",
                                            file.string(), dlerror()));
  return handle;
}

}  // namespace

Status add_custom_operators(const std::vector<std::string>& operators) {
  for (const std::string& text : operators) {
    HONE_ASSIGN_OR_RETURN(const Parsed parsed, parse(text));
    HONE_ASSIGN_OR_RETURN(void* const library, load(parsed.file));
    void* const address = dlsym(library, parsed.symbol.c_str());
    if (address == nullptr)
      return Error(ErrorKind::NotFound,
                   fmt::format("'{}' has no function '{}'",
                               parsed.file.string(), parsed.symbol));
    const auto function = reinterpret_cast<hone_operator>(address);
    const auto shape = reinterpret_cast<hone_operator_shape>(
        dlsym(library, (parsed.symbol + "_shape").c_str()));
    CustomOperator custom = {.name = parsed.name,
                             .symbol = parsed.symbol,
                             .file = fs::absolute(parsed.file),
                             .address = address};
    custom.run = [function](const Node& node,
                            const std::vector<const RunValue*>& inputs) {
      return call_operator(function, node, inputs);
    };
    if (shape != nullptr)
      custom.infer = [shape](const Node& node,
                             const std::vector<const Type*>& inputs) {
        return call_shape(shape, node, inputs);
      };
    tensor::add_custom_operator(std::move(custom));
  }
  return {};
}

std::vector<fs::path> files_of_operators(const tensor::Plan& plan) {
  std::vector<fs::path> files;
  for (const tensor::PlanStep& step : plan.steps) {
    if (step.kernel != tensor::PlanStep::kCall) continue;
    const CustomOperator* const custom =
        tensor::find_custom_symbol(step.symbol);
    if (custom != nullptr &&
        std::ranges::find(files, custom->file) == files.end())
      files.push_back(custom->file);
  }
  return files;
}

}  // namespace hone::toolkit
