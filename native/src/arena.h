// TFLM's arena for a model on a machine: plan, head, tail, and the smallest arena that works.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "graph.h"
#include "kernels.h"
#include "lifetimes.h"
#include "machine.h"
#include "planner.h"

namespace nas {

// What one operator allocates in the arena. One whose rules are not known allocates nothing here: the arena is then a
// lower bound.
struct OpMemory {
  const Kernel* kernel = nullptr;
  Block options = {0, 1};
  int32_t state_bytes = 0;
  Requests requests;
  std::string refusal;  // why TFLM refuses it, or why nothing is known of it; empty if it runs
  bool known = true;
};

// Each buffer of the plan belongs either to a tensor or to an operator, as scratch; the other index is -1.
struct Owner {
  int32_t tensor = -1;
  int32_t op = -1;
  int64_t bytes = 0;  // as requested; the plan rounds up to 16
};

// The purposes that TFLM's recording allocator counts separately; everything else is kOther.
enum class Purpose { kEvalTensor, kNode, kBuffer, kTensor, kQuantization, kVariable, kOther };
inline constexpr size_t kPurposes = 7;

struct Recorded {
  int64_t count = 0;
  int64_t requested_bytes = 0;
  int64_t used_bytes = 0;  // with the padding of alignment
};

struct Arena {
  int64_t head_bytes = 0;
  int64_t tail_bytes = 0;
  int64_t min_bytes = 0;
  int32_t variables = 0;                     // resource variables, which the application makes
  std::array<Recorded, kPurposes> recorded;  // of the tail
  std::vector<OpMemory> ops;                 // over all subgraphs
  Lifetimes lives;
  std::vector<Owner> owners;  // one per buffer of the plan: tensors by index, then scratch in the order of the requests
  std::vector<Buffer> buffers;
  std::vector<int64_t> offsets;
};

Arena lay_out(const Graph& graph, const Machine& machine);

}  // namespace nas
