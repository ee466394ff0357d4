// TFLM's releases: a release is its records, and those rows of the kernel table in which it differs.
#pragma once

#include "kernels.h"
#include "machine.h"

namespace nas {

struct Release {
  const char* name;
  Records arm, xtensa, host;
  // Rows of the kernel table that differ in builds for the host: option struct, and state from Init.
  struct Change {
    Builtin kind;
    Block options;
    int32_t state_bytes;
  };
  const Change* changes;
  size_t change_count;
};

// Returns the release of that name, the first for an empty name, nullptr if it is not known.
const Release* find_release(const std::string& name);

}  // namespace nas
