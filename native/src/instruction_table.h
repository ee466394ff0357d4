// Weights of work_terms, fitted to counted instructions; native/tables/instructions.py writes instruction_table.cc.
#pragma once

#include <cstddef>
#include <cstdint>

#include "work_terms.h"

namespace nas {

constexpr double kInstructionsPerOp = 5;  // of the interpreter's loop, not contained in an operator's count

struct InstructionFit {
  uint32_t key;  // fit_key
  double weights[kMaxTerms];
  // The most and the least of each term for an instruction, over the counted operators; the least is 0 where they
  // differ widely.
  double most[kMaxTerms];
  double least[kMaxTerms];
};

// Sorted by key.
extern const InstructionFit kInstructionFits[];
extern const size_t kInstructionFitCount;

}  // namespace nas
