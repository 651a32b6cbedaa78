// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The environment `pipelines`: the state is a pipeline, at first default<Oz>
// written out, and its module what that pipeline makes of the benchmark.
#include "env/live_decisions.h"
#include "program/pipeline_edits.h"

namespace hone::env {

namespace {

class EditDecisions : public DecisionMaker {
 public:
  EditDecisions(program::Module unoptimised, program::PassRunner runner,
                program::Pipeline stock)
      : unoptimised_(std::move(unoptimised)),
        runner_(std::move(runner)),
        stock_(std::move(stock)) {}

  const program::Module& unoptimised() const override { return unoptimised_; }
  Result<bool> is_over(const Decisions&) override { return false; }

  Result<std::string> decide(const Decisions& taken,
                             std::string_view action) override {
    HONE_ASSIGN_OR_RETURN(program::Pipeline pipeline, after(taken));
    HONE_ASSIGN_OR_RETURN(pipeline,
                          program::edited(std::move(pipeline), action));
    // What LLVM does not take as a pipeline is no state.
    HONE_ASSIGN_OR_RETURN(
        const std::string text,
        runner_.written_out(program::print_pipeline(pipeline)));
    return std::string(action);
  }

  Result<Value> offer(const Decisions& taken, Observation) override {
    HONE_ASSIGN_OR_RETURN(const program::Pipeline pipeline, after(taken));
    return Value(program::print_pipeline(pipeline));
  }

  Result<program::Module> make(const Decisions& taken) override {
    HONE_ASSIGN_OR_RETURN(const program::Pipeline pipeline, after(taken));
    program::Module module = unoptimised_.clone();
    const Result<bool> ran =
        runner_.run(module, program::print_pipeline(pipeline));
    if (!ran.ok()) return ran.error();
    return module;
  }

 private:
  Result<program::Pipeline> after(const Decisions& taken) const {
    program::Pipeline pipeline = stock_;
    for (const std::string& edit : taken) {
      HONE_ASSIGN_OR_RETURN(pipeline,
                            program::edited(std::move(pipeline), edit));
    }
    return pipeline;
  }

  program::Module unoptimised_;
  program::PassRunner runner_;
  program::Pipeline stock_;
};

}  // namespace

Result<std::unique_ptr<DecisionMaker>> decide_edits(
    program::Module unoptimised, program::Relocation relocation) {
  HONE_ASSIGN_OR_RETURN(program::PassRunner runner,
                        program::PassRunner::make(unoptimised, relocation));
  HONE_ASSIGN_OR_RETURN(const std::string text,
                        runner.written_out("default<Oz>"));
  HONE_ASSIGN_OR_RETURN(program::Pipeline stock, program::parse_pipeline(text));
  return std::unique_ptr<DecisionMaker>(std::make_unique<EditDecisions>(
      std::move(unoptimised), std::move(runner), std::move(stock)));
}

}  // namespace hone::env
