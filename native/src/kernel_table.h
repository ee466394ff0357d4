// The rows of the kernel table.
#pragma once

#include <cstddef>

#include "kernels.h"

namespace nas {

extern const Kernel kKernels[];
extern const size_t kKernelCount;

}  // namespace nas
