// Checks a plan by comparing every pair of buffers; shares no code with the planner.
#pragma once

#include <cstdint>
#include <vector>

#include "planner.h"

namespace nas {

enum class PlanFault {
  kNone,
  kWrongCount,      // a buffer without an offset, or an offset without a buffer
  kNegativeOffset,  // a buffer begins before the arena does
  kBeyondEnd,       // a buffer ends after the head does
  kOverlap,         // two buffers share bytes at one step
};

PlanFault check_plan(const std::vector<Buffer>& buffers, const std::vector<int64_t>& offsets, int64_t head_bytes);

}  // namespace nas
