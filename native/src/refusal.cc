#include "refusal.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "custom_kernels.h"
#include "kernels.h"
#include "names.h"
#include "types.h"

namespace nas {
namespace {

constexpr Type kAllTypes[] = {Type::kFloat32, Type::kInt8,   Type::kInt16,    Type::kInt32,
                              Type::kInt64,   Type::kBool,   Type::kUint8,    Type::kInt4,
                              Type::kUint16,  Type::kUint32, Type::kUint64,   Type::kFloat16,
                              Type::kFloat64, Type::kString, Type::kResource, Type::kVariant};

// Returns the names of a set of types, the usual ones first: "float32, int8 or int16".
std::string words(uint32_t types) {
  std::vector<std::string> names;
  for (Type type : kAllTypes) {
    if ((types >> static_cast<int>(type) & 1) != 0) names.push_back(type_name(type));
  }
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) text += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  return text;
}

// What to do about a tensor of a type that a kernel does not take.
std::string remedy(const Tensor& tensor) {
  switch (tensor.type) {
    case Type::kUint8:
      return tensor.quantized ? "it was quantized by an old converter: convert the model again, to int8"
                              : "convert this part of the model to int8";
    case Type::kFloat16:
      return "TFLM has no float16 kernels: convert to int8";
    case Type::kInt4:
      return "only weights may be int4: convert again with int8 activations";
    case Type::kFloat64:
      return "build the model with float32, and convert to int8";
    case Type::kInt64:
    case Type::kUint64:
    case Type::kUint32:
    case Type::kUint16:
      return "cast to int32 before, or convert this part of the model to another type";
    default:
      return "replace the operator, or convert this part of the model to another type";
  }
}

std::string found_when(Found found) {
  return found == Found::kAtInference ? " (TFLM notices only at the first inference)" : "";
}

bool multiplies_weights(Builtin kind) {
  return kind == Builtin::kConv2d || kind == Builtin::kDepthwiseConv2d || kind == Builtin::kFullyConnected ||
         kind == Builtin::kTransposeConv || kind == Builtin::kSvdf || kind == Builtin::kUnidirectionalSequenceLstm ||
         kind == Builtin::kBatchMatmul;
}

std::string refuse_weights(const Node& node, const Machine& machine) {
  const size_t activation_at = node.op->kind == Builtin::kTransposeConv ? 2 : 0;
  const size_t weights_at = node.op->kind == Builtin::kUnidirectionalSequenceLstm ? 2 : 1;
  const Tensor *activation = node.input(activation_at), *weights = node.input(weights_at);
  if (activation == nullptr || weights == nullptr || node.output() == nullptr) return "it lacks an input or its output";
  if (activation->type == Type::kFloat32 && weights->type != Type::kFloat32) {
    return "TFLM has no hybrid kernels (float activations, quantized weights); quantize activations to int8 as well: "
           "give the converter representative data";
  }
  if (node.op->kind == Builtin::kFullyConnected && weights->type == Type::kInt4 && weights->scales > 1) {
    return "TFLM has no FULLY_CONNECTED of int4 weights with a scale for each output; convert with one scale for all "
           "weights";
  }
  if (node.op->kind == Builtin::kFullyConnected && machine.kernels == KernelSet::kCmsisNn &&
      activation->type == Type::kInt16 && weights->scales > 1) {
    return "CMSIS-NN has no int16 FULLY_CONNECTED with a scale for each output; convert with one scale for all weights";
  }
  return {};
}

// Returns what the tensor is to its operator: "weights", "input", "second input", "output 3".
std::string place_words(const Op& op, bool is_output, size_t position) {
  static const char* const kOrdinals[] = {"first ", "second ", "third "};
  const std::string role = is_output ? "output" : input_role(op.kind, position);
  if (!is_output && role.rfind("input_", 0) != 0) return role;
  const std::string word = is_output ? "output" : "input";
  const bool alone = is_output ? op.outputs.size() == 1 : op.inputs.size() == 1 || input_role(op.kind, 1) != "input_1";
  if (position == 0 && alone) return word;
  return position < std::size(kOrdinals) ? kOrdinals[position] + word : word + " " + std::to_string(position + 1);
}

// Returns the types of some tensors, each once.
std::string type_words(const Subgraph& graph, const std::vector<int32_t>& indices) {
  std::vector<Type> types;
  for (size_t i = 0; i < indices.size(); ++i) {
    const Tensor* tensor = tensor_at(graph, indices, i);
    if (tensor != nullptr && std::find(types.begin(), types.end(), tensor->type) == types.end()) {
      types.push_back(tensor->type);
    }
  }
  std::string text;
  for (Type type : types) text += (text.empty() ? "" : " and ") + type_name(type);
  return text;
}

std::string refuse_types(const Node& node, const Machine& machine) {
  const Op& op = *node.op;
  const std::optional<NotTaken> wrong = find_not_taken(node, machine);
  if (!wrong) return {};
  const Tensor* tensor = tensor_at(*node.graph, wrong->is_output ? op.outputs : op.inputs, wrong->position);
  if (tensor == nullptr) return "it lacks an input or its output";
  const std::string type = type_name(tensor->type);
  const std::string place = place_words(op, wrong->is_output, wrong->position);
  const std::string kernel = "TFLM's " + op_name(op.kind);
  switch (wrong->reason) {
    case NotTaken::Reason::kPresent:
      return kernel + " has no " + place + "; replace the operator";
    case NotTaken::Reason::kUnscaled:
      return "its " + place + " is " + type + " without scale and zero point, which " + kernel + " needs" +
             "; convert again with representative data";
    case NotTaken::Reason::kScaled:
      return "its " + place + " is " + type + " with a scale, which " + kernel + " does not take; convert to int8";
    case NotTaken::Reason::kCombination:
      return "it makes " + type_words(*node.graph, op.outputs) + " of " + type_words(*node.graph, op.inputs) +
             ", and " + kernel + " does not take these types together" + found_when(wrong->found) + "; " +
             remedy(*tensor);
    case NotTaken::Reason::kType:
      break;
  }
  return "its " + place + " is " + type + ", and " + kernel + " takes " + words(wrong->types) +
         found_when(wrong->found) + "; " + remedy(*tensor);
}

std::string refuse_custom(const Node& node) {
  const std::string& code = node.op->custom_code;
  if (code.rfind("Flex", 0) == 0) {
    return "TFLM has no kernel for the custom operator " + code +
           ", which only TensorFlow runs; convert with TFLITE_BUILTINS alone, and replace what then fails";
  }
  const CustomKernel* custom = find_custom_kernel(code);
  if (is_known(*node.op)) return refuse_custom_kernel(*custom, node);
  if (custom != nullptr) return "the options of the custom operator " + code + " cannot be read";
  const std::string compiled = compiled_for(code);
  if (!compiled.empty()) return compiled;
  return "the custom operator " + code + " is not known to us, so the figures are lower bounds: it runs " +
         "where the firmware registers a kernel for it";
}

}  // namespace

std::string refusal(const Node& node, const Machine& machine) {
  const Builtin kind = node.op->kind;
  if (kind == Builtin::kCustom) return refuse_custom(node);
  if (find_kernel(kind) == nullptr) {
    return "TFLM has no kernel for " + op_name(kind) +
           " (\"Didn't find op for builtin opcode\"); replace it in the model";
  }
  const std::string weights = multiplies_weights(kind) ? refuse_weights(node, machine) : std::string();
  return weights.empty() ? refuse_types(node, machine) : weights;
}

}  // namespace nas
