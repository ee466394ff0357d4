// The Python class of native/batch/program.h.
#pragma once

#include <pybind11/pybind11.h>

namespace nas {

// Adds `Batch` and `BATCH_LEVELS` to the module; see nas/_native.pyi.
void bind_batch(pybind11::module_& m);

}  // namespace nas
