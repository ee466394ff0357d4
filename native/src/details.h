// What a .tflite says beyond that on which memory and work depend: scales, where constants lie in the file, the options
// of its operators, and metadata. For people who look at a model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace nas {

// A part of the file.
struct Span {
  size_t start = 0, bytes = 0;
};

struct TensorDetails {
  std::vector<float> scales;         // empty: not quantized; one for the whole tensor, or one a channel
  std::vector<int64_t> zero_points;  // as many
  int32_t axis = 0;                  // of the channels
  std::vector<int32_t> signature;    // the shape with -1 where it may vary; empty: it may not
  Span data;                         // of a constant
};

using OptionValue = std::variant<bool, int64_t, double, std::string, std::vector<int64_t>, std::vector<double>>;

struct OpDetails {
  int32_t version = 1;
  std::vector<std::pair<std::string, OptionValue>> options;
};

struct Entry {
  std::string name;
  Span data;
};

// Indices of tensors are those over all subgraphs.
struct SubgraphDetails {
  std::string name;
  size_t tensors = 0, ops = 0;
  std::vector<int32_t> inputs, outputs;
};

struct Details {
  std::string description;
  std::vector<SubgraphDetails> subgraphs;
  std::vector<TensorDetails> tensors;  // of all subgraphs, in order
  std::vector<OpDetails> ops;
  std::vector<Entry> metadata;
  std::vector<std::string> signatures;
};

// Returns the details of a .tflite; Malformed if an offset that they need points outside of the file. What the graph
// must be is checked by read_tflite, not here.
Details read_details(const uint8_t* data, size_t size);

}  // namespace nas
