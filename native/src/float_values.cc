#include "float_values.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <utility>

#include "arithmetic.h"
#include "prepare.h"
#include "work.h"

namespace nas {
namespace {

constexpr double kMostValues = 1 << 24;
constexpr float kLeastExponent = -103.97F;  // exp() of less is zero

using Values = std::vector<float>;

// Draws from a normal distribution, alike on all machines (Box and Muller).
class Normal {
 public:
  float operator()() {
    constexpr double kScale = 1.0 / 4294967296.0, kTurn = 6.283185307179586;
    const double radius = (static_cast<double>(random_()) + 1) * kScale;
    return static_cast<float>(std::sqrt(-2 * std::log(radius)) *
                              std::cos(kTurn * kScale * static_cast<double>(random_())));
  }

 private:
  std::mt19937 random_{1};
};

float activated(float value, int8_t activation) {
  constexpr int8_t kRelu = 1, kReluN1To1 = 2, kRelu6 = 3;
  if (activation == kReluN1To1) return std::clamp(value, -1.0F, 1.0F);
  if (activation == kRelu6) return std::clamp(value, 0.0F, 6.0F);
  return activation == kRelu ? std::max(value, 0.0F) : value;
}

double zeros(const Values& values) {
  if (values.empty()) return 0;
  return static_cast<double>(std::count(values.begin(), values.end(), 0.0F)) / static_cast<double>(values.size());
}

// One axis of a window: the taps that lie inside the input for an output at `position`.
struct Slide {
  int64_t start, step, size;

  Slide(int64_t position, int64_t out, int64_t in, int64_t taps, int64_t stride, int64_t dilation, bool same)
      : start(position * stride), step(dilation), size(in) {
    if (same) start -= std::max<int64_t>(0, (out - 1) * stride + (taps - 1) * dilation + 1 - in) / 2;
  }

  int64_t at(int64_t tap) const {
    const int64_t place = start + tap * step;
    return place < size ? place : -1;
  }
};

// Calls `visit(output pixel, input pixel, tap)` for each tap inside the input.
template <typename Visit>
void for_each_tap(const Node& node, int64_t high, int64_t wide, const Visit& visit) {
  const Tensor &in = *node.input(0), &out = *node.output();
  const Options& o = node.op->options;
  const int64_t rows = dim(out, 1), columns = dim(out, 2), in_rows = dim(in, 1), in_columns = dim(in, 2);
  for (int64_t pixel = 0; pixel < dim(out, 0) * rows * columns; ++pixel) {
    const int64_t batch = pixel / (rows * columns);
    const Slide down(pixel / columns % rows, rows, in_rows, high, o.stride_h, o.dilation_h, o.same_padding);
    const Slide right(pixel % columns, columns, in_columns, wide, o.stride_w, o.dilation_w, o.same_padding);
    for (int64_t tap = 0; tap < high * wide; ++tap) {
      const int64_t y = down.at(tap / wide), x = right.at(tap % wide);
      if (y >= 0 && x >= 0) visit(pixel, (batch * in_rows + y) * in_columns + x, tap);
    }
  }
}

bool same_axes(const Tensor& in, const Tensor& out) {
  return in.shape.size() == 4 && out.shape.size() == 4 && dim(in, 0) == dim(out, 0);
}

class Inference {
 public:
  explicit Inference(const Subgraph& graph) : graph_(graph), values_(graph.tensors.size()) {}

  std::vector<double> run() {
    std::vector<double> shares;
    for (const Op& op : graph_.ops) {
      const Node node{&graph_, &op};
      shares.push_back(is_float(node) ? step(node) : 0);
    }
    return shares;
  }

 private:
  static bool is_float(const Node& node) {
    return node.input(0) != nullptr && node.output() != nullptr && node.input(0)->type == Type::kFloat32;
  }

  // Computes an operator's output and returns its share.
  double step(const Node& node) {
    const Values& in = input(node, 0);
    double share = zeros(in);
    Values out;
    switch (node.op->kind) {
      case Builtin::kConv2d:
      case Builtin::kDepthwiseConv2d:
      case Builtin::kFullyConnected:
        weighted(node, in, out);
        share = 1 - (1 - share) * (1 - zeros(input(node, 1)));
        break;
      case Builtin::kMaxPool2d:
      case Builtin::kAveragePool2d:
        pool(node, in, out);
        break;
      case Builtin::kAdd:
      case Builtin::kMul:
        if (node.input(1) == nullptr) break;
        binary(node, in, input(node, 1), out);
        share = 1 - (1 - share) * (1 - zeros(input(node, 1)));
        break;
      case Builtin::kSoftmax:
        share = known_exponentials(*node.input(0), in);
        break;
      case Builtin::kMean:
        mean(node, in, out);
        break;
      default:
        copy(node, in, out);
    }
    for (float& value : out) value = activated(value, node.op->options.activation);
    values_[static_cast<size_t>(node.op->outputs[0])] = std::move(out);
    return share;
  }

  const Values& input(const Node& node, size_t position) {
    if (position >= node.op->inputs.size() || node.input(position) == nullptr) return none_;
    const auto index = static_cast<size_t>(node.op->inputs[position]);
    const Tensor& tensor = graph_.tensors[index];
    Values& values = values_[index];
    if (static_cast<int64_t>(values.size()) == tensor.elements) return values;
    values.resize(static_cast<size_t>(tensor.elements));
    if (tensor.data != nullptr) {
      std::memcpy(values.data(), tensor.data, values.size() * sizeof(float));
    } else if (!tensor.constant || position == 1) {  // a bias that is not known is zero
      for (float& value : values) value = normal_();
    }
    return values;
  }

  void weighted(const Node& node, const Values& in, Values& out) {
    const Tensor *weights = node.input(1), *to = node.output();
    if (weights == nullptr || in.empty()) return;
    const Values &w = input(node, 1), &bias = input(node, 2);
    const int64_t channels = to->shape.empty() ? 0 : to->shape.back(), outputs = to->elements;
    if (channels < 1) return;
    out.resize(static_cast<size_t>(outputs));
    for (size_t i = 0; i < out.size(); ++i) {
      const auto channel = static_cast<int64_t>(i) % channels;
      out[i] = static_cast<int64_t>(bias.size()) == channels ? bias[static_cast<size_t>(channel)] : 0;
    }
    if (node.op->kind == Builtin::kFullyConnected) return dense(*weights, w, in, channels, out);
    if (!same_axes(*node.input(0), *to) || weights->shape.size() != 4) return out.clear();
    if (node.op->kind == Builtin::kConv2d) return convolve(node, w, in, out);
    depthwise(node, w, in, out);
  }

  static void dense(const Tensor& weights, const Values& w, const Values& in, int64_t channels, Values& out) {
    const auto k = static_cast<size_t>(dim(weights, 1)), c = static_cast<size_t>(channels);
    if (dim(weights, 0) != channels || k == 0 || out.size() / c * k != in.size()) return out.clear();
    for (size_t i = 0; i < out.size(); ++i) {
      const float *row = in.data() + i / c * k, *filter = w.data() + i % c * k;
      for (size_t j = 0; j < k; ++j) out[i] += row[j] * filter[j];
    }
  }

  static void convolve(const Node& node, const Values& w, const Values& in, Values& out) {
    const Tensor& weights = *node.input(1);
    const auto depth = static_cast<size_t>(dim(*node.input(0), 3)),
               channels = static_cast<size_t>(dim(*node.output(), 3));
    const auto taps = static_cast<size_t>(product({dim(weights, 1), dim(weights, 2)}));
    if (dim(weights, 3) != dim(*node.input(0), 3) || dim(weights, 0) != dim(*node.output(), 3)) return out.clear();
    for_each_tap(node, dim(weights, 1), dim(weights, 2), [&](int64_t to, int64_t from, int64_t tap) {
      const float* pixel = in.data() + static_cast<size_t>(from) * depth;
      for (size_t c = 0; c < channels; ++c) {
        const float* filter = w.data() + (c * taps + static_cast<size_t>(tap)) * depth;
        float sum = 0;
        for (size_t i = 0; i < depth; ++i) sum += pixel[i] * filter[i];
        out[static_cast<size_t>(to) * channels + c] += sum;
      }
    });
  }

  static void depthwise(const Node& node, const Values& w, const Values& in, Values& out) {
    const Tensor& weights = *node.input(1);
    const auto depth = static_cast<size_t>(dim(*node.input(0), 3)),
               channels = static_cast<size_t>(dim(*node.output(), 3));
    const bool whole = depth > 0 && channels % depth == 0;
    if (!whole || dim(weights, 0) != 1 || dim(weights, 3) != dim(*node.output(), 3)) return out.clear();
    for_each_tap(node, dim(weights, 1), dim(weights, 2), [&](int64_t to, int64_t from, int64_t tap) {
      const float *pixel = in.data() + static_cast<size_t>(from) * depth,
                  *filter = w.data() + static_cast<size_t>(tap) * channels;
      float* sums = out.data() + static_cast<size_t>(to) * channels;
      for (size_t c = 0; c < channels; ++c) sums[c] += pixel[c / (channels / depth)] * filter[c];
    });
  }

  static void pool(const Node& node, const Values& in, Values& out) {
    const Tensor &from = *node.input(0), &to = *node.output();
    const Options& o = node.op->options;
    if (!same_axes(from, to) || dim(from, 3) != dim(to, 3)) return;
    const bool most = node.op->kind == Builtin::kMaxPool2d;
    const float taps = static_cast<float>(o.filter_h) * static_cast<float>(o.filter_w);
    const auto channels = static_cast<size_t>(dim(to, 3));
    out.assign(static_cast<size_t>(to.elements), most ? -INFINITY : 0);
    for_each_tap(node, o.filter_h, o.filter_w, [&](int64_t pixel, int64_t source, int64_t) {
      for (size_t c = 0; c < channels; ++c) {
        float& value = out[static_cast<size_t>(pixel) * channels + c];
        const float next = in[static_cast<size_t>(source) * channels + c];
        value = most ? std::max(value, next) : value + next / taps;
      }
    });
  }

  // Sums or products; the smaller operand is repeated along the last axes.
  static void binary(const Node& node, const Values& left, const Values& right, Values& out) {
    if (left.empty() || right.empty()) return;
    out.resize(static_cast<size_t>(node.output()->elements));
    for (size_t i = 0; i < out.size(); ++i) {
      const float a = left[i % left.size()], b = right[i % right.size()];
      out[i] = node.op->kind == Builtin::kAdd ? a + b : a * b;
    }
  }

  // The mean over all axes but the last; other means are drawn.
  static void mean(const Node& node, const Values& in, Values& out) {
    const auto channels = static_cast<size_t>(node.output()->elements);
    const Tensor& from = *node.input(0);
    if (channels == 0 || from.shape.empty() || static_cast<size_t>(from.shape.back()) != channels) return;
    out.assign(channels, 0);
    for (size_t i = 0; i < in.size(); ++i) out[i % channels] += in[i] / static_cast<float>(in.size() / channels);
  }

  // Exponentials of the largest logit, which is 0 after subtraction, and of those so far below that theirs is zero.
  static double known_exponentials(const Tensor& from, const Values& in) {
    const auto row = static_cast<size_t>(from.shape.empty() ? 1 : std::max(1, from.shape.back()));
    size_t known = 0;
    for (size_t start = 0; start + row <= in.size(); start += row) {
      const auto begin = in.begin() + static_cast<std::ptrdiff_t>(start),
                 end = begin + static_cast<std::ptrdiff_t>(row);
      const float most = *std::max_element(begin, end);
      known += static_cast<size_t>(
          std::count_if(begin, end, [most](float x) { return x == most || x - most < kLeastExponent; }));
    }
    return in.empty() ? 0 : static_cast<double>(known) / static_cast<double>(in.size());
  }

  // Operators that move values, of whose order nothing here depends; padding comes last.
  void copy(const Node& node, const Values& in, Values& out) {
    const auto elements = static_cast<size_t>(node.output()->elements);
    switch (node.op->kind) {
      case Builtin::kRelu:
      case Builtin::kRelu6:
        out = in;
        for (float& value : out) value = activated(value, node.op->kind == Builtin::kRelu ? 1 : 3);
        break;
      case Builtin::kConcatenation:
        for (size_t i = 0; i < node.op->inputs.size() && out.size() < elements; ++i) {
          const Values& part = input(node, i);
          out.insert(out.end(), part.begin(), part.end());
        }
        break;
      case Builtin::kReshape:
      case Builtin::kSqueeze:
      case Builtin::kExpandDims:
      case Builtin::kTranspose:
      case Builtin::kPad:
        out = in;
        break;
      default:
        break;
    }
    if (!out.empty()) out.resize(elements);
  }

  const Subgraph& graph_;
  std::vector<Values> values_;
  Values none_;
  Normal normal_;
};

// At most as many steps as one operator takes here.
double steps(const Node& node) {
  const Options& o = node.op->options;
  const int64_t pooled = product({node.output()->elements, o.filter_h, o.filter_w});
  double sum = static_cast<double>(macs(node)) + static_cast<double>(pooled);
  for (size_t i = 0; i < node.op->inputs.size(); ++i) {
    if (node.input(i) != nullptr) sum += static_cast<double>(node.input(i)->elements);
  }
  return sum;
}

}  // namespace

std::vector<double> early_shares(const Subgraph& graph) {
  double work = 0, held = 0;
  bool any = false;
  for (const Op& op : graph.ops) {
    const Node node{&graph, &op};
    if (node.input(0) == nullptr || node.output() == nullptr || node.input(0)->type != Type::kFloat32) continue;
    any = true;
    work += steps(node);
  }
  for (const Tensor& tensor : graph.tensors) held += static_cast<double>(tensor.elements);
  std::vector<double> none(graph.ops.size());
  return any && work <= kMostFloatWork && held <= kMostValues ? Inference(graph).run() : none;
}

}  // namespace nas
