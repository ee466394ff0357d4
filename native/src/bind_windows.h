// The front-ends of windows in the Python module.
#pragma once

#include <pybind11/pybind11.h>

namespace nas {

void bind_windows(pybind11::module_& module);

}  // namespace nas
