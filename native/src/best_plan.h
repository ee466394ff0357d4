// The lowest plan of the arena's head, by search. TFLM's own planner places the largest buffer first and never looks
// back; a model may bring a better plan along.
#pragma once

#include <cstdint>
#include <vector>

#include "planner.h"

namespace nas {

struct BestPlan {
  std::vector<int64_t> offsets;
  int64_t bytes = 0;
  bool optimal = false;  // no plan is lower: it reaches the bound, or all others were tried
};

// Returns the most bytes that live at one step: no plan is lower.
int64_t least_plan_bytes(const std::vector<Buffer>& buffers);

// Returns the best plan that a search of so many steps finds, never worse than the greedy one, with which it begins.
// Offsets that buffers bring along are not kept.
//
// Some lowest plan has each buffer either at 0 or right above another one. So buffers are stacked in the order of their
// offsets: each comes to lie on the highest of those placed before that live with it. A branch is given up when what is
// placed, or what still has to be placed at some step, cannot stay below the best plan so far.
BestPlan plan_best(std::vector<Buffer> buffers, int64_t most_steps);

}  // namespace nas
