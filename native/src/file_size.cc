#include "file_size.h"

#include <algorithm>
#include <string>
#include <vector>

#include "file_layout.h"
#include "parts.h"

namespace nas {
namespace {

// Numbers of fields in TFLite's schema, version 3 (tflite/schema/schema.fbs), by table.
namespace model_field {
constexpr int32_t kVersion = 0, kCodes = 1, kSubgraphs = 2, kBuffers = 4;
}
namespace subgraph_field {
constexpr int32_t kTensors = 0, kInputs = 1, kOutputs = 2, kOps = 3;
}
namespace tensor_field {
constexpr int32_t kShape = 0, kType = 1, kBuffer = 2, kQuantization = 4, kVariable = 5;
}
namespace quantization_field {
constexpr int32_t kScale = 2, kZeroPoint = 3, kAxis = 6;
}
namespace op_field {
constexpr int32_t kCode = 0, kInputs = 1, kOutputs = 2, kOptionsType = 3, kOptions = 4, kIntermediates = 8;
}
constexpr int32_t kBuiltinCode = 3, kData = 0;
constexpr size_t kLstmOutputState = 18, kLstmCellState = 19;  // positions of inputs, in lstm_shared.h
constexpr uint8_t kDataAlign = 16;
constexpr int64_t kLowest = -128;
const std::string kFixedScale("\x00\x00\x80\x3B", 4);  // the float 1 / 256

// A number is left out where it has its default.
void add_number(std::vector<Field>& fields, int32_t slot, uint8_t width, int64_t value, int64_t absent = 0) {
  if (value != absent) fields.push_back(Field::number(slot, width, value));
}

// Whether all inputs that are no constants, and the output, have one scale and zero point, as in nas/graph/scales.py.
bool keeps_scale(const Op& op) {
  return op.kind == Builtin::kMaxPool2d || op.kind == Builtin::kAveragePool2d || op.kind == Builtin::kConcatenation ||
         op.kind == Builtin::kPad || op.kind == Builtin::kReshape || op.kind == Builtin::kSlice;
}

// Whether the scale of the output is 1 / 256.
bool has_fixed_scale(const Op& op) { return op.kind == Builtin::kSoftmax || op.kind == Builtin::kLogistic; }

// Whether only data decide the zero point of what the operator gives.
bool gives_any_zero_point(const Op& op) {
  const bool layer = op.kind == Builtin::kConv2d || op.kind == Builtin::kDepthwiseConv2d ||
                     op.kind == Builtin::kFullyConnected || op.kind == Builtin::kAdd || op.kind == Builtin::kMul ||
                     op.kind == Builtin::kHardSwish || op.kind == Builtin::kUnidirectionalSequenceLstm;
  return layer && !op.options.activation;
}

// Makes the parts of the file.
class SlimFile {
 public:
  explicit SlimFile(const Subgraph& graph) : graph_(graph), quantizations_(graph.tensors.size()) {}

  int64_t bytes() {
    add_quantizations();
    const std::vector<Field> model = {Field::number(model_field::kVersion, 4, 3),
                                      Field::part(model_field::kCodes, codes()),
                                      Field::part(model_field::kSubgraphs, parts_.references({subgraph()})),
                                      Field::part(model_field::kBuffers, buffers())};
    return FileLayout(parts_, parts_.table(model)).bytes();
  }

 private:
  struct Quantization {
    bool made = false;
    PartId table = 0;
  };

  PartId codes() {
    for (const Op& op : graph_.ops) {
      if (std::find(codes_.begin(), codes_.end(), op.kind) == codes_.end()) codes_.push_back(op.kind);
    }
    std::vector<PartId> tables;
    for (Builtin kind : codes_) {
      std::vector<Field> fields;
      add_number(fields, kBuiltinCode, 4, static_cast<int64_t>(kind));
      tables.push_back(parts_.table(fields));
    }
    return parts_.references(tables);
  }

  PartId quantization(int64_t scales, bool known, int64_t zero, int32_t axis, bool fixed = false) {
    const auto count = static_cast<uint64_t>(scales);
    const PartId scale = fixed ? parts_.vector(kFixedScale, 1, 4) : parts_.alone(4 * count, count, 4);
    PartId zeros;
    if (known) {
      std::string content(8 * count, static_cast<char>(zero < 0 ? 0xFF : 0));
      for (size_t i = 0; i < count; ++i) content[8 * i] = static_cast<char>(zero);
      zeros = parts_.vector(content, count, 8);
    } else {
      zeros = parts_.alone(8 * count, count, 8);
    }
    std::vector<Field> fields = {Field::part(quantization_field::kScale, scale),
                                 Field::part(quantization_field::kZeroPoint, zeros)};
    add_number(fields, quantization_field::kAxis, 4, axis);
    return parts_.table(fields);
  }

  bool is_constant(int32_t tensor) const { return tensor_of(tensor).constant; }

  void quantize(int32_t tensor, bool known, int64_t zero, int32_t axis = 0, bool fixed = false) {
    if (tensor < 0) return;
    const auto index = static_cast<size_t>(tensor);
    const int64_t scales = graph_.tensors[index].scales;
    if (scales > 0) quantizations_[index] = {true, quantization(scales, known, zero, axis, fixed)};
  }

  // Numbers the groups of tensors that have one scale: each tensor's is the first of its group.
  void find_groups() {
    for (size_t i = 0; i < graph_.tensors.size(); ++i) groups_.push_back(static_cast<int32_t>(i));
    for (const Op& op : graph_.ops) {
      if (!keeps_scale(op) || op.inputs.empty() || op.inputs[0] < 0) continue;
      const int32_t group = groups_[static_cast<size_t>(op.inputs[0])];
      for (int32_t input : op.inputs) {
        if (input < 0 || is_constant(input)) continue;
        const int32_t old = groups_[static_cast<size_t>(input)];
        if (old != group) std::replace(groups_.begin(), groups_.end(), old, group);
      }
      for (int32_t output : op.outputs) groups_[static_cast<size_t>(output)] = group;
    }
  }

  // Marks the groups whose zero point only data decide.
  void find_unknown() {
    unknown_.resize(graph_.tensors.size());
    const auto mark = [&](int32_t tensor) {
      unknown_[static_cast<size_t>(groups_[static_cast<size_t>(tensor)])] = true;
    };
    for (int32_t input : graph_.inputs) mark(input);
    for (const Op& op : graph_.ops) {
      if (gives_any_zero_point(op) && !op.outputs.empty()) mark(op.outputs[0]);
    }
  }

  // Gives a tensor the quantization of its group, which is made for the first one.
  void quantize_group(int32_t tensor, bool fixed) {
    const auto index = static_cast<size_t>(tensor), group = static_cast<size_t>(groups_[index]);
    // Without negative values, the zero point is the lowest int8.
    if (!made_[group].made) {
      quantize(tensor, !unknown_[group], kLowest, 0, fixed);
      made_[group] = quantizations_[index];
    }
    quantizations_[index] = made_[group];
  }

  void add_quantizations() {
    find_groups();
    find_unknown();
    made_.resize(graph_.tensors.size());
    for (int32_t input : graph_.inputs) quantize_group(input, false);
    for (const Op& op : graph_.ops) {
      for (size_t i = 1; i < op.inputs.size(); ++i) {
        if (op.inputs[i] < 0 || !is_constant(op.inputs[i])) continue;
        quantize(op.inputs[i], true, 0, i == 1 && op.kind == Builtin::kDepthwiseConv2d ? 3 : 0);
      }
      if (op.inputs.empty() || op.inputs[0] < 0 || op.outputs.empty() || op.outputs[0] < 0) continue;
      quantize_group(op.outputs[0], has_fixed_scale(op));
      if (op.kind == Builtin::kUnidirectionalSequenceLstm) quantize_states(op);
    }
  }

  // The output is the state after each step; only data decide the scale of the cells.
  void quantize_states(const Op& op) {
    if (op.inputs.size() <= kLstmCellState || op.inputs[kLstmOutputState] < 0) return;
    quantizations_[static_cast<size_t>(op.inputs[kLstmOutputState])] =
        quantizations_[static_cast<size_t>(op.outputs[0])];
    quantize(op.inputs[kLstmCellState], false, 0);
    if (const int32_t scale = intermediate_of(op); scale >= 0) {
      quantizations_[static_cast<size_t>(scale)] = quantizations_[static_cast<size_t>(op.outputs[0])];
    }
  }

  // Returns the tensor without values in which LiteRT reads the scale of an LSTM's state: it is behind the output. -1
  // if there is none.
  int32_t intermediate_of(const Op& op) const {
    if (op.kind != Builtin::kUnidirectionalSequenceLstm || op.outputs.empty()) return -1;
    const int32_t next = op.outputs[0] + 1;
    return static_cast<size_t>(next) < graph_.tensors.size() && tensor_of(next).elements == 0 ? next : -1;
  }

  PartId tensor(size_t index) {
    const Tensor& tensor = graph_.tensors[index];
    std::vector<Field> fields;
    fields.reserve(tensor_field::kVariable);
    fields.push_back(Field::part(tensor_field::kShape, parts_.words(tensor.shape)));
    add_number(fields, tensor_field::kType, 1, static_cast<int64_t>(tensor.type));
    if (tensor.constant) {  // all others have buffer 0, the default
      buffers_.push_back(
          parts_.alone(static_cast<uint64_t>(tensor.bytes), static_cast<uint64_t>(tensor.bytes), kDataAlign));
      fields.push_back(Field::number(tensor_field::kBuffer, 4, static_cast<int64_t>(buffers_.size())));
    }
    if (quantizations_[index].made) {
      fields.push_back(Field::part(tensor_field::kQuantization, quantizations_[index].table));
    }
    add_number(fields, tensor_field::kVariable, 1, tensor.variable ? 1 : 0);
    return parts_.table(fields);
  }

  // Padding (SAME is the default) and the steps of a sliding window, with its further fields in between; a
  // convolution's dilation comes behind its activation.
  static std::vector<Field> window(const Options& options, const std::vector<Field>& more, int32_t activation) {
    std::vector<Field> fields;
    add_number(fields, 0, 1, options.same_padding ? 0 : 1);
    add_number(fields, 1, 4, options.stride_w);
    add_number(fields, 2, 4, options.stride_h);
    fields.insert(fields.end(), more.begin(), more.end());
    add_number(fields, activation, 1, options.activation);
    add_number(fields, activation + 1, 4, options.dilation_w, 1);
    add_number(fields, activation + 2, 4, options.dilation_h, 1);
    return fields;
  }

  static std::vector<Field> activated(int32_t slot, const Options& options) {
    std::vector<Field> fields;
    add_number(fields, slot, 1, options.activation);
    return fields;
  }

  const Tensor& tensor_of(int32_t index) const { return graph_.tensors[static_cast<size_t>(index)]; }

  // Returns how many channels a depthwise convolution makes of each.
  int64_t depth_multiplier(const Op& op) const {
    const Tensor *input = tensor_at(graph_, op.inputs, 0), *output = tensor_at(graph_, op.outputs, 0);
    const int64_t before = input == nullptr ? 0 : dim(*input, 3);
    return output == nullptr || before == 0 ? 1 : dim(*output, 3) / before;
  }

  // Adds the operator's options: their number in the schema's union, and their table.
  void add_options(const Op& op, std::vector<Field>& fields) {
    const auto add = [&](int64_t type, const std::vector<Field>& options) {
      fields.push_back(Field::number(op_field::kOptionsType, 1, type));
      fields.push_back(Field::part(op_field::kOptions, parts_.table(options)));
    };
    switch (op.kind) {
      case Builtin::kConv2d:
        return add(1, window(op.options, {}, 3));
      case Builtin::kDepthwiseConv2d:
        return add(2, window(op.options, {Field::number(3, 4, depth_multiplier(op))}, 4));
      case Builtin::kMaxPool2d:
      case Builtin::kAveragePool2d:
        return add(5, window(op.options,
                             {Field::number(3, 4, op.options.filter_w), Field::number(4, 4, op.options.filter_h)}, 5));
      case Builtin::kFullyConnected:
        if (op.options.activation) add(8, activated(0, op.options));
        return;
      case Builtin::kAdd:
        return add(11, activated(0, op.options));
      case Builtin::kMul:
        return add(21, activated(0, op.options));
      case Builtin::kConcatenation:
        return add(10, {Field::number(0, 4, -1)});  // along the last axis
      case Builtin::kReshape:                       // with the shape as an option, where it is no input
        if (op.inputs.size() > 1 || op.outputs.empty()) return;
        return add(17, {Field::part(0, parts_.words(tensor_of(op.outputs[0]).shape))});
      case Builtin::kUnidirectionalSequenceLstm:
        return add(71, {Field::number(0, 1, 4)});  // the activation of cells, tanh
      case Builtin::kSoftmax:
        return add(9, {Field::number(0, 4, 0x3F800000)});  // beta, the float 1
      default:
        return;
    }
  }

  PartId op(const Op& op) {
    std::vector<Field> fields;
    fields.reserve(op_field::kIntermediates);
    add_number(fields, op_field::kCode, 4, std::find(codes_.begin(), codes_.end(), op.kind) - codes_.begin());
    fields.push_back(Field::part(op_field::kInputs, parts_.words(op.inputs)));
    fields.push_back(Field::part(op_field::kOutputs, parts_.words(op.outputs)));
    add_options(op, fields);
    if (const int32_t scale = intermediate_of(op); scale >= 0) {
      fields.push_back(Field::part(op_field::kIntermediates, parts_.words(std::vector<int32_t>(5, scale))));
    }
    return parts_.table(fields);
  }

  PartId subgraph() {
    std::vector<PartId> tensors, ops;
    for (size_t i = 0; i < graph_.tensors.size(); ++i) tensors.push_back(tensor(i));
    for (const Op& each : graph_.ops) ops.push_back(op(each));
    return parts_.table({Field::part(subgraph_field::kTensors, parts_.references(tensors)),
                         Field::part(subgraph_field::kInputs, parts_.words(graph_.inputs)),
                         Field::part(subgraph_field::kOutputs, parts_.words(graph_.outputs)),
                         Field::part(subgraph_field::kOps, parts_.references(ops))});
  }

  PartId buffers() {
    std::vector<PartId> tables = {parts_.table({})};  // by the format, buffer 0 is empty
    for (PartId data : buffers_) tables.push_back(parts_.table({Field::part(kData, data)}));
    return parts_.references(tables);
  }

  const Subgraph& graph_;
  Parts parts_;
  std::vector<Builtin> codes_;
  std::vector<Quantization> quantizations_;  // by tensor
  std::vector<PartId> buffers_;              // their data
  // By tensor: the first tensor of its group, and by that, whether only data decide the zero point, and what was made.
  std::vector<int32_t> groups_;
  std::vector<bool> unknown_;
  std::vector<Quantization> made_;
};

}  // namespace

int64_t slim_file_bytes(const Graph& graph) { return SlimFile(graph.subgraphs.front()).bytes(); }

}  // namespace nas
