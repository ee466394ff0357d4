// Random layers on more rows than go together, against the same sums one by one. Under sanitizers, every byte counts.
#include <algorithm>
#include <random>
#include <stdexcept>
#include <vector>

#include "../batch/program.h"
#include "harness.h"

namespace {

using namespace nas::batch;

int from(std::mt19937& random, int low, int high) {
  return low + static_cast<int>(random() % static_cast<unsigned>(high - low + 1));
}

Window random_window(std::mt19937& random) {
  Window w{};
  w.in_height = from(random, 1, 6);
  w.in_width = from(random, 1, 9);
  w.in_channels = from(random, 1, 9);
  w.height = from(random, 1, 4);
  w.width = from(random, 1, 4);
  w.stride_height = from(random, 1, 2);
  w.stride_width = from(random, 1, 3);
  w.dilation_height = from(random, 1, 2);
  w.dilation_width = from(random, 1, 2);
  w.out_height = (w.in_height + w.stride_height - 1) / w.stride_height;
  w.out_width = (w.in_width + w.stride_width - 1) / w.stride_width;
  w.pad_top = from(random, 0, w.height - 1);
  w.pad_left = from(random, 0, w.width - 1);
  return w;
}

struct Layer {
  Window window;
  bool depthwise;
  int outs, zero_point;
  std::vector<float> weights;  // [out channels, places, in channels]; depthwise: [places, out channels]
  Channels channels;

  explicit Layer(std::mt19937& random) : window(random_window(random)), depthwise(from(random, 0, 1) == 0) {
    outs = depthwise ? window.in_channels * from(random, 1, 2) : from(random, 1, 11);
    zero_point = from(random, -128, 127);
    const int products = window.height * window.width * (depthwise ? 1 : window.in_channels);
    for (int i = 0; i < products * outs; ++i) weights.push_back(static_cast<float>(from(random, -127, 127)));
    for (int i = 0; i < outs; ++i) {
      channels.bias.push_back(from(random, -9999, 9999));
      channels.multiplier.push_back(from(random, 1 << 30, 2147483647));
      channels.shift.push_back(static_cast<int8_t>(from(random, -1, 9)));
    }
  }

  // Returns the sum of one output without its bias.
  int sum(const int8_t* row, int y, int x, int out) const {
    int total = 0;
    const Window& w = window;
    for (int place = 0; place < w.height * w.width; ++place) {
      const int j = y * w.stride_height - w.pad_top + place / w.width * w.dilation_height;
      const int i = x * w.stride_width - w.pad_left + place % w.width * w.dilation_width;
      const bool inside = j >= 0 && j < w.in_height && i >= 0 && i < w.in_width;
      for (int c = 0; c < w.in_channels; ++c) {
        if (depthwise && c != out / (outs / w.in_channels)) continue;
        const int at = depthwise ? place * outs + out : (out * w.height * w.width + place) * w.in_channels + c;
        const int value = inside ? row[(j * w.in_width + i) * w.in_channels + c] : zero_point;
        total += value * static_cast<int>(weights[static_cast<size_t>(at)]);
      }
    }
    return total;
  }
};

std::vector<int8_t> random_rows(std::mt19937& random, int count, int values) {
  std::vector<int8_t> rows(static_cast<size_t>(count * values));
  for (int8_t& value : rows) value = static_cast<int8_t>(from(random, -128, 127));
  return rows;
}

TEST(random_convolutions_answer_as_sums_one_by_one) {
  std::mt19937 random(5);
  int levels = 0;
  const Kernels* const* kernels = usable(&levels);
  for (int n = 0; n < 300; ++n) {
    const Layer layer(random);
    Program program(layer.window.in_height * layer.window.in_width * layer.window.in_channels, *kernels[n % levels]);
    program.convolve(0, layer.window, layer.weights, layer.channels, {3, -128, 127}, layer.zero_point, layer.depthwise);
    const int count = from(random, 1, 37);
    const std::vector<int8_t> rows = random_rows(random, count, program.inputs());
    std::vector<int8_t> found(static_cast<size_t>(count * program.outputs()));
    program.run(rows.data(), count, found.data());
    const Channels& c = layer.channels;
    const Scaling scaling = {c.bias.data(), c.multiplier.data(), c.shift.data(), nullptr, nullptr, 3, -128, 127};
    for (int i = 0; i < static_cast<int>(found.size()); ++i) {
      const int row = i / program.outputs(), out = i % layer.outs, pixel = i % program.outputs() / layer.outs;
      const int sum = layer.sum(&rows[static_cast<size_t>(row * program.inputs())], pixel / layer.window.out_width,
                                pixel % layer.window.out_width, out);
      const float expected = requantized(sum + c.bias[static_cast<size_t>(out)], scaling, out);
      EXPECT(found[static_cast<size_t>(i)] == static_cast<int8_t>(expected));
    }
  }
}

TEST(random_poolings_of_all_levels_are_equal) {
  std::mt19937 random(6);
  int levels = 0;
  const Kernels* const* kernels = usable(&levels);
  for (int n = 0; n < 200; ++n) {
    Window window = random_window(random);
    window.dilation_height = window.dilation_width = 1;
    const std::vector<int8_t> rows = random_rows(random, 17, window.in_height * window.in_width * window.in_channels);
    std::vector<std::vector<int8_t>> found;
    for (int level = 0; level < levels; ++level) {
      Program program(window.in_height * window.in_width * window.in_channels, *kernels[level]);
      const int pooled = n % 2 == 0 ? program.max_pool(0, window) : program.average_pool(0, window);
      program.clamp(pooled, -100, 100);
      found.emplace_back(static_cast<size_t>(17 * program.outputs()));
      program.run(rows.data(), 17, found.back().data());
      EXPECT(found.back() == found.front());
    }
  }
}

TEST(a_tensor_that_is_too_small_is_refused) {
  int levels = 0;
  Program program(8, *usable(&levels)[0]);
  bool refused = false;
  try {
    program.softmax(0, {3, 3, 1 << 30, 20, -100});
  } catch (const std::invalid_argument&) {
    refused = true;
  }
  EXPECT(refused);
}

}  // namespace
