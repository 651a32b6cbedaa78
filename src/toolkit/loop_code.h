// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loop programs as machine code of this process, and the memory they run on.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "codegen/llvm/jit.h"
#include "codegen/llvm/machine.h"
#include "tensor/loop/interpret_loops.h"
#include "tensor/loop/lower_loops.h"

namespace hone::toolkit {

// One array for each tensor that is not in registers, page-aligned, with a
// fence of known numbers on both sides.
class LoopMemory {
 public:
  // Inputs as given; everything else NaN.
  LoopMemory(const tensor::LoopProgram& program,
             const tensor::LoweredLoops& lowered,
             const tensor::LoopData& inputs);

  std::vector<void*>& pointers() { return pointers_; }
  std::vector<float> floats(const std::string& tensor) const;
  // Whether every fence stands.
  bool is_intact() const;

 private:
  struct Array {
    std::vector<unsigned char> bytes;
    size_t begin = 0;
    size_t size = 0;
  };
  std::map<std::string, Array> arrays_;
  std::vector<void*> pointers_;
};

struct LoopCode {
  tensor::LoweredLoops lowered;
  codegen::Jit jit;
  codegen::KernelFunction function;
  int spills = 0;
  double seconds = 0;  // to lower and compile

  // All tasks, on this thread.
  void run(const tensor::LoopProgram& program, LoopMemory& memory) const;
};

Result<LoopCode> compile_loops(const tensor::LoopProgram& program);

// Where two results differ, relative to their size, by more than `tolerance`;
// "" where nowhere.
std::string difference(const tensor::LoopProgram& program,
                       const tensor::LoopData& got,
                       const tensor::LoopData& wanted, double tolerance);

}  // namespace hone::toolkit
