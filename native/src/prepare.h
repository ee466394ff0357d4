// What kernels request in Prepare: persistent and scratch buffers, computed from shapes, types and options.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "graph.h"
#include "machine.h"

namespace nas {

// An operator in its subgraph.
struct Node {
  const Subgraph* graph;
  const Op* op;
  double early = 0;  // the share of its float operations that end early (early_shares)

  const Tensor* input(size_t position) const { return tensor_at(*graph, op->inputs, position); }
  const Tensor* output() const { return tensor_at(*graph, op->outputs, 0); }
};

// Sizes in bytes, in the order of the requests; TFLM allows twelve scratch buffers, and nothing requests more of a
// kind.
struct Sizes {
  std::array<int64_t, 12> bytes{};
  size_t count = 0;

  void add(int64_t size) { bytes[count++] = size; }
  const int64_t* begin() const { return bytes.data(); }
  const int64_t* end() const { return bytes.data() + count; }
};

struct Requests {
  Sizes init;  // persistent ones of Init, behind the kernel's state
  Sizes persistent, scratch;
};

using Prepare = void (*)(const Node&, const Machine&, Requests&);

// TFLM's reference kernels (tensorflow/lite/micro/kernels/*.cc).
void prepare_nothing(const Node&, const Machine&, Requests&);
void prepare_conv(const Node&, const Machine&, Requests&);
void prepare_fully_connected(const Node&, const Machine&, Requests&);
void prepare_softmax(const Node&, const Machine&, Requests&);
void prepare_mean(const Node&, const Machine&, Requests&);
void prepare_reduce_max(const Node&, const Machine&, Requests&);
void prepare_transpose_conv(const Node&, const Machine&, Requests&);
void prepare_svdf(const Node&, const Machine&, Requests&);
void prepare_lstm(const Node&, const Machine&, Requests&);
void prepare_batch_matmul(const Node&, const Machine&, Requests&);
void prepare_new_shape(const Node&, const Machine&, Requests&);
void prepare_mirror_pad(const Node&, const Machine&, Requests&);
void prepare_cumsum(const Node&, const Machine&, Requests&);
void prepare_add_n(const Node&, const Machine&, Requests&);
void prepare_log_softmax(const Node&, const Machine&, Requests&);
void prepare_embedding_lookup(const Node&, const Machine&, Requests&);

// CMSIS-NN's (tensorflow/lite/micro/kernels/cmsis_nn/*.cc and the library's *_get_buffer_size functions).
void prepare_conv_cmsis_nn(const Node&, const Machine&, Requests&);
void prepare_depthwise_conv_cmsis_nn(const Node&, const Machine&, Requests&);
void prepare_fully_connected_cmsis_nn(const Node&, const Machine&, Requests&);
void prepare_average_pool_cmsis_nn(const Node&, const Machine&, Requests&);
void prepare_transpose_conv_cmsis_nn(const Node&, const Machine&, Requests&);
void prepare_svdf_cmsis_nn(const Node&, const Machine&, Requests&);
void prepare_lstm_cmsis_nn(const Node&, const Machine&, Requests&);
void prepare_batch_matmul_cmsis_nn(const Node&, const Machine&, Requests&);

// TFLM's own custom operators.
void prepare_rfft(const Node&, const Machine&, Requests&);
void prepare_irfft(const Node&, const Machine&, Requests&);
void prepare_filter_bank(const Node&, const Machine&, Requests&);
void prepare_spectral_subtraction(const Node&, const Machine&, Requests&);
void prepare_delay(const Node&, const Machine&, Requests&);
void prepare_framer(const Node&, const Machine&, Requests&);
void prepare_overlap_add(const Node&, const Machine&, Requests&);
void prepare_stacker(const Node&, const Machine&, Requests&);
void prepare_detection(const Node&, const Machine&, Requests&);

}  // namespace nas
