// A layer as TensorFlow operators. Loading this library registers them; nas/model/network/layers.py calls them.
//
// Settings of a layer that do not follow from shapes are attributes if all networks that share a graph have the same,
// else numbers in a tensor called geometry. Everything is checked here, since the kernels check nothing.

#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <memory>

#include "layers.h"
#include "tensorflow.h"

namespace nas::training {
namespace {

using namespace tensorflow;

// Memory that the kernels of a thread share. It grows to the largest size asked for; null if there is too little
// memory.
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

// The inputs and outputs of one call; the destructor releases them.
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

  // Returns input i, which must have `rank` axes; null, and the call has failed, if it has not. TensorFlow has checked
  // the type.
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
  unsigned char channels_last = 0, wants_dx = 0, normalize = 0;
  int32_t activation = 0;
  float epsilon = 0;
};

// The operators' fifth input, in this order.
struct Geometry {
  int32_t stride_h, stride_w, pool_h, pool_w, depthwise, average, dilation_h, dilation_w, padding;
};
constexpr int kGeometry = sizeof(Geometry) / sizeof(int32_t);

enum Padding : int32_t { kSame, kValid, kCausal };  // causal: zeros before the input's numbers only

// Where a kernel lies on an axis: at how many positions, and how many zeros stand before the first of the input's
// numbers.
struct Positions {
  int count, padding;
};

Positions place(int in, int stride, int reach, int32_t how) {
  if (how == kValid) return {in < reach ? 0 : (in - reach) / stride + 1, 0};
  const int count = (in + stride - 1) / stride;
  if (how == kCausal) return {count, reach - 1};
  const int padding = (count - 1) * stride + reach - in;
  return {count, padding > 0 ? padding / 2 : 0};
}

// Returns the convolution of x and kernel; its batch is 0 if the shapes do not fit.
Convolution read_convolution(const Attributes& attributes, const Geometry& geometry, const Tensor* x,
                             const Tensor* kernel) {
  Convolution conv{};
  const bool last = attributes.channels_last != 0;
  conv.depthwise = geometry.depthwise != 0;
  conv.channels_last = last;
  conv.in_channels = size(x, last ? 3 : 1);
  conv.in_h = size(x, last ? 1 : 2);
  conv.in_w = size(x, last ? 2 : 3);
  conv.kernel_h = size(kernel, 0);
  conv.kernel_w = size(kernel, 1);
  conv.out_channels = conv.depthwise ? conv.in_channels : size(kernel, 3);
  conv.stride_h = geometry.stride_h;
  conv.stride_w = geometry.stride_w;
  conv.dilation_h = geometry.dilation_h;
  conv.dilation_w = geometry.dilation_w;
  const bool fits = size(kernel, 2) == conv.in_channels && (!conv.depthwise || size(kernel, 3) == 1);
  const bool counts = conv.in_channels > 0 && conv.in_h > 0 && conv.in_w > 0 && conv.kernel_h > 0 &&
                      conv.kernel_w > 0 && conv.out_channels > 0 && conv.stride_h > 0 && conv.stride_w > 0 &&
                      conv.dilation_h > 0 && conv.dilation_w > 0;
  if (!fits || !counts) return conv;
  const int32_t how = geometry.padding;
  const Positions down = place(conv.in_h, conv.stride_h, (conv.kernel_h - 1) * conv.dilation_h + 1, how);
  const Positions right = place(conv.in_w, conv.stride_w, (conv.kernel_w - 1) * conv.dilation_w + 1, how);
  conv.out_h = down.count, conv.pad_top = down.padding;
  conv.out_w = right.count, conv.pad_left = right.padding;
  if (conv.out_h > 0 && conv.out_w > 0) conv.batch = size(x, 0);
  return conv;
}

// Returns what follows the convolution; its pool_h is 0 if the shapes do not fit.
Finish read_finish(const Attributes& attributes, const Geometry& geometry, const Convolution& conv, const Tensor* scale,
                   const Tensor* offset) {
  Finish finish{};
  finish.batch = conv.batch;
  finish.channels = conv.out_channels;
  finish.in_h = conv.out_h;
  finish.in_w = conv.out_w;
  finish.normalize = attributes.normalize != 0;
  finish.activation = static_cast<Activation>(attributes.activation);
  finish.average = geometry.average != 0;
  finish.epsilon = attributes.epsilon;
  const bool fits = size(scale, 0) == finish.channels && size(offset, 0) == finish.channels;
  const bool pools =
      geometry.pool_h > 0 && geometry.pool_w > 0 && geometry.pool_h <= finish.in_h && geometry.pool_w <= finish.in_w;
  if (fits && pools) {
    finish.pool_h = geometry.pool_h;
    finish.pool_w = geometry.pool_w;
  }
  return finish;
}

struct Inputs {
  const Tensor *x, *kernel, *scale, *offset;
};

// Reads the first five inputs and the layer that they describe; false, and the call has failed, if they do not fit.
bool take(Call& call, const Attributes& attributes, Inputs& inputs, Layer& layer) {
  inputs.x = call.input(0, 4);
  inputs.kernel = inputs.x == nullptr ? nullptr : call.input(1, 4);
  inputs.scale = inputs.kernel == nullptr ? nullptr : call.input(2, 1);
  inputs.offset = inputs.scale == nullptr ? nullptr : call.input(3, 1);
  const Tensor* given = inputs.offset == nullptr ? nullptr : call.input(4, 1);
  if (given == nullptr || !call.expect(size(given, 0) == kGeometry, "NasLayer: a geometry is nine numbers"))
    return false;
  Geometry geometry;
  std::memcpy(&geometry, TF_TensorData(given), sizeof(geometry));
  layer.convolution = read_convolution(attributes, geometry, inputs.x, inputs.kernel);
  layer.finish = read_finish(attributes, geometry, layer.convolution, inputs.scale, inputs.offset);
  return call.expect(layer.convolution.batch > 0,
                     "NasLayer: the kernel must have as many channels as x and lie within it, x some rows") &&
         call.expect(layer.finish.pool_h > 0, "NasLayer: a scale and an offset a filter, and a pooling that fits");
}

// `created` is what `create` returned for this operator.
void compute_layer(void* created, Context* context) {
  Call call(context);
  Inputs inputs{};
  Layer layer{};
  if (!take(call, *static_cast<Attributes*>(created), inputs, layer)) return;
  const Finish& finish = layer.finish;
  float* y = call.output(0, {finish.batch, finish.channels, finish.in_h / finish.pool_h, finish.in_w / finish.pool_w});
  float* z = y == nullptr ? nullptr : call.output(1, {finish.batch, finish.channels, finish.in_h, finish.in_w});
  float* mean = z == nullptr ? nullptr : call.output(2, {finish.channels});
  float* variance = mean == nullptr ? nullptr : call.output(3, {finish.channels});
  float* scratch = variance == nullptr ? nullptr : call.scratch(best().scratch_floats(layer));
  if (scratch == nullptr) return;
  best().forward(layer,
                 {data(inputs.x), data(inputs.kernel), data(inputs.scale), data(inputs.offset), y, z, mean, variance},
                 scratch);
}

void compute_layer_gradient(void* created, Context* context) {
  Call call(context);
  const Attributes& attributes = *static_cast<Attributes*>(created);
  Inputs inputs{};
  Layer layer{};
  if (!take(call, attributes, inputs, layer)) return;
  const Tensor* z = call.input(5, 4);
  const Tensor* mean = z == nullptr ? nullptr : call.input(6, 1);
  const Tensor* variance = mean == nullptr ? nullptr : call.input(7, 1);
  const Tensor* dy = variance == nullptr ? nullptr : call.input(8, 4);
  if (dy == nullptr) return;
  const Convolution& conv = layer.convolution;
  const Finish& finish = layer.finish;
  const bool fits =
      has_shape(z, {finish.batch, finish.channels, finish.in_h, finish.in_w}) && has_shape(mean, {finish.channels}) &&
      has_shape(variance, {finish.channels}) &&
      has_shape(dy, {finish.batch, finish.channels, finish.in_h / finish.pool_h, finish.in_w / finish.pool_w});
  if (!call.expect(fits, "NasLayerGradient: its inputs must be those of a NasLayer, and its outputs")) return;
  // A network's input needs no gradient; an empty tensor stands for it.
  const bool wants_dx = attributes.wants_dx != 0;
  float* dx = call.output(0, {wants_dx ? conv.batch : 0, conv.in_channels, conv.in_h, conv.in_w});
  float* dkernel =
      dx == nullptr && wants_dx
          ? nullptr
          : call.output(1, {conv.kernel_h, conv.kernel_w, conv.in_channels, conv.depthwise ? 1 : conv.out_channels});
  float* dscale = dkernel == nullptr ? nullptr : call.output(2, {finish.channels});
  float* doffset = dscale == nullptr ? nullptr : call.output(3, {finish.channels});
  float* scratch = doffset == nullptr ? nullptr : call.scratch(best().scratch_floats(layer));
  if (scratch == nullptr) return;
  const Forward forward = {data(inputs.x), data(inputs.kernel), data(inputs.scale), data(inputs.offset), nullptr,
                           data(z),        data(mean),          data(variance)};
  best().backward(layer, forward, {data(dy), wants_dx ? dx : nullptr, dkernel, dscale, doffset}, scratch);
}

// Reads attributes by name; after the first failure it reads no more.
struct Reader {
  Construction* construction;
  Status* status;

  bool ok() const { return TF_GetCode(status) == kOk; }
  void flag(const char* name, unsigned char* to) const {
    if (ok()) TF_OpKernelConstruction_GetAttrBool(construction, name, to, status);
  }
  void count(const char* name, int32_t* to) const {
    if (ok()) TF_OpKernelConstruction_GetAttrInt32(construction, name, to, status);
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
  reader.count("activation", &attributes->activation);
  reader.number("epsilon", &attributes->epsilon);
  const bool known = attributes->activation >= 0 && attributes->activation < kActivations;
  if (reader.ok() && !known)
    TF_SetStatus(status.get(), kInvalidArgument, "NasLayer: an activation is a number below 4");
  if (reader.ok()) return attributes.release();
  TF_OpKernelConstruction_Failure(construction, status.get());
  return nullptr;
}

void destroy(void* attributes) { delete static_cast<Attributes*>(attributes); }

// The definition of an operator; both operators have the same attributes.
struct Spec {
  const char* name;
  const char* inputs[10];
  const char* outputs[5];
  void (*compute)(void*, Context*);
};

const char* const kAttributes[] = {"channels_last: bool", "wants_dx: bool", "normalize: bool", "activation: int",
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

// Shapes stay open, so that networks of different shapes share one graph.
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
