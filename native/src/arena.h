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

// What one operator takes from the arena. An operator without known rules takes nothing here.
struct OpMemory {
  const Kernel* kernel = nullptr;
  Block options = {0, 1};
  int32_t state_bytes = 0;
  Requests requests;
  std::string refusal;
};

// A buffer of the plan is a tensor's, or one of an operator's scratch buffers; the other index is -1.
struct Owner {
  int32_t tensor = -1;
  int32_t op = -1;
  int64_t bytes = 0;  // as asked for; the plan rounds up to 16
};

// What TFLM's recording allocator counts apart; everything else is kOther.
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
  std::array<Recorded, kPurposes> recorded;  // of the tail
  std::vector<OpMemory> ops;                 // over all subgraphs
  Lifetimes lives;
  std::vector<Owner> owners;  // one a buffer of the plan: tensors by index, then scratch as asked for
  std::vector<Buffer> buffers;
  std::vector<int64_t> offsets;
};

Arena lay_out(const Graph& graph, const Machine& machine);

}  // namespace nas
