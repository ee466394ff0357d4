// Requests of the reference kernels beyond convolutions and dense layers.
#include <algorithm>

#include "arithmetic.h"
#include "prepare.h"

namespace nas {
namespace {

constexpr size_t kLstmOutputState = 18, kLstmCellState = 19;  // positions of inputs, in lstm_shared.h

// A writable copy of a tensor's dimensions (CreateWritableTensorDimsWithCopy): their count, then each.
int64_t dims_bytes(const Tensor& tensor) { return 4 + 4 * static_cast<int64_t>(tensor.shape.size()); }

// A matrix that is transposed at run time keeps its own record, dimensions and data.
void add_transposed(const Tensor& tensor, const Machine& machine, Requests& requests) {
  requests.persistent.add(machine.records->eval_tensor.bytes);
  requests.persistent.add(dims_bytes(tensor));
  requests.persistent.add(tensor.bytes);
}

}  // namespace

void prepare_svdf(const Node& node, const Machine&, Requests& requests) {
  const Tensor *input = node.input(0), *feature = node.input(1), *output = node.output();
  if (input == nullptr || feature == nullptr || output == nullptr) return;
  requests.scratch.add(product({4, dim(*input, 0), dim(*feature, 0)}));
  if (input->type == Type::kInt8) requests.scratch.add(product({4, dim(*input, 0), dim(*output, 1)}));
}

void prepare_svdf_cmsis_nn(const Node& node, const Machine& machine, Requests& requests) {
  prepare_svdf(node, machine, requests);
  const Tensor *input = node.input(0), *feature = node.input(1);
  const bool sums = machine.vectors == Vectors::kMve && input != nullptr && input->type == Type::kInt8;
  if (sums && feature != nullptr) requests.persistent.add(product({4, dim(*feature, 0)}));
}

namespace {

void add_gates(const Node& node, int count, Requests& requests) {
  const Tensor *state = node.input(kLstmOutputState), *cell = node.input(kLstmCellState);
  if (state == nullptr || cell == nullptr) return;
  const int64_t bytes = product({state->elements, cell->type == Type::kFloat32 ? 4 : 2});
  for (int i = 0; i < count; ++i) requests.scratch.add(bytes);
}

}  // namespace

void prepare_lstm(const Node& node, const Machine&, Requests& requests) { add_gates(node, 4, requests); }

void prepare_lstm_cmsis_nn(const Node& node, const Machine&, Requests& requests) {
  const Tensor *input = node.input(0), *state = node.input(kLstmOutputState), *cell = node.input(kLstmCellState);
  if (input == nullptr || state == nullptr || cell == nullptr) return;
  if (cell->type != Type::kInt16) return add_gates(node, 4, requests);
  // Sums of the weights of four gates, for the input and for the state; biases have 64 bits if the inputs are int16.
  const int64_t sums = product({input->type == Type::kInt16 ? 8 : 4, dim(*state, 1)});
  for (int i = 0; i < 8; ++i) requests.persistent.add(sums);
  add_gates(node, 3, requests);
}

void prepare_batch_matmul(const Node& node, const Machine& machine, Requests& requests) {
  const Tensor *left = node.input(0), *right = node.input(1), *output = node.output();
  if (left == nullptr || right == nullptr || output == nullptr) return;
  if (node.op->options.transposed_left) add_transposed(*left, machine, requests);
  if (!node.op->options.transposed_right) add_transposed(*right, machine, requests);
  requests.persistent.add(dims_bytes(*output));
  if (left->type != Type::kFloat32) requests.persistent.add(28);  // QuantizationOpDataBatchMatmul
}

void prepare_batch_matmul_cmsis_nn(const Node& node, const Machine& machine, Requests& requests) {
  prepare_batch_matmul(node, machine, requests);
  const Tensor *left = node.input(0), *output = node.output();
  const bool sums = machine.vectors == Vectors::kMve && left != nullptr && left->type == Type::kInt8;
  if (sums && output != nullptr && !output->shape.empty()) requests.scratch.add(product({4, output->shape.back()}));
}

void prepare_new_shape(const Node& node, const Machine&, Requests& requests) {
  if (node.output() != nullptr) requests.persistent.add(dims_bytes(*node.output()));
}

void prepare_mirror_pad(const Node& node, const Machine&, Requests& requests) {
  const Tensor* input = node.input(0);
  if (input == nullptr) return;
  const int64_t bytes = 4 * static_cast<int64_t>(input->shape.size());
  requests.scratch.add(bytes);
  requests.scratch.add(bytes);
}

void prepare_cumsum(const Node& node, const Machine&, Requests& requests) {
  const Tensor* input = node.input(0);
  if (input != nullptr && input->type == Type::kInt8) requests.persistent.add(36);
}

void prepare_add_n(const Node& node, const Machine& machine, Requests& requests) {
  const Tensor* input = node.input(0);
  if (input == nullptr) return;
  if (input->type == Type::kInt8) requests.persistent.add(40);
  requests.scratch.add(product({machine.records->pointer_bytes, static_cast<int64_t>(node.op->inputs.size())}));
}

void prepare_log_softmax(const Node& node, const Machine& machine, Requests& requests) {
  const Tensor* input = node.input(0);
  if (input == nullptr || input->type != Type::kInt8) return;
  requests.persistent.add(machine.records->pointer_bytes == 8 ? 40 : 28);
}

void prepare_embedding_lookup(const Node& node, const Machine& machine, Requests& requests) {
  prepare_new_shape(node, machine, requests);
  requests.persistent.add(machine.records->pointer_bytes == 8 ? 16 : 8);
}

}  // namespace nas
