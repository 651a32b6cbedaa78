// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every table of rules, for a HONE_RULE that the includer defines. Meant to be
// included more than once.
#ifdef HONE_RULE
#include "rewrite/rules/bound.def"
#include "rewrite/rules/comparison.def"
#include "rewrite/rules/logic.def"
#include "rewrite/rules/minimum.def"
#include "rewrite/rules/quotient.def"
#include "rewrite/rules/remainder.def"
#include "rewrite/rules/sum.def"
#endif
