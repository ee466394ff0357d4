// Parts of a flatbuffer from Python, as the bytes of a file.
#pragma once

#include <pybind11/pybind11.h>

#include <string>

namespace nas {

// Returns the file that consists of `parts`, the last of which is the root; see nas/_native.pyi.
pybind11::bytes write_file(const pybind11::list& parts, const std::string& identifier);

}  // namespace nas
