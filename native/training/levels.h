// The levels of instructions that kernels are compiled for: portable, avx2, avx512.
#pragma once

namespace nas::training {

// Returns how many of them this processor can run; each includes those before it.
inline int usable_levels() {
#if defined(__x86_64__)
  const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                    __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 1;
  return wide ? 3 : 2;
#else
  return 1;
#endif
}

}  // namespace nas::training
