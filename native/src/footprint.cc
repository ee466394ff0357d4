#include "footprint.h"

#include "flash.h"
#include "work.h"

namespace nas {

Footprint find_footprint(const Graph& graph, const Machine& machine) {
  Footprint footprint;
  footprint.file_bytes = graph.file_bytes;
  footprint.code_bytes = code_bytes(graph, machine);
  footprint.arena = lay_out(graph, machine);
  for (const OpMemory& op : footprint.arena.ops) {
    footprint.supported &= op.refusal.empty();
    footprint.complete &= op.known;
  }
  bool counted = true;
  double sum = 0;
  for (const Subgraph& subgraph : graph.subgraphs) {
    for (const Tensor& tensor : subgraph.tensors) footprint.weights_bytes += tensor.constant ? tensor.bytes : 0;
    for (const Node& node : nodes_of(subgraph, machine)) {
      const Instructions executed = instructions(node, machine);
      const OpWork work{macs(node), executed.count, executed.extrapolated};
      footprint.macs += work.macs;
      counted &= work.instructions >= 0;
      sum += work.instructions;
      footprint.work.push_back(work);
    }
  }
  if (counted) footprint.instructions = sum + kInstructionsPerInvoke;
  return footprint;
}

}  // namespace nas
