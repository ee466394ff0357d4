// What each of TFLM's kernels allocates in the arena, as a table of data. What depends on shapes is computed by the
// functions of prepare.h.
#pragma once

#include <string>

#include "graph.h"
#include "machine.h"
#include "prepare.h"

namespace nas {

struct Kernel {
  Builtin kind;
  Block options_arm, options_host;  // builtin option struct; 0 bytes: none. Bare-metal Arm has short enums
  int32_t state_bytes_host, state_bytes_arm, state_bytes_cmsis_nn;  // bytes requested in Init; 0: no request
  Prepare prepare_reference, prepare_cmsis_nn;
  // Tensor records that Prepare has at once, in order: i, w, b the first to third input, o the first output,
  // * all inputs, then all outputs.
  const char* temporaries;
};

// Returns the row of a builtin operator, nullptr if TFLM has no kernel for it.
const Kernel* find_kernel(Builtin kind);

Block options_block(const Kernel& kernel, const Machine& machine);
int32_t state_bytes(const Kernel& kernel, const Machine& machine);
Requests prepare(const Kernel& kernel, const Node& node, const Machine& machine);

}  // namespace nas
