// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random models of steps on values, and random inputs for them, right and
// wrong ones: what the C runtime gives is compared with value_model.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace hone::runtime {

struct ProgramCheck {
  int threads = 1;  // of the model
  int callers = 1;  // that run it at the same time
  // Called before a run, with its number; says behind it whether something was
  // refused to it, which then may fail, and is run again.
  void (*before_run)(int run) = nullptr;
  bool (*was_disturbed)() = nullptr;
};

// "" where both agree, else what differs. Any bytes are a model and inputs.
std::string check_value_program(std::span<const uint8_t> bytes,
                                const ProgramCheck& check = {});

std::vector<uint8_t> random_bytes(uint64_t seed, size_t count);

}  // namespace hone::runtime
