// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The steps as the runtime reads them. The same steps done slowly:
// drawn_program_model_test_tools.cpp.
#include "runtime/drawn_program_test_tools.h"

#include <algorithm>
#include <cstring>

#include "runtime/drawn_homes_test_tools.h"

extern "C" {
#define HONE_STEP(name)                                         \
  hone_status name(hone_frame* frame, const hone_place* places, \
                   const int64_t* sizes)
void hone_values_free(struct hone_values* values);
HONE_STEP(hone_sequence_at);
HONE_STEP(hone_sequence_concat);
HONE_STEP(hone_sequence_construct);
HONE_STEP(hone_sequence_erase);
HONE_STEP(hone_sequence_insert);
HONE_STEP(hone_sequence_length);
HONE_STEP(hone_sequence_split);
HONE_STEP(hone_values_begin);
HONE_STEP(hone_values_box);
HONE_STEP(hone_values_get_element);
HONE_STEP(hone_values_give);
HONE_STEP(hone_values_has);
HONE_STEP(hone_values_move);
HONE_STEP(hone_values_nothing);
HONE_STEP(hone_values_take);
HONE_STEP(hone_values_unbox);
#undef HONE_STEP
hone_status hone_call_operator(hone_frame* frame, hone_kernel function,
                               const hone_place* places, const int64_t* sizes);
hone_status hone_text_concat(hone_operator_call* call);
hone_status hone_text_from_numbers(hone_operator_call* call);
hone_status hone_text_normalize(hone_operator_call* call);
hone_status hone_text_split(hone_operator_call* call);
hone_status hone_text_to_numbers(hone_operator_call* call);
hone_status hone_text_unique(hone_operator_call* call);
}

namespace hone::runtime {

namespace {

constexpr int64_t kArenaBytes = 64;
constexpr int64_t kPositionSpace = 5, kPictureSpace = 6, kResultSpace = 11;
// The first texts of the run.
const std::vector<std::string> kConstants = {"Monday", "", "a"};

// --- Kernels -----------------------------------------------------------------

void wipe(void* const* pointers, const int64_t* sizes) {
  std::memset(pointers[0], 0, static_cast<size_t>(sizes[2]));
}

void copy_picture(void* const* pointers, const int64_t* sizes) {
  for (int64_t i = sizes[0]; i < sizes[1]; ++i)
    static_cast<float*>(pointers[1])[i] =
        static_cast<const float*>(pointers[0])[i];
}

// A counter, and behind two of them whether it has come to an end.
void tick(void* const* pointers, const int64_t*) {
  auto* const counter = static_cast<unsigned char*>(pointers[0]);
  counter[2] = ++counter[0] % 3 == 0;
}

// An operator as a user writes it: everything that it can see, as a text.
hone_status custom(hone_operator_call* call) {
  const int64_t mode = call->attributes[0].ints[0];
  const int64_t one[] = {1}, large[] = {int64_t{1} << 40, int64_t{1} << 40};
  if (mode == 1) return call->fail(call, "it does not want to");
  if (mode == 2) return HONE_OK;
  if (mode == 3) (void)call->make(call, 9, HONE_TEXT, 1, one);
  if (mode == 5) (void)call->make(call, 0, HONE_TEXT, -1, one);
  if (mode == 6) return HONE_NO_MEMORY;
  if (mode == 7) (void)call->make(call, 0, HONE_F32, 2, large);
  if (mode == 8 && call->scratch(call, SIZE_MAX) != nullptr) return HONE_OK;
  const std::string seen = describe(model_of(call->inputs[0]));
  auto* const text =
      static_cast<hone_text*>(call->make(call, 0, HONE_TEXT, 1, one));
  if (mode == 4) (void)call->make(call, 0, HONE_TEXT, 1, one);
  if (text == nullptr) return HONE_NO_MEMORY;
  auto* const bytes = static_cast<char*>(call->scratch(call, seen.size()));
  if (bytes == nullptr) return HONE_NO_MEMORY;
  std::ranges::copy(seen, bytes);
  *text = {bytes, seen.size()};
  return HONE_OK;
}

hone_kernel as_kernel(auto function) {
  return reinterpret_cast<hone_kernel>(reinterpret_cast<void (*)()>(function));
}

// --- Attributes (call.c) -----------------------------------------------------

void append_bytes(std::vector<int64_t>& words, const std::string& bytes) {
  const size_t at = words.size();
  words.resize(at + (bytes.size() + 7) / 8);
  if (!bytes.empty()) std::memcpy(&words[at], bytes.data(), bytes.size());
}

std::vector<int64_t> attribute(const std::string& name, int64_t kind,
                               size_t count) {
  std::vector<int64_t> words = {kind, static_cast<int64_t>(count),
                                static_cast<int64_t>(name.size() / 8 + 1)};
  append_bytes(words, name + '\0');
  return words;
}

std::vector<int64_t> texts_attribute(const std::string& name,
                                     const std::vector<std::string>& texts) {
  std::vector<int64_t> words = attribute(name, HONE_TEXTS, texts.size());
  for (const std::string& text : texts) {
    words.push_back(static_cast<int64_t>(text.size()));
    append_bytes(words, text);
  }
  return words;
}

std::vector<int64_t> integer_attribute(const std::string& name, int64_t value) {
  std::vector<int64_t> words = attribute(name, HONE_INTS, 1);
  words.push_back(value);
  return words;
}

hone_place place_of(const Home& home) { return {home.space, home.offset}; }
hone_place number(int index) { return {HONE_VALUES, index}; }

std::vector<int64_t> form_of(const Home& home) {
  std::vector<int64_t> form = {home.type, home.is_open(),
                               static_cast<int64_t>(home.dims.size())};
  form.insert(form.end(), home.writes.begin(), home.writes.end());
  form.insert(form.end(), home.dims.begin(), home.dims.end());
  return form;
}

}  // namespace

void DrawnProgram::add(hone_value_step function, std::vector<hone_place> places,
                       std::vector<int64_t> sizes, int64_t kind,
                       int64_t tasks) {
  program_steps_.push_back({.kernel = as_kernel(function),
                            .first_place = std::ssize(places_),
                            .places = std::ssize(places),
                            .first_size = std::ssize(sizes_),
                            .sizes = std::ssize(sizes),
                            .tasks = tasks,
                            .kind = kind});
  places_.insert(places_.end(), places.begin(), places.end());
  sizes_.insert(sizes_.end(), sizes.begin(), sizes.end());
}

void DrawnProgram::call(hone_operator function,
                        const std::vector<Operand>& inputs,
                        const std::vector<Operand>& outputs,
                        std::vector<std::vector<int64_t>> attributes) {
  attributes.insert(attributes.begin(),
                    texts_attribute("node", {std::string("drawn") + '\0'}));
  std::vector<hone_place> places = {
      {1, static_cast<int64_t>(weights_.size()) * 8}};
  weights_.push_back(std::ssize(attributes));
  for (const std::vector<int64_t>& words : attributes)
    weights_.insert(weights_.end(), words.begin(), words.end());
  std::vector<int64_t> sizes = {std::ssize(inputs), std::ssize(outputs)};
  for (const auto* operands : {&inputs, &outputs})
    for (const Operand& operand : *operands) {
      sizes.push_back(operand.kind);
      if (operand.kind == Operand::Number)
        places.push_back(number(operand.index));
      if (operand.kind != Operand::Home) continue;
      places.push_back(place_of(homes()[operand.index]));
      const std::vector<int64_t> form = form_of(homes()[operand.index]);
      sizes.insert(sizes.end(), form.begin(), form.end());
    }
  add(nullptr, std::move(places), std::move(sizes), HONE_CALL_STEP);
  program_steps_.back().kernel = as_kernel(function);
}

void DrawnProgram::encode() {
  // The constants' texts stand first in the weights.
  weights_ = {std::ssize(kConstants)};
  std::string all;
  for (const std::string& text : kConstants) {
    weights_.push_back(static_cast<int64_t>(text.size()));
    all += text;
  }
  append_bytes(weights_, all);

  const auto kernel = [&](hone_kernel function, std::vector<hone_place> places,
                          std::vector<int64_t> sizes, int64_t kind,
                          int64_t tasks) {
    add(nullptr, std::move(places), std::move(sizes), kind, tasks);
    program_steps_.back().kernel = function;
  };
  kernel(wipe, {{0, 0}}, {kArenaBytes}, 0, 1);
  kernel(copy_picture, {{kPictureSpace, 0}, {kResultSpace, 0}}, {},
         HONE_PARALLEL, 6);
  add(hone_values_begin, {{1, 0}}, {kNumbers});
  for (int i = 0; i < kPassed; ++i)
    add(hone_values_take, {{2 + i, 0}, number(i)}, types_[i]);
  for (const Home& home : homes())
    if (home.is_open())
      add(nullptr, {place_of(home)},
          {static_cast<int64_t>(hone_type_bits(home.type)), 1}, HONE_RESERVE);
  const auto first = std::ssize(program_steps_);
  // A step is one of the runtime's, a Repeat two.
  std::vector<int64_t> begins;
  for (const Step& step : steps_) {
    begins.push_back(std::ssize(program_steps_));
    if (step.op == Op::Repeat)
      kernel(tick, {{0, kCounters + step.a}}, {}, 0, 1);
    encode(step, static_cast<int>(first));
  }
  begins.push_back(std::ssize(program_steps_));
  for (size_t i = 0; i < steps_.size(); ++i) {
    hone_step& last = program_steps_[begins[i + 1] - 1];
    if (last.kind == HONE_JUMP) last.tasks = begins[steps_[i].b];
  }
  for (int i = 0; i < 2; ++i)
    add(hone_values_give, {number(outputs_[i]), {8 + i, 0}}, {});

  static const int64_t kPicture[] = {2, 3}, kSquare[] = {-1, -1};
  static const int64_t kOpen[] = {-1};
  for (int i = 0; i < kPassed; ++i)
    shapes_.push_back({.name = "v", .type = HONE_VALUE, .value = "any"});
  shapes_.push_back({.name = "position", .type = HONE_I64});
  shapes_.push_back(
      {.name = "picture", .type = HONE_F32, .rank = 2, .dims = kPicture});
  shapes_.push_back(
      {.name = "square", .type = HONE_U8, .rank = 2, .dims = kSquare});
  const auto inputs = std::ssize(shapes_);
  for (int i = 0; i < 2; ++i)
    shapes_.push_back({.name = "o", .type = HONE_VALUE, .value = "any"});
  shapes_.push_back(
      {.name = "open", .type = HONE_I64, .rank = 1, .dims = kOpen});
  shapes_.push_back(
      {.name = "result", .type = HONE_F32, .rank = 2, .dims = kPicture});
  dims_ = {2, 3, slot(kSquareSlot), slot(kSquareSlot), slot(kOpenSlot), 2, 3};
  plan_ = {.level = 0,
           .steps = program_steps_.data(),
           .step_count = std::ssize(program_steps_),
           .places = places_.data(),
           .sizes = sizes_.data(),
           .memory = kArenaBytes,
           .regions = kRegions};
  program_ = {.format = HONE_PROGRAM_FORMAT,
              .shapes = shapes_.data(),
              .inputs = inputs,
              .outputs = std::ssize(shapes_) - inputs,
              .plans = &plan_,
              .plan_count = 1,
              .weights = weights_.data(),
              .manifest = "{}",
              .sizes = dims_.data(),
              .slots = kSlots,
              .call = hone_call_operator,
              .free_values = hone_values_free};
}

void DrawnProgram::encode(const Step& step, int) {
  std::vector<hone_place> places;
  for (const int operand : step.operands) places.push_back(number(operand));
  // Where `a` says: nowhere, in two homes, in an input.
  const auto with_position = [&](hone_value_step function) {
    const hone_place where[] = {{},
                                place_of(homes()[kI64Home]),
                                place_of(homes()[kI32Home]),
                                {kPositionSpace, 0}};
    if (step.a > 0) places.push_back(where[step.a]);
    add(function, places, {step.a > 0, step.a == 2 ? HONE_I32 : HONE_I64});
  };
  const Home& home = homes()[step.home];
  const Operand from = {Operand::Home, step.home};
  const auto result = [&](size_t i) {
    return i < step.operands.size() ? Operand{Operand::Number, step.operands[i]}
                                    : Operand{Operand::Absent};
  };
  const auto result_or_home = [&](int other) {
    return step.b != 0 ? Operand{Operand::Home, other} : result(0);
  };
  switch (step.op) {
    case Op::Construct:
      return add(hone_sequence_construct, places, {std::ssize(places) - 1});
    case Op::Insert:
      return with_position(hone_sequence_insert);
    case Op::Erase:
      return with_position(hone_sequence_erase);
    case Op::At:
      return with_position(hone_sequence_at);
    case Op::Length:
      return add(hone_sequence_length, {place_of(homes()[kI64Home]), places[0]},
                 {});
    case Op::Concat:
      return add(hone_sequence_concat, places, {step.a, step.b});
    case Op::Split:
      return add(hone_sequence_split, places,
                 {step.a, step.b, places.size() > 2});
    case Op::Box:
      return add(hone_values_box, {place_of(home), places[0]}, form_of(home));
    case Op::Unbox:
      return add(hone_values_unbox, {places[0], place_of(home)}, form_of(home));
    case Op::Move:
      return add(hone_values_move, {places[1], places[0]}, {});
    case Op::Nothing:
      return add(hone_values_nothing, places, {});
    case Op::Has:
      return add(hone_values_has, {places[0], {0, kFlag}}, {});
    case Op::Element:
      return add(hone_values_get_element, {places[1], places[0]}, {});
    case Op::ConcatText:
      return call(hone_text_concat, {from, {Operand::Home, step.other_home}},
                  {result_or_home(kTextHome)});
    case Op::SplitText:
      return call(hone_text_split, {from}, {result(0), result(1)},
                  {texts_attribute("delimiter", {delimiters()[step.a]}),
                   integer_attribute("maxsplit", step.b)});
    case Op::Normalize:
      return call(hone_text_normalize, {from}, {result(0)},
                  {texts_attribute("case_change_action",
                                   {step.a != 0 ? "UPPER" : "LOWER"}),
                   texts_attribute("stopwords", stopwords())});
    case Op::Unique:
      return call(hone_text_unique, {from},
                  {result_or_home(kTextHome), result(1), result(2), result(3)},
                  {integer_attribute("sorted", step.a)});
    case Op::ReadNumbers:
      return call(hone_text_to_numbers, {from}, {result_or_home(kF64Home)});
    case Op::WriteNumbers:
      return call(hone_text_from_numbers, {from}, {result(0)});
    case Op::Custom:
      return call(custom, {{Operand::Number, step.operands[1]}},
                  {result_or_home(kWordHome)},
                  {integer_attribute("mode", step.a)});
    case Op::Repeat:
      return add(nullptr, {{0, kCounters + step.a + 2}}, {}, HONE_JUMP);
    case Op::Skip:
      return add(nullptr, {{0, kFlag}}, {}, HONE_JUMP);
  }
}

}  // namespace hone::runtime
