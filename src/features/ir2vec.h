// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// IR2Vec (VenkataKeerthy et al., ACM TACO 2020), as LLVM 22 computes it: a
// module is the sum of its functions' vectors, a function that of its reachable
// blocks', a block that of its instructions'. An instruction is what the
// vocabulary has for its opcode, its type (times 0.5), its operands (times 0.2)
// and, of a comparison, its predicate (times 0.2).
//
// LLVM's packages hold no vocabulary. Its source has a trained one of 75
// dimensions, llvm/lib/Analysis/models/seedEmbeddingVocab75D.json; that is the
// format here:
//
//   {"Opcodes": {"Add": [0.1, …], …}, "Types": {"IntegerTy": …},
//    "Arguments": {"Constant": …, "ICMP_eq": …}}
//
// What it does not name counts as zeros, as in LLVM. LLVM's own reader is not
// used: it can only be told the file by an option of the process, reports to
// standard error, and reads past the end where a section is empty.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "program/module.h"

namespace hone::features {

enum class Ir2VecKind {
  Symbolic,
  // An operand that an instruction made counts as that instruction's vector,
  // where that has been visited before, instead of as "Variable".
  FlowAware,
};

class Ir2VecVocabulary {
 public:
  // Malformed says what is missing or wrong; `what` names the text.
  static Result<Ir2VecVocabulary> parse(std::string_view json,
                                        std::string_view what);
  Ir2VecVocabulary(Ir2VecVocabulary&&) noexcept;
  Ir2VecVocabulary& operator=(Ir2VecVocabulary&&) noexcept;
  ~Ir2VecVocabulary();

  size_t dimension() const;

  // The module's vector, of that many elements. Costs a walk of the module with
  // some additions of vectors for each instruction.
  std::vector<double> embed(const program::Module& module,
                            Ir2VecKind kind) const;

 private:
  struct State;
  explicit Ir2VecVocabulary(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hone::features
