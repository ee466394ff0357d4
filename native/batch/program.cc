#include "program.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <utility>

namespace nas::batch {
namespace {

void require(bool holds, const char* rule) {
  if (!holds) throw std::invalid_argument(rule);
}

// Returns the values of a window's input.
int64_t size_of(const Window& w) {
  for (const int side : {w.in_height, w.in_width, w.in_channels, w.out_height, w.out_width, w.height, w.width,
                         w.stride_height, w.stride_width, w.dilation_height, w.dilation_width}) {
    require(side > 0 && side < (1 << 20), "must have a window whose sides are 1 to 2^20");
  }
  require(w.pad_top >= 0 && w.pad_left >= 0, "must have a window that begins at the input's border or before it");
  return int64_t{w.in_height} * w.in_width * w.in_channels;
}

int places_of(const Window& w) { return w.height * w.width; }

std::vector<float> factors(const Channels& channels) {
  std::vector<float> found;
  for (size_t c = 0; c < channels.shift.size(); ++c) {
    found.push_back(static_cast<float>(std::ldexp(channels.multiplier[c], -32 - channels.shift[c])));
  }
  return found;
}

// How far from a whole number a result may come for its rounding to be sure: rounding twice moves it by as much as half
// a step of the first rounding, and float32 has 24 bits for results that matter, which are less than 512.
std::vector<float> sure_distances(const Channels& channels) {
  std::vector<float> found;
  for (const int8_t shift : channels.shift) {
    found.push_back(static_cast<float>(0.5 - 0.5 * std::ldexp(1.0, -1 - shift) - std::ldexp(512.0, -21)));
  }
  return found;
}

// Returns weights [out channels, products] in the order of Convolution.
std::vector<float> in_tiles(const std::vector<float>& weights, int out_channels, int tile) {
  const size_t products = weights.size() / static_cast<size_t>(out_channels), wide = static_cast<size_t>(tile);
  const size_t tiles = (static_cast<size_t>(out_channels) + wide - 1) / wide;
  std::vector<float> packed(tiles * products * wide);
  for (size_t channel = 0; channel < static_cast<size_t>(out_channels); ++channel) {
    float* to = packed.data() + channel / wide * products * wide + channel % wide;
    for (size_t i = 0; i < products; ++i) to[i * wide] = weights[channel * products + i];
  }
  return packed;
}

// A convolution with the constants that it points to.
struct OwnedConvolution {
  Channels channels;
  std::vector<float> weights, factor, sure, border;
  Convolution convolution;
};

std::vector<int8_t> bytes_of(const std::vector<float>& values) {
  std::vector<int8_t> bytes(values.size());
  std::transform(values.begin(), values.end(), bytes.begin(), [](float value) { return static_cast<int8_t>(value); });
  return bytes;
}

// Calls `call` with the places in a, b and the output of each run of the innermost loop.
template <class Call>
void walk(const Loop* loop, const Loop* last, int64_t a, int64_t b, int64_t out, int64_t size, const Call& call) {
  if (loop == last) return call(a, b, out);
  size /= loop->count;
  for (int i = 0; i < loop->count; ++i) {
    walk(loop + 1, last, a + i * loop->step_a, b + i * loop->step_b, out + i * size, size, call);
  }
}

}  // namespace

int Program::check(int tensor, int64_t at_least) const {
  require(tensor >= 0 && tensor < static_cast<int>(sizes_.size()), "must be a tensor that was made before");
  require(sizes_[static_cast<size_t>(tensor)] >= at_least, "must be a tensor with all values that are read");
  return tensor;
}

int Program::add_tensor(int64_t size) {
  require(size > 0 && size < (int64_t{1} << 26), "must make a tensor of 1 to 2^26 values");
  sizes_.push_back(static_cast<int>(size));
  return static_cast<int>(sizes_.size()) - 1;
}

int Program::make(int64_t size, std::function<void(Values&)> step) {
  const int tensor = add_tensor(size);
  steps_.push_back(std::move(step));
  return tensor;
}

int Program::constant(const std::vector<int8_t>& values) {
  const int tensor = add_tensor(static_cast<int64_t>(values.size()));
  constants_.push_back({static_cast<size_t>(tensor), values});
  return tensor;
}

int Program::convolve(int in, const Window& window, const std::vector<float>& weights, Channels channels, Bounds bounds,
                      int zero_point, bool depthwise) {
  check(in, size_of(window));
  const int outs = static_cast<int>(channels.bias.size());
  require(channels.multiplier.size() == channels.bias.size() && channels.shift.size() == channels.bias.size(),
          "must have as many multipliers and shifts as biases");
  const int64_t products = int64_t{places_of(window)} * (depthwise ? 1 : window.in_channels);
  require(outs > 0 && static_cast<int64_t>(weights.size()) == products * outs, "must have the weights of its window");
  require(!depthwise || (outs % window.in_channels == 0 && places_of(window) <= kExactProducts),
          "must be a depthwise convolution with a whole multiplier and at most 1,024 places");
  auto own = std::make_shared<OwnedConvolution>();
  own->factor = factors(channels);
  own->sure = sure_distances(channels);
  own->channels = std::move(channels);
  own->weights = depthwise ? weights : in_tiles(weights, outs, kernels_.tile);
  own->border.assign(static_cast<size_t>(window.in_channels) * kRows, static_cast<float>(zero_point));
  const Scaling scaling = {own->channels.bias.data(),
                           own->channels.multiplier.data(),
                           own->channels.shift.data(),
                           own->factor.data(),
                           own->sure.data(),
                           bounds.zero_point,
                           bounds.low,
                           bounds.high};
  own->convolution = {window, outs, own->weights.data(), scaling};
  const auto compute = depthwise ? kernels_.convolve_depthwise : kernels_.convolve;
  const auto from = static_cast<size_t>(in);
  return make(int64_t{window.out_height} * window.out_width * outs,
              [own, compute, from, to = sizes_.size()](Values& v) {
                std::vector<const float*> runs(static_cast<size_t>(places_of(own->convolution.window)));
                compute(own->convolution, v[from].data(), own->border.data(), runs.data(), v[to].data());
              });
}

int Program::max_pool(int in, const Window& window) {
  const auto from = static_cast<size_t>(check(in, size_of(window)));
  return make(
      int64_t{window.out_height} * window.out_width * window.in_channels,
      [=, pool = kernels_.max_pool, to = sizes_.size()](Values& v) { pool(window, v[from].data(), v[to].data()); });
}

int Program::average_pool(int in, const Window& window) {
  const auto from = static_cast<size_t>(check(in, size_of(window)));
  return make(
      int64_t{window.out_height} * window.out_width * window.in_channels,
      [=, pool = kernels_.average_pool, to = sizes_.size()](Values& v) { pool(window, v[from].data(), v[to].data()); });
}

int Program::clamp(int in, int low, int high) {
  const auto from = static_cast<size_t>(check(in, 1));
  return make(sizes_[from], [=, bound = kernels_.clamp, to = sizes_.size()](Values& v) {
    v[to] = v[from];
    bound(v[to].data(), static_cast<int>(v[to].size()) / kRows, static_cast<float>(low), static_cast<float>(high));
  });
}

int Program::look_up(int in, const std::vector<int8_t>& table) {
  require(table.size() == 256, "must have a table of 256 entries");
  const auto from = static_cast<size_t>(check(in, 1));
  return make(sizes_[from], [=, to = sizes_.size()](Values& v) {
    std::transform(v[from].begin(), v[from].end(), v[to].begin(),
                   [&table](float value) { return table[static_cast<size_t>(static_cast<int>(value) + 128)]; });
  });
}

int Program::gather(const std::vector<int>& ins, const std::vector<int32_t>& places) {
  // Of each place, the tensor and where it begins in it.
  std::vector<std::pair<size_t, size_t>> from;
  for (const int in : ins) {
    const auto tensor = static_cast<size_t>(check(in, 1));
    for (size_t i = 0; i < static_cast<size_t>(sizes_[tensor]); ++i) from.emplace_back(tensor, i * kRows);
  }
  std::vector<std::pair<size_t, size_t>> chosen;
  for (const int32_t place : places) {
    require(place >= 0 && static_cast<size_t>(place) < from.size(), "must be places of the inputs");
    chosen.push_back(from[static_cast<size_t>(place)]);
  }
  return make(static_cast<int64_t>(places.size()), [chosen, to = sizes_.size()](Values& v) {
    for (size_t i = 0; i < chosen.size(); ++i) {
      std::copy_n(&v[chosen[i].first][chosen[i].second], kRows, &v[to][i * kRows]);
    }
  });
}

template <class Constants>
int Program::by_row(int in, int64_t values, int64_t made, const Constants& constants) {
  const auto from = static_cast<size_t>(check(in, values));
  return make(made, [=, to = sizes_.size()](Values& v) {
    std::vector<int8_t> given(static_cast<size_t>(values)), found(static_cast<size_t>(made));
    for (size_t row = 0; row < kRows; ++row) {
      for (size_t i = 0; i < given.size(); ++i) given[i] = static_cast<int8_t>(v[from][i * kRows + row]);
      batch::run(constants, given.data(), found.data());
      for (size_t i = 0; i < found.size(); ++i) v[to][i * kRows + row] = found[i];
    }
  });
}

int Program::softmax(int in, const Softmax& softmax) {
  const int64_t size = int64_t{softmax.rows} * softmax.classes;
  return by_row(in, size, size, softmax);
}

int Program::mean(int in, const Mean& mean) {
  const int64_t made = int64_t{mean.outer} * mean.inner;
  return by_row(in, made * mean.reduced, made, mean);
}

int Program::lstm(int in, const Lstm& lstm) {
  for (const int side : {lstm.steps, lstm.inputs, lstm.units}) {
    require(side > 0 && side < (1 << 20), "must have 1 to 2^20 steps, inputs and units");
  }
  const int64_t units = lstm.units;
  require(static_cast<int64_t>(lstm.weights.size()) == 4 * units * (lstm.inputs + units) &&
              static_cast<int64_t>(lstm.bias.size()) == 8 * units,
          "must have the weights and biases of four gates");
  return by_row(in, int64_t{lstm.steps} * lstm.inputs, lstm.steps * units, lstm);
}

template <class Constants>
int Program::pairwise(int a, int b, const std::vector<Loop>& loops, const Constants& constants) {
  require(!loops.empty(), "must have a loop");
  int64_t size = 1, reach_a = 0, reach_b = 0;
  for (const Loop& loop : loops) {
    require(loop.count > 0 && loop.step_a >= 0 && loop.step_b >= 0, "must have loops that go forward");
    size *= loop.count;
    reach_a += int64_t{loop.count - 1} * loop.step_a;
    reach_b += int64_t{loop.count - 1} * loop.step_b;
  }
  const auto one = static_cast<size_t>(check(a, reach_a + 1)), other = static_cast<size_t>(check(b, reach_b + 1));
  return make(size, [=, to = sizes_.size()](Values& v) {
    const std::vector<int8_t> first = bytes_of(v[one]), second = bytes_of(v[other]);
    std::vector<int8_t> found(v[to].size());
    // All of the innermost loop at once where neither input repeats there.
    const bool whole = loops.back().step_a == 1 && loops.back().step_b == 1;
    const Loop* last = loops.data() + loops.size() - (whole ? 1 : 0);
    const int count = kRows * (whole ? loops.back().count : 1);
    walk(loops.data(), last, 0, 0, 0, size, [&](int64_t at_a, int64_t at_b, int64_t at) {
      batch::run(constants, &first[static_cast<size_t>(at_a * kRows)], &second[static_cast<size_t>(at_b * kRows)],
                 &found[static_cast<size_t>(at * kRows)], count);
    });
    std::copy(found.begin(), found.end(), v[to].begin());
  });
}

int Program::add(int a, int b, const std::vector<Loop>& loops, const Sum& sum) { return pairwise(a, b, loops, sum); }

int Program::multiply(int a, int b, const std::vector<Loop>& loops, const Product& product) {
  return pairwise(a, b, loops, product);
}

void Program::run(const int8_t* inputs, int64_t rows, int8_t* outputs) const {
  Values values;
  for (const int size : sizes_) values.emplace_back(static_cast<size_t>(size) * kRows);
  for (const Constant& constant : constants_) {
    float* to = values[constant.tensor].data();
    for (const int8_t value : constant.values) to = std::fill_n(to, kRows, value);
  }
  const auto ins = static_cast<size_t>(sizes_.front()), outs = static_cast<size_t>(sizes_.back());
  for (int64_t done = 0; done < rows; done += kRows) {
    const size_t some = static_cast<size_t>(std::min<int64_t>(kRows, rows - done));
    for (size_t row = 0; row < some; ++row, inputs += ins) {
      for (size_t i = 0; i < ins; ++i) values.front()[i * kRows + row] = inputs[i];
    }
    for (const auto& step : steps_) step(values);
    for (size_t row = 0; row < some; ++row, outputs += outs) {
      for (size_t i = 0; i < outs; ++i) outputs[i] = static_cast<int8_t>(values.back()[i * kRows + row]);
    }
  }
}

}  // namespace nas::batch
