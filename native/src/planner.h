// Where TFLM's greedy planner puts each buffer of the arena's head.
//
//     offset
//       |  +--------+              a buffer lives from its first through its last step;
//       |  | b      +-------+      two that live at one step must not share bytes,
//       |  |        | c     |      all others may
//       |  +--------+-------+
//       |  | a              |
//       +-------------------------> steps of an inference
#pragma once

#include <cstdint>
#include <vector>

namespace nas {

constexpr int32_t kOnline = -1;

struct Buffer {
  int64_t bytes = 0;
  int32_t first = 0;  // step; both ends count
  int32_t last = 0;
  int32_t offline_offset = kOnline;  // given by the model's own plan
};

// Returns the offset of each buffer: largest first, each at the lowest gap among those that live with it
// (tensorflow/lite/micro/memory_planner/greedy_memory_planner.cc).
std::vector<int64_t> plan_greedily(const std::vector<Buffer>& buffers);

// Returns the end of the highest buffer.
int64_t plan_bytes(const std::vector<Buffer>& buffers, const std::vector<int64_t>& offsets);

}  // namespace nas
