#include "frames.h"

namespace nas::features {

namespace portable {
extern const Batch kBatch;
}
#if defined(__x86_64__)
namespace avx2 {
extern const Batch kBatch;
}
namespace avx512 {
extern const Batch kBatch;
}
#endif

const Batch* usable(int* count) {
  static Batch found[3];
  static const int known = [] {
    int n = 0;
    found[n++] = portable::kBatch;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) found[n++] = avx2::kBatch;
    const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
    if (wide) found[n++] = avx512::kBatch;
#endif
    return n;
  }();
  *count = known;
  return found;
}

}  // namespace nas::features
