// The levels of instructions that kernels are compiled for, each in a namespace of its name.
#pragma once

#if defined(__x86_64__)
#define NAS_FOR_LEVELS(DO) DO(portable) DO(avx2) DO(avx512)
#else
#define NAS_FOR_LEVELS(DO) DO(portable)
#endif

namespace nas {

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

}  // namespace nas
