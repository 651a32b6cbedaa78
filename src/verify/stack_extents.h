// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How much of a caller's stack object an external function may touch.
//
// An interceptor that is given `&local` writes to it, as the real function
// might, and compares what it holds. How large the object is cannot be seen at
// run time, so it is taken from the call sites: the least of all objects on
// the stack that may arrive there, followed through parameters and variables.
// Where an object cannot be followed, nothing of it is touched.
#pragma once

#include <cstdint>
#include <map>

namespace llvm {
class AllocaInst;
class Argument;
class DataLayout;
class Function;
class Module;
class Type;
class Value;
}  // namespace llvm

namespace hone::verify {

struct StackExtent {
  // Bytes from the pointer on; kNoStack where no stack object arrives.
  static constexpr uint64_t kNoStack = ~uint64_t{0};
  uint64_t bytes = kNoStack;
  llvm::Type* type = nullptr;  // of the whole object, where it starts there
};

class StackExtents {
 public:
  explicit StackExtents(llvm::Module& module);  // borrowed

  // Of argument `number` of a declared function, over all of its calls.
  StackExtent of_argument(const llvm::Function& function, unsigned number);

 private:
  StackExtent of_value(const llvm::Value* value, unsigned depth);
  StackExtent of_parameter(const llvm::Argument& argument, unsigned depth);
  StackExtent of_slot(const llvm::AllocaInst& slot, unsigned depth);
  StackExtent before(const llvm::Value* value) const;

  const llvm::DataLayout& layout_;
  bool stores_addresses_ = false;  // of stack objects, in memory
  // Of parameters and pointer variables. What depends on itself (`p = p + 1`)
  // takes the result of the round before.
  std::map<const llvm::Value*, StackExtent> known_, before_;
};

}  // namespace hone::verify
