#include "best_plan.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace nas {
namespace {

// The steps at which a buffer begins to live are enough to judge a plan by: what lives together does so at one of them.
struct Span {
  size_t first, last;
};

std::vector<Span> spans_of(const std::vector<Buffer>& buffers, size_t& steps) {
  std::vector<int32_t> starts;
  for (const Buffer& buffer : buffers) starts.push_back(buffer.first);
  std::sort(starts.begin(), starts.end());
  starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
  steps = starts.size();
  std::vector<Span> spans;
  for (const Buffer& buffer : buffers) {
    const auto first = std::lower_bound(starts.begin(), starts.end(), buffer.first);
    const auto last = std::upper_bound(starts.begin(), starts.end(), std::max(buffer.first, buffer.last));
    spans.push_back({static_cast<size_t>(first - starts.begin()), static_cast<size_t>(last - starts.begin()) - 1});
  }
  return spans;
}

class Search {
 public:
  Search(const std::vector<Buffer>& buffers, BestPlan start, int64_t most_steps)
      : buffers_(buffers), best_(std::move(start)), steps_left_(most_steps), offsets_(buffers.size(), -1) {
    size_t steps = 0;
    spans_ = spans_of(buffers, steps);
    heights_.assign(steps, 0);
    waiting_.assign(steps, 0);
    for (size_t i = 0; i < buffers.size(); ++i) {
      for (size_t t = spans_[i].first; t <= spans_[i].last; ++t) waiting_[t] += buffers[i].bytes;
    }
    bound_ = least_plan_bytes(buffers);
  }

  BestPlan run() {
    best_.optimal = best_.bytes <= bound_;
    if (!best_.optimal) {
      place(buffers_.size(), 0);
      best_.optimal = best_.bytes <= bound_ || steps_left_ > 0;
    }
    return std::move(best_);
  }

 private:
  struct Candidate {
    int64_t offset;
    size_t buffer;
  };

  // Places the buffers that are left, none below `floor`.
  void place(size_t left, int64_t floor) {
    if (left == 0) {
      best_.bytes = *std::max_element(heights_.begin(), heights_.end());
      best_.offsets = offsets_;
      return;
    }
    for (const Candidate& next : candidates(floor)) {
      if (best_.bytes <= bound_ || --steps_left_ <= 0) return;
      if (!fits(next)) continue;
      const Span& span = spans_[next.buffer];
      const int64_t bytes = buffers_[next.buffer].bytes;
      const std::vector<int64_t> before(heights_.begin() + static_cast<int64_t>(span.first),
                                        heights_.begin() + static_cast<int64_t>(span.last) + 1);
      for (size_t t = span.first; t <= span.last; ++t) {
        heights_[t] = next.offset + bytes;
        waiting_[t] -= bytes;
      }
      offsets_[next.buffer] = next.offset;
      place(left - 1, next.offset);
      offsets_[next.buffer] = -1;
      std::copy(before.begin(), before.end(), heights_.begin() + static_cast<int64_t>(span.first));
      for (size_t t = span.first; t <= span.last; ++t) waiting_[t] += bytes;
    }
  }

  // Returns each buffer that is left with the offset it would get, the lowest first; of equal offsets the largest
  // first.
  std::vector<Candidate> candidates(int64_t floor) const {
    std::vector<Candidate> found;
    for (size_t i = 0; i < buffers_.size(); ++i) {
      if (offsets_[i] >= 0) continue;
      const auto first = heights_.begin() + static_cast<int64_t>(spans_[i].first);
      const auto last = heights_.begin() + static_cast<int64_t>(spans_[i].last) + 1;
      found.push_back({std::max(floor, *std::max_element(first, last)), i});
    }
    std::stable_sort(found.begin(), found.end(), [&](const Candidate& a, const Candidate& b) {
      return a.offset != b.offset ? a.offset < b.offset : buffers_[a.buffer].bytes > buffers_[b.buffer].bytes;
    });
    return found;
  }

  // Whether a better plan can still follow: at each step of the buffer, it and all that waits must stay below the best.
  bool fits(const Candidate& next) const {
    const Span& span = spans_[next.buffer];
    for (size_t t = 0; t < heights_.size(); ++t) {
      const bool within = span.first <= t && t <= span.last;
      // What is placed later lies no lower than this buffer.
      const int64_t base = within ? next.offset : std::max(heights_[t], waiting_[t] > 0 ? next.offset : 0);
      if (base + waiting_[t] >= best_.bytes) return false;
    }
    return true;
  }

  const std::vector<Buffer>& buffers_;
  BestPlan best_;
  int64_t bound_ = 0, steps_left_;
  std::vector<Span> spans_;
  std::vector<int64_t> heights_, waiting_;  // by step: the top of what is placed, and the bytes of what is not
  std::vector<int64_t> offsets_;            // negative: not placed
};

}  // namespace

int64_t least_plan_bytes(const std::vector<Buffer>& buffers) {
  size_t steps = 0;
  const std::vector<Span> spans = spans_of(buffers, steps);
  std::vector<int64_t> live(steps + 1, 0);
  for (size_t i = 0; i < buffers.size(); ++i) {
    live[spans[i].first] += buffers[i].bytes;
    live[spans[i].last + 1] -= buffers[i].bytes;
  }
  std::partial_sum(live.begin(), live.end(), live.begin());
  return *std::max_element(live.begin(), live.end());
}

BestPlan plan_best(std::vector<Buffer> buffers, int64_t most_steps) {
  for (Buffer& buffer : buffers) buffer.offline_offset = kOnline;
  BestPlan greedy;
  greedy.offsets = plan_greedily(buffers);
  greedy.bytes = plan_bytes(buffers, greedy.offsets);
  return Search(buffers, std::move(greedy), most_steps).run();
}

}  // namespace nas
