// A run of pooling windows side by side: number k of every window in a row of its own, so that vectors run along
// windows.
//
//     map:    a0 a1 b0 b1 c0 c1 d0 d1          parts, for a pooling of 2:   a0 b0 c0 d0
//                                                                           a1 b1 c1 d1
#pragma once

#include <utility>

#include "vectors.h"

namespace nas::training::NAS_LEVEL {

template <int N>
struct Width {
  static constexpr int value = N;
};

// Calls `call` with the width of a pooling as a compile-time constant, or with 0 if it is not 1, 2, 4 or 8.
template <class Call>
void with_width(int width, Call call) {
  if (width == 1) return call(Width<1>());
  if (width == 2) return call(Width<2>());
  if (width == 4) return call(Width<4>());
  if (width == 8) return call(Width<8>());
  call(Width<0>());
}

// The numbers at even and at odd places of two vectors; or the two halves of two vectors interleaved.
struct Halves {
  Vector first, second;
};

#if defined(__clang__)
#define NAS_SHUFFLE(A, B, LANES) __builtin_shufflevector(A, B, LANES...)
#else
#define NAS_SHUFFLE(A, B, LANES) __builtin_shuffle(A, B, Mask{LANES...})
#endif

using Mask = int __attribute__((vector_size(kLanes * 4)));

template <int... Lane>
Halves halve(Vector a, Vector b, std::integer_sequence<int, Lane...>) {
  return {NAS_SHUFFLE(a, b, (2 * Lane)), NAS_SHUFFLE(a, b, (2 * Lane + 1))};
}

template <int... Lane>
Halves interleave(Vector even, Vector odd, std::integer_sequence<int, Lane...>) {
  return {NAS_SHUFFLE(even, odd, (Lane / 2 + Lane % 2 * kLanes)),
          NAS_SHUFFLE(even, odd, ((Lane + kLanes) / 2 + Lane % 2 * kLanes))};
}

using Lanes = std::make_integer_sequence<int, kLanes>;

// Splits kLanes windows of `Step` numbers, a power of two; number k of each goes to parts + k * row.
template <int Step>
void split(const Vector* x, float* parts, int row) {
  if constexpr (Step == 1) {
    store(parts, x[0]);
  } else {
    Vector even[Step / 2], odd[Step / 2];
    for (int k = 0; k < Step / 2; ++k) {
      const Halves halves = halve(x[2 * k], x[2 * k + 1], Lanes());
      even[k] = halves.first;
      odd[k] = halves.second;
    }
    split<Step / 2>(even, parts, 2 * row);
    split<Step / 2>(odd, parts + row, 2 * row);
  }
}

template <int Step>
void merge(const float* parts, int row, Vector* x) {
  if constexpr (Step == 1) {
    x[0] = load(parts);
  } else {
    Vector even[Step / 2], odd[Step / 2];
    merge<Step / 2>(parts, 2 * row, even);
    merge<Step / 2>(parts + row, 2 * row, odd);
    for (int k = 0; k < Step / 2; ++k) {
      const Halves pair = interleave(even[k], odd[k], Lanes());
      x[2 * k] = pair.first;
      x[2 * k + 1] = pair.second;
    }
  }
}

// Lays n windows of `width` numbers into `parts`, [width, row].
inline void split_row(const float* x, int width, int n, float* parts, int row) {
  with_width(width, [&](auto constant) {
    constexpr int Step = decltype(constant)::value;
    int i = 0;
    if constexpr (Step > 0) {
      for (; i + kLanes <= n; i += kLanes) {
        Vector numbers[Step];
        for (int k = 0; k < Step; ++k) numbers[k] = load(x + i * Step + k * kLanes);
        split<Step>(numbers, parts + i, row);
      }
    }
    for (; i < n; ++i) {
      for (int k = 0; k < width; ++k) parts[k * row + i] = x[i * width + k];
    }
  });
}

// Writes such parts back as n windows of `width` numbers.
inline void merge_row(const float* parts, int row, int width, int n, float* x) {
  with_width(width, [&](auto constant) {
    constexpr int Step = decltype(constant)::value;
    int i = 0;
    if constexpr (Step > 0) {
      for (; i + kLanes <= n; i += kLanes) {
        Vector numbers[Step];
        merge<Step>(parts + i, row, numbers);
        for (int k = 0; k < Step; ++k) store(x + i * Step + k * kLanes, numbers[k]);
      }
    }
    for (; i < n; ++i) {
      for (int k = 0; k < width; ++k) x[i * width + k] = parts[k * row + i];
    }
  });
}

}  // namespace nas::training::NAS_LEVEL
