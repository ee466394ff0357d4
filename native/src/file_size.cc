#include "file_size.h"

#include <algorithm>
#include <vector>

#include "packer.h"

namespace nas {
namespace {

constexpr int64_t kBufferAlign = 16;

// Whether the converter gives the operator a version above 1, the default that is not written.
bool has_version(Builtin kind) { return kind != Builtin::kReshape; }

void pack_code(Builtin kind, Packer& packer) {
  if (kind == Builtin::kAdd) return packer.table({{2, 4}});  // the number 0 is the default
  if (has_version(kind)) return packer.table({{0, 1}, {2, 4}, {3, 4}});
  packer.table({{0, 1}, {3, 4}});
}

// What decides the size of a tensor's quantization.
struct Quantization {
  int32_t axis = 0;          // of the scales: only depthwise weights have their channels last
  bool of_input = false;     // a pooling leaves its input's scale and zero point as they are
  bool shared_zero = false;  // the zero point is known
  int32_t zero = 0;
};

constexpr int32_t kLowest = -128;

std::vector<Quantization> find_quantizations(const Subgraph& graph) {
  std::vector<Quantization> found(graph.tensors.size());
  for (size_t i = 0; i < found.size(); ++i) found[i].shared_zero = graph.tensors[i].constant;
  for (const Op& op : graph.ops) {
    if (op.inputs.empty() || op.inputs[0] < 0 || op.outputs.empty() || op.outputs[0] < 0) continue;
    const Quantization& input = found[static_cast<size_t>(op.inputs[0])];
    Quantization& output = found[static_cast<size_t>(op.outputs[0])];
    output.of_input = op.kind == Builtin::kMaxPool2d || op.kind == Builtin::kAveragePool2d;
    // If no value is negative, the zero point is the lowest int8, and so it is for an average of such values.
    const bool positive = op.options.activation || op.kind == Builtin::kSoftmax;
    output.shared_zero = positive || ((output.of_input || op.kind == Builtin::kMean) && input.shared_zero);
    output.zero = kLowest;
    if (op.kind == Builtin::kDepthwiseConv2d && op.inputs.size() > 1 && op.inputs[1] >= 0) {
      found[static_cast<size_t>(op.inputs[1])].axis = 3;
    }
  }
  return found;
}

void pack_quantization(const Tensor& tensor, const Quantization& quantization, Packer& packer) {
  if (tensor.scales == 0) return packer.shared_table({});
  if (quantization.of_input) return;
  packer.vector(4, tensor.scales, 4);
  if (quantization.shared_zero) {
    packer.shared_zero_points(tensor.scales, quantization.zero);
  } else {
    packer.vector(8, tensor.scales, 8);
  }
  if (quantization.axis == 0) return packer.table({{2, 4}, {3, 4}});
  packer.table({{2, 4}, {3, 4}, {6, 4}});
}

void pack_tensor(const Tensor& tensor, const Quantization& quantization, Packer& packer) {
  packer.shared_vector(tensor.shape);
  pack_quantization(tensor, quantization, packer);
  Packer::Field fields[5];
  size_t count = 0;
  fields[count++] = {0, 4};
  if (tensor.type != Type::kFloat32) fields[count++] = {1, 1};
  if (tensor.constant) fields[count++] = {2, 4};  // all others have buffer 0, the default
  fields[count++] = {4, 4};
  fields[count++] = {8, 1};
  packer.table(fields, count);
}

// Fields 0 to 2 of every sliding window: padding (SAME is the default), stride of width, of height.
void pack_window(const Options& options, std::initializer_list<Packer::Field> more, int activation, Packer& packer) {
  Packer::Field fields[8];
  size_t count = 0;
  if (!options.same_padding) fields[count++] = {0, 1, 1};
  fields[count++] = {1, 4, options.stride_w};
  fields[count++] = {2, 4, options.stride_h};
  for (const Packer::Field& field : more) fields[count++] = field;
  if (options.activation) fields[count++] = {activation, 1, 1};
  packer.shared_table(fields, count);
}

// Returns whether the operator has options.
bool pack_options(const Op& op, Packer& packer) {
  switch (op.kind) {
    case Builtin::kConv2d:
      pack_window(op.options, {}, 3, packer);
      return true;
    case Builtin::kDepthwiseConv2d:
      pack_window(op.options, {{3, 4, 1}}, 4, packer);
      return true;
    case Builtin::kMaxPool2d:
    case Builtin::kAveragePool2d:
      pack_window(op.options, {{3, 4, op.options.filter_w}, {4, 4, op.options.filter_h}}, 5, packer);
      return true;
    case Builtin::kFullyConnected:
      op.options.activation ? packer.shared_table({{0, 1, 1}}) : packer.shared_table({});
      return true;
    case Builtin::kSoftmax:
      packer.shared_table({{0, 4, 1}});
      return true;
    case Builtin::kMean:
      packer.shared_table({});
      return true;
    default:
      return false;
  }
}

void pack_op(const Op& op, bool first_code, Packer& packer) {
  packer.shared_vector(op.inputs);
  packer.shared_vector(op.outputs);
  const bool options = pack_options(op, packer);
  Packer::Field fields[5];
  size_t count = 0;
  if (!first_code) fields[count++] = {0, 4};
  fields[count++] = {1, 4};
  fields[count++] = {2, 4};
  if (options) {
    fields[count++] = {3, 1};
    fields[count++] = {4, 4};
  }
  packer.table(fields, count);
}

void pack_subgraph(const Subgraph& graph, Builtin first_code, Packer& packer) {
  const std::vector<Quantization> quantizations = find_quantizations(graph);
  for (size_t i = 0; i < graph.tensors.size(); ++i) pack_tensor(graph.tensors[i], quantizations[i], packer);
  packer.references(graph.tensors.size());
  packer.shared_vector(graph.inputs);
  packer.shared_vector(graph.outputs);
  for (const Op& op : graph.ops) pack_op(op, op.kind == first_code, packer);
  packer.references(graph.ops.size());
  packer.table({{0, 4}, {1, 4}, {2, 4}, {3, 4}});
}

void pack_buffers(const Subgraph& graph, Packer& packer) {
  size_t buffers = 1;
  packer.table({});
  for (const Tensor& tensor : graph.tensors) {
    if (!tensor.constant) continue;
    packer.vector(1, tensor.bytes, kBufferAlign);
    packer.table({{0, 4}});
    ++buffers;
  }
  packer.references(buffers);
}

}  // namespace

int64_t slim_file_bytes(const Graph& graph) {
  const Subgraph& main = graph.subgraphs.front();
  std::vector<Builtin> codes;
  for (const Op& op : main.ops) {
    if (std::find(codes.begin(), codes.end(), op.kind) == codes.end()) codes.push_back(op.kind);
  }
  Packer packer;
  for (Builtin kind : codes) pack_code(kind, packer);
  packer.references(codes.size());
  pack_subgraph(main, codes.empty() ? Builtin::kCustom : codes.front(), packer);
  packer.references(1);
  pack_buffers(main, packer);
  packer.table({{0, 4}, {1, 4}, {2, 4}, {4, 4}});
  return packer.finish();
}

}  // namespace nas
