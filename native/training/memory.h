// Scratch memory, handed out piece by piece.
#pragma once

#include <cstddef>

#include "vectors.h"

namespace nas::training::NAS_LEVEL {

// With a null start it only counts the floats that would be handed out.
class Memory {
 public:
  explicit Memory(float* start) : start_(start) {}

  std::size_t floats() const { return floats_; }

  template <class T = float>
  T* take(std::size_t count) {
    T* taken = start_ == nullptr ? nullptr : reinterpret_cast<T*>(start_ + floats_);
    const std::size_t floats = count * sizeof(T) / sizeof(float);
    floats_ += (floats + 15) / 16 * 16;
    return taken;
  }

 private:
  float* start_;
  std::size_t floats_ = 0;
};

}  // namespace nas::training::NAS_LEVEL
