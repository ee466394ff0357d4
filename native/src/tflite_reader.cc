#include "tflite_reader.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "check.h"
#include "custom_kernels.h"
#include "flatbuffer.h"
#include "flexbuffer.h"

namespace nas {
namespace {

// Field numbers of TFLite's schema, version 3 (tflite/schema/schema.fbs).
namespace model_field {
constexpr int kVersion = 0, kOperatorCodes = 1, kSubgraphs = 2, kBuffers = 4, kMetadata = 6, kSignatures = 7;
}
namespace subgraph_field {
constexpr int kTensors = 0, kInputs = 1, kOutputs = 2, kOperators = 3;
}
namespace tensor_field {
constexpr int kShape = 0, kType = 1, kBuffer = 2, kName = 3, kQuantization = 4, kIsVariable = 5, kSparsity = 6,
              kShapeSignature = 7, kVariants = 9;
}
namespace operator_field {
constexpr int kOpcode = 0, kInputs = 1, kOutputs = 2, kOptionsType = 3, kOptions = 4, kCustomOptions = 5;
}

// Every operator has a copy of its code, and messages repeat it, so a long one would be multiplied. TFLM's are short.
constexpr size_t kMaxCustomCode = 64;

std::string shortened(std::string text) {
  if (text.size() <= kMaxCustomCode) return text;
  size_t end = kMaxCustomCode;
  while (end > 0 && (text[end] & 0xC0) == 0x80) --end;  // not within a character of several bytes
  return text.substr(0, end) + "...";
}

struct Code {
  Builtin kind;
  std::string custom_code;
};

Code read_code(const Table& table) {
  // Codes above 126 did not fit the old byte field; the new one is absent in old files.
  const int32_t code = std::max<int32_t>(table.get<int8_t>(0, 0), table.get<int32_t>(3, 0));
  if (code < 0 || code > INT16_MAX) Bytes::fail(table.position(), "an operator code must be a builtin one");
  return {static_cast<Builtin>(code), shortened(table.text(1))};
}

// The number of each operator's options in the union BuiltinOptions, and where each option lies in them.
// TFLM reads options of another type as absent, and so do we.
struct OptionFields {
  Builtin kind;
  int8_t type;
  int padding, stride_w, stride_h, filter_w, filter_h, dilation_w, dilation_h, activation, first_subgraph,
      second_subgraph;
};
constexpr int kNone = -1;
constexpr OptionFields kOptionFields[] = {
    {Builtin::kConv2d, 1, 0, 1, 2, kNone, kNone, 4, 5, 3, kNone, kNone},
    {Builtin::kDepthwiseConv2d, 2, 0, 1, 2, kNone, kNone, 5, 6, 4, kNone, kNone},
    {Builtin::kMaxPool2d, 5, 0, 1, 2, 3, 4, kNone, kNone, 5, kNone, kNone},
    {Builtin::kAveragePool2d, 5, 0, 1, 2, 3, 4, kNone, kNone, 5, kNone, kNone},
    {Builtin::kL2Pool2d, 5, 0, 1, 2, 3, 4, kNone, kNone, 5, kNone, kNone},
    {Builtin::kTransposeConv, 49, 0, 1, 2, kNone, kNone, kNone, kNone, kNone, kNone, kNone},
    {Builtin::kFullyConnected, 8, kNone, kNone, kNone, kNone, kNone, kNone, kNone, 0, kNone, kNone},
    {Builtin::kConcatenation, 10, kNone, kNone, kNone, kNone, kNone, kNone, kNone, 1, kNone, kNone},
    {Builtin::kAdd, 11, kNone, kNone, kNone, kNone, kNone, kNone, kNone, 0, kNone, kNone},
    {Builtin::kMul, 21, kNone, kNone, kNone, kNone, kNone, kNone, kNone, 0, kNone, kNone},
    {Builtin::kIf, 92, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, 0, 1},
    {Builtin::kWhile, 93, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, 0, 1},
    {Builtin::kCallOnce, 103, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, 0, kNone},
};

constexpr int8_t kBatchMatMulOptions = 101;

Options read_transposes(const Table& op) {
  Options options;
  const auto table = op.table(operator_field::kOptions);
  if (!table || op.get<int8_t>(operator_field::kOptionsType, 0) != kBatchMatMulOptions) return options;
  options.transposed_left = table->get<uint8_t>(0, 0) != 0;
  options.transposed_right = table->get<uint8_t>(1, 0) != 0;
  return options;
}

constexpr int8_t kVarHandleOptions = 111;

// Gives each variable of the model a number: those of one container and name are the same.
class Variables {
 public:
  int32_t number(const Table& op) {
    const auto table = op.table(operator_field::kOptions);
    std::pair<std::string, std::string> name;
    if (table && op.get<int8_t>(operator_field::kOptionsType, 0) == kVarHandleOptions) {
      name = {table->text(0), table->text(1)};
    }
    return numbers_.emplace(name, static_cast<int32_t>(numbers_.size())).first->second;
  }

 private:
  std::map<std::pair<std::string, std::string>, int32_t> numbers_;
};

Options read_options(Builtin kind, const Table& op) {
  if (kind == Builtin::kBatchMatmul) return read_transposes(op);
  Options options;
  const auto fields = std::find_if(std::begin(kOptionFields), std::end(kOptionFields),
                                   [kind](const OptionFields& row) { return row.kind == kind; });
  if (fields == std::end(kOptionFields)) return options;
  const auto table = op.table(operator_field::kOptions);
  if (!table || op.get<int8_t>(operator_field::kOptionsType, 0) != fields->type) return options;
  const auto number = [&](int field, int32_t absent) { return field == kNone ? absent : table->get(field, absent); };
  const auto positive = [&](int field, int32_t absent) {
    const int32_t value = number(field, absent);
    if (field == kNone) return 1;
    if (value < 1 || value > kMaxStep) Bytes::fail(table->position(), "a stride, filter or dilation is out of range");
    return value;
  };
  if (fields->padding != kNone) options.same_padding = table->get<int8_t>(fields->padding, 0) == 0;
  if (fields->activation != kNone) options.activation = table->get<int8_t>(fields->activation, 0);
  options.stride_w = positive(fields->stride_w, 0);
  options.stride_h = positive(fields->stride_h, 0);
  options.filter_w = positive(fields->filter_w, 0);
  options.filter_h = positive(fields->filter_h, 0);
  options.dilation_w = positive(fields->dilation_w, 1);
  options.dilation_h = positive(fields->dilation_h, 1);
  options.first_subgraph = number(fields->first_subgraph, fields->first_subgraph == kNone ? -1 : 0);
  options.second_subgraph = number(fields->second_subgraph, fields->second_subgraph == kNone ? -1 : 0);
  return options;
}

// Counts vectors as copied that this reader leaves alone: whoever unpacks the whole file copies them, and shall not be
// made to run out of memory by a file that is taken here.
void charge(const Table& table, int field, size_t element_bytes) {
  if (const auto vector = table.vector(field, 1)) vector->charge(element_bytes);
}

constexpr size_t kUnpackedTable = 64;

void charge_tensor(const Table& table) {
  charge(table, tensor_field::kShapeSignature, 4);
  charge(table, tensor_field::kVariants, kUnpackedTable);
  if (const auto sparsity = table.table(tensor_field::kSparsity)) {
    for (int field : {0, 1}) charge(*sparsity, field, 4);
    charge(*sparsity, 2, kUnpackedTable);
  }
  if (const auto quantization = table.table(tensor_field::kQuantization)) {
    for (int field : {0, 1, 2}) charge(*quantization, field, 4);
    charge(*quantization, 3, 8);
  }
}

void charge_op(Builtin kind, const Table& table) {
  charge(table, operator_field::kCustomOptions, 1);
  // Of the operators that TFLM has, only these have options with a vector.
  const int8_t type = kind == Builtin::kReshape ? 17 : kind == Builtin::kSqueeze ? 30 : 0;
  if (type == 0 || table.get<int8_t>(operator_field::kOptionsType, 0) != type) return;
  if (const auto options = table.table(operator_field::kOptions)) charge(*options, 0, 4);
}

void charge_signatures(const Table& model) {
  const auto signatures = model.vector(model_field::kSignatures, 4);
  if (signatures) signatures->charge(kUnpackedTable);
  for (size_t i = 0; signatures && i < signatures->size(); ++i) {
    for (int field : {0, 1}) {
      const auto tensors = signatures->table(i).vector(field, 4);
      if (!tensors) continue;
      tensors->charge(kUnpackedTable);
      for (size_t k = 0; k < tensors->size(); ++k) charge(tensors->table(k), 0, 1);
    }
    charge(signatures->table(i), 2, 1);
  }
}

std::vector<int32_t> indices(const Table& table, int field) {
  const auto vector = table.vector(field, 4);
  return vector ? vector->copy<int32_t>() : std::vector<int32_t>();
}

size_t count(const Table& table, int field, size_t element_bytes) {
  const auto vector = table.vector(field, element_bytes);
  return vector ? vector->size() : 0;
}

// Bytes of a buffer: in the vector, or behind the flatbuffer for models above 2 GB (TFLM does not read those).
std::optional<Vector> data_of(const Vector& buffers, uint32_t index, size_t position) {
  if (index >= buffers.size()) Bytes::fail(position, "a tensor's buffer must exist, got " + std::to_string(index));
  return buffers.table(index).vector(0, 1);
}

Tensor read_tensor(const Table& table, const Vector& buffers) {
  Tensor tensor;
  charge_tensor(table);
  tensor.name = table.text(tensor_field::kName);
  tensor.shape = indices(table, tensor_field::kShape);
  tensor.type = static_cast<Type>(table.get<int8_t>(tensor_field::kType, 0));
  tensor.variable = table.get<uint8_t>(tensor_field::kIsVariable, 0) != 0;
  const auto data = data_of(buffers, table.get<uint32_t>(tensor_field::kBuffer, 0), table.position());
  tensor.constant = data && data->size() > 0;
  if (const auto quantization = table.table(tensor_field::kQuantization)) {
    const size_t scales = count(*quantization, 2, 4);
    tensor.scales = static_cast<int32_t>(std::min<size_t>(scales, INT32_MAX));
    tensor.quantized = scales > 0 && count(*quantization, 3, 8) > 0;
  }
  try {
    set_size(tensor);
  } catch (const Malformed& error) {
    Bytes::fail(table.position(), error.what());
  }
  const bool whole = tensor.constant && static_cast<int64_t>(data->size()) == tensor.bytes;
  if (whole && tensor.type == Type::kFloat32) tensor.data = data->data();
  return tensor;
}

// Returns the options that the operator's row names; empty if one of them is not there.
std::vector<int32_t> read_numbers(const CustomKernel& custom, const Table& op) {
  const auto bytes = op.vector(operator_field::kCustomOptions, 1);
  std::vector<int32_t> numbers;
  for (size_t i = 0; i < option_count(custom); ++i) {
    const auto number = bytes ? flexbuffer_number(bytes->data(), bytes->size(), custom.options[i]) : std::nullopt;
    if (!number) return {};
    numbers.push_back(*number);
  }
  return numbers;
}

// What the operators of a model share.
struct Shared {
  std::vector<Code> codes;
  Variables variables;
};

Op read_op(const Table& table, Shared& shared) {
  const std::vector<Code>& codes = shared.codes;
  const uint32_t code = table.get<uint32_t>(operator_field::kOpcode, 0);
  if (code >= codes.size()) Bytes::fail(table.position(), "an operator's code must exist, got " + std::to_string(code));
  Op op;
  op.kind = codes[code].kind;
  op.custom_code = codes[code].custom_code;
  op.inputs = indices(table, operator_field::kInputs);
  op.outputs = indices(table, operator_field::kOutputs);
  op.options = read_options(op.kind, table);
  if (op.kind == Builtin::kVarHandle) op.options.variable = shared.variables.number(table);
  const CustomKernel* custom = op.kind == Builtin::kCustom ? find_custom_kernel(op.custom_code) : nullptr;
  if (custom != nullptr) op.numbers = read_numbers(*custom, table);
  charge_op(op.kind, table);
  return op;
}

Subgraph read_subgraph(const Table& table, const Vector& buffers, Shared& shared) {
  Subgraph subgraph;
  if (const auto tensors = table.vector(subgraph_field::kTensors, 4)) {
    if (tensors->size() > kMaxTensors) Bytes::fail(tensors->position(), "a subgraph has too many tensors");
    for (size_t i = 0; i < tensors->size(); ++i) subgraph.tensors.push_back(read_tensor(tensors->table(i), buffers));
  }
  if (const auto ops = table.vector(subgraph_field::kOperators, 4)) {
    if (ops->size() > kMaxOps) Bytes::fail(ops->position(), "a subgraph has too many operators");
    for (size_t i = 0; i < ops->size(); ++i) subgraph.ops.push_back(read_op(ops->table(i), shared));
  }
  subgraph.inputs = indices(table, subgraph_field::kInputs);
  subgraph.outputs = indices(table, subgraph_field::kOutputs);
  return subgraph;
}

// The buffer of metadata "OfflineMemoryAllocation": version, subgraph, number of tensors, then their offsets.
std::vector<int32_t> read_offsets(const Table& entry, const Vector& buffers, size_t tensors) {
  const uint32_t index = entry.get<uint32_t>(1, 0);
  if (index >= buffers.size()) Bytes::fail(entry.position(), "the metadata's buffer must exist");
  const auto data = buffers.table(index).vector(0, 1);
  if (!data || data->size() != 4 * (3 + tensors)) {
    Bytes::fail(entry.position(), "an offline plan must have an offset for every tensor");
  }
  const auto words = data->copy<char>();
  std::vector<int32_t> offsets(tensors);
  if (tensors > 0) std::memcpy(offsets.data(), words.data() + 12, 4 * tensors);
  return offsets;
}

// Of several plans TFLM takes the last; each must fit the model (AllocationInfoBuilder::GetOfflinePlannedOffsets).
std::vector<int32_t> read_offline_offsets(const Table& model, const Vector& buffers, size_t tensors) {
  std::vector<int32_t> offsets;
  const auto metadata = model.vector(model_field::kMetadata, 4);
  for (size_t i = 0; metadata && i < metadata->size(); ++i) {
    const Table entry = metadata->table(i);
    if (entry.text(0) == "OfflineMemoryAllocation") offsets = read_offsets(entry, buffers, tensors);
  }
  return offsets;
}

}  // namespace

Graph read_tflite(const uint8_t* data, size_t size) {
  Bytes bytes(data, size);
  bytes.require(0, 8, "the header");
  if (std::memcmp(data + 4, "TFL3", 4) != 0) Bytes::fail(4, "a .tflite must have the identifier TFL3");
  const Table model(bytes, bytes.follow(0));
  if (model.get<uint32_t>(model_field::kVersion, 0) != 3) Bytes::fail(model.position(), "the schema must be version 3");

  Shared shared;
  if (const auto tables = model.vector(model_field::kOperatorCodes, 4)) {
    if (tables->size() > kMaxOps) Bytes::fail(tables->position(), "a model has too many operator codes");
    for (size_t i = 0; i < tables->size(); ++i) shared.codes.push_back(read_code(tables->table(i)));
  }
  charge_signatures(model);
  const auto buffers = model.vector(model_field::kBuffers, 4);
  const auto subgraphs = model.vector(model_field::kSubgraphs, 4);
  if (!buffers || !subgraphs) Bytes::fail(model.position(), "a model must have subgraphs and buffers");
  if (subgraphs->size() > kMaxSubgraphs) Bytes::fail(subgraphs->position(), "a model has too many subgraphs");

  Graph graph;
  graph.file_bytes = static_cast<int64_t>(size);
  size_t tensors = 0, ops = 0;
  for (size_t i = 0; i < subgraphs->size(); ++i) {
    graph.subgraphs.push_back(read_subgraph(subgraphs->table(i), *buffers, shared));
    tensors += graph.subgraphs.back().tensors.size();
    ops += graph.subgraphs.back().ops.size();
    if (tensors > kMaxTensors) Bytes::fail(subgraphs->position(), "a model has too many tensors");
    if (ops > kMaxOps) Bytes::fail(subgraphs->position(), "a model has too many operators");
  }
  graph.offline_offsets = read_offline_offsets(model, *buffers, tensors);
  try {
    check(graph);
  } catch (const Malformed& error) {
    Bytes::fail(model.position(), error.what());
  }
  return graph;
}

}  // namespace nas
