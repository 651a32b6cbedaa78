// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A model of steps on values that bytes describe: the constant data of a
// hone_program, and the same steps done by value_model.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/model/hone_operator.h"
#include "runtime/model/program.h"
#include "runtime/value_model_test_tools.h"

namespace hone::runtime {

// Numbers made of bytes; zeros behind the last one.
class Draw {
 public:
  explicit Draw(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  int below(int bound);
  bool rarely() { return below(16) == 15; }
  template <typename List>
  auto& pick(List&& list) {
    return list[below(static_cast<int>(std::size(list)))];
  }

 private:
  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
};

// Types of inputs as hone_values_take() reads them: containers, HONE_TENSOR,
// the elements' hone_type or -1.
const std::vector<std::vector<int64_t>>& value_types();
ModelValue draw_value(Draw& draw, const int64_t* type);

struct DrawnInputs {
  std::vector<ModelValue> models;  // of the first inputs
  std::deque<CValue> values;       // the same in C, or broken
  bool is_broken = false;
  int64_t position = 0;
  int64_t square_dims[2] = {};  // equal, or the run must fail
  int64_t room = 0;             // elements, of the open output
};

struct DrawnResult {
  std::vector<ModelValue> values;
  ModelValue open;
};

// Inputs: kPassed values of drawn types, an i64 (a position), an f32[2, 3]
// that is strided, a u8[s, s]. Outputs: two values, an i64[?], an f32[2, 3].
class DrawnProgram {
 public:
  static constexpr int kPassed = 3;

  explicit DrawnProgram(Draw& draw);
  DrawnProgram(const DrawnProgram&) = delete;

  const hone_program* get() const { return &program_; }
  // Often those on which the steps were drawn.
  DrawnInputs draw_inputs(Draw& draw) const;
  // Nothing where the run has to fail. `is_too_large`: a value grew beyond what
  // is worth a run.
  std::optional<DrawnResult> expect(const DrawnInputs& in,
                                    bool& is_too_large) const;
  // The steps in words.
  std::string text() const;

 private:
  enum class Op {
    Construct,
    Insert,
    Erase,
    At,
    Length,
    Concat,
    Split,
    Box,
    Unbox,
    Move,
    Nothing,
    Has,
    Element,
    ConcatText,
    SplitText,
    Normalize,
    Unique,
    ReadNumbers,
    WriteNumbers,
    Custom,
    Repeat,  // back to an earlier step, twice
    Skip     // forward, where the last Has found nothing
  };
  struct Step {
    Op op;
    std::vector<int> operands;  // numbers of values; the result first
    int home = 0, other_home = 0;
    int64_t a = 0, b = 0;
  };
  struct State;

  // Mostly one that works.
  Step draw_step(Draw& draw, int index, State& state);
  Step draw_any_step(Draw& draw, int index);
  std::optional<State> begin(const DrawnInputs& in) const;
  void encode();
  void encode(const Step& step, int index);
  void add(hone_value_step function, std::vector<hone_place> places,
           std::vector<int64_t> sizes, int64_t kind = HONE_VALUE_STEP,
           int64_t tasks = 0);
  // What an operator is called with: nothing, a tensor, a value's number.
  struct Operand {
    enum Kind { Absent = 0, Home = 1, Number = 2 } kind;
    int index = 0;
  };
  void call(hone_operator function, const std::vector<Operand>& inputs,
            const std::vector<Operand>& outputs,
            std::vector<std::vector<int64_t>> attributes = {});
  bool apply(const Step& step, State& state, const DrawnInputs& in,
             size_t& next) const;

  std::vector<std::vector<int64_t>> types_;  // of inputs, as take reads them
  std::vector<Step> steps_;
  int outputs_[2];
  std::vector<ModelValue> sample_;  // inputs

  std::vector<int64_t> weights_;
  std::vector<hone_shape> shapes_;
  std::vector<hone_step> program_steps_;
  std::vector<hone_place> places_;
  std::vector<int64_t> sizes_, dims_;
  hone_plan plan_ = {};
  hone_program program_ = {};
};

}  // namespace hone::runtime
