#include <cstring>

#include "convolve.h"
#include "finish.h"

namespace nas::training::NAS_LEVEL {
namespace {

// The scratch memory of both halves of a layer.
struct LayerScratch {
  Convolver convolver;
  Finisher finisher;
  float* dz;  // of a tile
  std::size_t floats;
};

LayerScratch lay_out(const Layer& layer, float* scratch) {
  Memory memory(scratch);
  LayerScratch work;
  work.convolver = lay_out(layer.convolution, memory);
  work.finisher = lay_out(layer.finish, memory);
  const Convolution& conv = layer.convolution;
  work.dz =
      memory.take(static_cast<std::size_t>(work.convolver.tile.windows) * conv.out_channels * conv.out_h * conv.out_w);
  work.floats = memory.floats();
  return work;
}

LayerScratch prepare(const Layer& layer, float* scratch) {
  const LayerScratch work = lay_out(layer, scratch);
  std::memset(scratch, 0, work.floats * sizeof(float));
  return work;
}

// Calls `each` with the first member of every tile and how many it has. A second pass goes backward, since the caches
// hold what the first one saw last.
template <class Each>
void for_each_tile(const Layer& layer, const LayerScratch& work, bool backward, Each each) {
  const int batch = layer.convolution.batch, windows = work.convolver.tile.windows;
  const int tiles = (batch + windows - 1) / windows;
  for (int i = 0; i < tiles; ++i) {
    const int first = (backward ? tiles - 1 - i : i) * windows;
    each(first, smaller(windows, batch - first));
  }
}

}  // namespace

std::size_t scratch_floats(const Layer& layer) { return lay_out(layer, nullptr).floats; }

void forward(const Layer& layer, const Forward& tensors, float* scratch) {
  const LayerScratch work = prepare(layer, scratch);
  const std::size_t channels = static_cast<std::size_t>(layer.finish.channels) * sizeof(float);
  std::memset(tensors.mean, 0, channels);
  std::memset(tensors.variance, 0, channels);
  prepare_forward(layer.convolution, work.convolver, tensors.kernel);
  for_each_tile(layer, work, false, [&](int first, int count) {
    convolve(layer.convolution, work.convolver, tensors.x, first, count, tensors.z);
    if (layer.finish.normalize) add_moments(work.finisher, tensors.z, first, count);
  });
  if (layer.finish.normalize) finish_moments(work.finisher, tensors.mean, tensors.variance);
  set_affines(work.finisher, tensors.scale, tensors.offset, tensors.mean, tensors.variance);
  for_each_tile(layer, work, true,
                [&](int first, int count) { pool(work.finisher, tensors.z, first, count, tensors.y); });
}

void backward(const Layer& layer, const Forward& tensors, const Gradients& gradients, float* scratch) {
  const LayerScratch work = prepare(layer, scratch);
  set_affines(work.finisher, tensors.scale, tensors.offset, tensors.mean, tensors.variance);
  for_each_tile(layer, work, false, [&](int first, int count) {
    add_parameter_gradients(work.finisher, tensors.z, gradients.dy, first, count);
  });
  finish_parameter_gradients(work.finisher, tensors.mean, tensors.variance, gradients.dscale, gradients.doffset);
  prepare_backward(layer.convolution, work.convolver, tensors.kernel);
  for_each_tile(layer, work, true, [&](int first, int count) {
    unpool(work.finisher, tensors.z, gradients.dy, first, count, work.dz);
    add_gradients(layer.convolution, work.convolver, tensors.x, first, count, work.dz, gradients.dx);
  });
  finish_gradients(layer.convolution, work.convolver, gradients.dkernel);
}

// best.cc finds it by the level's name.
extern const Kernels kKernels;
const Kernels kKernels = {NAS_STRING(NAS_LEVEL), scratch_floats, forward, backward};

}  // namespace nas::training::NAS_LEVEL
