#include "base.h"

// A size in the settings of a layer. Some size of this model takes more than two bytes.
typedef int nas_size;
