#include "base.h"

// A size in the settings of a layer, which takes two bytes of flash, as an AVR's int does.
#if defined(__AVR__)
typedef int nas_size;
#else
typedef uint16_t nas_size;
#endif
