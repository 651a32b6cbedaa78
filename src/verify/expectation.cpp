// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/expectation.h"

#include <fmt/format.h>

namespace hone::verify {

namespace {

// Bytes in which two words differ, as a mask of all their bits.
uint64_t differing_bytes(uint64_t a, uint64_t b) {
  uint64_t mask = 0;
  for (int i = 0; i < 8; ++i)
    if ((a ^ b) >> (8 * i) & 0xff) mask |= uint64_t{0xff} << (8 * i);
  return mask;
}

// The sign of a NaN that an operation makes is the compiler's choice.
bool is_default_nan(uint64_t word) { return (word << 1) == 0xfff0000000000000; }

bool is_default_nan_float(uint32_t word) { return (word << 1) == 0xff800000; }

// The normal form of an address that differs from image to image.
bool is_normal_form(uint64_t word) { return word >> 60 >= 0xa; }

bool same_word(uint64_t a, uint64_t b, uint64_t mask) {
  if (((a ^ b) & mask) == 0) return true;
  // Where some bytes are nobody's, the word is no address: what looked like
  // one was made of leftovers, and its own bytes are lost.
  if (mask != ~uint64_t{0} && is_normal_form(b)) return true;
  if (mask == ~uint64_t{0} && is_default_nan(a) && is_default_nan(b))
    return true;
  for (const int half : {0, 32}) {
    const auto x = static_cast<uint32_t>(a >> half);
    const auto y = static_cast<uint32_t>(b >> half);
    const auto bits = static_cast<uint32_t>(mask >> half);
    if (((x ^ y) & bits) == 0) continue;
    if (!is_default_nan_float(x) || !is_default_nan_float(y)) return false;
  }
  return true;
}

// Which words of a trace lie behind pointers into the caller's stack.
std::vector<bool> soft_words(const std::vector<uint64_t>& trace) {
  std::vector<bool> soft(trace.size(), false);
  constexpr uint64_t kTag = 0xff00000000000000;
  for (size_t i = 0; i < trace.size(); ++i) {
    // A header that is a lookalike among data costs precision, no more.
    if ((trace[i] & kTag) != HONE_SOFT_WORDS || (trace[i] >> 32 & 0xffff) != 1)
      continue;
    const uint64_t count = trace[i] & 0xffff;
    for (uint64_t j = 1; j <= count && i + j < trace.size(); ++j)
      soft[i + j] = true;
  }
  return soft;
}

template <typename Visit>
void each_effect(const Run& run, Visit visit) {
  for (size_t i = 0; i + 2 < run.effects.size(); i += 3)
    visit(run.effects[i], run.effects[i + 1], run.effects[i + 2]);
}

std::string name_of_key(uint64_t key, const Plan& plan) {
  if (key == ~uint64_t{0}) return "memory (many words)";
  if (key & HONE_KEY_GLOBAL) {
    const uint64_t id = key >> 32 & 0x7fffffff;
    if (id < plan.globals.size())
      return fmt::format("variable '{}' at byte {}", plan.globals[id].name,
                         key & 0xffffffff);
  }
  if (key & HONE_KEY_FREED)
    return fmt::format("free({:#x})", key & ~uint64_t{HONE_KEY_FREED});
  return fmt::format("memory at {:#x}", key);
}

std::string output_text(const std::vector<uint64_t>& trace, size_t at) {
  std::string text;
  const size_t bytes = std::min<size_t>(trace[at] & 0xffffffff, 60);
  for (size_t i = 0; i < bytes && at + 2 + i / 8 < trace.size(); ++i) {
    const auto c = static_cast<char>(trace[at + 2 + i / 8] >> (8 * (i % 8)));
    text += c >= ' ' && c < 127 ? c : '.';
  }
  return text;
}

std::string name_of_event(const std::vector<uint64_t>& trace, size_t at,
                          const Plan& plan) {
  size_t i = 0;
  while (i < trace.size()) {
    const uint64_t head = trace[i];
    const uint64_t words = head >> 32 & 0xffff;
    if (at <= i + words) {
      if ((head >> 56) == (HONE_EVENT_OUTPUT >> 56))
        return fmt::format("the output '{}'", output_text(trace, i));
      const uint64_t id = head & 0xffffffff;
      if (id < plan.externals.size())
        return fmt::format(
            "a call of '{}'{}", plan.externals[id].name,
            at == i ? "" : fmt::format(", word {} of its arguments", at - i));
      return "a jump";
    }
    i += words + 1;
  }
  return "its calls";
}

}  // namespace

Expectation::Expectation(const Run& first)
    : first_(first), soft_(soft_words(first.trace)) {
  for (const uint64_t word : first.result) result_.push_back({word});
  for (const uint64_t word : first.trace) trace_.push_back({word});
  each_effect(first, [&](uint64_t key, uint64_t now, uint64_t before) {
    effects_[key] = {now, before};
  });
}

bool Expectation::narrow(const Run& other) {
  if (!first_.is_counted() || other.status != first_.status ||
      other.result.size() != result_.size() ||
      other.trace.size() != trace_.size())
    return false;
  for (size_t i = 0; i < result_.size(); ++i)
    result_[i].mask &= ~differing_bytes(result_[i].value, other.result[i]);
  for (size_t i = 0; i < trace_.size(); ++i)
    trace_[i].mask &= ~differing_bytes(trace_[i].value, other.trace[i]);
  std::map<uint64_t, uint64_t> theirs;
  each_effect(other, [&](uint64_t key, uint64_t now, uint64_t before) {
    theirs[key] = now;
    // A word that only some runs change: elsewhere it stays what it was.
    effects_.try_emplace(key, Word{before, before});
  });
  for (auto& [key, word] : effects_) {
    const auto found = theirs.find(key);
    word.mask &= ~differing_bytes(
        word.value, found == theirs.end() ? word.before : found->second);
  }
  return true;
}

std::optional<std::string> Expectation::adopt(const Run& stock,
                                              const Plan& plan,
                                              const Image& present) {
  allocations_ = stock.allocations;
  return compare(stock, plan, present, this);
}

std::optional<std::string> Expectation::difference(const Run& candidate,
                                                   const Plan& plan,
                                                   const Image& present) const {
  if (first_.refusals != 0 && candidate.allocations != allocations_)
    return std::nullopt;
  return compare(candidate, plan, present, nullptr);
}

std::optional<std::string> Expectation::compare(const Run& other,
                                                const Plan& plan,
                                                const Image& present,
                                                Expectation* adopting) const {
  if (other.status != first_.status)
    return fmt::format("expected: {}, got: {}", status_name(first_.status),
                       status_name(other.status));
  for (size_t i = 0; i < result_.size(); ++i)
    if (i >= other.result.size() ||
        !same_word(result_[i].value, other.result[i], result_[i].mask))
      return fmt::format("result: expected {:#x}, got {:#x}", result_[i].value,
                         i < other.result.size() ? other.result[i] : 0);
  for (size_t i = 0; i < trace_.size(); ++i) {
    if (i >= other.trace.size())
      return fmt::format("expected {}, which is missing",
                         name_of_event(first_.trace, i, plan));
    if (same_word(trace_[i].value, other.trace[i], trace_[i].mask)) continue;
    if (adopting != nullptr && soft_[i]) {
      adopting->trace_[i].mask &=
          ~differing_bytes(trace_[i].value, other.trace[i]);
      continue;
    }
    return fmt::format("{}: expected {:#x}, got {:#x}",
                       name_of_event(first_.trace, i, plan), trace_[i].value,
                       other.trace[i]);
  }
  if (other.trace.size() > trace_.size())
    return fmt::format("{} was not expected",
                       name_of_event(other.trace, trace_.size(), plan));
  std::map<uint64_t, uint64_t> theirs;
  each_effect(other, [&](uint64_t key, uint64_t now, uint64_t before) {
    theirs[key] = now;
  });
  // Local variables that one build does not have are no part of the outcome.
  const auto is_private = [&](uint64_t key) {
    if (!(key & HONE_KEY_GLOBAL) || key == ~uint64_t{0}) return false;
    const uint64_t id = key >> 32 & 0x7fffffff;
    return id < plan.globals.size() && plan.globals[id].is_local &&
           (adopting != nullptr || present.global_size[id] == 0);
  };
  for (const auto& [key, word] : effects_) {
    const auto found = theirs.find(key);
    const uint64_t now = found != theirs.end() ? found->second : word.before;
    if (same_word(word.value, now, word.mask)) continue;
    if (is_private(key)) {
      if (adopting != nullptr) adopting->effects_[key].mask = 0;
      continue;
    }
    return fmt::format(
        "{}: expected {:#x}, got {}", name_of_key(key, plan), word.value,
        found == theirs.end() ? "no change"
                              : fmt::format("{:#x}", found->second));
  }
  for (const auto& [key, value] : theirs) {
    if (effects_.contains(key)) continue;
    if (is_private(key)) {
      if (adopting != nullptr) adopting->effects_[key] = {value, 0, 0};
      continue;
    }
    return fmt::format("{}: expected no change, got {:#x}",
                       name_of_key(key, plan), value);
  }
  return std::nullopt;
}

}  // namespace hone::verify
