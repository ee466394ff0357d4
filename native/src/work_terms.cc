#include "work_terms.h"

#include <algorithm>

#include "arithmetic.h"
#include "work_window.h"

namespace nas {
namespace {

bool optimized(const Node& node, const Machine& machine) {
  return machine.kernels == KernelSet::kCmsisNn && node.input(0)->type == Type::kInt8;
}

bool optimized_int16(const Node& node, const Machine& machine) {
  return machine.kernels == KernelSet::kCmsisNn && node.input(0)->type == Type::kInt16;
}

Terms conv(const Node& node, const Machine& machine) {
  if (optimized(node, machine)) return conv_cmsis_nn(node, machine.vectors);
  if (optimized_int16(node, machine)) return conv_int16_cmsis_nn(node, machine.vectors);
  const Tensor& weights = *node.input(1);
  const Window w = window_of(node, dim(weights, 1), dim(weights, 2));
  const double px = w.pixels, c = w.channels;
  return terms_of(Path::kOnly,
                  {w.inside * w.channels_in * c, w.inside * c, w.inside_rows * c, px * w.taps * c, w.outputs, 1});
}

Terms depthwise(const Node& node, const Machine& machine) {
  if (optimized(node, machine)) return depthwise_cmsis_nn(node, machine.vectors);
  const Tensor& weights = *node.input(1);
  const Window w = window_of(node, dim(weights, 1), dim(weights, 2));
  const double px = w.pixels, c = w.channels;
  return terms_of(Path::kOnly, {w.inside * c, w.inside_rows * c, px * w.taps * c, w.outputs, px * w.channels_in, 1});
}

Terms fully_connected(const Node& node, const Machine& machine) {
  if (optimized(node, machine)) return fully_connected_cmsis_nn(node, machine.vectors);
  if (optimized_int16(node, machine)) return fully_connected_int16_cmsis_nn(node, machine.vectors);
  const Tensor &weights = *node.input(1), &out = *node.output();
  const double outputs = real(out.elements), k = real(dim(weights, 1));
  const bool one_scale = machine.kernels == KernelSet::kReference && weights.scales == 1;
  return terms_of(one_scale ? Path::kOneScale : Path::kOnly, {outputs * k, outputs, 1});
}

Terms pool(const Node& node, const Machine& machine) {
  if (optimized(node, machine)) {
    return node.op->kind == Builtin::kMaxPool2d ? max_pool_cmsis_nn(node, machine.vectors)
                                                : average_pool_cmsis_nn(node, machine.vectors);
  }
  const Window w = window_of(node, node.op->options.filter_h, node.op->options.filter_w);
  return terms_of(Path::kOnly, {w.inside * w.channels, w.inside_rows * w.channels, w.outputs, w.pixels, 1});
}

Terms reduce(const Node& node) {
  const Tensor &in = *node.input(0), &out = *node.output();
  const double n = real(in.elements);
  return terms_of(Path::kOnly, {n * real(static_cast<int64_t>(in.shape.size())), n, real(out.elements), 1});
}

// Runs of bytes that memcpy of the Cortex-M0+ copies (newlib's, written in C for size): in blocks of 16 and words, or
// byte by byte if a run is short or not aligned.
struct SmallCopies {
  double calls = 0, long_calls = 0, blocks16 = 0, words = 0, bytes = 0, short_bytes = 0, unaligned_bytes = 0;

  void add(double times, int64_t run, int64_t to, int64_t from) {
    const double length = real(run);
    calls += times;
    if (run < 16) {
      short_bytes += times * length;
      return;
    }
    long_calls += times;
    if ((to | from) % 4 != 0) {
      unaligned_bytes += times * length;
    } else {
      blocks16 += times * blocks(length, 16);
      words += times * blocks(rest(length, 16), 4);
      bytes += times * rest(length, 4);
    }
  }

  Terms terms(double outer, double inputs) const {
    return terms_of(Path::kOnly,
                    {blocks16, words, bytes, short_bytes, unaligned_bytes, long_calls, calls, outer, inputs, 1});
  }
};

// Runs of bytes that memcpy of the other cores copies (newlib's memcpy-armv7m.S): in blocks of 64 and 16, words and a
// rest, behind bytes up to an aligned place if neither end is aligned. Below 8 bytes those go one by one.
struct Copies {
  double calls = 0, blocks64 = 0, blocks16 = 0, words = 0, rests = 0, unaligned = 0, by_bytes = 0, single_bytes = 0;

  void add(double times, int64_t run, int64_t to, int64_t from) {
    const bool aligned = (to | from) % 4 == 0;
    calls += times;
    if (!aligned && run < 8) {
      by_bytes += times;
      single_bytes += times * real(run);
      return;
    }
    if (!aligned) unaligned += times;
    const double length = real(to % 4 != 0 && from % 4 != 0 ? run - (4 - to % 4) : run);
    blocks64 += times * blocks(length, 64);
    blocks16 += times * blocks(rest(length, 64), 16);
    words += times * blocks(rest(length, 16), 4);
    if (rest(length, 4) > 0) rests += times;
  }

  Terms terms(double outer, double inputs) const {
    return terms_of(Path::kOnly,
                    {blocks64, blocks16, words, single_bytes, rests, unaligned, by_bytes, calls, outer, inputs, 1});
  }
};

// One copy for each input and each index before the axis in which inputs and output differ.
template <class Memcpy>
Terms concatenation(const Node& node) {
  const Tensor &in = *node.input(0), &out = *node.output();
  int64_t outer = 1;
  for (size_t i = 0; i < out.shape.size() && dim(in, i) == dim(out, i); ++i) outer = product({outer, dim(out, i)});
  const int64_t steps = std::min<int64_t>(outer, 4), whole = out.bytes / std::max<int64_t>(1, outer);
  Memcpy copies;
  int64_t before = 0;
  for (size_t i = 0; i < node.op->inputs.size(); ++i) {
    const int64_t run = node.input(i) == nullptr ? 0 : node.input(i)->bytes / std::max<int64_t>(1, outer);
    for (int64_t k = 0; k < steps; ++k) copies.add(real(outer) / real(steps), run, k * whole + before, k * run);
    before += run;
  }
  return copies.terms(real(outer), real(static_cast<int64_t>(node.op->inputs.size())));
}

Terms transpose_conv(const Node& node) {
  const Tensor &weights = *node.input(1), &in = *node.input(2), &out = *node.output();
  return terms_of(Path::kOnly, {real(product({in.elements, dim(weights, 0), dim(weights, 1), dim(weights, 2)})),
                                real(out.elements)});
}

// Elements of the last axes along which each operand is either repeated throughout or not at all.
double even_run(const Tensor& left, const Tensor& right, const Tensor& out) {
  const auto repeated = [&](const Tensor& tensor, size_t from_end) {
    return from_end > tensor.shape.size() || tensor.shape[tensor.shape.size() - from_end] == 1;
  };
  double run = 1;
  int pattern = -1;
  for (size_t i = 1; i <= out.shape.size(); ++i) {
    const int32_t size = out.shape[out.shape.size() - i];
    if (size <= 1) continue;
    const int here = 2 * repeated(left, i) + repeated(right, i);
    if (pattern >= 0 && here != pattern) break;
    pattern = here;
    run *= size;
  }
  return run;
}

Terms binary(const Node& node) {
  const Tensor *left = node.input(0), *right = node.input(1);
  const double all = real(node.output()->elements);
  if (right != nullptr && left->shape == right->shape) return terms_of(Path::kOnly, {all, 1});
  const double run = right == nullptr ? 1 : even_run(*left, *right, *node.output());
  return terms_of(Path::kBroadcast, {all, all / run, 1});
}

// A copy of the bytes, whatever their type.
Terms copy(const Node& node) {
  Terms terms = terms_of(Path::kOnly, {real(node.output()->bytes), 1});
  terms.type = Type::kInt8;
  return terms;
}

// CMSIS-NN copies a row at once, or a pixel where the channels are padded; TFLM goes from element to element.
Terms pad(const Node& node, const Machine& machine) {
  const Tensor &in = *node.input(0), &out = *node.output();
  const double inside = real(in.elements), all = real(out.elements);
  if (!optimized(node, machine)) {
    const double last = out.shape.empty() ? 1 : std::max(1, out.shape.back());
    return terms_of(Path::kOnly, {all, inside, all / last, 1});
  }
  const size_t rank = in.shape.size();
  const double channels = rank > 0 ? std::max(1.0, real(in.shape[rank - 1])) : 1;
  const double width = rank > 1 ? std::max(1.0, real(in.shape[rank - 2])) : 1;
  const bool wider = rank > 0 && in.shape[rank - 1] != out.shape[out.shape.size() - 1];
  return terms_of(Path::kOnly, {all - inside, wider ? 0 : inside, wider ? inside : 0, inside / channels / width,
                                wider ? inside / channels : 0, 1});
}

Terms softmax(const Node& node) {
  const Tensor& out = *node.output();
  const int64_t last = out.shape.empty() ? 1 : std::max(1, out.shape.back());
  return terms_of(Path::kOnly, {real(out.elements), real(out.elements / last)});
}

// Products of doubles, which are routines on most cores and end early for zeros: after a softmax some values are zero.
Terms dequantize(const Node& node) {
  const bool first = node.op == node.graph->ops.data();
  const bool after_softmax = !first && node.op[-1].kind == Builtin::kSoftmax && node.op[-1].outputs == node.op->inputs;
  const double all = real(node.output()->elements);
  return terms_of(Path::kOnly, {after_softmax ? 0 : all, after_softmax ? all : 0, 1});
}

// Reference kernels walk over the output's elements, and CMSIS-NN's over the input's; both have them in rows.
Terms transpose(const Node& node, const Machine& machine) {
  if (optimized(node, machine)) return transpose_cmsis_nn(node, machine.vectors);
  const Tensor& out = *node.output();
  const double all = real(out.elements), last = out.shape.empty() ? 1 : std::max(1, out.shape.back());
  return terms_of(Path::kOnly, {all, all / last, 1});
}

Type worked_type(const Node& node) {
  const Tensor* tensor = node.input(node.op->kind == Builtin::kTransposeConv ? 2 : 0);
  return tensor == nullptr ? Type::kInt8 : tensor->type;
}

Terms loops(const Node& node, const Machine& machine) {
  const Builtin kind = node.op->kind;
  const bool weighted = kind == Builtin::kConv2d || kind == Builtin::kDepthwiseConv2d ||
                        kind == Builtin::kFullyConnected || kind == Builtin::kTransposeConv;
  if (weighted && (node.input(1) == nullptr || node.input(1)->shape.empty())) return {};
  switch (kind) {
    case Builtin::kConv2d:
      return conv(node, machine);
    case Builtin::kDepthwiseConv2d:
      return depthwise(node, machine);
    case Builtin::kFullyConnected:
      return fully_connected(node, machine);
    case Builtin::kTransposeConv:
      return node.input(2) == nullptr ? Terms{} : transpose_conv(node);
    case Builtin::kMaxPool2d:
    case Builtin::kAveragePool2d:
      return pool(node, machine);
    case Builtin::kMean:
    case Builtin::kSum:
    case Builtin::kReduceMax:
    case Builtin::kReduceMin:
      return reduce(node);
    case Builtin::kConcatenation:
      return machine.code == Code::kM0Plus ? concatenation<SmallCopies>(node) : concatenation<Copies>(node);
    case Builtin::kAdd:
    case Builtin::kMul:
      return binary(node);
    case Builtin::kPad:
      return pad(node, machine);
    case Builtin::kTranspose:
      return transpose(node, machine);
    case Builtin::kSoftmax:
      return softmax(node);
    case Builtin::kShape:
      return terms_of(Path::kOnly, {real(static_cast<int64_t>(node.input(0)->shape.size())), 1});
    case Builtin::kPack:
      return terms_of(Path::kOnly,
                      {real(node.output()->elements), real(static_cast<int64_t>(node.op->inputs.size())), 1});
    case Builtin::kDequantize:
      return dequantize(node);
    default:
      return terms_of(Path::kOnly, {real(node.output()->elements), 1});
  }
}

bool copies(Builtin kind) { return kind == Builtin::kReshape || kind == Builtin::kSqueeze; }

// Adds to all operations on floats, in routines of a library, those that run to their end.
Terms with_late(const Terms& terms, Builtin kind, double early) {
  if (kind == Builtin::kMaxPool2d || kind == Builtin::kRelu || kind == Builtin::kRelu6) return terms;  // comparisons
  const size_t position = kind == Builtin::kMean ? 1 : 0;
  Terms result = terms;
  result.count = 0;
  for (size_t i = 0; i < terms.count; ++i) {
    result.add(terms.values[i]);
    if (i == position) result.add(terms.values[i] * (1 - early));
  }
  return result;
}

}  // namespace

Terms work_terms(const Node& node, const Machine& machine) {
  if (node.input(0) == nullptr || node.output() == nullptr) return {};
  Terms terms = copies(node.op->kind) ? copy(node) : loops(node, machine);
  if (!copies(node.op->kind)) terms.type = worked_type(node);
  const bool routines = machine.soft_float && terms.type == Type::kFloat32 && terms.count > 1;
  if (routines) terms = with_late(terms, node.op->kind, node.early);
  if (terms.kind == Builtin::kCustom) terms.kind = node.op->kind;
  return terms;
}

}  // namespace nas
