// A vector of floats, as wide as the level of instructions that this file is compiled for has them.
//
// Files that include this one are compiled once a level, each time into a namespace of that level. They use no
// inline functions of the standard library: the linker would keep one copy of those, for any level.
#pragma once

namespace nas::training {

#if defined(__AVX512F__)
#define NAS_LEVEL avx512
constexpr int kLanes = 16, kVectors = 4;  // vectors of a block, times four filters, fill half of the registers
#elif defined(__AVX2__)
#define NAS_LEVEL avx2
constexpr int kLanes = 8, kVectors = 2;
#else
#define NAS_LEVEL portable
constexpr int kLanes = 4, kVectors = 2;
#endif

#define NAS_QUOTE(NAME) #NAME
#define NAS_STRING(NAME) NAS_QUOTE(NAME)

namespace NAS_LEVEL {

using Vector = float __attribute__((vector_size(kLanes * 4)));
using Unaligned = float __attribute__((vector_size(kLanes * 4), aligned(4), may_alias));

inline Vector load(const float* from) { return *reinterpret_cast<const Unaligned*>(from); }
inline void store(float* to, Vector value) { *reinterpret_cast<Unaligned*>(to) = value; }

inline void copy(float* to, const float* from, int n) {
  __builtin_memcpy(to, from, static_cast<unsigned long>(n) * sizeof(float));
}

inline float sum(Vector value) {
  float total = 0;
  for (int lane = 0; lane < kLanes; ++lane) total += value[lane];
  return total;
}

constexpr int round_up(int n, int multiple) { return (n + multiple - 1) / multiple * multiple; }
constexpr int smaller(int a, int b) { return a < b ? a : b; }
constexpr int larger(int a, int b) { return a > b ? a : b; }

}  // namespace NAS_LEVEL
}  // namespace nas::training
