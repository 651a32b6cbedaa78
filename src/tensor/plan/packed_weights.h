// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The weights of a plan as its kernels read them. They may be nearly all of the
// memory that a compiler takes, beside the model itself; so many of them stand
// in a nameless file that is mapped, and leave the memory when nobody reads
// them.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/file.h"
#include "base/hash.h"

namespace hone::tensor {

class PackedWeights {
 public:
  static constexpr int64_t kAlign = 64;

  PackedWeights();

  // Where they stand: a multiple of kAlign. Copies of this object share their
  // bytes; only one of them may be appended to.
  int64_t append(std::string_view bytes);
  int64_t size() const;
  // Io where a file could not be written or mapped; bytes() is empty then.
  Status status() const;
  // Until the next append().
  std::string_view bytes() const;
  // These too: without having all of them in memory.
  Hash128 hash() const;
  Status write(FileWriter& file) const;
  // What was read leaves the memory; it comes back when it is read again.
  void release() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace hone::tensor
