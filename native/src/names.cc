#include "names.h"

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <unordered_map>

namespace nas {
namespace {

// BuiltinOperator of TFLite's schema without the StableHLO ones, which no runtime on a microcontroller has.
struct OpName {
  int16_t kind;
  const char* name;
};
constexpr OpName kOpNames[] = {
    {0, "ADD"},
    {1, "AVERAGE_POOL_2D"},
    {2, "CONCATENATION"},
    {3, "CONV_2D"},
    {4, "DEPTHWISE_CONV_2D"},
    {5, "DEPTH_TO_SPACE"},
    {6, "DEQUANTIZE"},
    {7, "EMBEDDING_LOOKUP"},
    {8, "FLOOR"},
    {9, "FULLY_CONNECTED"},
    {10, "HASHTABLE_LOOKUP"},
    {11, "L2_NORMALIZATION"},
    {12, "L2_POOL_2D"},
    {13, "LOCAL_RESPONSE_NORMALIZATION"},
    {14, "LOGISTIC"},
    {15, "LSH_PROJECTION"},
    {16, "LSTM"},
    {17, "MAX_POOL_2D"},
    {18, "MUL"},
    {19, "RELU"},
    {20, "RELU_N1_TO_1"},
    {21, "RELU6"},
    {22, "RESHAPE"},
    {23, "RESIZE_BILINEAR"},
    {24, "RNN"},
    {25, "SOFTMAX"},
    {26, "SPACE_TO_DEPTH"},
    {27, "SVDF"},
    {28, "TANH"},
    {29, "CONCAT_EMBEDDINGS"},
    {30, "SKIP_GRAM"},
    {31, "CALL"},
    {32, "CUSTOM"},
    {33, "EMBEDDING_LOOKUP_SPARSE"},
    {34, "PAD"},
    {35, "UNIDIRECTIONAL_SEQUENCE_RNN"},
    {36, "GATHER"},
    {37, "BATCH_TO_SPACE_ND"},
    {38, "SPACE_TO_BATCH_ND"},
    {39, "TRANSPOSE"},
    {40, "MEAN"},
    {41, "SUB"},
    {42, "DIV"},
    {43, "SQUEEZE"},
    {44, "UNIDIRECTIONAL_SEQUENCE_LSTM"},
    {45, "STRIDED_SLICE"},
    {46, "BIDIRECTIONAL_SEQUENCE_RNN"},
    {47, "EXP"},
    {48, "TOPK_V2"},
    {49, "SPLIT"},
    {50, "LOG_SOFTMAX"},
    {51, "DELEGATE"},
    {52, "BIDIRECTIONAL_SEQUENCE_LSTM"},
    {53, "CAST"},
    {54, "PRELU"},
    {55, "MAXIMUM"},
    {56, "ARG_MAX"},
    {57, "MINIMUM"},
    {58, "LESS"},
    {59, "NEG"},
    {60, "PADV2"},
    {61, "GREATER"},
    {62, "GREATER_EQUAL"},
    {63, "LESS_EQUAL"},
    {64, "SELECT"},
    {65, "SLICE"},
    {66, "SIN"},
    {67, "TRANSPOSE_CONV"},
    {68, "SPARSE_TO_DENSE"},
    {69, "TILE"},
    {70, "EXPAND_DIMS"},
    {71, "EQUAL"},
    {72, "NOT_EQUAL"},
    {73, "LOG"},
    {74, "SUM"},
    {75, "SQRT"},
    {76, "RSQRT"},
    {77, "SHAPE"},
    {78, "POW"},
    {79, "ARG_MIN"},
    {80, "FAKE_QUANT"},
    {81, "REDUCE_PROD"},
    {82, "REDUCE_MAX"},
    {83, "PACK"},
    {84, "LOGICAL_OR"},
    {85, "ONE_HOT"},
    {86, "LOGICAL_AND"},
    {87, "LOGICAL_NOT"},
    {88, "UNPACK"},
    {89, "REDUCE_MIN"},
    {90, "FLOOR_DIV"},
    {91, "REDUCE_ANY"},
    {92, "SQUARE"},
    {93, "ZEROS_LIKE"},
    {94, "FILL"},
    {95, "FLOOR_MOD"},
    {96, "RANGE"},
    {97, "RESIZE_NEAREST_NEIGHBOR"},
    {98, "LEAKY_RELU"},
    {99, "SQUARED_DIFFERENCE"},
    {100, "MIRROR_PAD"},
    {101, "ABS"},
    {102, "SPLIT_V"},
    {103, "UNIQUE"},
    {104, "CEIL"},
    {105, "REVERSE_V2"},
    {106, "ADD_N"},
    {107, "GATHER_ND"},
    {108, "COS"},
    {109, "WHERE"},
    {110, "RANK"},
    {111, "ELU"},
    {112, "REVERSE_SEQUENCE"},
    {113, "MATRIX_DIAG"},
    {114, "QUANTIZE"},
    {115, "MATRIX_SET_DIAG"},
    {116, "ROUND"},
    {117, "HARD_SWISH"},
    {118, "IF"},
    {119, "WHILE"},
    {120, "NON_MAX_SUPPRESSION_V4"},
    {121, "NON_MAX_SUPPRESSION_V5"},
    {122, "SCATTER_ND"},
    {123, "SELECT_V2"},
    {124, "DENSIFY"},
    {125, "SEGMENT_SUM"},
    {126, "BATCH_MATMUL"},
    {127, "PLACEHOLDER_FOR_GREATER_OP_CODES"},
    {128, "CUMSUM"},
    {129, "CALL_ONCE"},
    {130, "BROADCAST_TO"},
    {131, "RFFT2D"},
    {132, "CONV_3D"},
    {133, "IMAG"},
    {134, "REAL"},
    {135, "COMPLEX_ABS"},
    {136, "HASHTABLE"},
    {137, "HASHTABLE_FIND"},
    {138, "HASHTABLE_IMPORT"},
    {139, "HASHTABLE_SIZE"},
    {140, "REDUCE_ALL"},
    {141, "CONV_3D_TRANSPOSE"},
    {142, "VAR_HANDLE"},
    {143, "READ_VARIABLE"},
    {144, "ASSIGN_VARIABLE"},
    {145, "BROADCAST_ARGS"},
    {146, "RANDOM_STANDARD_NORMAL"},
    {147, "BUCKETIZE"},
    {148, "RANDOM_UNIFORM"},
    {149, "MULTINOMIAL"},
    {150, "GELU"},
    {151, "DYNAMIC_UPDATE_SLICE"},
    {152, "RELU_0_TO_1"},
    {153, "UNSORTED_SEGMENT_PROD"},
    {154, "UNSORTED_SEGMENT_MAX"},
    {155, "UNSORTED_SEGMENT_SUM"},
    {156, "ATAN2"},
    {157, "UNSORTED_SEGMENT_MIN"},
    {158, "SIGN"},
    {159, "BITCAST"},
    {160, "BITWISE_XOR"},
    {161, "RIGHT_SHIFT"},
    {203, "DILATE"},
    {205, "REDUCE_WINDOW"},
};

constexpr const char* kTypeNames[] = {"float32", "float16",  "int32",     "uint8",  "int64",   "string",
                                      "bool",    "int16",    "complex64", "int8",   "float64", "complex128",
                                      "uint64",  "resource", "variant",   "uint32", "uint16",  "int4"};

// What the constant inputs of an operator are called, from the second input on.
struct InputNames {
  Builtin kind;
  const char* second;
  const char* third;
};
constexpr InputNames kInputNames[] = {
    {Builtin::kConv2d, "weights", "bias"},
    {Builtin::kDepthwiseConv2d, "weights", "bias"},
    {Builtin::kFullyConnected, "weights", "bias"},
    {Builtin::kTransposeConv, "weights", "input"},
    {Builtin::kReshape, "shape", ""},
    {Builtin::kMean, "axes", ""},
    {Builtin::kSum, "axes", ""},
    {Builtin::kReduceMax, "axes", ""},
    {Builtin::kPad, "paddings", ""},
    {Builtin::kExpandDims, "axis", ""},
    {Builtin::kTranspose, "permutation", ""},
};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

void name_if_nameless(std::string& name, const std::string& role) {
  if (name.empty()) name = role;
}

std::string numbered(const std::string& word, size_t index, size_t count) {
  return count == 1 ? word : word + "_" + std::to_string(index);
}

void name_subgraph(const Subgraph& graph, const std::string& prefix, size_t first_op, std::string* names) {
  const auto at = [&](int32_t index) -> std::string& { return names[static_cast<size_t>(index)]; };
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    name_if_nameless(at(graph.inputs[i]), prefix + numbered("input", i, graph.inputs.size()));
  }
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    name_if_nameless(at(graph.outputs[i]), prefix + numbered("output", i, graph.outputs.size()));
  }
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const Op& op = graph.ops[i];
    const std::string name = lower(op_name(op.kind)) + "_" + std::to_string(first_op + i);
    for (size_t k = 0; k < op.inputs.size(); ++k) {
      if (op.inputs[k] >= 0 && graph.tensors[static_cast<size_t>(op.inputs[k])].constant) {
        name_if_nameless(at(op.inputs[k]), name + "/" + input_role(op.kind, k));
      }
    }
    for (size_t k = 0; k < op.outputs.size(); ++k) {
      name_if_nameless(at(op.outputs[k]), numbered(name, k, op.outputs.size()));
    }
  }
}

}  // namespace

std::string input_role(Builtin kind, size_t position) {
  for (const InputNames& row : kInputNames) {
    if (row.kind != kind) continue;
    const std::string name = position == 1 ? row.second : position == 2 ? row.third : "";
    if (!name.empty()) return name;
  }
  return "input_" + std::to_string(position);
}

std::string op_name(Builtin kind) {
  for (const OpName& row : kOpNames) {
    if (row.kind == static_cast<int16_t>(kind)) return row.name;
  }
  return "BUILTIN_" + std::to_string(static_cast<int16_t>(kind));
}

Builtin find_builtin(const std::string& name) {
  static const auto kinds = [] {
    std::unordered_map<std::string, Builtin> map;
    for (const OpName& row : kOpNames) map.emplace(row.name, static_cast<Builtin>(row.kind));
    return map;
  }();
  const auto found = kinds.find(name);
  return found == kinds.end() ? Builtin::kCustom : found->second;
}

std::string type_name(Type type) {
  const auto index = static_cast<size_t>(static_cast<uint8_t>(type));
  return index < std::size(kTypeNames) ? kTypeNames[index] : "type_" + std::to_string(index);
}

Type find_type(const std::string& name) {
  const auto found = std::find(std::begin(kTypeNames), std::end(kTypeNames), name);
  if (found == std::end(kTypeNames)) throw std::invalid_argument("unknown type " + name);
  return static_cast<Type>(found - std::begin(kTypeNames));
}

std::string scratch_name(const Op& op, int32_t index) {
  const std::string name = op.kind == Builtin::kCustom && !op.custom_code.empty() ? op.custom_code : op_name(op.kind);
  return lower(name) + "_" + std::to_string(index) + "/scratch";
}

std::vector<std::string> tensor_names(const Graph& graph) {
  std::vector<std::string> names;
  for (const Subgraph& subgraph : graph.subgraphs) {
    for (const Tensor& tensor : subgraph.tensors) names.push_back(tensor.name);
  }
  size_t first_tensor = 0, first_op = 0;
  for (size_t i = 0; i < graph.subgraphs.size(); ++i) {
    const std::string prefix = i == 0 ? "" : "subgraph_" + std::to_string(i) + "/";
    name_subgraph(graph.subgraphs[i], prefix, first_op, names.data() + first_tensor);
    first_tensor += graph.subgraphs[i].tensors.size();
    first_op += graph.subgraphs[i].ops.size();
  }
  for (size_t i = 0; i < names.size(); ++i) name_if_nameless(names[i], "tensor_" + std::to_string(i));
  return names;
}

}  // namespace nas
