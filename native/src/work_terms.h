// What an operator's instructions are made of: the loops of its kernel, counted from shapes. Fits weigh these terms.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "prepare.h"

namespace nas {

// Paths through a kernel that run different code, in the order of their names in kPathNames.
enum class Path : uint8_t { kOnly, kPointwise, kRow, kThreeByThree, kMultiplied, kBroadcast, kOneScale };
constexpr const char* kPathNames[] = {"", "1x1", "1xn", "3x3", "multiplier", "broadcast", "one scale"};

struct Terms {
  Builtin kind = Builtin::kCustom;  // the operator whose kernel runs: CMSIS-NN runs some operators as others
  Type type = Type::kInt8;
  Path path = Path::kOnly;
  std::array<double, 10> values{};
  size_t count = 0;

  void add(double value) { values[count++] = value; }
};

// Returns the terms of the operator on a machine with these kernels; none if its loops are not known.
Terms work_terms(const Node& node, const Machine& machine);

}  // namespace nas
