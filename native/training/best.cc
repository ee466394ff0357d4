#include "layers.h"

namespace nas::training {

namespace portable {
extern const Kernels kKernels;
}
#if defined(__x86_64__)
namespace avx2 {
extern const Kernels kKernels;
}
namespace avx512 {
extern const Kernels kKernels;
}
#endif

const Kernels* const* usable(int* count) {
  static const Kernels* found[3] = {&portable::kKernels};
  static const int known = [] {
    int n = 1;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found[n++] = &avx2::kKernels;
    const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
    if (wide) found[n++] = &avx512::kKernels;
#endif
    return n;
  }();
  *count = known;
  return found;
}

const Kernels& best() {
  int count = 0;
  const Kernels* const* kernels = usable(&count);
  return *kernels[count - 1];
}

}  // namespace nas::training
