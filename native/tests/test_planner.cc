#include <algorithm>
#include <random>

#include "harness.h"
#include "plan_check.h"
#include "planner.h"

using nas::Buffer;
using nas::PlanFault;

TEST(a_plan_of_random_buffers_passes_the_checker) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<Buffer> buffers(random() % 40);
    for (Buffer& buffer : buffers) {
      buffer.bytes = 16 * static_cast<int64_t>(random() % 20);
      buffer.first = static_cast<int32_t>(random() % 12);
      buffer.last = buffer.first + static_cast<int32_t>(random() % 5);
    }
    const auto offsets = nas::plan_greedily(buffers);
    EXPECT(nas::check_plan(buffers, offsets, nas::plan_bytes(buffers, offsets)) == PlanFault::kNone);
  }
}

TEST(of_two_equal_buffers_the_later_lies_lower) {
  const auto offsets = nas::plan_greedily({{32, 0, 1, nas::kOnline}, {32, 1, 2, nas::kOnline}});
  EXPECT((offsets == std::vector<int64_t>{32, 0}));
}

TEST(an_offline_offset_is_kept_and_planned_around) {
  const auto offsets = nas::plan_greedily({{16, 0, 3, 32}, {48, 0, 3, nas::kOnline}, {32, 0, 3, nas::kOnline}});
  EXPECT((offsets == std::vector<int64_t>{32, 48, 0}));
}

TEST(the_checker_names_each_way_of_being_wrong) {
  const std::vector<Buffer> two = {{16, 0, 1, nas::kOnline}, {16, 1, 2, nas::kOnline}};
  EXPECT(nas::check_plan(two, {0}, 32) == PlanFault::kWrongCount);
  EXPECT(nas::check_plan(two, {-16, 0}, 32) == PlanFault::kNegativeOffset);
  EXPECT(nas::check_plan(two, {0, 32}, 32) == PlanFault::kBeyondEnd);
  EXPECT(nas::check_plan(two, {0, 15}, 32) == PlanFault::kOverlap);
  EXPECT(nas::check_plan(two, {0, 16}, 32) == PlanFault::kNone);
}
