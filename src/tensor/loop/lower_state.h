// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What lowering a loop tree keeps while it writes a kernel; used by
// lower_loops.cpp and lower_scalar.cpp.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "tensor/kernel/kernel_builder.h"
#include "tensor/loop/loop_program.h"

namespace hone::tensor {

// Registers that stand for a tensor.
struct RegisterFile {
  bool vectors = false;  // each holds `lanes` elements, else one
  std::vector<Reg> all;
};

// How the statement at hand is done: for one element, or for the lanes of a
// vector loop.
struct LaneMode {
  std::string loop;         // the vector loop; empty: one element
  std::optional<Ix> lanes;  // only the first so many
  bool is_vector() const { return !loop.empty(); }
};

class LowerState {
 public:
  LowerState(const LoopProgram& program, int lanes);

  const LoopProgram& program() const { return p_; }
  KernelBuilder& builder() { return b_; }

  // --- Errors: the first one stops ------------------------------------------
  void fail(ErrorKind kind, std::string message);
  bool failed() const { return error_.has_value(); }
  Error take_error() { return *std::move(error_); }
  // Counts what is written; fails beyond the limit.
  void count();

  // --- Variables
  // --------------------------------------------------------------
  void set_variable(const std::string& name, Ix value, int depth);
  Ix index(const Index& index);
  // The flat place of an element.
  Index flatten(const Place& place) const;
  bool has_lane(const Index& index, const LaneMode& mode) const;
  // How many first lanes satisfy a condition that grows with the lane.
  Ix lanes_of(const Condition& condition, const LaneMode& mode);

  // --- Tensors
  // ----------------------------------------------------------------
  bool is_register(const std::string& tensor) const;
  // Sets the registers of a tensor at the beginning of its home.
  void clear_registers(const std::string& tensor);
  // The register of a place; fails where it is not known which.
  Reg register_of(const Place& place, const LaneMode& mode);
  bool holds_vectors(const std::string& tensor) const;
  Pointer pointer(const std::string& tensor) const;

  // --- Values
  // ----------------------------------------------------------------- f32, a
  // vector or a scalar as `mode` says.
  Reg value(const Scalar& scalar, const LaneMode& mode);
  void store(const LoopLeaf& leaf, const LaneMode& mode);
  // Runs `body` where a condition holds.
  void when(const Condition& condition, const std::function<void()>& body,
            const std::function<void()>& otherwise = {});

  // --- What is known to stand in registers
  // ------------------------------------ Forgotten where control flow begins or
  // ends.
  void forget() { known_.clear(); }

 private:
  struct AtDepth {
    Ix value = 0;
    int depth = 0;
  };
  AtDepth at_depth(const Index& index);
  AtDepth at_depth(const IndexAtom& atom);
  Reg load(const Place& place, const LaneMode& mode);
  Reg select(const Scalar& scalar, const LaneMode& mode);
  Reg masked_load(const Scalar& scalar, const LaneMode& mode);
  Reg number(double value, const LaneMode& mode);
  Reg in_mode(Reg vector, const LaneMode& mode);
  void store_register(const LoopLeaf& leaf, const LaneMode& mode);
  Reg combined(const LoopLeaf& leaf, Reg old, const LaneMode& mode);
  void find_registers();
  template <typename Make>
  Reg remember(const std::string& key, const Make& make);

  const LoopProgram& p_;
  KernelBuilder b_;
  std::optional<Error> error_;
  int written_ = 0;
  std::map<std::string, AtDepth> variables_;
  std::map<std::string, Pointer> pointers_;
  std::map<std::string, RegisterFile> registers_;
  std::map<std::string, int> stores_;  // so far, by tensor
  std::map<std::string, Reg> known_;
};

}  // namespace hone::tensor
