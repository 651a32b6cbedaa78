// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What every correct build does on one input, and where it has no say.
//
// The reference runs twice, with opposite patterns in memory that nobody
// wrote. Bytes that differ between these are nobody's: they are masked. The
// rest must agree with the stock build, or the input does not count.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "verify/image.h"
#include "verify/plan.h"
#include "verify/run_image.h"

namespace hone::verify {

class Expectation {
 public:
  // Of the reference's run with the first fill.
  explicit Expectation(const Run& first);

  // Masks what differs in a run with another fill. False where the two runs
  // are not of one kind.
  [[nodiscard]] bool narrow(const Run& other);

  // Masks what the stock build may disagree about; then says what else differs
  // from it, or nothing. `present` has the variables of the stock image.
  std::optional<std::string> adopt(const Run& stock, const Plan& plan,
                                   const Image& present);

  // What differs in a candidate. An input on which malloc failed says nothing
  // about a build that calls it more or less often: optimisers may drop a call
  // and take its success for granted.
  std::optional<std::string> difference(const Run& candidate, const Plan& plan,
                                        const Image& present) const;

  const Run& run() const { return first_; }

 private:
  struct Word {
    uint64_t value = 0;
    uint64_t before = 0;           // of an effect
    uint64_t mask = ~uint64_t{0};  // bits that count
  };

  std::optional<std::string> compare(const Run& other, const Plan& plan,
                                     const Image& present,
                                     Expectation* adopting) const;

  Run first_;
  uint32_t allocations_ = 0;  // of the stock build
  std::vector<Word> result_;
  std::vector<Word> trace_;
  std::vector<bool> soft_;  // words of the trace behind stack pointers
  std::map<uint64_t, Word> effects_;
};

}  // namespace hone::verify
