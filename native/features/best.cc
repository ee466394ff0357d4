#include "../instruction_levels.h"
#include "frames.h"

namespace nas::features {

#define NAS_DECLARE(LEVEL)   \
  namespace LEVEL {          \
  extern const Batch kBatch; \
  }
NAS_FOR_LEVELS(NAS_DECLARE)

#define NAS_ENTRY(LEVEL) LEVEL::kBatch,
const Batch* usable(int* count) {
  static const Batch found[] = {NAS_FOR_LEVELS(NAS_ENTRY)};
  static const int known = usable_levels();
  *count = known;
  return found;
}

}  // namespace nas::features
