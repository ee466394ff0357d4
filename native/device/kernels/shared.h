#include "base.h"

// Several convolutions share these functions, so what takes much code is in flash once.
#define NAS_OUTPUT_FUNCTION NAS_PRODUCT_FUNCTION
#define NAS_LAST_FUNCTION static
