// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/type_facts.h"

#include <llvm/IR/GetElementPtrTypeIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Operator.h>

#include <algorithm>
#include <deque>

namespace hone::verify {

namespace {

constexpr unsigned kStructWeight = 8;
constexpr unsigned kScalarWeight = 2;
constexpr size_t kMostTargets = 6;
constexpr size_t kMostValues = 64;

llvm::Type* element_of(llvm::Type* type) {
  while (auto* array = llvm::dyn_cast<llvm::ArrayType>(type))
    type = array->getElementType();
  return type;
}

}  // namespace

// Builds the graph: an edge from -> to means that `from` flows to `to`, so
// that what is done with `to` is done with `from`.
class FactBuilder {
 public:
  explicit FactBuilder(llvm::Module& module) : module_(module) {}

  TypeFacts build() {
    for (llvm::GlobalVariable& global : module_.globals()) visit(global);
    for (llvm::Function& function : module_)
      for (llvm::BasicBlock& block : function)
        for (llvm::Instruction& instruction : block) visit(instruction);
    for (int round = 0; round < 3; ++round) link_contents();
    propagate();
    link_first_fields();
    propagate();
    adopt();
    propagate();
    return std::move(facts_);
  }

 private:
  int make_node() {
    facts_.nodes_.emplace_back();
    flows_.emplace_back();
    return static_cast<int>(facts_.nodes_.size()) - 1;
  }

  template <typename Map, typename Key>
  int node_in(Map& map, const Key& key) {
    const auto found = map.find(key);
    if (found != map.end()) return found->second;
    const int node = make_node();
    map.emplace(key, node);
    return node;
  }

  void add_flow(int from, int to) {
    if (from < 0 || to < 0 || from == to) return;
    auto& flows = flows_[from];
    if (std::find(flows.begin(), flows.end(), to) == flows.end())
      flows.push_back(to);
  }

  void add_peers(int a, int b) {
    if (a < 0 || b < 0 || a == b) return;
    peers_.resize(facts_.nodes_.size());
    peers_[a].push_back(b);
    peers_[b].push_back(a);
  }

  void add_target(int node, llvm::Type* type, unsigned weight) {
    type = element_of(type);
    if (node < 0 || !type->isSized()) return;
    auto& targets = facts_.nodes_[node].targets;
    for (auto& [known, sum] : targets)
      if (known == type) {
        sum = std::min(sum + weight, 1000u);
        return;
      }
    targets.emplace_back(type, weight);
  }

  void add_value(int node, const llvm::ConstantInt* constant) {
    if (node < 0 || constant->getBitWidth() > 64) return;
    auto& values = facts_.nodes_[node].values;
    if (values.size() < kMostValues) values.insert(constant->getSExtValue());
  }

  int content_of_node(int node) {
    if (node < 0) return -1;
    if (facts_.nodes_[node].content < 0) {
      const int content = make_node();
      facts_.nodes_[node].content = content;
    }
    return facts_.nodes_[node].content;
  }

  // The scalar at the start of a type: a field where it is a structure.
  int first_scalar(llvm::Type* type) {
    llvm::StructType* owner = nullptr;
    unsigned field = 0;
    while (true) {
      type = element_of(type);
      auto* structure = llvm::dyn_cast<llvm::StructType>(type);
      if (structure == nullptr || structure->getNumElements() == 0) break;
      owner = structure;
      field = 0;
      type = structure->getElementType(0);
    }
    return owner ? node_in(facts_.fields_, std::pair(owner, field)) : -1;
  }

  // The field that an address computation ends at, or null.
  struct Step {
    llvm::StructType* owner = nullptr;
    unsigned field = 0;
    llvm::Type* type = nullptr;
  };

  static Step last_field(const llvm::GEPOperator* gep) {
    Step step;
    for (auto it = llvm::gep_type_begin(gep), end = llvm::gep_type_end(gep);
         it != end; ++it)
      if (llvm::StructType* structure = it.getStructTypeOrNull()) {
        const auto* index = llvm::cast<llvm::ConstantInt>(it.getOperand());
        step = {structure, static_cast<unsigned>(index->getZExtValue()),
                it.getIndexedType()};
      }
    return step;
  }

  int field_content(const Step& step) {
    if (llvm::isa<llvm::StructType>(element_of(step.type)))
      return first_scalar(step.type);
    return node_in(facts_.fields_, std::pair(step.owner, step.field));
  }

  // The node of the scalar at an address.
  int content_at(llvm::Value* pointer, llvm::Type* accessed) {
    if (auto* gep = llvm::dyn_cast<llvm::GEPOperator>(pointer)) {
      const int base = node_of(gep->getPointerOperand());
      const Step step = last_field(gep);
      if (step.owner != nullptr) {
        add_target(base, gep->getSourceElementType(), kStructWeight);
        return field_content(step);
      }
    }
    if (auto* local = llvm::dyn_cast<llvm::AllocaInst>(pointer)) {
      const int first = first_scalar(local->getAllocatedType());
      return first >= 0 ? first : node_in(facts_.contents_, pointer);
    }
    if (auto* global = llvm::dyn_cast<llvm::GlobalVariable>(pointer)) {
      const int first = first_scalar(global->getValueType());
      return first >= 0 ? first : node_in(facts_.contents_, pointer);
    }
    const int node = node_of(pointer);
    add_target(node, accessed, kScalarWeight);
    return content_of_node(node);
  }

  int node_of(llvm::Value* value) {
    if (llvm::isa<llvm::ConstantData>(value)) return -1;
    llvm::Type* type = value->getType();
    if (!type->isPointerTy() && !type->isIntegerTy()) return -1;
    const auto found = facts_.values_.find(value);
    if (found != facts_.values_.end()) return found->second;
    const int node = node_in(facts_.values_, value);
    if (auto* local = llvm::dyn_cast<llvm::AllocaInst>(value)) {
      add_target(node, local->getAllocatedType(), kStructWeight);
      const int content = content_at(value, local->getAllocatedType());
      facts_.nodes_[node].content = content;
    } else if (auto* global = llvm::dyn_cast<llvm::GlobalVariable>(value)) {
      add_target(node, global->getValueType(), kStructWeight);
      const int content = content_at(value, global->getValueType());
      facts_.nodes_[node].content = content;
    } else if (auto* gep = llvm::dyn_cast<llvm::GEPOperator>(value)) {
      visit_address(gep, node);
    } else if (auto* function = llvm::dyn_cast<llvm::Function>(value)) {
      add_signature(node, function->getFunctionType());
    }
    return node;
  }

  void add_signature(int node, llvm::FunctionType* type) {
    if (node < 0) return;
    auto& known = facts_.nodes_[node].signatures;
    if (std::find(known.begin(), known.end(), type) == known.end() &&
        known.size() < kMostTargets)
      known.push_back(type);
  }

  void visit_address(llvm::GEPOperator* gep, int node) {
    const int base = node_of(gep->getPointerOperand());
    llvm::Type* source = gep->getSourceElementType();
    const Step step = last_field(gep);
    if (step.owner != nullptr) {
      add_target(base, source, kStructWeight);
      add_target(node, step.type, kStructWeight);
      const int content = field_content(step);
      facts_.nodes_[node].content = content;
      return;
    }
    const bool structure = llvm::isa<llvm::StructType>(element_of(source));
    add_target(base, source, structure ? kStructWeight : kScalarWeight);
    add_target(node, source, structure ? kStructWeight : kScalarWeight);
    add_flow(base, node);
    const int content = content_of_node(base);
    if (facts_.nodes_[node].content < 0) facts_.nodes_[node].content = content;
  }

  void visit(llvm::GlobalVariable& global) { node_of(&global); }

  void visit(llvm::Instruction& instruction) {
    using namespace llvm;
    if (auto* load = dyn_cast<LoadInst>(&instruction)) {
      const int content =
          content_at(load->getPointerOperand(), load->getType());
      add_flow(content, node_of(load));
      note_range(*load, content);
    } else if (auto* store = dyn_cast<StoreInst>(&instruction)) {
      Value* stored = store->getValueOperand();
      const int content =
          content_at(store->getPointerOperand(), stored->getType());
      if (auto* constant = dyn_cast<ConstantInt>(stored))
        add_value(content, constant);
      else
        add_flow(node_of(stored), content);
    } else if (auto* compare = dyn_cast<ICmpInst>(&instruction)) {
      add_peers(node_of(compare->getOperand(0)),
                node_of(compare->getOperand(1)));
      for (unsigned i = 0; i < 2; ++i)
        if (auto* constant = dyn_cast<ConstantInt>(compare->getOperand(i)))
          add_value(node_of(compare->getOperand(1 - i)), constant);
    } else if (auto* choice = dyn_cast<SwitchInst>(&instruction)) {
      const int node = node_of(choice->getCondition());
      for (const auto& way : choice->cases())
        add_value(node, way.getCaseValue());
    } else if (auto* operation = dyn_cast<BinaryOperator>(&instruction)) {
      visit_operation(*operation);
    } else if (isa<CastInst, FreezeInst>(&instruction)) {
      add_flow(node_of(instruction.getOperand(0)), node_of(&instruction));
    } else if (isa<PHINode, SelectInst>(&instruction)) {
      for (Value* operand : instruction.operand_values())
        if (operand->getType() == instruction.getType())
          add_flow(node_of(operand), node_of(&instruction));
    } else if (auto* leave = dyn_cast<ReturnInst>(&instruction)) {
      if (Value* value = leave->getReturnValue())
        add_flow(node_of(value),
                 node_in(facts_.results_, leave->getFunction()));
    } else if (auto* call = dyn_cast<CallBase>(&instruction)) {
      visit_call(*call);
    } else if (isa<GetElementPtrInst>(&instruction)) {
      node_of(&instruction);
    }
  }

  // Masks are worth trying, and so are the operands of sums that are compared.
  void visit_operation(llvm::BinaryOperator& operation) {
    using llvm::Instruction;
    auto* constant = llvm::dyn_cast<llvm::ConstantInt>(operation.getOperand(1));
    if (constant == nullptr) return;
    if (operation.getOpcode() == Instruction::And)
      add_value(node_of(operation.getOperand(0)), constant);
  }

  void note_range(const llvm::LoadInst& load, int content) {
    const llvm::MDNode* range = load.getMetadata(llvm::LLVMContext::MD_range);
    if (range == nullptr || range->getNumOperands() != 2 || content < 0) return;
    const auto* low =
        llvm::mdconst::extract<llvm::ConstantInt>(range->getOperand(0));
    const auto* high =
        llvm::mdconst::extract<llvm::ConstantInt>(range->getOperand(1));
    if (low->getBitWidth() > 64) return;
    const int64_t first = low->getSExtValue(), end = high->getSExtValue();
    if (first >= end || end - first > 16) return;
    facts_.nodes_[content].exact = true;
    facts_.nodes_[content].values.clear();
    for (int64_t value = first; value < end; ++value)
      facts_.nodes_[content].values.insert(value);
  }

  void visit_call(llvm::CallBase& call) {
    if (auto* copying = llvm::dyn_cast<llvm::MemTransferInst>(&call)) {
      const int to = node_of(copying->getRawDest());
      const int from = node_of(copying->getRawSource());
      add_flow(to, from);
      add_flow(from, to);
      return;
    }
    if (llvm::isa<llvm::IntrinsicInst>(&call)) return;
    const llvm::Function* callee = call.getCalledFunction();
    for (unsigned i = 0; i < call.arg_size(); ++i) {
      llvm::Value* argument = call.getArgOperand(i);
      llvm::Type* described = call.getParamByValType(i);
      if (described == nullptr) described = call.getParamStructRetType(i);
      if (described != nullptr)
        add_target(node_of(argument), described, kStructWeight);
      if (callee == nullptr) continue;
      if (!callee->isDeclaration() && i < callee->arg_size())
        add_flow(node_of(argument), node_of(callee->getArg(i)));
      else if (callee->isDeclaration() &&
               (callee->getName().starts_with("str") ||
                callee->getName().starts_with("ato") ||
                callee->getName().contains("printf")))
        add_target(node_of(argument), llvm::Type::getInt8Ty(call.getContext()),
                   kScalarWeight);
    }
    const int result = node_of(&call);
    if (callee != nullptr) {
      add_flow(node_in(facts_.results_, callee), result);
      return;
    }
    if (call.isInlineAsm()) return;
    add_signature(node_of(call.getCalledOperand()), call.getFunctionType());
    add_flow(node_in(facts_.indirect_results_, call.getFunctionType()), result);
  }

  // Where p flows to q, what is behind p flows to what is behind q.
  void link_contents() {
    const size_t count = facts_.nodes_.size();
    for (size_t from = 0; from < count; ++from)
      for (size_t i = 0; i < flows_[from].size(); ++i) {
        const int there = facts_.nodes_[flows_[from][i]].content;
        if (there < 0) continue;
        const int here = content_of_node(static_cast<int>(from));
        add_flow(here, there);
      }
  }

  // *p where p points to a structure reads its first field.
  void link_first_fields() {
    const size_t count = facts_.nodes_.size();
    for (size_t node = 0; node < count; ++node) {
      const int content = facts_.nodes_[node].content;
      if (content < 0) continue;
      const auto targets = facts_.nodes_[node].targets;
      for (const auto& [type, weight] : targets)
        if (llvm::isa<llvm::StructType>(type))
          add_flow(first_scalar(type), content);
    }
  }

  bool merge(int to, int from) {
    ValueFacts& into = facts_.nodes_[to];
    const ValueFacts& source = facts_.nodes_[from];
    bool changed = false;
    for (const auto& [type, weight] : source.targets) {
      const auto same = [type = type](const auto& known) {
        return known.first == type;
      };
      auto known = std::find_if(into.targets.begin(), into.targets.end(), same);
      if (known != into.targets.end()) {
        // Scalars and structures keep their ranks; sums would not converge.
        if (weight >= kStructWeight && known->second < kStructWeight) {
          known->second = kStructWeight;
          changed = true;
        }
      } else if (into.targets.size() < kMostTargets) {
        into.targets.emplace_back(
            type, weight >= kStructWeight ? kStructWeight : kScalarWeight);
        changed = true;
      }
    }
    for (llvm::FunctionType* type : source.signatures)
      if (into.signatures.size() < kMostTargets &&
          std::find(into.signatures.begin(), into.signatures.end(), type) ==
              into.signatures.end()) {
        into.signatures.push_back(type);
        changed = true;
      }
    if (source.exact && !into.exact) {
      into.exact = true;
      into.values = source.values;
      changed = true;
    } else if (!into.exact) {
      for (const int64_t value : source.values)
        if (into.values.size() < kMostValues)
          changed |= into.values.insert(value).second;
    }
    return changed;
  }

  // A pointer that is only stored and compared (`s->owner != owner`) has no
  // uses that say what it points to: what is stored there, or what it is
  // compared with, does.
  void adopt() {
    std::vector<std::vector<int>> kin = peers_;
    kin.resize(flows_.size());
    for (size_t from = 0; from < flows_.size(); ++from)
      for (const int to : flows_[from])
        kin[to].push_back(static_cast<int>(from));
    for (int round = 0; round < 3; ++round)
      for (size_t node = 0; node < kin.size(); ++node) {
        if (!is_blank(static_cast<int>(node))) continue;
        for (const int other : kin[node])
          if (!is_blank(other)) {
            ValueFacts& into = facts_.nodes_[node];
            into.targets = facts_.nodes_[other].targets;
            into.signatures = facts_.nodes_[other].signatures;
            break;
          }
      }
  }

  bool is_blank(int node) const {
    return facts_.nodes_[node].targets.empty() &&
           facts_.nodes_[node].signatures.empty();
  }

  void propagate() {
    std::vector<std::vector<int>> sources(flows_.size());
    for (size_t from = 0; from < flows_.size(); ++from)
      for (const int to : flows_[from])
        sources[to].push_back(static_cast<int>(from));
    std::deque<int> work;
    std::vector<char> queued(flows_.size(), 1);
    for (size_t node = 0; node < flows_.size(); ++node)
      work.push_back(static_cast<int>(node));
    while (!work.empty()) {
      const int node = work.front();
      work.pop_front();
      queued[node] = 0;
      for (const int source : sources[node])
        if (merge(source, node) && !queued[source]) {
          queued[source] = 1;
          work.push_back(source);
        }
    }
  }

  llvm::Module& module_;
  TypeFacts facts_;
  std::vector<std::vector<int>> flows_;
  std::vector<std::vector<int>> peers_;  // compared with each other
};

TypeFacts TypeFacts::infer(llvm::Module& module) {
  return FactBuilder(module).build();
}

int TypeFacts::value_node(const llvm::Value* value) const {
  const auto found = values_.find(value);
  return found == values_.end() ? -1 : found->second;
}

int TypeFacts::field_node(llvm::StructType* type, unsigned field) const {
  const auto found = fields_.find({type, field});
  return found == fields_.end() ? -1 : found->second;
}

int TypeFacts::result_node(const llvm::Function* function) const {
  const auto found = results_.find(function);
  return found == results_.end() ? -1 : found->second;
}

int TypeFacts::indirect_result_node(llvm::FunctionType* type) const {
  const auto found = indirect_results_.find(type);
  return found == indirect_results_.end() ? -1 : found->second;
}

const ValueFacts& TypeFacts::facts(int node) const {
  static const ValueFacts kNone;
  return node < 0 ? kNone : nodes_[static_cast<size_t>(node)];
}

}  // namespace hone::verify
