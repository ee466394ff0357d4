#include "base.h"

// One convolution shares these functions with dense layers. If they are all in one, compilers adapt them to its shape;
// for a core that takes much code for a product, having them once is worth more.
#define NAS_OUTPUT_FUNCTION NAS_PRODUCT_FUNCTION
#define NAS_LAST_FUNCTION NAS_PRODUCT_FUNCTION
