// What a model costs on a machine: one computation for files and architectures, so that an estimate equals the profile.
#pragma once

#include <cstdint>
#include <vector>

#include "arena.h"
#include "graph.h"
#include "machine.h"

namespace nas {

struct OpWork {
  int64_t macs = 0;
  double instructions = -1;  // negative: not known
  bool extrapolated = false;
};

struct Footprint {
  int64_t file_bytes = 0;
  int64_t weights_bytes = 0;  // all constant tensors
  int64_t code_bytes = 0;
  int64_t macs = 0;
  double instructions = -1;
  bool supported = true;
  bool complete = true;  // every operator is known; if not, the figures are lower bounds
  Arena arena;
  std::vector<OpWork> work;  // over all subgraphs
};

Footprint find_footprint(const Graph& graph, const Machine& machine);

}  // namespace nas
