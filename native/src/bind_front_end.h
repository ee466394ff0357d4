// The front-end's part of the Python module.
#pragma once

#include <pybind11/pybind11.h>

namespace nas {

void bind_front_end(pybind11::module_& module);

}  // namespace nas
