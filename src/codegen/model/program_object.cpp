// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/DerivedTypes.h>
#include <llvm/IR/GlobalVariable.h>
#include <llvm/IR/Module.h>

#include "codegen/llvm/target_machine.h"
#include "codegen/model/program.h"
#include "tensor/graph_text.h"
#include "tensor/plan/value_steps.h"

namespace hone::codegen {

using tensor::Plan;
using tensor::PlanPlace;
using tensor::PlanStep;
using tensor::PlanTensor;

namespace {

// HONE_PROGRAM_FORMAT of runtime/model/program.h.
constexpr int64_t kFormat = 6;

// Constants of a module; structs are written field by field.
class Tables {
 public:
  explicit Tables(llvm::Module& module)
      : module_(module), context_(module.getContext()) {}

  llvm::Constant* number(int64_t value, unsigned bits = 64) {
    return llvm::ConstantInt::get(llvm::IntegerType::get(context_, bits), value,
                                  true);
  }

  llvm::Constant* record(llvm::ArrayRef<llvm::Constant*> fields) {
    return llvm::ConstantStruct::getAnon(fields);
  }

  llvm::Constant* null() {
    return llvm::ConstantPointerNull::get(llvm::PointerType::get(context_, 0));
  }

  // A constant array of its own; null where there are no rows.
  llvm::Constant* table(llvm::ArrayRef<llvm::Constant*> rows) {
    if (rows.empty())
      return llvm::ConstantPointerNull::get(
          llvm::PointerType::get(context_, 0));
    auto* type = llvm::ArrayType::get(rows[0]->getType(), rows.size());
    return global(llvm::ConstantArray::get(type, rows));
  }

  llvm::Constant* numbers(llvm::ArrayRef<int64_t> values) {
    return global(llvm::ConstantDataArray::get(context_, values));
  }

  llvm::Constant* text(const std::string& text) {
    return global(llvm::ConstantDataArray::getString(context_, text));
  }

  // A user's own operator may stand in another library.
  llvm::Constant* external_function(const std::string& name,
                                    bool is_ours = true) {
    auto* pointer = llvm::PointerType::get(context_, 0);
    auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(context_),
                                         {pointer, pointer}, false);
    auto* function = llvm::cast<llvm::Function>(
        module_.getOrInsertFunction(name, type).getCallee());
    if (!is_ours) return function;
    function->setVisibility(llvm::GlobalValue::HiddenVisibility);
    function->setDSOLocal(true);
    return function;
  }

  llvm::Constant* external_data(const std::string& name) {
    auto* data = new llvm::GlobalVariable(
        module_, llvm::Type::getInt8Ty(context_), true,
        llvm::GlobalValue::ExternalLinkage, nullptr, name);
    data->setVisibility(llvm::GlobalValue::HiddenVisibility);
    data->setDSOLocal(true);
    return data;
  }

  void define(const std::string& name, llvm::Constant* value) {
    new llvm::GlobalVariable(module_, value->getType(), true,
                             llvm::GlobalValue::ExternalLinkage, value, name);
  }

 private:
  llvm::Constant* global(llvm::Constant* value) {
    auto* variable = new llvm::GlobalVariable(module_, value->getType(), true,
                                              llvm::GlobalValue::PrivateLinkage,
                                              value, "table");
    variable->setAlignment(llvm::Align(8));
    return variable;
  }

  llvm::Module& module_;
  llvm::LLVMContext& context_;
};

llvm::Constant* shapes_of(Tables& t, const Plan& plan) {
  std::vector<llvm::Constant*> rows;
  for (const auto* tensors : {&plan.inputs, &plan.outputs})
    for (const PlanTensor& tensor : *tensors) {
      std::vector<int64_t> dims = tensor.dims;
      for (int64_t& dim : dims)
        if (tensor::is_slot(dim)) dim = -1;
      rows.push_back(t.record(
          {t.text(tensor.name),
           t.number(tensor.value ? tensor::kRuntimeValue
                                 : tensor::runtime_type(tensor.type),
                    32),
           t.number(static_cast<int64_t>(tensor.dims.size()), 32),
           t.numbers(dims),
           tensor.value ? t.text(tensor::to_text(*tensor.value)) : t.null()}));
    }
  return t.table(rows);
}

// As they are, slots included.
llvm::Constant* sizes_of(Tables& t, const Plan& plan) {
  std::vector<int64_t> sizes;
  for (const auto* tensors : {&plan.inputs, &plan.outputs})
    for (const PlanTensor& tensor : *tensors)
      sizes.insert(sizes.end(), tensor.dims.begin(), tensor.dims.end());
  return t.numbers(sizes);
}

// As runtime/model/program.h numbers it.
int64_t step_kind(const PlanStep& step) {
  constexpr int64_t kParallel = 1, kRepeated = 2, kJump = 4, kReserve = 5,
                    kCompute = 6, kValue = 7, kCall = 8;
  if (step.kernel == PlanStep::kJump) return kJump;
  if (step.kernel == PlanStep::kReserve) return kReserve;
  if (step.kernel == PlanStep::kCompute) return kCompute;
  if (step.kernel == PlanStep::kValue) return kValue;
  if (step.kernel == PlanStep::kCall) return kCall;
  return (step.parallel ? kParallel : 0) + (step.repeats != 1 ? kRepeated : 0);
}

llvm::Constant* plan_of(Tables& t, const PlanFor& plan_for) {
  const Plan& plan = plan_for.plan;
  std::vector<llvm::Constant*> steps, places;
  std::vector<int64_t> sizes;
  std::vector<std::string> symbols;
  for (const tensor::VectorKernel& kernel : plan.kernels)
    symbols.push_back(kernel_symbol(plan_for.level, kernel));
  for (const PlanStep& step : plan.steps) {
    const bool is_call = step.kernel == PlanStep::kCall;
    const bool is_value = is_call || step.kernel == PlanStep::kValue;
    steps.push_back(
        t.record({is_value          ? t.external_function(step.symbol, !is_call)
                  : step.kernel < 0 ? t.null()
                                    : t.external_function(symbols[step.kernel]),
                  t.number(static_cast<int64_t>(places.size())),
                  t.number(static_cast<int64_t>(step.places.size())),
                  t.number(static_cast<int64_t>(sizes.size())),
                  t.number(static_cast<int64_t>(step.sizes.size())),
                  t.number(step.kernel < 0 ? step.target : step.tasks),
                  t.number(step_kind(step))}));
    for (const PlanPlace& place : step.places)
      places.push_back(t.record(
          {t.number(space_number(place, plan)),
           t.number(place.space == PlanPlace::Space::Value ? place.index
                                                           : place.offset)}));
    sizes.insert(sizes.end(), step.sizes.begin(), step.sizes.end());
    if (step.repeats == 1) continue;
    sizes.push_back(step.repeats);
    for (const PlanPlace& place : step.places) sizes.push_back(place.stride);
  }
  const auto count = static_cast<int64_t>(steps.size());
  return t.record({t.number(plan_for.level), t.table(steps), t.number(count),
                   t.table(places), t.numbers(sizes), t.number(plan.memory),
                   t.number(plan.regions)});
}

llvm::Constant* external_of(Tables& t, const WeightsPlace& weights) {
  if (weights.file.empty()) return t.null();
  std::vector<llvm::Constant*> fields = {t.text(weights.file),
                                         t.number(weights.bytes)};
  for (const uint64_t word : weights.head)
    fields.push_back(t.number(static_cast<int64_t>(word)));
  fields.push_back(t.external_function("hone_weights_map"));
  fields.push_back(t.external_function("hone_weights_unmap"));
  return t.table({t.record(fields)});
}

}  // namespace

std::array<uint64_t, 3> weights_head(const Hash128& hash) {
  // "HONEWTS1", little-endian.
  return {0x31535457'454e4f48, hash.high, hash.low};
}

std::string kernel_symbol(int level, const tensor::VectorKernel& kernel) {
  return fmt::format("hone_k{}_{}", level, kernel_hash(kernel).hex());
}

int64_t space_number(const PlanPlace& place, const Plan& plan) {
  const auto inputs = static_cast<int64_t>(plan.inputs.size());
  const int64_t behind = 2 + inputs + static_cast<int64_t>(plan.outputs.size());
  switch (place.space) {
    case PlanPlace::Space::Arena:
      return 0;
    case PlanPlace::Space::Weights:
      return 1;
    case PlanPlace::Space::Input:
      return 2 + place.index;
    case PlanPlace::Space::Output:
      return 2 + inputs + place.index;
    case PlanPlace::Space::Slots:
      return behind;
    case PlanPlace::Space::Region:
      return behind + 1 + place.index;
    case PlanPlace::Space::Value:
      return -1;
  }
  return 0;
}

Result<std::string> write_program_object(const std::string& symbol,
                                         const WeightsPlace& weights,
                                         const std::vector<PlanFor>& plans,
                                         const std::string& manifest) {
  HONE_ASSIGN_OR_RETURN(const auto machine, make_machine(plans[0].target));
  // Tables only: passes that find no code need not be made.
  machine->setOptLevel(llvm::CodeGenOptLevel::None);
  llvm::LLVMContext context;
  llvm::Module module("program", context);
  prepare_module(module, *machine);
  Tables t(module);
  std::vector<llvm::Constant*> rows;
  for (const PlanFor& plan : plans) rows.push_back(plan_of(t, plan));
  const Plan& any = plans[0].plan;
  t.define(
      symbol,
      t.record(
          {t.number(kFormat), shapes_of(t, any),
           t.number(static_cast<int64_t>(any.inputs.size())),
           t.number(static_cast<int64_t>(any.outputs.size())), t.table(rows),
           t.number(static_cast<int64_t>(rows.size())),
           weights.file.empty() ? t.external_data(weights.symbol) : t.null(),
           external_of(t, weights), t.text(manifest), sizes_of(t, any),
           t.number(any.slots),
           any.called.empty() ? t.null()
                              : t.external_function("hone_call_operator"),
           any.has_values() ? t.external_function("hone_values_free")
                            : t.null()}));
  return write_module(module, *machine, llvm::CodeGenFileType::ObjectFile);
}

}  // namespace hone::codegen
