/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#include "hone_model.h"

const char* hone_status_text(hone_status status) {
  switch (status) {
    case HONE_OK:
      return "no error";
    case HONE_BAD_ARGUMENT:
      return "a pointer is null, or the number of tensors is not the model's";
    case HONE_NO_MEMORY:
      return "there is not enough memory";
    case HONE_WRONG_CPU:
      return "the model was compiled for another kind of processor; compile it "
             "with --cpu baseline, or on this machine";
    case HONE_WRONG_FORMAT:
      return "the program belongs to another version of the runtime";
    case HONE_NO_THREADS:
      return "the system refused to start a thread";
    case HONE_WRONG_SIZES:
      return "the inputs choose a branch of the model that cannot work with "
             "the sizes that the model was compiled for, or their sizes "
             "contradict each other";
    case HONE_TOO_SMALL:
      return "an output needs more memory than was given";
    case HONE_NO_WEIGHTS:
      return "the file of weights, which belongs beside the library or "
             "program, cannot be opened";
    case HONE_WRONG_WEIGHTS:
      return "the file of weights is another model's, or cut off; compile the "
             "model again, or copy both files together";
    case HONE_WRONG_VALUE:
      return "a value is not of the model's type, or a position is outside of "
             "its sequence";
    case HONE_OPERATOR_FAILED:
      return "an operator that the model calls does not work on its inputs";
  }
  return "unknown status";
}
