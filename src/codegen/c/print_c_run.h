// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The function of a model in C that makes the plan's calls in their order.
//
// A jump is a goto. Sizes that are known only when the model runs stand in an
// array; memory that grows with them is cut from the caller's, behind the
// arena.
#pragma once

#include <string>
#include <string_view>

#include "tensor/plan/plan.h"

namespace hone::codegen {

bool is_open(const tensor::PlanTensor& tensor);
// Whether the caller says sizes and gives memory that grows.
bool is_open(const tensor::Plan& plan);

// No end of a comment within one.
std::string comment(std::string text);

// What stands before print_c_run() where the plan has slots.
std::string_view open_preamble();

// int NAME_run(PARAMETERS); `weights` is where they stand.
std::string print_c_run(const tensor::Plan& plan, const std::string& name,
                        std::string_view parameters, std::string_view weights);

}  // namespace hone::codegen
