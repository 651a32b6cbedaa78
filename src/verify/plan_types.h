// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The plan's tables of types: layouts of the module's types with what is known
// about the values of each scalar, and a zone of addresses for each type.
#pragma once

#include <deque>
#include <map>
#include <vector>

#include "verify/harness/abi.h"
#include "verify/type_facts.h"

namespace llvm {
class DataLayout;
class Module;
}  // namespace llvm

namespace hone::verify {

class PlanTypes {
 public:
  // Borrows both.
  PlanTypes(llvm::Module& module, const TypeFacts& facts);

  // A type, told apart by what its scalar holds. 0 is unknown memory.
  uint32_t type_id(llvm::Type* type, int content);

  // Appends the scalars of a type; `node` describes the first.
  void flatten(llvm::Type* type, uint32_t offset, int node,
               std::vector<hone_leaf>& leaves);

  uint32_t domain(int node);
  // Of an argument: `pointee` where the IR itself names it, else null.
  uint32_t pointer_domain(int node, llvm::Type* pointee, uint32_t flags);

  uint32_t add_leaves(const std::vector<hone_leaf>& leaves);

  // Appends the scalars of a value in registers or slots: no rows.
  void flatten_value(llvm::Type* type, uint32_t offset, int node,
                     std::vector<hone_leaf>& leaves);

  // Lays out all types that were named, and those that they name.
  void lay_out();
  // The signatures of function types found so far: responder 1 is the first, 0
  // is that of an unknown function.
  const std::vector<llvm::FunctionType*>& signatures() const {
    return signatures_;
  }
  // Last of all: gives every type its addresses.
  void place_zones();

  const std::vector<hone_type>& types() const { return types_; }
  const std::vector<hone_leaf>& leaves() const { return leaves_; }
  const std::vector<hone_domain>& domains() const { return domains_; }
  const std::vector<int64_t>& values() const { return values_; }
  const std::vector<uint32_t>& targets() const { return targets_; }

 private:
  struct Pending {
    llvm::Type* type;
    int content;
  };

  uint32_t function_type_id(llvm::FunctionType* type);
  std::vector<uint32_t> target_ids(const ValueFacts& facts);
  uint32_t add_domain(const ValueFacts& facts,
                      const std::vector<uint32_t>& targets, uint32_t flags);
  void lay_out_type(uint32_t id);

  const TypeFacts& facts_;
  const llvm::DataLayout& layout_;
  std::map<std::pair<llvm::Type*, int>, uint32_t> ids_;
  std::map<int, uint32_t> domain_ids_;
  std::vector<Pending> pending_;
  std::vector<llvm::FunctionType*> signatures_;
  uint32_t laid_out_ = 0;
  std::vector<hone_type> types_;
  std::vector<hone_leaf> leaves_;
  std::vector<hone_domain> domains_;
  std::vector<int64_t> values_;
  std::vector<uint32_t> targets_;
};

}  // namespace hone::verify
