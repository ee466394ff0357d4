#include "base.h"

// One layer alone needs these functions. If they are all in one, compilers adapt them to its shape.
#define NAS_OUTPUT_FUNCTION static inline
#define NAS_LAST_FUNCTION static inline
