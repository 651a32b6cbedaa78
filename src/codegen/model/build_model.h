// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A graph as relocatable objects: the kernels for each kind of processor, the
// weights, and the tables that say what is called on what.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "codegen/model/elf_object.h"
#include "codegen/model/program.h"
#include "tensor/graph.h"

namespace hone::codegen {

struct ModelOptions {
  // "baseline" (x86-64 v2, v3 and v4, chosen when the model is opened; or what
  // every AArch64 has), or a name that find_target() knows.
  std::string cpu = "baseline";
  std::string triple;  // as in find_target()
  std::string symbol = "hone_model_program";
  std::string manifest;  // JSON, carried as text
  // Of tensor::plan_choices(): those that are not made.
  std::vector<std::string> without = {};
  // The name of the file in which the weights will stand, beside the library;
  // empty: they are part of it.
  std::string weights_file;
  // For tests: changes a plan before its kernels are compiled.
  std::function<void(tensor::Plan&)> edit_plan;
};

struct BuiltModel {
  std::vector<PlanFor> plans;        // best processor first; the first one has
                                     // the weights of all
  std::vector<std::string> kernels;  // an object for each plan
  DataObject weights;                // around the first plan's weights
  std::string weights_head;          // of their file, where they have one
  std::string program;               // an object
  int rejected = 0;                  // tiles that spilled
  double plan_seconds = 0;
  double code_seconds = 0;
};

// A plan is made again with other tiles where kernels spill.
Result<BuiltModel> build_model(const tensor::Graph& graph,
                               const ModelOptions& options);

}  // namespace hone::codegen
