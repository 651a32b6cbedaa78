// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/c/print_c_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "tensor/plan/planner.h"

namespace hone::codegen {

using tensor::Plan;
using tensor::PlanPlace;
using tensor::PlanStep;
using tensor::PlanTensor;

namespace {

// The function's body. Regions are stretches of the caller's memory behind the
// arena; one that grows moves to the end, where it does not stand there yet.
class BodyWriter {
 public:
  BodyWriter(const Plan& plan, const std::string& name)
      : plan_(plan), name_(name) {}

  std::string write(std::string_view parameters, std::string_view weights) && {
    out_ = fmt::format("\nint {}_run({}) {{\n", name_, parameters);
    out_ += fmt::format(
        "  char* const arena = memory;\n"
        "  char* const constants = (char*){};\n"
        "  (void)inputs;\n  (void)outputs;\n  (void)arena;\n"
        "  (void)constants;\n",
        weights);
    if (plan_.slots > 0) {
      line("int64_t slots[{}];", plan_.slots);
      line("for (int i = 0; i < {}; ++i) slots[i] = -1;", plan_.slots);
    }
    if (is_open(plan_)) start_open();
    if (plan_.slots > 0) {
      line("for (int i = 0; i < {}; ++i)", plan_.slots);
      line("  if (slots[i] < 0) slots[i] = 0;");
    }
    for (const PlanStep& step : plan_.steps)
      if (step.kernel == PlanStep::kJump && step.target != PlanStep::kFail)
        targets_.insert(step.target);
    for (size_t i = 0; i < plan_.steps.size(); ++i) {
      label(static_cast<int>(i));
      step(plan_.steps[i]);
    }
    label(static_cast<int>(plan_.steps.size()));
    if (is_open(plan_)) give_open();
    return std::move(out_) + fmt::format("  return {}_DONE;\n}}\n", name_);
  }

 private:
  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    out_ += "  ";
    out_ += fmt::format(format, std::forward<Args>(args)...);
    out_ += '\n';
  }

  static std::string size(int64_t size) {
    return tensor::is_slot(size)
               ? fmt::format("slots[{}]", tensor::slot_of(size))
               : std::to_string(size);
  }

  static std::string list(const std::vector<int64_t>& sizes) {
    std::string text;
    for (const int64_t s : sizes) text += (text.empty() ? "" : ", ") + size(s);
    return text;
  }

  std::string region(const PlanPlace& place) const {
    return std::to_string(place.space == PlanPlace::Space::Output
                              ? plan_.regions + place.index
                              : place.index);
  }

  std::string place(const PlanPlace& place) const {
    std::string offset = size(place.offset);
    if (place.stride != 0)
      offset += fmt::format(" + {} * turn", size(place.stride));
    switch (place.space) {
      case PlanPlace::Space::Arena:
        return "arena + " + offset;
      case PlanPlace::Space::Weights:
        return "constants + " + offset;
      case PlanPlace::Space::Input:
        return fmt::format("(char*)inputs[{}] + {}", place.index, offset);
      case PlanPlace::Space::Output:
        if (!is_open(plan_.outputs[place.index]))
          return fmt::format("(char*)outputs[{}] + {}", place.index, offset);
        break;
      case PlanPlace::Space::Slots:
        return "(char*)slots + " + offset;
      case PlanPlace::Space::Region:
      case PlanPlace::Space::Value:  // refused before
        break;
    }
    return fmt::format("region[{}].start + {}", region(place), offset);
  }

  void fail(std::string_view condition, std::string_view status) {
    line("if ({}) return {}_{};", condition, name_, status);
  }

  void start_open() {
    const size_t regions = plan_.regions + plan_.outputs.size();
    line("hone_region region[{}];", regions + 1);
    line("hone_room room;");
    line("room.next = arena + ({0}_MEMORY + 63) / 64 * 64;", name_);
    line("room.end = arena + memory_bytes;");
    fail(fmt::format("memory_bytes < ({}_MEMORY + 63) / 64 * 64", name_),
         "NO_MEMORY");
    line("(void)input_sizes;");
    line("(void)output_sizes;");
    line("(void)output_bytes;");
    line("(void)room;");
    line("for (int i = 0; i <= {}; ++i) {{", regions);
    line("  region[i].start = NULL;");
    line("  region[i].bytes = 0;");
    line("}}");
    for (size_t i = 0; i < plan_.inputs.size(); ++i)
      for (size_t d = 0; d < plan_.inputs[i].dims.size(); ++d)
        if (const int64_t dim = plan_.inputs[i].dims[d]; tensor::is_slot(dim))
          fail(fmt::format("!hone_take(&{}, input_sizes[{}][{}])", size(dim), i,
                           d),
               "WRONG_SIZES");
  }

  // Sizes first, so that the caller learns all of them.
  void give_open() {
    out_ += "  {\n  int fits = 1;\n";
    line("int64_t bytes[{}];", plan_.outputs.size());
    for (size_t i = 0; i < plan_.outputs.size(); ++i) {
      const PlanTensor& tensor = plan_.outputs[i];
      for (size_t d = 0; d < tensor.dims.size(); ++d)
        line(
            "if (output_sizes && output_sizes[{0}]) output_sizes[{0}][{1}] = "
            "{2};",
            i, d, size(tensor.dims[d]));
      if (!is_open(tensor)) continue;
      bytes_of(tensor.dims, tensor::stored_bits(tensor.type),
               fmt::format("bytes[{}]", i));
      line("if (bytes[{0}] > output_bytes[{0}]) fits = 0;", i);
    }
    fail("!fits", "TOO_SMALL");
    for (size_t i = 0; i < plan_.outputs.size(); ++i)
      if (is_open(plan_.outputs[i]))
        line(
            "if (bytes[{0}] > 0) memcpy(outputs[{0}], region[{1}].start, "
            "(size_t)bytes[{0}]);",
            i, plan_.regions + i);
    out_ += "  (void)bytes;\n  }\n";
  }

  void bytes_of(const std::vector<int64_t>& dims, int64_t bits,
                const std::string& to) {
    line("{{");
    line("  const int64_t sizes[] = {{{}}};", dims.empty() ? "1" : list(dims));
    line("  {} = hone_bytes({}, sizes, {});", to, bits,
         std::max<size_t>(dims.size(), 1));
    line("}}");
    fail(to + " < 0", "WRONG_SIZES");
  }

  void label(int step) {
    if (targets_.contains(step)) out_ += fmt::format("step{}:;\n", step);
  }

  void step(const PlanStep& s) {
    if (s.kernel == PlanStep::kJump) return jump(s);
    if (s.kernel == PlanStep::kCompute)
      return fail(fmt::format("!hone_size({}, {}, {}, &slots[{}])", s.sizes[0],
                              size(s.sizes[1]), size(s.sizes[2]), s.target),
                  "WRONG_SIZES");
    out_ += fmt::format("  {{ /* {} */\n", comment(s.node));
    if (s.kernel == PlanStep::kReserve) {
      line("int64_t bytes;");
      bytes_of({s.sizes.begin() + 1, s.sizes.end()}, s.sizes[0], "bytes");
      fail(fmt::format("!hone_reserve(&room, &region[{}], bytes)",
                       region(s.places[0])),
           "NO_MEMORY");
    } else {
      std::string places;
      for (const PlanPlace& p : s.places)
        places += (places.empty() ? "" : ", ") + place(p);
      const bool is_constant =
          !tensor::has_slot(s.sizes) && !tensor::is_slot(s.tasks);
      line("  {}const int64_t sizes[] = {{0, {}{}{}}};",
           is_constant ? "static " : "", size(s.tasks),
           s.sizes.empty() ? "" : ", ", list(s.sizes));
      if (s.repeats != 1)
        line("  for (int64_t turn = 0; turn < {}; ++turn) {{", size(s.repeats));
      line("  void* const places[] = {{{}}};", places);
      line("  {}_kernel{}(places, sizes);", name_, s.kernel);
      if (s.repeats != 1) line("  }}");
    }
    line("}}");
  }

  void jump(const PlanStep& s) {
    const std::string go = s.target == PlanStep::kFail
                               ? fmt::format("return {}_WRONG_SIZES;", name_)
                               : fmt::format("goto step{};", s.target);
    if (s.places.empty()) return line("{}", go);
    line("if (*(const unsigned char*)({}) == 0) {}", place(s.places[0]), go);
  }

  const Plan& plan_;
  const std::string& name_;
  std::set<int> targets_;
  std::string out_;
};

// Of files whose models have open sizes.
constexpr std::string_view kOpenPreamble = R"(
/* Memory that grows, within the caller's. */
typedef struct { char* next; char* end; } hone_room;
typedef struct { char* start; int64_t bytes; } hone_region;

/* A size that an input gives, which others may have given before. */
HONE_INLINE int hone_take(int64_t* slot, int64_t given) {
  if (given < 0 || (*slot >= 0 && *slot != given)) return 0;
  *slot = given;
  return 1;
}

/* Bytes of the sizes' product of elements; -1 where it is none. */
HONE_INLINE int64_t hone_bytes(int64_t bits, const int64_t* sizes, int count) {
  int64_t total = bits;
  for (int i = 0; i < count; ++i) {
    if (sizes[i] < 0) return -1;
    if (sizes[i] > 0 && total > (INT64_MAX - 7) / sizes[i]) return -1;
    total *= sizes[i];
  }
  return (total + 7) / 8;
}

/* Operation `op` of sizes; 0 where there is no such number. */
HONE_INLINE int hone_size(int op, int64_t a, int64_t b, int64_t* to) {
  switch (op) {
    case 0:
      if (b > 0 ? a > INT64_MAX - b : a < INT64_MIN - b) return 0;
      *to = a + b;
      return 1;
    case 1:
      if (b < 0 ? a > INT64_MAX + b : a < INT64_MIN + b) return 0;
      *to = a - b;
      return 1;
    case 2:
      if (a > 0 ? (b > 0 ? a > INT64_MAX / b : b < INT64_MIN / a)
                : (b > 0 ? a < INT64_MIN / b : a < 0 && b < INT64_MAX / a))
        return 0;
      *to = a * b;
      return 1;
    case 3:
      if (b == 0 || (a == INT64_MIN && b == -1)) return 0;
      *to = a / b - ((a % b != 0) && ((a < 0) != (b < 0)));
      return 1;
    case 4:
      *to = a < b ? a : b;
      return 1;
    case 5:
      *to = a < b ? b : a;
      return 1;
    default:
      *to = a;
      return a == b;
  }
}

/* At least so many bytes; what stood there stays. */
HONE_INLINE int hone_reserve(hone_room* room, hone_region* region, int64_t bytes) {
  const int64_t left = room->end - room->next;
  const int is_last =
      region->start != NULL && region->start + region->bytes == room->next;
  char* start = is_last ? region->start : room->next;
  if (bytes > INT64_MAX / 4) return 0;
  bytes = (bytes + 64 + 63) / 64 * 64;
  if (bytes <= region->bytes) return 1;
  if (bytes - (is_last ? region->bytes : 0) > left) return 0;
  /* Twice as much as before, where there is room for that. */
  if (bytes < 2 * region->bytes &&
      2 * region->bytes - (is_last ? region->bytes : 0) <= left)
    bytes = 2 * region->bytes;
  if (!is_last && region->bytes > 0)
    memcpy(start, region->start, (size_t)region->bytes);
  memset(start + region->bytes, 0, (size_t)(bytes - region->bytes));
  region->start = start;
  region->bytes = bytes;
  room->next = start + bytes;
  return 1;
}
)";

}  // namespace

std::string comment(std::string text) {
  for (size_t at = 0; (at = text.find("*/", at)) != std::string::npos;)
    text.replace(at, 2, "* /");
  return text;
}

bool is_open(const PlanTensor& tensor) { return tensor::has_slot(tensor.dims); }

bool is_open(const Plan& plan) {
  constexpr bool (*kOpen)(const PlanTensor&) = is_open;
  return plan.regions > 0 || std::ranges::any_of(plan.inputs, kOpen) ||
         std::ranges::any_of(plan.outputs, kOpen);
}

std::string_view open_preamble() { return kOpenPreamble; }

std::string print_c_run(const Plan& plan, const std::string& name,
                        std::string_view parameters, std::string_view weights) {
  return BodyWriter(plan, name).write(parameters, weights);
}

}  // namespace hone::codegen
