// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a program does with its pointers and integers.
//
// LLVM's pointers have no pointee type, so generated memory would be noise to
// most C functions. The unoptimised IR still says how each pointer is used: a
// `getelementptr %struct.list` from it, a load of a double. Such uses flow
// backwards, from a value to whatever it was copied or loaded from: arguments,
// fields of structures, variables, results. The same flow carries constants
// that a value is compared with.
//
//   int f(struct list *l) { while (l) { if (l->kind == 7) …; l = l->next; } }
//
//   argument l    -> points to %struct.list
//   list.next     -> points to %struct.list
//   list.kind     -> compared with 7
//
// It is no alias analysis and need not be right: a wrong guess costs inputs.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace llvm {
class DataLayout;
class Function;
class FunctionType;
class Module;
class StructType;
class Type;
class Value;
}  // namespace llvm

namespace hone::verify {

struct ValueFacts {
  // Pointee types and signatures in order of first use, with weights.
  std::vector<std::pair<llvm::Type*, unsigned>> targets;
  std::vector<llvm::FunctionType*> signatures;
  std::set<int64_t> values;
  bool exact = false;  // no value but those listed is defined
  // Of a pointer: the node of the scalar that it points to, or -1.
  int content = -1;
};

class TypeFacts {
 public:
  static TypeFacts infer(llvm::Module& module);

  // Nodes; -1 where nothing is known. Borrowed from the module.
  int value_node(const llvm::Value* value) const;
  int field_node(llvm::StructType* type, unsigned field) const;
  int result_node(const llvm::Function* function) const;
  int indirect_result_node(llvm::FunctionType* type) const;
  const ValueFacts& facts(int node) const;

 private:
  friend class FactBuilder;
  std::vector<ValueFacts> nodes_;
  std::map<const llvm::Value*, int> values_;
  std::map<const llvm::Value*, int> contents_;
  std::map<std::pair<llvm::StructType*, unsigned>, int> fields_;
  std::map<const llvm::Function*, int> results_;
  std::map<llvm::FunctionType*, int> indirect_results_;
};

}  // namespace hone::verify
