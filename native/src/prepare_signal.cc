// Requests of TFLM's own custom operators (signal/micro/kernels/*.cc and tensorflow/lite/micro/kernels/*.cc).
//
// Kernels that keep a buffer for each row request them one by one, all of one size; as each begins at a multiple of the
// arena's alignment, they take what one request of their sum takes.
#include <algorithm>

#include "arithmetic.h"
#include "prepare.h"

namespace nas {
namespace {

int64_t pointer_bytes(const Machine& machine) { return machine.records->pointer_bytes; }

int64_t option(const Node& node, size_t position) { return std::max(0, node.op->numbers.at(position)); }

int64_t element_bytes(const Node& node) { return static_cast<Type>(node.op->numbers.at(0)) == Type::kInt16 ? 2 : 4; }

int64_t last(const Tensor& tensor, size_t from_end = 1) {
  return tensor.shape.size() < from_end ? 1 : tensor.shape[tensor.shape.size() - from_end];
}

int64_t rows_of(const Tensor& tensor, int64_t row_elements) {
  return row_elements == 0 ? 0 : tensor.elements / row_elements;
}

// CircularBufferGetNeededMemory: a header, and twice the capacity in 16-bit samples.
int64_t circular_buffer_bytes(int64_t capacity, const Machine& machine) {
  return (pointer_bytes(machine) == 8 ? 40 : 24) + product({4, capacity});
}

void add_row_buffers(int64_t rows, int64_t bytes, Requests& requests) {
  requests.persistent.add(product({rows, round_up(bytes, kArenaAlign)}));
}

// Arrays of pointers to the buffers, then the buffers.
void add_circular_buffers(int64_t rows, int64_t capacity, const Machine& machine, Requests& requests) {
  requests.persistent.add(product({rows, pointer_bytes(machine)}));
  requests.persistent.add(product({rows, pointer_bytes(machine)}));
  add_row_buffers(rows, circular_buffer_bytes(capacity, machine), requests);
}

// kiss_fftr_alloc of KISS FFT 1.3.0: two states, the factors of the length, twiddles, and a buffer of half the length.
int64_t fft_state_bytes(const Node& node, const Machine& machine) {
  const int64_t complex_bytes = 2 * element_bytes(node), half = option(node, 1) / 2;
  const int64_t outer = 3 * pointer_bytes(machine), inner = 8 + 2 * 32 * 4 + product({complex_bytes, half});
  return outer + inner + product({complex_bytes, half * 3 / 2});
}

}  // namespace

void prepare_rfft(const Node& node, const Machine& machine, Requests& requests) {
  requests.init.add(fft_state_bytes(node, machine));
  requests.scratch.add(product({option(node, 1), element_bytes(node)}));
}

void prepare_irfft(const Node& node, const Machine& machine, Requests& requests) {
  const bool wrapped = static_cast<Type>(node.op->numbers.at(0)) == Type::kFloat32;  // with its length beside it
  requests.init.add((wrapped ? 2 * pointer_bytes(machine) : 0) + fft_state_bytes(node, machine));
}

void prepare_filter_bank(const Node& node, const Machine&, Requests& requests) {
  requests.init.add(product({8, option(node, 0) + 1}));
}

void prepare_spectral_subtraction(const Node& node, const Machine&, Requests& requests) {
  requests.init.add(product({4, option(node, 0)}));
}

void prepare_delay(const Node& node, const Machine& machine, Requests& requests) {
  const Tensor* input = node.input(0);
  if (input == nullptr) return;
  add_circular_buffers(rows_of(*input, last(*input)), last(*input) + option(node, 0), machine, requests);
}

void prepare_framer(const Node& node, const Machine& machine, Requests& requests) {
  const Tensor* input = node.input(0);
  if (input == nullptr) return;
  const int64_t size = option(node, 0), step = std::max<int64_t>(1, option(node, 1));
  add_circular_buffers(rows_of(*input, last(*input)), round_up(size, step), machine, requests);
}

void prepare_overlap_add(const Node& node, const Machine& machine, Requests& requests) {
  const Tensor* input = node.input(0);
  if (input == nullptr) return;
  const int64_t frame = last(*input), rows = rows_of(*input, product({frame, last(*input, 2)}));
  requests.persistent.add(product({rows, pointer_bytes(machine)}));
  add_row_buffers(rows, product({frame, element_bytes(node)}), requests);
}

void prepare_stacker(const Node& node, const Machine& machine, Requests& requests) {
  const int64_t frames = option(node, 1) + option(node, 2) + 1;
  requests.init.add(circular_buffer_bytes(product({option(node, 0), frames}), machine));
}

void prepare_detection(const Node& node, const Machine&, Requests& requests) {
  const Tensor *encodings = node.input(0), *classes = node.input(1);
  if (encodings == nullptr || classes == nullptr) return;
  const int64_t boxes = dim(*encodings, 1), most = option(node, 0);
  requests.scratch.add(boxes);                                                 // active candidates
  requests.scratch.add(product({16, boxes}));                                  // decoded boxes
  requests.scratch.add(product({4, dim(*classes, 1), dim(*classes, 2)}));      // scores
  requests.scratch.add(product({4, boxes}));                                   // scores of one class
  requests.scratch.add(product({4, boxes}));                                   // scores that are kept
  requests.scratch.add(product({4, most, boxes}));                             // scores after suppression
  requests.scratch.add(product({4, most, boxes}));                             // sorted scores
  requests.scratch.add(product({4, boxes}));                                   // indices that are kept
  requests.scratch.add(product({4, most, boxes}));                             // sorted indices
  requests.scratch.add(product({4, std::max(option(node, 1), most), boxes}));  // a buffer
  requests.scratch.add(product({4, std::min(boxes, most), boxes}));            // selected boxes
}

}  // namespace nas
