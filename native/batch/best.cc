#include "../training/levels.h"
#include "kernels.h"

namespace nas::batch {

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
  static const Kernels* const found[] = {
      &portable::kKernels,
#if defined(__x86_64__)
      &avx2::kKernels,
      &avx512::kKernels,
#endif
  };
  static const int known = training::usable_levels();
  *count = known;
  return found;
}

const Kernels& best() {
  int count = 0;
  const Kernels* const* kernels = usable(&count);
  return *kernels[count - 1];
}

}  // namespace nas::batch
