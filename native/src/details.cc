#include "details.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "check.h"
#include "flatbuffer.h"
#include "names.h"
#include "option_table.h"

namespace nas {
namespace {

// Field numbers of TFLite's schema, version 3 (tflite/schema/schema.fbs).
namespace model_field {
constexpr int kOperatorCodes = 1, kSubgraphs = 2, kDescription = 3, kBuffers = 4, kMetadata = 6, kSignatures = 7;
}
namespace subgraph_field {
constexpr int kTensors = 0, kInputs = 1, kOutputs = 2, kOperators = 3, kName = 4;
}
namespace tensor_field {
constexpr int kBuffer = 2, kQuantization = 4, kShapeSignature = 7;
}
namespace quantization_field {
constexpr int kScale = 2, kZeroPoint = 3, kAxis = 6;
}
namespace operator_field {
constexpr int kOpcode = 0, kOptionsType = 3, kOptions = 4;
}
constexpr int kCodeVersion = 2, kSignatureKey = 2;

constexpr const char* kPaddings[] = {"SAME", "VALID"};
constexpr const char* kActivations[] = {"NONE", "RELU", "RELU_N1_TO_1", "RELU6", "TANH", "SIGN_BIT"};
constexpr const char* kMirrorModes[] = {"REFLECT", "SYMMETRIC"};

// Returns the name of a number; the number itself, as text, if the schema is newer than this list.
template <size_t Count>
std::string named(const char* const (&names)[Count], int8_t number) {
  return number >= 0 && static_cast<size_t>(number) < Count ? names[number] : std::to_string(number);
}

template <typename Element, typename Wide>
std::vector<Wide> numbers(const Table& table, int field) {
  const auto vector = table.vector(field, sizeof(Element));
  if (!vector) return {};
  vector->charge(sizeof(Wide));
  std::vector<Wide> values;
  values.reserve(vector->size());
  for (size_t i = 0; i < vector->size(); ++i) values.push_back(static_cast<Wide>(vector->get<Element>(i)));
  return values;
}

// Returns the value of a field by its letter in option_table.h; nothing for one that need not be told.
std::optional<OptionValue> read_option(const Table& table, int field, char letter, int absent) {
  const auto whole = [&](auto zero) -> int64_t { return table.get(field, static_cast<decltype(zero)>(absent)); };
  const auto byte = [&] { return static_cast<int8_t>(whole(int8_t{0})); };
  switch (letter) {
    case '?':
      return whole(uint8_t{0}) != 0;
    case 'b':
      return whole(int8_t{0});
    case 'B':
      return whole(uint8_t{0});
    case 'i':
      return whole(int32_t{0});
    case 'u':
      return whole(uint32_t{0});
    case 'l':
      return whole(int64_t{0});
    case 'f':
      return static_cast<double>(table.get(field, static_cast<float>(absent)));
    case 's':
      return table.text(field);
    case 'v':
      return numbers<int32_t, int64_t>(table, field);
    case 'c':
      return numbers<uint8_t, int64_t>(table, field);
    case 'g':
      return numbers<float, double>(table, field);
    case 'P':
      return named(kPaddings, byte());
    case 'A':
      return named(kActivations, byte());
    case 'M':
      return named(kMirrorModes, byte());
    case 'T':
      return type_name(static_cast<Type>(byte()));
    case 'Q':
      if (byte() == 0) return std::nullopt;
      return type_name(static_cast<Type>(byte()));
    default:
      return std::nullopt;
  }
}

void read_options(const Table& table, const char* fields, OpDetails& op) {
  for (int field = 0; *fields != '\0'; ++field) {
    const char* end = fields + std::strcspn(fields, " ");
    const char* colon = std::find(fields, end, ':');
    if (colon != end) {
      const int absent = end - colon > 2 ? std::atoi(colon + 3) : 0;
      if (auto value = read_option(table, field, colon[1], absent)) {
        op.options.emplace_back(std::string(fields, colon), std::move(*value));
      }
    }
    fields = *end == '\0' ? end : end + 1;
  }
}

Span span_of(const Vector& vector) { return {vector.position() + 4, vector.size()}; }

// Returns where the data of a buffer lie.
Span data_of(const Vector& buffers, uint32_t index, size_t position) {
  if (index >= buffers.size()) Bytes::fail(position, "a buffer must exist, got " + std::to_string(index));
  const auto data = buffers.table(index).vector(0, 1);
  return data ? span_of(*data) : Span{};
}

TensorDetails read_tensor(const Table& table, const Vector& buffers) {
  TensorDetails tensor;
  tensor.data = data_of(buffers, table.get<uint32_t>(tensor_field::kBuffer, 0), table.position());
  tensor.signature = numbers<int32_t, int32_t>(table, tensor_field::kShapeSignature);
  if (const auto quantization = table.table(tensor_field::kQuantization)) {
    tensor.scales = numbers<float, float>(*quantization, quantization_field::kScale);
    tensor.zero_points = numbers<int64_t, int64_t>(*quantization, quantization_field::kZeroPoint);
    tensor.axis = quantization->get<int32_t>(quantization_field::kAxis, 0);
  }
  return tensor;
}

OpDetails read_op(const Table& table, const std::vector<int32_t>& versions) {
  OpDetails op;
  const uint32_t code = table.get<uint32_t>(operator_field::kOpcode, 0);
  if (code < versions.size()) op.version = versions[code];
  const int8_t type = table.get<int8_t>(operator_field::kOptionsType, 0);
  const auto options = type == 0 ? std::nullopt : table.table(operator_field::kOptions);
  const OptionRow* end = kOptionRows + kOptionRowCount;
  const OptionRow* row = std::find_if(kOptionRows, end, [type](const OptionRow& one) { return one.type == type; });
  if (options && row != end) read_options(*options, row->fields, op);
  return op;
}

// Returns the tables in a vector; Malformed if there are too many.
std::vector<Table> tables(const Table& table, int field, size_t most) {
  std::vector<Table> found;
  const auto vector = table.vector(field, 4);
  if (!vector) return found;
  if (vector->size() > most) Bytes::fail(vector->position(), "a model has too many parts");
  for (size_t i = 0; i < vector->size(); ++i) found.push_back(vector->table(i));
  return found;
}

std::vector<int32_t> ends(const Table& subgraph, int field, size_t first_tensor) {
  auto indices = numbers<int32_t, int32_t>(subgraph, field);
  for (int32_t& index : indices) index = index < 0 ? -1 : index + static_cast<int32_t>(first_tensor);
  return indices;
}

void read_subgraph(const Table& table, const Vector& buffers, const std::vector<int32_t>& versions, Details& details) {
  const size_t first_tensor = details.tensors.size(), first_op = details.ops.size();
  for (const Table& tensor : tables(table, subgraph_field::kTensors, kMaxTensors - first_tensor)) {
    details.tensors.push_back(read_tensor(tensor, buffers));
  }
  for (const Table& op : tables(table, subgraph_field::kOperators, kMaxOps - first_op)) {
    details.ops.push_back(read_op(op, versions));
  }
  details.subgraphs.push_back({table.text(subgraph_field::kName), details.tensors.size() - first_tensor,
                               details.ops.size() - first_op, ends(table, subgraph_field::kInputs, first_tensor),
                               ends(table, subgraph_field::kOutputs, first_tensor)});
}

}  // namespace

Details read_details(const uint8_t* data, size_t size) {
  Bytes bytes(data, size);
  const Table model(bytes, bytes.follow(0));
  const auto buffers = model.vector(model_field::kBuffers, 4);
  if (!buffers) Bytes::fail(model.position(), "a model must have buffers");
  std::vector<int32_t> versions;
  for (const Table& code : tables(model, model_field::kOperatorCodes, kMaxOps)) {
    versions.push_back(code.get<int32_t>(kCodeVersion, 1));
  }
  Details details;
  details.description = model.text(model_field::kDescription);
  for (const Table& subgraph : tables(model, model_field::kSubgraphs, kMaxSubgraphs)) {
    read_subgraph(subgraph, *buffers, versions, details);
  }
  for (const Table& entry : tables(model, model_field::kMetadata, kMaxTensors)) {
    details.metadata.push_back({entry.text(0), data_of(*buffers, entry.get<uint32_t>(1, 0), entry.position())});
  }
  for (const Table& signature : tables(model, model_field::kSignatures, kMaxSubgraphs)) {
    details.signatures.push_back(signature.text(kSignatureKey));
  }
  return details;
}

}  // namespace nas
