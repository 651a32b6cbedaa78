// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/value_program_test_tools.h"

#include <array>
#include <cstring>
#include <thread>

#include "base/random.h"
#include "runtime/drawn_program_test_tools.h"
#include "runtime/model/program.h"

namespace hone::runtime {

namespace {

// What a run gave.
struct Outcome {
  hone_status status = HONE_OK;
  std::vector<ModelValue> values;  // of outputs that are values
  ModelValue open;                 // of the output of open size
  std::array<float, 6> strided{};
};

// Of the caller: a picture of 2 x 3 in every second column.
constexpr int64_t kPictureStrides[] = {8, 2};

Outcome run_once(hone_model* model, const DrawnInputs& in, int64_t room) {
  Outcome outcome;
  hone_value values[2] = {};
  std::vector<hone_tensor> inputs, outputs;
  for (const CValue& value : in.values)
    inputs.push_back({.data = const_cast<hone_value*>(value.get())});
  inputs.push_back({.data = const_cast<int64_t*>(&in.position)});
  std::array<float, 16> picture{}, result{};
  for (int64_t i = 0; i < 6; ++i)
    picture[i / 3 * kPictureStrides[0] + i % 3 * kPictureStrides[1]] =
        static_cast<float>(i + in.position % 5);
  inputs.push_back({.data = picture.data(), .strides = kPictureStrides});
  std::vector<uint8_t> square(in.square_dims[0] * in.square_dims[0] + 1);
  int64_t square_dims[] = {in.square_dims[0], in.square_dims[1]};
  inputs.push_back({.data = square.data(), .dims = square_dims});
  auto open = std::make_unique<int64_t[]>(room);
  int64_t open_dims[1] = {-7};
  for (hone_value& value : values) outputs.push_back({.data = &value});
  outputs.push_back({.data = room == 0 ? nullptr : open.get(),
                     .dims = open_dims,
                     .bytes = static_cast<size_t>(room) * 8});
  outputs.push_back({.data = result.data(), .strides = kPictureStrides});
  outcome.status = hone_model_run(model, inputs.data(), inputs.size(),
                                  outputs.data(), outputs.size());
  const bool is_too_small = outcome.status == HONE_TOO_SMALL;
  if (outcome.status == HONE_OK || is_too_small) {
    for (const hone_value& value : values)
      outcome.values.push_back(model_of(value));
    std::vector<int64_t> numbers(is_too_small ? 0 : open_dims[0]);
    for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = open[i];
    outcome.open = model_integers(numbers, {open_dims[0]});
  }
  for (int64_t i = 0; i < 6; ++i)
    outcome.strided[i] =
        result[i / 3 * kPictureStrides[0] + i % 3 * kPictureStrides[1]];
  for (hone_value& value : values) hone_value_free(&value);
  return outcome;
}

std::string difference(const Outcome& found, const DrawnInputs& in,
                       const std::optional<DrawnResult>& expected) {
  if (!expected)
    return found.status != HONE_OK && found.status != HONE_TOO_SMALL
               ? ""
               : "a run that must fail does not";
  if (found.status != HONE_OK)
    return std::string("a run fails: ") + hone_status_text(found.status);
  for (size_t i = 0; i < found.values.size(); ++i)
    if (found.values[i] != expected->values[i])
      return "output " + std::to_string(i) + " is " +
             describe(found.values[i]) + ", expected " +
             describe(expected->values[i]);
  if (found.open != expected->open)
    return "the open output is " + describe(found.open) + ", expected " +
           describe(expected->open);
  for (int64_t i = 0; i < std::ssize(found.strided); ++i)
    if (found.strided[i] != static_cast<float>(i + in.position % 5))
      return "the strided output differs";
  return "";
}

// With more room where the model asks for it.
std::string run_and_compare(hone_model* model, const DrawnInputs& in,
                            const std::optional<DrawnResult>& expected,
                            const ProgramCheck& check, int run) {
  for (int attempt = 0;; ++attempt) {
    if (check.before_run != nullptr && attempt == 0) check.before_run(run);
    Outcome outcome = run_once(model, in, in.room);
    const bool disturbed =
        check.was_disturbed != nullptr && check.was_disturbed();
    if (disturbed && outcome.status != HONE_OK) {
      if (attempt > 0) return "a run fails behind one without memory";
      continue;
    }
    if (outcome.status == HONE_TOO_SMALL) {
      if (!expected) return "a run that must fail asks for more room";
      if (outcome.open.dims != expected->open.dims)
        return "a size that is too small is reported wrongly";
      outcome = run_once(model, in, outcome.open.dims[0]);
    }
    return difference(outcome, in, expected);
  }
}

}  // namespace

std::vector<uint8_t> random_bytes(uint64_t seed, size_t count) {
  Random random(seed);
  std::vector<uint8_t> bytes(count);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random.below(256));
  return bytes;
}

std::string check_value_program(std::span<const uint8_t> bytes,
                                const ProgramCheck& check) {
  Draw draw(bytes);
  const DrawnProgram program(draw);
  const hone_options options = {.threads = check.threads};
  hone_model* model = nullptr;
  if (hone_model_open(program.get(), &options, &model) != HONE_OK)
    return "it cannot be opened";
  // What a run leaves behind must not be seen by the next one.
  std::string found;
  for (int run = 0; run < 3 && found.empty(); ++run) {
    const DrawnInputs in = program.draw_inputs(draw);
    bool is_too_large = false;
    const auto expected = program.expect(in, is_too_large);
    if (is_too_large) continue;
    std::vector<std::string> answers(check.callers);
    std::vector<std::thread> callers;
    for (int i = 1; i < check.callers; ++i)
      callers.emplace_back([&, i] {
        answers[i] = run_and_compare(model, in, expected, check, run);
      });
    answers[0] = run_and_compare(model, in, expected, check, run);
    for (std::thread& caller : callers) caller.join();
    for (const std::string& answer : answers)
      if (!answer.empty())
        found = "run " + std::to_string(run) + ": " + answer + "\n" +
                program.text();
  }
  hone_model_close(model);
  return found;
}

}  // namespace hone::runtime
