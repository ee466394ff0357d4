#include "types.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

namespace nas {
namespace {

constexpr uint32_t bit(Type type) {
  const auto number = static_cast<uint8_t>(type);
  return number < 32 ? uint32_t{1} << number : 0;
}

uint32_t types_of(char letter) {
  static constexpr struct {
    char letter;
    Type type;
  } kLetters[] = {{'f', Type::kFloat32},  {'e', Type::kFloat16}, {'d', Type::kFloat64}, {'8', Type::kInt8},
                  {'h', Type::kInt16},    {'i', Type::kInt32},   {'l', Type::kInt64},   {'b', Type::kBool},
                  {'r', Type::kResource}, {'u', Type::kUint8},   {'H', Type::kUint16},  {'U', Type::kUint32},
                  {'L', Type::kUint64},   {'4', Type::kInt4}};
  if (letter == '*') return (bit(Type::kInt4) * 2 - 1) & ~bit(Type::kString) & ~bit(Type::kVariant);
  for (const auto& row : kLetters) {
    if (row.letter == letter) return bit(row.type);
  }
  return 0;
}

// One input or output of a signature: the types it may have, and those of them that need or exclude a scale.
struct Place {
  uint32_t types = 0, scaled = 0, unscaled = 0;
  bool same = false, repeats = false;
};

struct Signature {
  std::vector<Place> inputs, outputs;
};

struct Row {
  Found found = Found::kAtAllocation;
  std::vector<Signature> signatures;
};

// Reads a row's text; its language is told in type_table.h. `group` are the types of the places marked with "=".
Place read_place(const std::string& text, uint32_t& group) {
  Place place;
  uint32_t last = 0;
  for (char c : text) {
    if (c == '=') place.same = true;
    if (c == '.') place.repeats = true;
    if (c == '\'') place.scaled |= last;
    if (c == '^') place.unscaled |= last;
    if (std::strchr("=.'^", c) == nullptr) place.types |= last = types_of(c);
  }
  if (place.same && place.types == 0) place.types = group;
  if (place.same) group = place.types;
  return place;
}

std::vector<Signature> read_signatures(const char* text) {
  std::vector<Signature> signatures(1);
  std::vector<Place>* side = &signatures.back().inputs;
  uint32_t group = 0;
  std::string word;
  for (;; ++text) {
    if (std::strchr(" >|", *text) == nullptr) {
      word += *text;
      continue;
    }
    if (!word.empty()) side->push_back(read_place(word, group));
    word.clear();
    if (*text == '\0') return signatures;
    if (*text == '>') side = &signatures.back().outputs;
    if (*text == '|') {
      side = &signatures.emplace_back().inputs;
      group = 0;
    }
  }
}

using Index = std::array<Row, 256>;

void add_rows(const TypeRow* rows, size_t count, Index& index) {
  for (const TypeRow* row = rows; row != rows + count; ++row) {
    index[static_cast<size_t>(row->kind)] = {row->found, read_signatures(row->signatures)};
  }
}

const Row& row_of(Builtin kind, KernelSet kernels) {
  static const std::array<Index, 2> indices = [] {
    std::array<Index, 2> built;
    add_rows(kTypeRows, kTypeRowCount, built[0]);
    built[1] = built[0];
    add_rows(kTypeRowsCmsisNn, kTypeRowCountCmsisNn, built[1]);
    return built;
  }();
  static const Row none;
  const auto code = static_cast<size_t>(kind);
  return code < indices[0].size() ? indices[kernels == KernelSet::kCmsisNn ? 1 : 0][code] : none;
}

// The operator's tensors one after the other, inputs first.
struct Walk {
  const Node& node;

  size_t size() const { return node.op->inputs.size() + node.op->outputs.size(); }
  bool is_output(size_t i) const { return i >= node.op->inputs.size(); }
  size_t position(size_t i) const { return is_output(i) ? i - node.op->inputs.size() : i; }
  const Tensor* tensor(size_t i) const {
    return tensor_at(*node.graph, is_output(i) ? node.op->outputs : node.op->inputs, position(i));
  }
  // Returns the place of the i-th tensor, nullptr if the kernel does not look at it.
  const Place* place(const Signature& signature, size_t i) const {
    const std::vector<Place>& places = is_output(i) ? signature.outputs : signature.inputs;
    if (position(i) < places.size()) return &places[position(i)];
    return !places.empty() && places.back().repeats ? &places.back() : nullptr;
  }
};

bool has_type(const Place& place, const Tensor& tensor) { return (place.types & bit(tensor.type)) != 0; }

bool lacks_scale(const Place& place, const Tensor& tensor) {
  return !tensor.quantized && (place.scaled & bit(tensor.type)) != 0;
}

bool has_needless_scale(const Place& place, const Tensor& tensor) {
  return tensor.quantized && (place.unscaled & bit(tensor.type)) != 0;
}

// How far a signature fits: the first tensor that it does not take, and why. `at` is the number of tensors if it fits.
struct Fit {
  size_t at;
  NotTaken::Reason reason;
};

Fit fit(const Signature& signature, const Walk& walk) {
  const Tensor* first = nullptr;  // of the places with "="
  for (size_t i = 0; i < walk.size(); ++i) {
    const Tensor* tensor = walk.tensor(i);
    const Place* place = walk.place(signature, i);
    if (tensor == nullptr || place == nullptr) continue;
    if (!has_type(*place, *tensor)) return {i, NotTaken::Reason::kCombination};
    if (place->same && first != nullptr && first->type != tensor->type) return {i, NotTaken::Reason::kCombination};
    if (place->same && first == nullptr) first = tensor;
    if (lacks_scale(*place, *tensor)) return {i, NotTaken::Reason::kUnscaled};
    if (has_needless_scale(*place, *tensor)) return {i, NotTaken::Reason::kScaled};
  }
  return {walk.size(), NotTaken::Reason::kCombination};
}

// Returns the types that any signature takes for the i-th tensor.
uint32_t types_at(const Row& row, const Walk& walk, size_t i) {
  uint32_t types = 0;
  for (const Signature& signature : row.signatures) {
    const Place* place = walk.place(signature, i);
    types |= place == nullptr ? types_of('*') : place->types;
  }
  return types;
}

}  // namespace

std::optional<NotTaken> find_not_taken(const Node& node, const Machine& machine) {
  const Row& row = row_of(node.op->kind, machine.kernels);
  const Walk walk{node};
  Fit best{0, NotTaken::Reason::kCombination};
  for (const Signature& signature : row.signatures) {
    const Fit found = fit(signature, walk);
    if (found.at == walk.size()) return std::nullopt;
    if (found.at >= best.at) best = found;
  }
  for (size_t i = 0; i < walk.size(); ++i) {
    const Tensor* tensor = walk.tensor(i);
    const uint32_t types = types_at(row, walk, i);
    if (tensor == nullptr || (types & bit(tensor->type)) != 0) continue;
    const auto reason = types == 0 ? NotTaken::Reason::kPresent : NotTaken::Reason::kType;
    return NotTaken{reason, row.found, walk.is_output(i), walk.position(i), types};
  }
  return NotTaken{best.reason, row.found, walk.is_output(best.at), walk.position(best.at), 0};
}

bool has_type_row(Builtin kind) { return !row_of(kind, KernelSet::kReference).signatures.empty(); }

}  // namespace nas
