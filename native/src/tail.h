// The arena's tail: what TFLM allocates for as long as the interpreter lives, in TFLM's order, which decides the
// padding.
#pragma once

#include <array>
#include <cstdint>

#include "arena.h"

namespace nas {

struct Tail {
  int64_t bytes = 0;
  // The largest sum of the tail so far and of temporary memory: while kernels prepare, and while the plan is made. The
  // smallest arena that works holds both this and head + tail.
  int64_t peak_bytes = 0;
  std::array<Recorded, kPurposes> recorded;
};

// Returns the tail of an arena whose operators, variables and buffers are known.
Tail find_tail(const Graph& graph, const Arena& arena, const Machine& machine);

}  // namespace nas
