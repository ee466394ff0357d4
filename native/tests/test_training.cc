#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include "harness.h"
#include "layers.h"

namespace {

using namespace nas::training;
using Floats = std::vector<float>;

// Sizes that do not fill vectors, tiles or poolings.
Layer random_layer(std::mt19937& random) {
  const auto from = [&](int low, int high) { return low + static_cast<int>(random() % (high - low + 1u)); };
  Convolution c{};
  c.batch = from(1, 9);
  c.in_channels = from(1, 9);
  c.depthwise = from(0, 2) == 0;
  c.out_channels = c.depthwise ? c.in_channels : from(1, 11);
  c.in_h = from(0, 2) == 0 ? from(2, 13) : 1;
  c.in_w = from(1, 40);
  c.kernel_h = std::min(from(1, 4), c.in_h);
  c.kernel_w = std::min(from(1, 9), c.in_w);
  c.dilation_h = from(1, 3);
  c.dilation_w = from(1, 4);
  c.stride_h = std::min(from(1, 3), c.in_h);
  c.stride_w = from(1, 3);
  c.channels_last = from(0, 1) == 0;
  const int reach_h = (c.kernel_h - 1) * c.dilation_h + 1, reach_w = (c.kernel_w - 1) * c.dilation_w + 1;
  const bool valid = reach_h <= c.in_h && reach_w <= c.in_w && from(0, 2) == 0;
  c.out_h = ((valid ? c.in_h - reach_h : c.in_h - 1)) / c.stride_h + 1;
  c.out_w = ((valid ? c.in_w - reach_w : c.in_w - 1)) / c.stride_w + 1;
  const bool causal = !valid && from(0, 2) == 0;
  c.pad_top = causal ? reach_h - 1 : std::max(0, (c.out_h - 1) * c.stride_h + reach_h - c.in_h) / 2;
  c.pad_left = causal ? reach_w - 1 : std::max(0, (c.out_w - 1) * c.stride_w + reach_w - c.in_w) / 2;
  Finish f{};
  f.batch = c.batch;
  f.channels = c.out_channels;
  f.in_h = c.out_h;
  f.in_w = c.out_w;
  const bool whole = from(0, 4) == 0;
  f.pool_h = whole ? f.in_h : std::min(from(1, 3), f.in_h);
  f.pool_w = whole ? f.in_w : std::min(from(1, 9), f.in_w);
  f.normalize = from(0, 3) != 0;
  f.activation = static_cast<Activation>(from(0, kActivations - 1));
  f.average = from(0, 1) == 0;
  f.epsilon = 1e-3f;
  return {c, f};
}

// Everything that a layer reads and writes, each in memory of just its size.
struct Tensors {
  Floats x, kernel, scale, offset, y, z, mean, variance, dy, dx, dkernel, dscale, doffset;
};

Tensors tensors(const Layer& layer, std::mt19937& random) {
  std::normal_distribution<float> normal;
  const auto some = [&](int n) {
    Floats values(static_cast<std::size_t>(n));
    for (float& value : values) value = normal(random);
    return values;
  };
  const Convolution& c = layer.convolution;
  const Finish& f = layer.finish;
  const int in = c.batch * c.in_channels * c.in_h * c.in_w, out = f.batch * f.channels * f.in_h * f.in_w;
  const int pooled = f.batch * f.channels * (f.in_h / f.pool_h) * (f.in_w / f.pool_w);
  const int kernel = c.kernel_h * c.kernel_w * c.in_channels * (c.depthwise ? 1 : c.out_channels);
  return {some(in),     some(kernel),     some(f.channels), some(f.channels), some(pooled),
          some(out),    some(f.channels), some(f.channels), some(pooled),     some(in),
          some(kernel), some(f.channels), some(f.channels)};
}

void run(const Kernels& kernels, const Layer& layer, Tensors& t) {
  const std::size_t bytes = (kernels.scratch_floats(layer) * sizeof(float) + 63) / 64 * 64;
  const std::unique_ptr<void, decltype(&std::free)> memory(std::aligned_alloc(64, bytes), &std::free);
  float* scratch = static_cast<float*>(memory.get());
  const Forward forward = {t.x.data(), t.kernel.data(), t.scale.data(), t.offset.data(),
                           t.y.data(), t.z.data(),      t.mean.data(),  t.variance.data()};
  kernels.forward(layer, forward, scratch);
  kernels.backward(layer, forward, {t.dy.data(), t.dx.data(), t.dkernel.data(), t.dscale.data(), t.doffset.data()},
                   scratch);
}

// The output of the convolution, by its definition.
double convolved(const Convolution& c, const Tensors& t, int n, int filter, int row, int column) {
  double total = 0;
  for (int h = 0; h < c.kernel_h; ++h) {
    for (int w = 0; w < c.kernel_w; ++w) {
      const int y = row * c.stride_h + h * c.dilation_h - c.pad_top;
      const int x = column * c.stride_w + w * c.dilation_w - c.pad_left;
      if (y < 0 || y >= c.in_h || x < 0 || x >= c.in_w) continue;
      for (int channel = 0; channel < c.in_channels; ++channel) {
        if (c.depthwise && channel != filter) continue;
        const int last = ((n * c.in_h + y) * c.in_w + x) * c.in_channels + channel;
        const int first = ((n * c.in_channels + channel) * c.in_h + y) * c.in_w + x;
        const int tap = (h * c.kernel_w + w) * c.in_channels + channel;
        const int number = c.depthwise ? tap : tap * c.out_channels + filter;
        total += static_cast<double>(t.x[static_cast<std::size_t>(c.channels_last ? last : first)]) *
                 static_cast<double>(t.kernel[static_cast<std::size_t>(number)]);
      }
    }
  }
  return total;
}

bool are_close(const Floats& a, const Floats& b, float tolerance) {
  float most = 1.0f;
  for (const float value : b) most = std::max(most, std::abs(value));
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](float one, float other) { return std::abs(one - other) <= tolerance * most; });
}

}  // namespace

TEST(a_convolution_is_what_its_definition_says) {
  std::mt19937 random(1);
  for (int round = 0; round < 100; ++round) {
    const Layer layer = random_layer(random);
    const Convolution& c = layer.convolution;
    Tensors t = tensors(layer, random);
    run(best(), layer, t);
    Floats expected;
    for (int n = 0; n < c.batch; ++n) {
      for (int filter = 0; filter < c.out_channels; ++filter) {
        for (int row = 0; row < c.out_h; ++row) {
          for (int column = 0; column < c.out_w; ++column) {
            expected.push_back(static_cast<float>(convolved(c, t, n, filter, row, column)));
          }
        }
      }
    }
    EXPECT(are_close(t.z, expected, 1e-5f));
  }
}

TEST(all_levels_of_instructions_compute_the_same) {
  int count = 0;
  const Kernels* const* kernels = usable(&count);
  std::mt19937 random(2);
  for (int round = 0; round < 300; ++round) {
    const Layer layer = random_layer(random);
    const Tensors given = tensors(layer, random);
    Tensors expected = given;
    run(*kernels[0], layer, expected);
    for (int level = 1; level < count; ++level) {
      Tensors t = given;
      run(*kernels[level], layer, t);
      EXPECT(are_close(t.y, expected.y, 1e-4f));
      EXPECT(are_close(t.mean, expected.mean, 1e-4f));
      EXPECT(are_close(t.variance, expected.variance, 1e-4f));
      // A number within rounding of 0, or of a window's maximum, may get a gradient at one level and none at another.
      if (layer.finish.activation != Activation::kNone || !layer.finish.average) continue;
      EXPECT(are_close(t.dx, expected.dx, 1e-4f));
      EXPECT(are_close(t.dkernel, expected.dkernel, 1e-4f));
      EXPECT(are_close(t.dscale, expected.dscale, 1e-4f));
      EXPECT(are_close(t.doffset, expected.doffset, 1e-4f));
    }
  }
}

TEST(without_a_gradient_of_the_input_the_others_are_the_same) {
  std::mt19937 random(3);
  for (int round = 0; round < 50; ++round) {
    const Layer layer = random_layer(random);
    Tensors t = tensors(layer, random);
    run(best(), layer, t);
    Tensors other = t;
    const std::size_t bytes = (best().scratch_floats(layer) * sizeof(float) + 63) / 64 * 64;
    const std::unique_ptr<void, decltype(&std::free)> memory(std::aligned_alloc(64, bytes), &std::free);
    const Forward forward = {t.x.data(), t.kernel.data(), t.scale.data(), t.offset.data(),
                             t.y.data(), t.z.data(),      t.mean.data(),  t.variance.data()};
    best().backward(layer, forward,
                    {t.dy.data(), nullptr, other.dkernel.data(), other.dscale.data(), other.doffset.data()},
                    static_cast<float*>(memory.get()));
    EXPECT(other.dkernel == t.dkernel && other.dscale == t.dscale && other.doffset == t.doffset);
  }
}

TEST(the_level_is_one_that_is_usable) {
  int count = 0;
  const Kernels* const* kernels = usable(&count);
  EXPECT(count >= 1 && kernels[count - 1] == &best());
}
