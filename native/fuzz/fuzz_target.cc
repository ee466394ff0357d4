#include "fuzz_target.h"

#include <cmath>
#include <cstdlib>

#include "check.h"
#include "details.h"
#include "footprint.h"
#include "names.h"
#include "plan_check.h"
#include "tflite_reader.h"

namespace nas {
namespace {

constexpr const char* kMachines[][3] = {{"reference", "x86-64", ""},    {"reference", "x86-64", "package-2026-10-23"},
                                        {"reference", "cortex-m4", ""}, {"cmsis_nn", "cortex-m3", ""},
                                        {"cmsis_nn", "cortex-m4", ""},  {"cmsis_nn", "cortex-m55", ""},
                                        {"reference", "xtensa-lx7", ""}};

// What is read of any bytes lies within them; bytes that are no model may be refused.
void read_details_of(const uint8_t* data, size_t size) {
  if (size < 8) return;
  try {
    const Details details = read_details(data, size);
    for (const TensorDetails& tensor : details.tensors) {
      if (tensor.data.bytes > size || tensor.data.start > size - tensor.data.bytes) std::abort();
    }
  } catch (const Malformed&) {
  }
}

}  // namespace

bool fuzz_one(const uint8_t* data, size_t size) {
  read_details_of(data, size);
  Graph graph;
  try {
    graph = read_tflite(data, size);
  } catch (const Malformed&) {
    return false;
  }
  tensor_names(graph);
  for (const auto& [kernels, core, release] : kMachines) {
    const Footprint footprint = find_footprint(graph, find_machine(kernels, core, release));
    const Arena& arena = footprint.arena;
    const bool planned_here = graph.offline_offsets.empty();  // a model's own plan may overlap as it likes
    if (planned_here && check_plan(arena.buffers, arena.offsets, arena.head_bytes) != PlanFault::kNone) std::abort();
    if (arena.min_bytes < arena.head_bytes + arena.tail_bytes) std::abort();
    if (footprint.macs < 0 || footprint.code_bytes <= 0 || !std::isfinite(footprint.instructions)) std::abort();
  }
  return true;
}

}  // namespace nas

#ifdef NAS_LIBFUZZER
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  nas::fuzz_one(data, size);
  return 0;
}
#endif
