#include <cstring>

#include "convolve.h"
#include "finish.h"

namespace nas::training::NAS_LEVEL {
namespace {

// What both halves of a layer keep in the scratch memory.
struct Parts {
  Convolver convolver;
  Finisher finisher;
  float* dz;  // of a tile
  std::size_t floats;
};

Parts lay_out(const Layer& layer, float* scratch) {
  Memory memory(scratch);
  Parts p;
  p.convolver = lay_out(layer.convolution, memory);
  p.finisher = lay_out(layer.finish, memory);
  const Convolution& c = layer.convolution;
  p.dz = memory.take(static_cast<std::size_t>(p.convolver.t.windows) * c.out_channels * c.out_h * c.out_w);
  p.floats = memory.floats();
  return p;
}

Parts prepare(const Layer& layer, float* scratch) {
  const Parts p = lay_out(layer, scratch);
  std::memset(scratch, 0, p.floats * sizeof(float));
  return p;
}

// Calls `each` with the first member of every tile and how many it has. A second pass goes backward, since the caches
// hold what the first one saw last.
template <class Each>
void for_each_tile(const Layer& layer, const Parts& p, bool backward, Each each) {
  const int batch = layer.convolution.batch, windows = p.convolver.t.windows;
  const int tiles = (batch + windows - 1) / windows;
  for (int i = 0; i < tiles; ++i) {
    const int first = (backward ? tiles - 1 - i : i) * windows;
    each(first, smaller(windows, batch - first));
  }
}

}  // namespace

std::size_t scratch_floats(const Layer& layer) { return lay_out(layer, nullptr).floats; }

void forward(const Layer& layer, const Forward& t, float* scratch) {
  const Parts p = prepare(layer, scratch);
  const std::size_t channels = static_cast<std::size_t>(layer.finish.channels) * sizeof(float);
  std::memset(t.mean, 0, channels);
  std::memset(t.variance, 0, channels);
  prepare_forward(layer.convolution, p.convolver, t.kernel);
  for_each_tile(layer, p, false, [&](int first, int count) {
    convolve(layer.convolution, p.convolver, t.x, first, count, t.z);
    if (layer.finish.normalize) add_moments(p.finisher, t.z, first, count);
  });
  if (layer.finish.normalize) finish_moments(p.finisher, t.mean, t.variance);
  draw_lines(p.finisher, t.scale, t.offset, t.mean, t.variance);
  for_each_tile(layer, p, true, [&](int first, int count) { pool(p.finisher, t.z, first, count, t.y); });
}

void backward(const Layer& layer, const Forward& t, const Gradients& g, float* scratch) {
  const Parts p = prepare(layer, scratch);
  draw_lines(p.finisher, t.scale, t.offset, t.mean, t.variance);
  for_each_tile(layer, p, false, [&](int first, int count) { add_slopes(p.finisher, t.z, g.dy, first, count); });
  finish_slopes(p.finisher, t.mean, t.variance, g.dscale, g.doffset);
  prepare_backward(layer.convolution, p.convolver, t.kernel);
  for_each_tile(layer, p, true, [&](int first, int count) {
    unpool(p.finisher, t.z, g.dy, first, count, p.dz);
    add_gradients(layer.convolution, p.convolver, t.x, first, count, p.dz, g.dx);
  });
  finish_gradients(layer.convolution, p.convolver, g.dkernel);
}

// best.cc finds it by the level's name.
extern const Kernels kKernels;
const Kernels kKernels = {NAS_STRING(NAS_LEVEL), scratch_floats, forward, backward};

}  // namespace nas::training::NAS_LEVEL
