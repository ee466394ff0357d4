#include <algorithm>

#include "arithmetic.h"
#include "prepare.h"

namespace nas {
namespace {

// A sliding window as CMSIS-NN sees it. Output channels lie first in the weights of a convolution, last in a
// depthwise's.
struct Window {
  int64_t in_h, in_w, in_c, kernel_h, kernel_w, out_w, out_c;
  int64_t stride_w, dilation_h, dilation_w;
  int64_t pad_h, pad_w, pad_w_total;

  int64_t taps() const { return product({kernel_h, kernel_w}); }
  int64_t patch() const { return product({kernel_h, kernel_w, in_c}); }
  bool dilated() const { return dilation_h != 1 || dilation_w != 1; }
};

int64_t total_padding(bool same, int64_t in, int64_t kernel, int64_t out, int64_t stride, int64_t dilation) {
  if (!same) return 0;
  return std::max<int64_t>(0, (out - 1) * stride + (kernel - 1) * dilation + 1 - in);
}

Window window_of(const Node& node) {
  const Tensor &in = *node.input(0), &weights = *node.input(1), &out = *node.output();
  const Options& o = node.op->options;
  Window w{dim(in, 1),  dim(in, 2),  dim(in, 3), dim(weights, 1), dim(weights, 2),
           dim(out, 2), dim(out, 3), o.stride_w, o.dilation_h,    o.dilation_w,
           0,           0,           0};
  w.pad_h = total_padding(o.same_padding, w.in_h, w.kernel_h, dim(out, 1), o.stride_h, o.dilation_h) / 2;
  w.pad_w_total = total_padding(o.same_padding, w.in_w, w.kernel_w, w.out_w, o.stride_w, o.dilation_w);
  w.pad_w = w.pad_w_total / 2;
  return w;
}

bool complete(const Node& node) {
  return node.input(0) != nullptr && node.input(1) != nullptr && node.output() != nullptr;
}

void add_per_channel(int64_t channels, Requests& requests) {
  requests.persistent.add(4 * channels);
  requests.persistent.add(4 * channels);
}

void add_scratch(int64_t bytes, Requests& requests) {
  if (bytes > 0) requests.scratch.add(bytes);
}

// Returns the number of output columns whose window reaches into the `padding` columns next to the input.
int64_t padded_columns(int64_t padding, int64_t stride) {
  return padding == 0 ? 0 : std::max<int64_t>(1, ceil_div(padding, stride));
}

// arm_convolve_s8_get_buffer_size: two patches of 16-bit values.
int64_t general_bytes(const Window& w, int64_t multiple) { return product({4, round_up(w.patch(), multiple)}); }

// arm_convolve_1_x_n_s8_get_buffer_size with MVE: room for the padded ends of a row.
int64_t row_bytes_mve(const Window& w) {
  const int64_t extra = w.pad_w_total % 2;
  const int64_t left = padded_columns(w.pad_w, w.stride_w), right = padded_columns(w.pad_w + extra, w.stride_w);
  if (left + right > w.out_w) return general_bytes(w, 16);
  const int64_t left_bytes = product({w.pad_w, w.in_c});
  const int64_t right_bytes = extra != 0 ? product({right, w.in_c}) : left_bytes;
  const int64_t row = product({w.kernel_w, w.in_c});
  return std::max(row + left_bytes, row - w.in_c + right_bytes);
}

// arm_convolve_wrapper_s8_get_buffer_size.
int64_t conv_bytes(const Window& w, Vectors vectors) {
  if (w.kernel_h == 1 && w.kernel_w == 1 && w.pad_h == 0 && w.pad_w == 0 && !w.dilated()) return 0;
  if (vectors != Vectors::kMve) return general_bytes(w, 4);
  const bool row = w.in_h == 1 && w.kernel_h == 1 && w.dilation_w == 1 && w.stride_w * w.in_c % 4 == 0;
  return row ? row_bytes_mve(w) : general_bytes(w, 16);
}

// arm_depthwise_conv_wrapper_s8_get_buffer_size.
int64_t depthwise_bytes(const Window& w, int64_t batch, Vectors vectors) {
  if (vectors == Vectors::kMve && w.in_c == 1 && w.out_c > 1)
    return conv_bytes(w, vectors) + product({w.out_c, w.taps()});
  if (w.in_c != w.out_c || batch != 1 || w.dilated() || vectors == Vectors::kNone) return 0;
  if (vectors == Vectors::kMve)
    return product({4 * 124, w.taps()});  // four rows of 124 channels, whatever the real number
  const bool three_by_three = w.kernel_h == 3 && w.kernel_w == 3 && w.pad_h <= 1 && w.pad_w <= 1;
  return three_by_three ? 0 : product({2, w.patch()});
}

// arm_depthwise_conv_wrapper_s4_get_buffer_size, for weights of four bits.
int64_t depthwise_bytes_int4(const Window& w, int64_t batch) {
  return w.in_c != w.out_c || batch != 1 || w.dilated() ? 0 : product({2, w.patch()});
}

}  // namespace

void prepare_conv_cmsis_nn(const Node& node, const Machine& machine, Requests& requests) {
  if (!complete(node)) return;
  const Window w = window_of(node);
  const Type type = node.input(0)->type;
  if (type != Type::kInt8 && type != Type::kInt16) return;
  add_per_channel(w.out_c, requests);
  if (type == Type::kInt8) return add_scratch(conv_bytes(w, machine.vectors), requests);
  add_scratch(machine.vectors == Vectors::kMve ? product({8, round_up(w.patch(), 8)}) : product({4, w.patch()}),
              requests);
}

void prepare_depthwise_conv_cmsis_nn(const Node& node, const Machine& machine, Requests& requests) {
  if (!complete(node)) return;
  const Window w = window_of(node);
  const Type type = node.input(0)->type;
  if (type != Type::kInt8 && type != Type::kInt16) return;
  add_per_channel(w.out_c, requests);
  if (type != Type::kInt8) return;
  const int64_t batch = dim(*node.input(0), 0);
  const bool int4 = node.input(1)->type == Type::kInt4;
  add_scratch(int4 ? depthwise_bytes_int4(w, batch) : depthwise_bytes(w, batch, machine.vectors), requests);
}

void prepare_fully_connected_cmsis_nn(const Node& node, const Machine& machine, Requests& requests) {
  if (!complete(node)) return;
  const Tensor &input = *node.input(0), &weights = *node.input(1), &output = *node.output();
  if (weights.type == Type::kInt4) return;
  prepare_fully_connected(node, machine, requests);
  if (input.type != Type::kInt8) return;
  const int64_t outputs = dim(weights, 0), depth = dim(weights, 1);
  if (output.shape.size() > 2 && depth % 4 == 0) {  // runs as a 1x1 convolution, which needs a scale for each output
    if (weights.scales <= 1) requests.scratch.add(8 * outputs);
  } else if (machine.vectors == Vectors::kMve && weights.constant) {
    requests.persistent.add(4 * outputs);  // sums of each kernel's weights
  }
}

void prepare_average_pool_cmsis_nn(const Node& node, const Machine& machine, Requests& requests) {
  const Tensor* input = node.input(0);
  if (input == nullptr || machine.vectors != Vectors::kDsp) return;
  if (input->type == Type::kInt8 || input->type == Type::kInt16) requests.scratch.add(4 * dim(*input, 3));
}

// arm_transpose_conv_s8_get_buffer_size and its reverse buffer.
void prepare_transpose_conv_cmsis_nn(const Node& node, const Machine& machine, Requests& requests) {
  const Tensor *weights = node.input(1), *input = node.input(2), *output = node.output();
  if (weights == nullptr || input == nullptr || output == nullptr) return;
  if (input->type != Type::kInt8) return prepare_transpose_conv(node, machine, requests);
  const int64_t kernel_h = dim(*weights, 1), kernel_w = dim(*weights, 2), in_c = dim(*input, 3),
                out_c = dim(*output, 3);
  const int64_t stride_h = node.op->options.stride_h, stride_w = node.op->options.stride_w;
  add_per_channel(out_c, requests);
  if (stride_h <= 2 && stride_w <= 2 && in_c > 16) {
    const int64_t patch = product({kernel_h, kernel_w, in_c});
    requests.scratch.add(product({4, round_up(patch, machine.vectors == Vectors::kMve ? 16 : 4)}));
    requests.scratch.add(product({patch, out_c}));
  } else {
    const int64_t row = product({dim(*input, 2) - 1, stride_w}) + std::max(kernel_w, stride_h);
    requests.scratch.add(product({4, out_c, row, std::max(kernel_h, stride_h)}));
    requests.scratch.add(0);
  }
}

}  // namespace nas
