// A layer as TensorFlow operators. Loading this library registers them; nas/model/network/layers.py calls them.
//
// Attributes and a geometry say what shapes alone do not: attributes what is the same in all networks that share a
// graph, the geometry, a tensor, what is not. Everything is checked before a kernel runs, since kernels trust it.

#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <memory>

#include "layers.h"
#include "tensorflow.h"

namespace nas::training {
namespace {

using namespace tensorflow;

// Memory that kernels of a thread share; it grows to what the largest needs, and is null if that cannot be had.
class Scratch {
 public:
  ~Scratch() { std::free(start_); }

  float* floats(std::size_t count) {
    if (count > count_) {
      std::free(start_);
      count_ = (count + 15) / 16 * 16;
      start_ = static_cast<float*>(std::aligned_alloc(64, count_ * sizeof(float)));
      if (start_ == nullptr) count_ = 0;
    }
    return start_;
  }

 private:
  float* start_ = nullptr;
  std::size_t count_ = 0;
};

struct DeleteStatus {
  void operator()(Status* status) const { TF_DeleteStatus(status); }
};
using OwnedStatus = std::unique_ptr<Status, DeleteStatus>;

// A call's tensors: inputs, which it lets go of in the end, and outputs.
class Call {
 public:
  explicit Call(Context* context) : context_(context), status_(TF_NewStatus()) {}
  ~Call() {
    for (Tensor* tensor : tensors_) {
      if (tensor != nullptr) TF_DeleteTensor(tensor);
    }
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // Takes input i, which must have `rank` axes; null if it cannot be had. TensorFlow has checked its type.
  const Tensor* input(int i, int rank) {
    TF_GetInput(context_, i, &tensors_[i], status_.get());
    if (TF_GetCode(status_.get()) != kOk) return fail("an input is missing");
    if (TF_NumDims(tensors_[i]) != rank) return fail("an input has the wrong number of axes");
    return tensors_[i];
  }

  float* output(int i, std::initializer_list<int64_t> shape) {
    std::size_t bytes = sizeof(float);
    for (const int64_t size : shape) bytes *= static_cast<std::size_t>(size);
    Tensor* tensor =
        TF_AllocateOutput(context_, i, kFloat, shape.begin(), static_cast<int>(shape.size()), bytes, status_.get());
    if (tensor == nullptr || TF_GetCode(status_.get()) != kOk) {
      fail("no memory for an output");
      return nullptr;
    }
    tensors_[kInputs + i] = tensor;
    return static_cast<float*>(TF_TensorData(tensor));
  }

  float* scratch(std::size_t floats) {
    thread_local Scratch memory;
    float* start = memory.floats(floats);
    if (start == nullptr) fail("no memory for a kernel's work");
    return start;
  }

  bool expect(bool condition, const char* rule) {
    if (!condition) fail(rule);
    return condition;
  }

  const Tensor* fail(const char* message) {
    TF_SetStatus(status_.get(), kInvalidArgument, message);
    TF_OpKernelContext_Failure(context_, status_.get());
    return nullptr;
  }

 private:
  static constexpr int kInputs = 9, kOutputs = 4;
  Context* context_;
  OwnedStatus status_;
  Tensor* tensors_[kInputs + kOutputs] = {};
};

int size(const Tensor* tensor, int axis) { return static_cast<int>(TF_Dim(tensor, axis)); }
bool has_shape(const Tensor* tensor, std::initializer_list<int> shape) {
  int axis = 0;
  for (const int length : shape) {
    if (size(tensor, axis++) != length) return false;
  }
  return true;
}

float* data(const Tensor* tensor) { return static_cast<float*>(TF_TensorData(tensor)); }

// Attributes of the operators.
struct Attributes {
  unsigned char channels_last = 0, wants_dx = 0, normalize = 0, relu = 0;
  float epsilon = 0;
};

// Their fifth input, in this order.
struct Geometry {
  int32_t stride_h, stride_w, pool_h, pool_w, depthwise, average;
};
constexpr int kGeometry = sizeof(Geometry) / sizeof(int32_t);

// The convolution of x and kernel, with the zeros around x that TensorFlow calls SAME; a batch of 0 if that cannot be.
Convolution convolution(const Attributes& a, const Geometry& g, const Tensor* x, const Tensor* kernel) {
  Convolution c{};
  const bool last = a.channels_last != 0;
  c.depthwise = g.depthwise != 0;
  c.channels_last = last;
  c.in_channels = size(x, last ? 3 : 1);
  c.in_h = size(x, last ? 1 : 2);
  c.in_w = size(x, last ? 2 : 3);
  c.kernel_h = size(kernel, 0);
  c.kernel_w = size(kernel, 1);
  c.out_channels = c.depthwise ? c.in_channels : size(kernel, 3);
  c.stride_h = g.stride_h;
  c.stride_w = g.stride_w;
  const bool fits = size(kernel, 2) == c.in_channels && (!c.depthwise || size(kernel, 3) == 1);
  const bool counts = c.in_channels > 0 && c.in_h > 0 && c.in_w > 0 && c.kernel_h > 0 && c.kernel_w > 0 &&
                      c.out_channels > 0 && c.stride_h > 0 && c.stride_w > 0;
  if (!fits || !counts) return c;
  c.batch = size(x, 0);
  c.out_h = (c.in_h + c.stride_h - 1) / c.stride_h;
  c.out_w = (c.in_w + c.stride_w - 1) / c.stride_w;
  const auto before = [](int in, int out, int stride, int kernel_size) {
    const int padding = (out - 1) * stride + kernel_size - in;
    return padding > 0 ? padding / 2 : 0;
  };
  c.pad_top = before(c.in_h, c.out_h, c.stride_h, c.kernel_h);
  c.pad_left = before(c.in_w, c.out_w, c.stride_w, c.kernel_w);
  return c;
}

// What follows it; a pooling of 0 if that cannot be.
Finish finish(const Attributes& a, const Geometry& g, const Convolution& c, const Tensor* scale, const Tensor* offset) {
  Finish f{};
  f.batch = c.batch;
  f.channels = c.out_channels;
  f.in_h = c.out_h;
  f.in_w = c.out_w;
  f.normalize = a.normalize != 0;
  f.relu = a.relu != 0;
  f.average = g.average != 0;
  f.epsilon = a.epsilon;
  const bool fits = size(scale, 0) == f.channels && size(offset, 0) == f.channels;
  const bool pools = g.pool_h > 0 && g.pool_w > 0 && g.pool_h <= f.in_h && g.pool_w <= f.in_w;
  if (fits && pools) {
    f.pool_h = g.pool_h;
    f.pool_w = g.pool_w;
  }
  return f;
}

struct Inputs {
  const Tensor *x, *kernel, *scale, *offset;
};

// Takes the first five inputs, and the layer that they make; false, and the call has failed, if they make none.
bool take(Call& call, const Attributes& a, Inputs& in, Layer& layer) {
  in.x = call.input(0, 4);
  in.kernel = in.x == nullptr ? nullptr : call.input(1, 4);
  in.scale = in.kernel == nullptr ? nullptr : call.input(2, 1);
  in.offset = in.scale == nullptr ? nullptr : call.input(3, 1);
  const Tensor* given = in.offset == nullptr ? nullptr : call.input(4, 1);
  if (given == nullptr || !call.expect(size(given, 0) == kGeometry, "NasLayer: a geometry is six numbers"))
    return false;
  Geometry geometry;
  std::memcpy(&geometry, TF_TensorData(given), sizeof(geometry));
  layer.convolution = convolution(a, geometry, in.x, in.kernel);
  layer.finish = finish(a, geometry, layer.convolution, in.scale, in.offset);
  return call.expect(layer.convolution.batch > 0,
                     "NasLayer: the kernel must have as many channels as x, x some rows") &&
         call.expect(layer.finish.pool_h > 0, "NasLayer: a scale and an offset a filter, and a pooling that fits");
}

void compute_layer(void* attributes, Context* context) {
  Call call(context);
  Inputs in{};
  Layer layer{};
  if (!take(call, *static_cast<Attributes*>(attributes), in, layer)) return;
  const Finish& f = layer.finish;
  float* y = call.output(0, {f.batch, f.channels, f.in_h / f.pool_h, f.in_w / f.pool_w});
  float* z = y == nullptr ? nullptr : call.output(1, {f.batch, f.channels, f.in_h, f.in_w});
  float* mean = z == nullptr ? nullptr : call.output(2, {f.channels});
  float* variance = mean == nullptr ? nullptr : call.output(3, {f.channels});
  float* scratch = variance == nullptr ? nullptr : call.scratch(best().scratch_floats(layer));
  if (scratch == nullptr) return;
  best().forward(layer, {data(in.x), data(in.kernel), data(in.scale), data(in.offset), y, z, mean, variance}, scratch);
}

void compute_layer_gradient(void* attributes, Context* context) {
  Call call(context);
  const Attributes& a = *static_cast<Attributes*>(attributes);
  Inputs in{};
  Layer layer{};
  if (!take(call, a, in, layer)) return;
  const Tensor* z = call.input(5, 4);
  const Tensor* mean = z == nullptr ? nullptr : call.input(6, 1);
  const Tensor* variance = mean == nullptr ? nullptr : call.input(7, 1);
  const Tensor* dy = variance == nullptr ? nullptr : call.input(8, 4);
  if (dy == nullptr) return;
  const Convolution& c = layer.convolution;
  const Finish& f = layer.finish;
  const bool fits = has_shape(z, {f.batch, f.channels, f.in_h, f.in_w}) && has_shape(mean, {f.channels}) &&
                    has_shape(variance, {f.channels}) &&
                    has_shape(dy, {f.batch, f.channels, f.in_h / f.pool_h, f.in_w / f.pool_w});
  if (!call.expect(fits, "NasLayerGradient: its inputs must be those of a NasLayer, and its outputs")) return;
  // A network's input needs no gradient; an empty tensor stands for it.
  const bool wants_dx = a.wants_dx != 0;
  float* dx = call.output(0, {wants_dx ? c.batch : 0, c.in_channels, c.in_h, c.in_w});
  float* dkernel = dx == nullptr && wants_dx
                       ? nullptr
                       : call.output(1, {c.kernel_h, c.kernel_w, c.in_channels, c.depthwise ? 1 : c.out_channels});
  float* dscale = dkernel == nullptr ? nullptr : call.output(2, {f.channels});
  float* doffset = dscale == nullptr ? nullptr : call.output(3, {f.channels});
  float* scratch = doffset == nullptr ? nullptr : call.scratch(best().scratch_floats(layer));
  if (scratch == nullptr) return;
  const Forward forward = {data(in.x), data(in.kernel), data(in.scale), data(in.offset),
                           nullptr,    data(z),         data(mean),     data(variance)};
  best().backward(layer, forward, {data(dy), wants_dx ? dx : nullptr, dkernel, dscale, doffset}, scratch);
}

// Reads attributes by their names, until something goes wrong.
struct Reader {
  Construction* construction;
  Status* status;

  bool ok() const { return TF_GetCode(status) == kOk; }
  void flag(const char* name, unsigned char* to) const {
    if (ok()) TF_OpKernelConstruction_GetAttrBool(construction, name, to, status);
  }
  void number(const char* name, float* to) const {
    if (ok()) TF_OpKernelConstruction_GetAttrFloat(construction, name, to, status);
  }
};

void* create(Construction* construction) {
  const OwnedStatus status(TF_NewStatus());
  const Reader reader = {construction, status.get()};
  auto attributes = std::make_unique<Attributes>();
  reader.flag("channels_last", &attributes->channels_last);
  reader.flag("wants_dx", &attributes->wants_dx);
  reader.flag("normalize", &attributes->normalize);
  reader.flag("relu", &attributes->relu);
  reader.number("epsilon", &attributes->epsilon);
  if (reader.ok()) return attributes.release();
  TF_OpKernelConstruction_Failure(construction, status.get());
  return nullptr;
}

void destroy(void* attributes) { delete static_cast<Attributes*>(attributes); }

// An operator; both have the same attributes.
struct Spec {
  const char* name;
  const char* inputs[10];
  const char* outputs[5];
  void (*compute)(void*, Context*);
};

const char* const kAttributes[] = {"channels_last: bool", "wants_dx: bool", "normalize: bool", "relu: bool",
                                   "epsilon: float"};

const Spec kSpecs[] = {
    {"NasLayer",
     {"x: float", "kernel: float", "scale: float", "offset: float", "geometry: int32"},
     {"y: float", "z: float", "mean: float", "variance: float"},
     compute_layer},
    {"NasLayerGradient",
     {"x: float", "kernel: float", "scale: float", "offset: float", "geometry: int32", "z: float", "mean: float",
      "variance: float", "dy: float"},
     {"dx: float", "dkernel: float", "dscale: float", "doffset: float"},
     compute_layer_gradient},
};

// Shapes are open: one graph serves networks of many.
void leave_shapes_open(ShapeContext* context, Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

void register_operator(const Spec& spec) {
  const OwnedStatus status(TF_NewStatus());
  OpDefinition* definition = TF_NewOpDefinitionBuilder(spec.name);
  for (const char* input : spec.inputs) {
    if (input != nullptr) TF_OpDefinitionBuilderAddInput(definition, input);
  }
  for (const char* output : spec.outputs) {
    if (output != nullptr) TF_OpDefinitionBuilderAddOutput(definition, output);
  }
  for (const char* attribute : kAttributes) TF_OpDefinitionBuilderAddAttr(definition, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, leave_shapes_open);
  TF_RegisterOpDefinition(definition, status.get());
  KernelBuilder* builder = TF_NewKernelBuilder(spec.name, "CPU", create, spec.compute, destroy);
  TF_RegisterKernelBuilder(spec.name, builder, status.get());
}

const bool kRegistered = [] {
  if (!find_functions()) return false;
  for (const Spec& spec : kSpecs) register_operator(spec);
  return true;
}();

}  // namespace
}  // namespace nas::training
