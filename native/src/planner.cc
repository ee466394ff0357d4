#include "planner.h"

#include <algorithm>
#include <cstddef>

namespace nas {
namespace {

bool live_together(const Buffer& a, const Buffer& b) { return a.first <= b.last && b.first <= a.last; }

// TFLM fills its list from the end and then sorts it stably, so of two equal buffers the later one goes first.
// Buffers with an offset of their own are placed before all others, in the order of their indices.
std::vector<size_t> placing_order(const std::vector<Buffer>& buffers) {
  std::vector<size_t> order, online;
  for (size_t i = 0; i < buffers.size(); ++i) {
    if (buffers[i].offline_offset != kOnline) order.push_back(i);
  }
  for (size_t i = buffers.size(); i-- > 0;) {
    if (buffers[i].offline_offset == kOnline) online.push_back(i);
  }
  std::stable_sort(online.begin(), online.end(),
                   [&](size_t a, size_t b) { return buffers[a].bytes > buffers[b].bytes; });
  order.insert(order.end(), online.begin(), online.end());
  return order;
}

}  // namespace

std::vector<int64_t> plan_greedily(const std::vector<Buffer>& buffers) {
  std::vector<int64_t> offsets(buffers.size(), 0);
  std::vector<size_t> placed;  // by offset; of equal offsets the earlier placed first
  placed.reserve(buffers.size());
  for (const size_t index : placing_order(buffers)) {
    const Buffer& buffer = buffers[index];
    int64_t candidate = 0;
    if (buffer.offline_offset != kOnline) {
      candidate = buffer.offline_offset;
    } else {
      for (const size_t other : placed) {
        if (!live_together(buffer, buffers[other])) continue;
        if (offsets[other] - candidate >= buffer.bytes) break;
        candidate = std::max(candidate, offsets[other] + buffers[other].bytes);
      }
    }
    offsets[index] = candidate;
    const auto place = std::upper_bound(placed.begin(), placed.end(), candidate,
                                        [&](int64_t offset, size_t other) { return offset < offsets[other]; });
    placed.insert(place, index);
  }
  return offsets;
}

int64_t plan_bytes(const std::vector<Buffer>& buffers, const std::vector<int64_t>& offsets) {
  int64_t bytes = 0;
  for (size_t i = 0; i < buffers.size(); ++i) bytes = std::max(bytes, offsets[i] + buffers[i].bytes);
  return bytes;
}

}  // namespace nas
