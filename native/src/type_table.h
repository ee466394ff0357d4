// The types of tensors that each of TFLM's kernels takes, as a closed table: what no signature of an operator's row
// allows is refused.
#pragma once

#include <cstddef>

#include "graph.h"

namespace nas {

// Where TFLM finds a type that a kernel does not take in all of its tensors: when it allocates, or when the kernel
// first runs.
enum class Found { kAtAllocation, kAtInference };

// A row's signatures are separated by "|". Each names the inputs, ">", and the outputs; a place is a set of letters:
//
//   f float32   e float16   d float64   8 int8    h int16    i int32    l int64    b bool   r resource
//   u uint8     H uint16    U uint32    L uint64  4 int4     * any type that has a size, also one that the kernel
//   misreads
//
// "=" before the letters: all places with "=" have one type, and the first of them says which ones it may be. A quote
// behind a letter: a tensor of this type must have a scale and a zero point; "^": it must have none. "..." stands
// behind the last place and repeats it. "-": the input must be left out. An input that is left out fits every place,
// and inputs behind the last place are not looked at.
struct TypeRow {
  Builtin kind;
  Found found;
  const char* signatures;
};

extern const TypeRow kTypeRows[];
extern const size_t kTypeRowCount;

// Rows of kernels that CMSIS-NN replaces, where these take other types.
extern const TypeRow kTypeRowsCmsisNn[];
extern const size_t kTypeRowCountCmsisNn;

}  // namespace nas
