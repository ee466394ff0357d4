// Whether an operator's kernel takes the types of its tensors, by the rows of type_table.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "machine.h"
#include "prepare.h"
#include "type_table.h"

namespace nas {

// The first tensor of an operator that its kernel does not take.
struct NotTaken {
  enum class Reason {
    kType,         // never here; `types` are those that are taken
    kCombination,  // not together with the types of the tensors before it
    kUnscaled,     // it has no scale and zero point
    kScaled,       // it has a scale and zero point
    kPresent,      // the kernel has no such input
  };
  Reason reason;
  Found found;
  bool is_output;
  size_t position;
  uint32_t types;  // a bit for each number of a Type
};

// Returns what is not taken, nothing if TFLM runs the operator with these types. The operator must have a row.
std::optional<NotTaken> find_not_taken(const Node& node, const Machine& machine);

// Says whether the operator has a row. Every kernel must.
bool has_type_row(Builtin kind);

}  // namespace nas
