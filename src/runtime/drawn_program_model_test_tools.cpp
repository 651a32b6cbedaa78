// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Drawing programs, and doing a program's steps slowly.
#include <algorithm>

#include "runtime/drawn_homes_test_tools.h"
#include "runtime/drawn_program_test_tools.h"

namespace hone::runtime {

namespace {

const char* const kOpNames[] = {
    "construct", "insert",       "erase",         "at",
    "length",    "concat",       "split",         "box",
    "unbox",     "move",         "nothing",       "has",
    "element",   "concat text",  "split text",    "normalize",
    "unique",    "read numbers", "write numbers", "custom",
    "repeat",    "skip"};

bool is_of_type(const ModelValue& value, const int64_t* type) {
  if (type[0] == HONE_NOTHING && value.kind == HONE_NOTHING) return true;
  if (type[0] == HONE_NOTHING) return is_of_type(value, type + 1);
  if (value.kind != type[0]) return false;
  if (value.kind == HONE_TENSOR) return type[1] < 0 || value.type == type[1];
  return std::ranges::all_of(value.items, [&](const ModelValue& item) {
    return is_of_type(item, type + 1);
  });
}

// A position, counted from the back where it is negative.
std::optional<int64_t> position(std::optional<int64_t> at, int64_t count,
                                int64_t limit, int64_t otherwise) {
  int64_t place = at.value_or(otherwise);
  if (at && place < 0) place += count;
  if (place < 0 || place >= limit) return {};
  return place;
}

// Values that are put into each other, in a loop, have no end.
constexpr size_t kMostSize = 1 << 15;

size_t size_of(const ModelValue& value) {
  size_t size = 8;
  for (const std::string& element : value.elements) size += 8 + element.size();
  for (const ModelValue& item : value.items) size += size_of(item);
  return size;
}

bool fits(const Home& home, const ModelValue& value) {
  if (value.kind != HONE_TENSOR || value.type != home.type ||
      value.dims.size() != home.dims.size())
    return false;
  for (size_t i = 0; i < home.dims.size(); ++i)
    if (home.dims[i] >= HONE_SLOTS
            ? value.dims[i] != home.dims[i]
            : !home.writes[i] && value.dims[i] != value.dims[0])
      return false;
  return true;
}

}  // namespace

struct DrawnProgram::State {
  std::vector<Maybe> numbers = std::vector<Maybe>(kNumbers);
  std::vector<ModelValue> homes;
  bool flag = false;
  int counters[2] = {};
  bool is_too_large = false;
};

DrawnProgram::DrawnProgram(Draw& draw) {
  DrawnInputs sample;
  for (int i = 0; i < kPassed; ++i) {
    types_.push_back(draw.pick(value_types()));
    sample.models.push_back(draw_value(draw, types_[i].data()));
  }
  sample.position = draw.below(3) - 1;
  sample_ = sample.models;
  State state = *begin(sample);
  const int count = 1 + draw.below(24);
  for (int i = 0; i < count; ++i) steps_.push_back(draw_step(draw, i, state));
  int repeats = 0;
  for (int i = 0; i < count; ++i) {
    Step& step = steps_[i];
    if (step.op == Op::Repeat) {
      if (repeats < 2)
        step.a = repeats++;
      else
        step = {.op = Op::Nothing, .operands = {0}};
    }
    if (step.op == Op::Skip) step.b = std::min<int64_t>(i + 1 + step.b, count);
  }
  for (int& output : outputs_) {
    output = draw.below(kNumbers);
    if (!state.numbers[output]) output = draw.below(kPassed);
  }
  encode();
}

DrawnProgram::Step DrawnProgram::draw_step(Draw& draw, int index,
                                           State& state) {
  DrawnInputs in;
  in.position = draw.below(3) - 1;
  const int attempts = draw.rarely() && draw.rarely() ? 1 : 12;
  for (int i = 0;; ++i) {
    const Step step = draw_any_step(draw, index);
    State after = state;
    size_t next = 0;
    const bool works = apply(step, after, in, next);
    if (works) state = std::move(after);
    if (works || i + 1 == attempts) return step;
  }
}

DrawnProgram::Step DrawnProgram::draw_any_step(Draw& draw, int index) {
  Step step = {.op = static_cast<Op>(draw.below(22))};
  const auto operands = [&](int count) {
    for (int i = 0; i < count; ++i)
      step.operands.push_back(draw.below(kNumbers));
  };
  const int text_homes[] = {kTextHome, 4, kWordHome};
  switch (step.op) {
    case Op::Construct:
      operands(1 + draw.below(4));
      break;
    case Op::Insert:
      operands(3);
      step.a = draw.below(4);
      break;
    case Op::At:
      operands(2);
      step.a = 1 + draw.below(3);
      break;
    case Op::Erase:
      operands(2);
      step.a = draw.below(4);
      break;
    case Op::Concat:
      operands(2);
      step.a = draw.below(5) - 2;
      step.b = draw.below(2);
      break;
    case Op::Split:
      operands(2 + draw.below(2));
      step.a = draw.below(5) - 2;
      step.b = draw.below(2);
      break;
    case Op::Box:
    case Op::Unbox:
      operands(1);
      step.home = draw.below(static_cast<int>(homes().size()));
      break;
    case Op::Move:
    case Op::Element:
      operands(2);
      break;
    case Op::Length:
    case Op::Nothing:
    case Op::Has:
      operands(1);
      break;
    case Op::ConcatText:
      operands(1);
      step.home = draw.pick(text_homes);
      step.other_home = draw.pick(text_homes);
      step.b = draw.below(2);
      break;
    case Op::SplitText:
      operands(1 + draw.below(2));
      step.home = draw.pick(text_homes);
      step.a = draw.below(static_cast<int>(delimiters().size()));
      step.b = draw.rarely() ? INT64_MIN : draw.below(4) - 1;
      break;
    case Op::Normalize:
      operands(1);
      step.home = draw.pick(text_homes);
      step.a = draw.below(2);
      break;
    case Op::Unique:
      operands(4);
      step.home = draw.pick(text_homes);
      step.a = draw.below(2);
      step.b = draw.below(2);
      break;
    case Op::ReadNumbers:
      operands(1);
      step.home = draw.pick(text_homes);
      step.b = draw.below(2);
      break;
    case Op::WriteNumbers:
      operands(1);
      step.home = draw.below(2) == 0 ? 6 : kF64Home;
      break;
    case Op::Custom:
      operands(2);
      step.a = draw.rarely() ? 1 + draw.below(8) : 0;
      step.b = draw.below(2);
      break;
    case Op::Repeat:
      step.b = draw.below(index + 1);
      break;
    case Op::Skip:
      step.b = draw.below(4);
      break;
  }
  return step;
}

std::string DrawnProgram::text() const {
  std::string all;
  for (const std::vector<int64_t>& type : types_) {
    for (const int64_t word : type) all += std::to_string(word) + " ";
    all += "| ";
  }
  for (const Step& step : steps_) {
    all += std::string("\n") + kOpNames[static_cast<int>(step.op)];
    for (const int operand : step.operands)
      all += " %" + std::to_string(operand);
    all += ", homes " + std::to_string(step.home) + " " +
           std::to_string(step.other_home) + ", " + std::to_string(step.a) +
           " " + std::to_string(step.b);
  }
  return all + "\ngives " + std::to_string(outputs_[0]) + " " +
         std::to_string(outputs_[1]);
}

DrawnInputs DrawnProgram::draw_inputs(Draw& draw) const {
  DrawnInputs in;
  for (int i = 0; i < kPassed; ++i) {
    const bool is_other = draw.rarely();
    const auto& type = is_other ? draw.pick(value_types()) : types_[i];
    ModelValue value = !is_other && draw.below(3) > 0
                           ? sample_[i]
                           : draw_value(draw, type.data());
    // Deeper than any type.
    for (int wraps = draw.rarely() ? draw.below(12) : 0; wraps > 0; --wraps)
      value = {.kind = HONE_SEQUENCE, .items = {std::move(value)}};
    in.values.emplace_back(value);
    in.models.push_back(std::move(value));
    if (!draw.rarely()) continue;
    in.values.back().break_one(static_cast<uint32_t>(draw.below(65536)));
    in.is_broken = true;
  }
  in.position = draw.rarely() ? INT64_MIN : draw.below(3) - 1;
  in.square_dims[0] = in.square_dims[1] = draw.below(4);
  if (draw.rarely()) in.square_dims[1] = draw.below(4);
  in.room = draw.below(4) == 0 ? 200 : draw.below(6);
  return in;
}

std::optional<DrawnProgram::State> DrawnProgram::begin(
    const DrawnInputs& in) const {
  State state;
  for (int i = 0; i < kPassed; ++i) {
    if (!is_of_type(in.models[i], types_[i].data())) return {};
    state.numbers[i] = in.models[i];
  }
  for (const Home& home : homes()) {
    ModelValue value = {.type = home.type, .dims = home.dims};
    if (home.is_open()) value.dims.assign(home.dims.size(), 0);
    const int64_t count = *element_count(value.type, value.dims);
    const std::string zero(
        home.type == HONE_TEXT ? 0 : hone_type_bits(home.type) / 8, '\0');
    value.elements.assign(static_cast<size_t>(count), zero);
    state.homes.push_back(std::move(value));
  }
  return state;
}

std::optional<DrawnResult> DrawnProgram::expect(const DrawnInputs& in,
                                                bool& is_too_large) const {
  is_too_large = false;
  if (in.is_broken || in.square_dims[0] != in.square_dims[1]) return {};
  std::optional<State> begun = begin(in);
  if (!begun) return {};
  State state = *std::move(begun);
  for (size_t at = 0; at < steps_.size();) {
    size_t next = at + 1;
    if (!apply(steps_[at], state, in, next)) {
      is_too_large = state.is_too_large;
      return {};
    }
    at = next;
  }
  DrawnResult result;
  for (const int output : outputs_) {
    if (!state.numbers[output]) return {};
    result.values.push_back(*state.numbers[output]);
  }
  result.open = state.homes[kOpenHome];
  return result;
}

bool DrawnProgram::apply(const Step& step, State& state, const DrawnInputs& in,
                         size_t& next) const {
  const auto value = [&](size_t i) -> const Maybe& {
    return state.numbers[step.operands[i]];
  };
  const auto is_right = [&](const Maybe& result) {
    state.is_too_large = result && size_of(*result) > kMostSize;
    return result && !state.is_too_large;
  };
  const auto set = [&](size_t i, Maybe result) {
    if (i >= step.operands.size()) return true;
    if (!is_right(result)) return false;
    state.numbers[step.operands[i]] = std::move(result);
    return true;
  };
  const auto put = [&](int home, Maybe result) {
    if (!is_right(result) || !fits(homes()[home], *result)) return false;
    state.homes[home] = *std::move(result);
    return true;
  };
  const auto set_or_put = [&](int home, Maybe result) {
    return step.b != 0 ? put(home, std::move(result))
                       : set(0, std::move(result));
  };
  const auto where = [&]() -> std::optional<int64_t> {
    if (step.a == 0) return {};
    if (step.a == 3) return in.position;
    return integers_of(state.homes[step.a == 1 ? kI64Home : kI32Home])[0];
  };
  const auto sequence = [&](size_t i) {
    return value(i) && value(i)->kind == HONE_SEQUENCE ? value(i) : Maybe();
  };
  const ModelValue& home = state.homes[step.home];
  switch (step.op) {
    case Op::Construct: {
      ModelValue result = {.kind = HONE_SEQUENCE};
      for (size_t i = 1; i < step.operands.size(); ++i) {
        if (!value(i)) return false;
        result.items.push_back(*value(i));
      }
      return set(0, std::move(result));
    }
    case Op::Insert:
    case Op::Erase: {
      Maybe result = sequence(1);
      const bool inserts = step.op == Op::Insert;
      if (!result || (inserts && !value(2))) return false;
      const int64_t count = std::ssize(result->items);
      const auto at = position(where(), count, count + inserts,
                               inserts ? count : count - 1);
      if (!at) return false;
      if (inserts)
        result->items.insert(result->items.begin() + *at, *value(2));
      else
        result->items.erase(result->items.begin() + *at);
      return set(0, std::move(result));
    }
    case Op::At: {
      const Maybe from = sequence(1);
      if (!from) return false;
      const int64_t count = std::ssize(from->items);
      const auto at = position(where(), count, count, -1);
      return at && set(0, from->items[*at]);
    }
    case Op::Length: {
      const Maybe from = sequence(0);
      return from &&
             put(kI64Home, model_integers({std::ssize(from->items)}, {}));
    }
    case Op::Concat:
      return value(1) && set(0, concat_items(*value(1), step.a, step.b != 0));
    case Op::Split: {
      const bool has_sizes = step.operands.size() > 2;
      if (!value(1) || (has_sizes && !value(2))) return false;
      return set(0, split_tensor(*value(1), has_sizes ? &*value(2) : nullptr,
                                 step.a, step.b != 0));
    }
    case Op::Box:
      return set(0, home);
    case Op::Unbox:
      return put(step.home, value(0));
    case Op::Move:
      return set(0, Maybe(value(1)));
    case Op::Nothing:
      return set(0, ModelValue{.kind = HONE_NOTHING});
    case Op::Has:
      state.flag = value(0) && value(0)->kind != HONE_NOTHING;
      return true;
    case Op::Element:
      return value(1) && value(1)->kind != HONE_NOTHING && set(0, value(1));
    case Op::ConcatText:
      return set_or_put(kTextHome,
                        concat_texts(home, state.homes[step.other_home]));
    case Op::SplitText: {
      std::vector<ModelValue> results =
          split_texts(home, delimiters()[step.a], step.b < 0 ? -1 : step.b);
      return set(0, results[0]) && set(1, results[1]);
    }
    case Op::Normalize:
      return set(0, normalize_texts(home, step.a != 0, stopwords()));
    case Op::Unique: {
      std::vector<ModelValue> results = unique_texts(home, step.a != 0);
      return set_or_put(kTextHome, results[0]) && set(1, results[1]) &&
             set(2, results[2]) && set(3, results[3]);
    }
    case Op::ReadNumbers:
      return set_or_put(kF64Home, read_numbers(home));
    case Op::WriteNumbers:
      return set(0, write_numbers(home));
    case Op::Custom:
      // Modes 1 to 7 misbehave, 8 asks for what nobody has.
      return value(1) && (step.a == 0 || step.a == 8) &&
             set_or_put(kWordHome,
                        ModelValue{.type = HONE_TEXT,
                                   .dims = {1},
                                   .elements = {describe(*value(1))}});
    case Op::Repeat:
      if (++state.counters[step.a] % 3 != 0) next = step.b;
      return true;
    case Op::Skip:
      if (!state.flag) next = step.b;
      return true;
  }
  return false;
}

}  // namespace hone::runtime
