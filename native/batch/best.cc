#include "../instruction_levels.h"
#include "kernels.h"

namespace nas::batch {

#define NAS_DECLARE(LEVEL)       \
  namespace LEVEL {              \
  extern const Kernels kKernels; \
  }
NAS_FOR_LEVELS(NAS_DECLARE)

#define NAS_ENTRY(LEVEL) &LEVEL::kKernels,
const Kernels* const* usable(int* count) {
  static const Kernels* const found[] = {NAS_FOR_LEVELS(NAS_ENTRY)};
  static const int known = usable_levels();
  *count = known;
  return found;
}

}  // namespace nas::batch
