#include "plan_check.h"

#include <cstddef>

namespace nas {

PlanFault check_plan(const std::vector<Buffer>& buffers, const std::vector<int64_t>& offsets, int64_t head_bytes) {
  if (buffers.size() != offsets.size()) return PlanFault::kWrongCount;
  for (size_t i = 0; i < buffers.size(); ++i) {
    if (offsets[i] < 0) return PlanFault::kNegativeOffset;
    if (offsets[i] + buffers[i].bytes > head_bytes) return PlanFault::kBeyondEnd;
    for (size_t j = 0; j < i; ++j) {
      const bool apart_in_time = buffers[i].last < buffers[j].first || buffers[j].last < buffers[i].first;
      const bool apart_in_space =
          offsets[i] + buffers[i].bytes <= offsets[j] || offsets[j] + buffers[j].bytes <= offsets[i];
      if (!apart_in_time && !apart_in_space) return PlanFault::kOverlap;
    }
  }
  return PlanFault::kNone;
}

}  // namespace nas
