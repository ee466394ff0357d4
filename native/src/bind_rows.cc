#include "bind_rows.h"

namespace nas {
namespace {

const Rows* prepared = nullptr;  // lives as long as the process, as the types in the module do

}  // namespace

void prepare_rows(pybind11::module_& m) {
  prepared = new Rows{
      {m,
       "Totals",
       {"file_bytes", "weights_bytes", "head_bytes", "tail_bytes", "min_arena_bytes", "code_bytes", "macs",
        "instructions", "supported", "complete", "variables"}},
      {m,
       "Op",
       {"kind", "macs", "scratch_bytes", "instructions", "inputs", "outputs", "refusal", "known", "custom_code",
        "extrapolated"}},
      {m, "Tensor", {"name", "shape", "dtype", "bytes", "kind", "offset", "first_op", "last_op"}},
      {m, "Measured", {"totals", "ops", "tensors"}},
      {m, "NodeMemory", {"option_bytes", "option_align", "state_bytes", "persistent", "scratch"}},
      {m, "Planned", {"bytes", "first_step", "last_step", "offset"}},
      {m, "Recorded", {"allocations", "requested_bytes", "used_bytes"}},
      {m, "Allocations", {"nodes", "plan", "recorded"}},
      {m, "Work", {"kind", "dtype", "path", "fit", "terms"}},
      {m, "Details", {"description", "subgraphs", "tensors", "ops", "metadata", "signatures"}},
      {m, "Subgraph", {"name", "tensors", "ops", "inputs", "outputs"}},
      {m, "TensorDetails", {"scales", "zero_points", "axis", "signature", "start", "size"}},
      {m, "OpDetails", {"version", "options"}},
      {m, "Entry", {"name", "start", "size"}},
  };
}

const Rows& rows() { return *prepared; }

}  // namespace nas
