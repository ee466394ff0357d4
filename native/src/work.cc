#include "work.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "arithmetic.h"

namespace nas {
namespace {

// Instructions of the interpreter's loop for each operator.
constexpr double kPerOp = 75;

// The paths that a kernel takes through different code.
enum class Path { kAny, kPointwise, kRow, kThreeByThree, kGeneral };

// Coefficients of an operator's terms, in the order of `terms`, for release builds of int8 kernels: non-negative least
// squares on relative error over instruction counts from an emulator (shared/TFLM.md, section 7).
struct Fit {
  int machine;  // 0: Cortex-M4 reference, 1: Cortex-M4 CMSIS-NN, 2: Cortex-M55 CMSIS-NN
  Builtin kind;
  Path path;
  double weights[7];
};
constexpr Fit kFits[] = {
    {0, Builtin::kConv2d, Path::kAny, {5.691, 105.6, 14.5, 36.28, 0}},
    {0, Builtin::kDepthwiseConv2d, Path::kAny, {27.62, 127.6, 7.94, 5.65, 0}},
    {0, Builtin::kFullyConnected, Path::kAny, {6.08, 58.58, 404}},
    {0, Builtin::kMaxPool2d, Path::kAny, {12.1, 59.43, 12.09, 0.78, 0}},
    {0, Builtin::kAveragePool2d, Path::kAny, {7.397, 55.2, 59.39, 1.28, 0}},
    {0, Builtin::kMean, Path::kAny, {32.36, 0, 16.82, 0}},
    {0, Builtin::kSoftmax, Path::kAny, {450.9, 436.7}},
    {0, Builtin::kAdd, Path::kAny, {88.76, 1065}},
    {0, Builtin::kLogistic, Path::kAny, {363, 162}},
    {0, Builtin::kTanh, Path::kAny, {370, 268}},
    {0, Builtin::kReshape, Path::kAny, {0.53, 195}},
    {1, Builtin::kConv2d, Path::kPointwise, {1.449, 2.061, 41.46, 1.559, 0, 0, 699}},
    {1, Builtin::kConv2d, Path::kAny, {1.613, 2.874, 45.26, 3.56, 39.0, 124, 594}},
    {1, Builtin::kDepthwiseConv2d, Path::kThreeByThree, {30.9, 13.31, 0, 7.744, 0, 1276}},
    {1, Builtin::kDepthwiseConv2d, Path::kAny, {27.78, 13.46, 43.52, 37.45, 82.06, 1000}},
    {1, Builtin::kFullyConnected, Path::kAny, {1.871, 8.028, 55.28, 0, 465.5}},
    {1, Builtin::kMaxPool2d, Path::kAny, {30.83, 6.992, 2.803, 21.62, 54.12, 379}},
    {1, Builtin::kAveragePool2d, Path::kAny, {23.42, 4.736, 13.0, 19.94, 58.0, 514}},
    {1, Builtin::kMean, Path::kAny, {32.36, 0, 16.96, 0}},
    {1, Builtin::kSoftmax, Path::kAny, {523.5, 265.7}},
    {1, Builtin::kAdd, Path::kAny, {81.26, 715}},
    {1, Builtin::kLogistic, Path::kAny, {364, 170}},
    {1, Builtin::kTanh, Path::kAny, {370, 268}},
    {1, Builtin::kReshape, Path::kAny, {0.53, 195}},
    {2, Builtin::kConv2d, Path::kPointwise, {2.785, 13.99, 0.016, 10.12, 0, 0, 471}},
    {2, Builtin::kConv2d, Path::kRow, {3.078, 13.81, 0, 1.859, 0, 20.98, 1123}},
    {2, Builtin::kConv2d, Path::kAny, {2.821, 13.64, 0, 23.25, 79.64, 0, 524}},
    {2, Builtin::kDepthwiseConv2d, Path::kAny, {2.532, 25.17, 19.42, 76.4, 0.56, 141}},
    {2, Builtin::kFullyConnected, Path::kAny, {7.553, 13.0, 0, 571}},
    {2, Builtin::kMaxPool2d, Path::kAny, {9.678, 0.936, 0.973, 31.15, 9.07, 424}},
    {2, Builtin::kAveragePool2d, Path::kAny, {0, 1.478, 11.61, 34.05, 15.53, 4221}},
    {2, Builtin::kMean, Path::kAny, {30.2, 11.83, 29.34, 1165}},
    {2, Builtin::kSoftmax, Path::kAny, {560.2, 280.9}},
    {2, Builtin::kAdd, Path::kAny, {13.75, 729}},
    {2, Builtin::kLogistic, Path::kAny, {374, 168}},
    {2, Builtin::kTanh, Path::kAny, {392, 255}},
    {2, Builtin::kReshape, Path::kAny, {0.56, 196}},
};

// The sizes that terms are made of: output pixels, taps of a window, patch = taps * input channels, output elements.
struct Shape {
  double pixels, taps, patch, channels_in, channels, outputs, rows, macs, elements_in, rank;
};

int64_t pixels_of(const Tensor& tensor) { return product({dim(tensor, 1), dim(tensor, 2)}); }

double ceil_div(double a, double b) { return std::ceil(a / b); }
double whole(double a, double b) { return std::floor(a / b); }
double rest(double a, double b) { return std::fmod(a, b); }
double real(int64_t value) { return static_cast<double>(value); }

Shape shape_of(const Node& node) {
  const Tensor &in = *node.input(0), &out = *node.output();
  const Options& o = node.op->options;
  Shape s{};
  s.outputs = real(out.elements);
  s.elements_in = real(in.elements);
  s.rank = real(static_cast<int64_t>(in.shape.size()));
  s.macs = real(macs(node));
  s.pixels = real(pixels_of(out));
  s.channels_in = real(dim(in, 3));
  s.channels = real(dim(out, 3));
  const Tensor* weights = node.input(1);
  switch (node.op->kind) {
    case Builtin::kConv2d:
    case Builtin::kDepthwiseConv2d:
      s.taps = real(pixels_of(*weights));
      s.patch = s.taps * s.channels_in;
      break;
    case Builtin::kFullyConnected:
      s.patch = real(dim(*weights, 1));
      s.rows = s.outputs / real(std::max<int64_t>(1, dim(*weights, 0)));
      break;
    default:
      s.taps = real(product({o.filter_h, o.filter_w}));
  }
  return s;
}

Path path_of(const Node& node, const Shape& s, int machine) {
  const Tensor &in = *node.input(0), &out = *node.output();
  if (node.op->kind == Builtin::kConv2d) {
    if (s.taps == 1) return Path::kPointwise;
    const bool row = dim(in, 1) == 1 && dim(*node.input(1), 1) == 1 && node.op->options.dilation_w == 1;
    return machine == 2 && row && rest(node.op->options.stride_w * s.channels_in, 4) == 0 ? Path::kRow : Path::kAny;
  }
  if (node.op->kind == Builtin::kDepthwiseConv2d) {
    if (dim(in, 3) != dim(out, 3)) return Path::kGeneral;
    const bool three = dim(*node.input(1), 1) == 3 && dim(*node.input(1), 2) == 3;
    return machine == 1 && three ? Path::kThreeByThree : Path::kAny;
  }
  return Path::kAny;
}

const Fit* find_fit(int machine, Builtin kind, Path path) {
  for (const Fit& fit : kFits) {
    if (fit.machine == machine && fit.kind == kind && (fit.path == path || fit.path == Path::kAny)) return &fit;
  }
  return nullptr;
}

double dot(const Fit& fit, std::initializer_list<double> terms) {
  double sum = 0;
  size_t i = 0;
  for (double term : terms) sum += fit.weights[i++] * term;
  return sum;
}

double conv(const Fit& fit, const Shape& s) {
  const double px = s.pixels, c = s.channels, k = s.patch;
  switch (fit.machine) {
    case 1:
      return dot(fit, {px * c * whole(k, 4) * 4, px * c * rest(k, 4), px * c, px * k, px * s.taps, px, 1});
    case 2:
      return dot(fit, {px * c * ceil_div(k, 16), s.outputs, px * k, px * s.taps, px, c, 1});
    default:
      return dot(fit, {s.macs, s.outputs, px * s.taps, px * c * s.taps, 1});
  }
}

double depthwise(const Fit& fit, const Shape& s) {
  const double px = s.pixels, c = s.channels, taps = s.taps;
  switch (fit.machine) {
    case 1:
      return dot(fit, {px * whole(c, 4) * taps, px * rest(c, 4) * taps, s.outputs, px * taps, px, 1});
    case 2:
      return dot(fit, {px * ceil_div(c, 4) * taps, px * ceil_div(c, 4), px * taps, px, s.macs, 1});
    default:
      return dot(fit, {s.macs, s.outputs, px * taps, px, 1});
  }
}

double fully_connected(const Fit& fit, const Shape& s) {
  const double o = s.outputs, k = s.patch;
  switch (fit.machine) {
    case 1:
      return dot(fit, {o * whole(k, 4) * 4, o * rest(k, 4), o, s.rows, 1});
    case 2:
      return dot(fit, {o * ceil_div(k, 16), o, s.rows, 1});
    default:
      return dot(fit, {s.macs, o, 1});
  }
}

double pool(const Fit& fit, const Shape& s) {
  const double px = s.pixels, taps = s.taps;
  if (fit.machine == 0) return dot(fit, {s.outputs * taps, s.outputs, px, px * taps, 1});
  const double v = fit.machine == 1 ? 4 : 16;
  return dot(fit, {px * taps * whole(s.channels, v), px * taps * rest(s.channels, v), s.outputs, px * taps, px, 1});
}

double evaluate(const Fit& fit, const Shape& s) {
  switch (fit.kind) {
    case Builtin::kConv2d:
      return conv(fit, s);
    case Builtin::kDepthwiseConv2d:
      return depthwise(fit, s);
    case Builtin::kFullyConnected:
      return fully_connected(fit, s);
    case Builtin::kMaxPool2d:
    case Builtin::kAveragePool2d:
      return pool(fit, s);
    case Builtin::kMean:
      return dot(fit, {s.elements_in * s.rank, s.elements_in, s.outputs, 1});
    default:
      return dot(fit, {s.outputs, 1});
  }
}

bool has_weights(Builtin kind) {
  return kind == Builtin::kConv2d || kind == Builtin::kDepthwiseConv2d || kind == Builtin::kFullyConnected;
}

}  // namespace

int64_t macs(const Node& node) {
  const Tensor *in = node.input(0), *weights = node.input(1), *out = node.output();
  if (in == nullptr || weights == nullptr || out == nullptr) return 0;
  switch (node.op->kind) {
    case Builtin::kConv2d:
      return product({out->elements, dim(*weights, 1), dim(*weights, 2), dim(*weights, 3)});
    case Builtin::kDepthwiseConv2d:
      return product({out->elements, dim(*weights, 1), dim(*weights, 2)});
    case Builtin::kFullyConnected:
      return product({out->elements, dim(*weights, 1)});
    case Builtin::kTransposeConv: {
      const Tensor* image = node.input(2);
      if (image == nullptr) return 0;
      return product({image->elements, dim(*weights, 0), dim(*weights, 1), dim(*weights, 2)});
    }
    default:
      return 0;
  }
}

double instructions(const Node& node, const Machine& machine) {
  const Tensor *in = node.input(0), *out = node.output();
  if (machine.fits < 0 || in == nullptr || out == nullptr || in->type != Type::kInt8) return -1;
  if (has_weights(node.op->kind) && node.input(1) == nullptr) return -1;
  const Shape shape = shape_of(node);
  const Fit* fit = find_fit(machine.fits, node.op->kind, path_of(node, shape, machine.fits));
  return fit == nullptr ? -1 : evaluate(*fit, shape) + kPerOp;
}

}  // namespace nas
