#include "prepare.h"

namespace nas {
namespace {

bool is_quantized(const Tensor& tensor) { return tensor.type == Type::kInt8 || tensor.type == Type::kInt16; }

// One multiplier and one shift for each output channel.
void add_per_channel(int64_t channels, Requests& requests) {
  requests.persistent.add(4 * channels);
  requests.persistent.add(4 * channels);
}

}  // namespace

void prepare_nothing(const Node&, const Machine&, Requests&) {}

void prepare_conv(const Node& node, const Machine&, Requests& requests) {
  const Tensor *weights = node.input(1), *output = node.output();
  if (weights == nullptr || output == nullptr) return;
  add_per_channel(dim(*output, 3), requests);
  if (weights->type == Type::kInt4) requests.scratch.add(weights->elements);
}

void prepare_fully_connected(const Node& node, const Machine&, Requests& requests) {
  const Tensor* weights = node.input(1);
  if (weights == nullptr) return;
  if (weights->type == Type::kInt4) requests.scratch.add(weights->elements);
  if (weights->scales > 1) add_per_channel(weights->scales, requests);
}

void prepare_softmax(const Node& node, const Machine&, Requests& requests) {
  const Tensor* input = node.input(0);
  if (input == nullptr || input->type != Type::kInt16) return;
  requests.persistent.add(1026);  // tables of exp(x) and 1 / (1 + x), 513 entries each
  requests.persistent.add(1026);
}

void prepare_mean(const Node& node, const Machine& machine, Requests& requests) {
  const Tensor *input = node.input(0), *output = node.output();
  if (input == nullptr || output == nullptr) return;
  if (is_quantized(*input)) requests.scratch.add(4 * output->elements);
  prepare_reduce_max(node, machine, requests);
}

void prepare_reduce_max(const Node& node, const Machine&, Requests& requests) {
  const Tensor *input = node.input(0), *axes = node.input(1);
  if (input == nullptr || axes == nullptr) return;
  requests.scratch.add(4 * static_cast<int64_t>(input->shape.size()));
  requests.scratch.add(4 * axes->elements);
}

void prepare_transpose_conv(const Node& node, const Machine&, Requests& requests) {
  const Tensor *weights = node.input(1), *input = node.input(2), *output = node.output();
  if (weights == nullptr || input == nullptr || output == nullptr) return;
  add_per_channel(dim(*output, 3), requests);
  if (input->type == Type::kInt8) requests.scratch.add(4 * output->elements);
  if (input->type == Type::kInt16) requests.scratch.add(8 * output->elements);
}

}  // namespace nas
