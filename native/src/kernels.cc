#include "kernels.h"

#include <algorithm>
#include <array>

#include "kernel_table.h"
#include "release.h"

namespace nas {
namespace {

// Every operator of every model looks up its row: an index by builtin code makes that one step.
std::array<const Kernel*, 256> index_kernels() {
  std::array<const Kernel*, 256> index{};
  for (size_t i = 0; i < kKernelCount; ++i) index[static_cast<size_t>(kKernels[i].kind)] = &kKernels[i];
  return index;
}

const Release::Change* find_change(Builtin kind, const Release& release) {
  const Release::Change *begin = release.changes, *end = begin + release.change_count;
  const auto change = std::find_if(begin, end, [kind](const Release::Change& row) { return row.kind == kind; });
  return change == end ? nullptr : change;
}

}  // namespace

const Kernel* find_kernel(Builtin kind) {
  static const std::array<const Kernel*, 256> index = index_kernels();
  const auto code = static_cast<size_t>(kind);
  return code < index.size() ? index[code] : nullptr;
}

Block options_block(const Kernel& kernel, const Machine& machine) {
  if (machine.records->short_enums) return kernel.options_arm;
  const Release::Change* change = find_change(kernel.kind, *machine.release);
  return change == nullptr ? kernel.options_host : change->options;
}

int32_t state_bytes(const Kernel& kernel, const Machine& machine) {
  if (machine.kernels == KernelSet::kCmsisNn) return kernel.state_bytes_cmsis_nn;
  if (machine.records->pointer_bytes == 4) return kernel.state_bytes_arm;
  const Release::Change* change = find_change(kernel.kind, *machine.release);
  return change == nullptr ? kernel.state_bytes_host : change->state_bytes;
}

Requests prepare(const Kernel& kernel, const Node& node, const Machine& machine) {
  Requests requests;
  const bool cmsis_nn = machine.kernels == KernelSet::kCmsisNn;
  (cmsis_nn ? kernel.prepare_cmsis_nn : kernel.prepare_reference)(node, machine, requests);
  return requests;
}

}  // namespace nas
