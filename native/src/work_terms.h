// What an operator's instructions are made of: the loops of its kernel, counted from shapes. Fits weigh these terms.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "prepare.h"

namespace nas {

// Paths through a kernel that run different code, in the order of their names in kPathNames.
enum class Path : uint8_t {
  kOnly,
  kPointwise,
  kRow,
  kThreeByThree,
  kMultiplied,
  kBroadcast,
  kOneScale,
  kAnyWindow,
  kPlanes,
};
constexpr const char* kPathNames[] = {"",          "1x1",       "1xn",        "3x3",   "multiplier of 4",
                                      "broadcast", "one scale", "any window", "planes"};

constexpr size_t kMaxTerms = 16;

struct Terms {
  Builtin kind = Builtin::kCustom;  // the operator whose kernel runs: CMSIS-NN runs some operators as others
  Type type = Type::kInt8;
  Path path = Path::kOnly;
  std::array<double, kMaxTerms> values{};
  size_t count = 0;

  void add(double value) { values[count++] = value; }
};

inline Terms terms_of(Path path, std::initializer_list<double> values) {
  Terms terms;
  terms.path = path;
  for (double value : values) terms.add(value);
  return terms;
}

// Returns the terms of the operator on a machine with these kernels; none if its loops are not known.
Terms work_terms(const Node& node, const Machine& machine);

// The kernels of CMSIS-NN (work_cmsis_nn.cc): for int8, but for the two of int16.
Terms conv_cmsis_nn(const Node& node, Vectors vectors);
Terms depthwise_cmsis_nn(const Node& node, Vectors vectors);
Terms fully_connected_cmsis_nn(const Node& node, Vectors vectors);
Terms average_pool_cmsis_nn(const Node& node, Vectors vectors);
Terms max_pool_cmsis_nn(const Node& node, Vectors vectors);
Terms transpose_cmsis_nn(const Node& node, Vectors vectors);
Terms conv_int16_cmsis_nn(const Node& node, Vectors vectors);
Terms fully_connected_int16_cmsis_nn(const Node& node, Vectors vectors);

}  // namespace nas
