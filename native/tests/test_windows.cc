// Statistics and spectra of random windows: they stay within their buffers and no sum overflows (the sanitizers watch),
// statistics are those of doubles, and the device's loop over a window gives the same as the host's.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

#include "harness.h"
#include "many_windows.h"
#include "spectrum.h"
#include "statistics.h"

namespace {

using Random = std::mt19937;

int between(Random& random, int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); }

// Noise of any loudness, constants, single samples among zeros, and the outermost values.
std::vector<int16_t> stretch(Random& random, size_t count) {
  const int loudest = 1 << between(random, 0, 15), kind = between(random, 0, 4);
  std::vector<int16_t> samples(count);
  for (int16_t& sample : samples) sample = static_cast<int16_t>(between(random, -loudest, loudest - 1));
  if (kind == 0) std::fill(samples.begin(), samples.end(), samples[0]);
  if (kind == 1) std::fill(samples.begin() + 1, samples.end(), int16_t{0});
  if (kind == 2) {
    for (int16_t& sample : samples) sample = sample < 0 ? INT16_MIN : INT16_MAX;
  }
  return samples;
}

constexpr uint32_t kAll = (1u << NAS_STATISTICS) - 1;

// The device's settings for a window, with random factors.
struct Made {
  Made(Random& random, size_t values, size_t length, size_t step, size_t frames, size_t channels)
      : mul(values * channels), add(values * channels), window((length + step * (frames - 1)) * channels) {
    for (int64_t& factor : mul) factor = between(random, -32768, 32767) * (int64_t{1} << between(random, 0, 24));
    for (int64_t& summand : add) summand = between(random, -32768, 32767) * (int64_t{1} << between(random, 0, 40));
    w.steps = static_cast<uint16_t>(length + step * (frames - 1));
    w.channels = static_cast<uint16_t>(channels);
    w.hop = static_cast<uint16_t>(between(random, 1, w.steps));
    w.frames = static_cast<uint16_t>(frames);
    w.length = static_cast<uint16_t>(length);
    w.step = static_cast<uint16_t>(step);
    w.values = static_cast<uint16_t>(values);
    w.mul = mul.data();
    w.add = add.data();
    w.window = window.data();
  }

  // Takes a window in pieces.
  void take(Random& random, const std::vector<int16_t>& samples) {
    for (size_t at = 0; at < w.steps;) {
      const size_t piece = static_cast<size_t>(between(random, 1, w.steps));
      at += nas_windows_take(&w, &filled, samples.data() + at * w.channels, std::min(piece, w.steps - at));
    }
  }

  std::vector<int8_t> expected(const std::vector<int32_t>& values) const {
    std::vector<int8_t> input;
    for (size_t i = 0; i < values.size(); ++i) {
      const int64_t value = (values[i] * mul[i % mul.size()] + add[i % mul.size()]) >> 32;
      input.push_back(static_cast<int8_t>(std::clamp<int64_t>(value, -128, 127)));
    }
    return input;
  }

  nas_windows w{};
  size_t filled = 0;
  std::vector<int64_t> mul, add;
  std::vector<int16_t> window;
};

nas::features::Windows one_window(const Made& made, const std::vector<int16_t>& samples) {
  return {samples.data(), 1, made.w.steps, made.w.channels, made.w.frames, made.w.length, made.w.step};
}

}  // namespace

TEST(statistics_are_those_of_doubles) {
  for (uint32_t seed = 0; seed < 600; ++seed) {
    Random random(seed);
    const size_t count = static_cast<size_t>(between(random, 2, seed % 20 == 0 ? NAS_MOST_OF_STRETCH : 300));
    const std::vector<int16_t> x = stretch(random, count);
    int32_t found[NAS_STATISTICS];
    EXPECT(nas_statistics(x.data(), 1, static_cast<int32_t>(count), kAll, found) == NAS_STATISTICS);
    const double n = static_cast<double>(count), mean = std::accumulate(x.begin(), x.end(), 0.0) / n;
    double squares = 0, spread = 0, peak = 0;
    for (const int16_t sample : x) {
      squares += 1.0 * sample * sample / n;
      spread += (sample - mean) * (sample - mean) / n;
      peak = std::max(peak, std::abs(1.0 * sample));
    }
    EXPECT(std::abs(found[0] / 16.0 - mean) <= 0.5 / 16 + 1e-9);
    EXPECT(std::abs(found[1] / 16.0 - std::sqrt(squares)) <= 0.75 / 16);
    EXPECT(std::abs(found[2] / 16.0 - std::sqrt(spread)) <= 0.75 / 16);
    EXPECT(found[3] == *std::min_element(x.begin(), x.end()) && found[4] == *std::max_element(x.begin(), x.end()));
    EXPECT(std::abs(found[5] / 256.0 - (squares > 0 ? peak / std::sqrt(squares) : 0)) <= 0.75 / 256);
    double third = 0, fourth = 0;
    for (const int16_t sample : x) {
      third += std::pow((sample - mean) / std::sqrt(spread), 3) / n;
      fourth += std::pow((sample - mean) / std::sqrt(spread), 4) / n;
    }
    if (spread < 1) continue;  // a deviation of a few 1/256 is told by a few digits
    EXPECT(std::abs(found[8] / 256.0 - third) <= 0.02 + 0.01 * std::abs(third));
    EXPECT(std::abs(found[9] / 256.0 - fourth) <= 0.03 + 0.01 * fourth);
  }
}

TEST(a_window_in_pieces_gives_the_statistics_of_the_whole) {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    const uint32_t wanted = static_cast<uint32_t>(between(random, 1, kAll));
    size_t values = 0;
    for (uint32_t bit = 0; bit < NAS_STATISTICS; ++bit) values += wanted >> bit & 1u;
    const size_t length = static_cast<size_t>(between(random, 2, 60)),
                 frames = static_cast<size_t>(between(random, 1, 4));
    Made made(random, values, length, length, frames, static_cast<size_t>(between(random, 1, 4)));
    const nas_statistics_front_end fe = {made.w, wanted};
    const std::vector<int16_t> samples = stretch(random, made.window.size());
    std::vector<int32_t> whole(values * frames * made.w.channels);
    nas::features::statistics(one_window(made, samples), wanted, whole.data());
    std::vector<int8_t> input(whole.size());
    EXPECT(nas_statistics_input(&fe, &made.filled, input.data()) == 0);
    made.take(random, samples);
    EXPECT(nas_statistics_input(&fe, &made.filled, input.data()) == 1);
    EXPECT(input == made.expected(whole));
    EXPECT(made.filled == static_cast<size_t>(made.w.steps - made.w.hop));
    EXPECT(std::equal(made.window.begin(), made.window.begin() + static_cast<long>(made.filled * made.w.channels),
                      samples.end() - static_cast<long>(made.filled * made.w.channels)));
  }
}

TEST(a_spectrum_stays_within_its_buffers) {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    nas_front_end fe{};
    fe.log2_size = static_cast<uint8_t>(between(random, 2, 9));
    fe.size = static_cast<uint16_t>(1 << fe.log2_size);
    fe.window = static_cast<uint16_t>(between(random, 1, fe.size));
    fe.step = static_cast<uint16_t>(between(random, 1, fe.window));
    fe.channels = static_cast<uint16_t>(between(random, 1, 12));
    fe.log = static_cast<uint8_t>(between(random, 0, 1));
    fe.log_shift = 8;
    std::vector<int16_t> taper(fe.window), twiddles(fe.size / 8u * 6u), split(fe.size / 2u);
    for (int16_t& value : taper) value = static_cast<int16_t>(between(random, 0, 4096));
    for (int16_t& value : twiddles) value = static_cast<int16_t>(between(random, -32767, 32767));
    for (int16_t& value : split) value = static_cast<int16_t>(between(random, -32767, 32767));
    std::vector<uint16_t> widths(fe.channels + 1u), weights;
    int left = fe.size / 2 + 1;
    for (uint16_t& width : widths) {
      width = static_cast<uint16_t>(between(random, 0, left));
      left -= width;
      for (int i = 0; i < width; ++i) weights.push_back(static_cast<uint16_t>(between(random, 0, 8193)));
    }
    fe.taper = taper.data(), fe.twiddles = twiddles.data(), fe.split_twiddles = split.data();
    fe.widths = widths.data(), fe.weights = weights.data();
    Made made(random, fe.channels, fe.window, fe.step, static_cast<size_t>(between(random, 1, 4)), 2);
    std::vector<int16_t> work(NAS_SPECTRUM_WORK(fe.window, fe.size));
    std::vector<int32_t> values(fe.channels);
    const nas_spectrum_front_end all = {made.w, fe, work.data(), values.data()};
    const std::vector<int16_t> samples = stretch(random, made.window.size());
    std::vector<int32_t> whole(size_t{2} * made.w.frames * fe.channels);
    nas::features::spectrum(one_window(made, samples), fe, whole.data());
    for (const int32_t value : whole) EXPECT(value >= 0);
    made.take(random, samples);
    std::vector<int8_t> input(whole.size());
    EXPECT(nas_spectrum_input(&all, &made.filled, input.data()) == 1);
    EXPECT(input == made.expected(whole));
  }
}

TEST(values_become_the_nearest_samples) {
  EXPECT(nas_sample(0.49999997f, 0) == 0 && nas_sample(0.5f, 0) == 1 && nas_sample(-0.5f, 0) == -1);
  EXPECT(nas_sample(1e30f, 0) == INT16_MAX && nas_sample(-1e30f, 0) == INT16_MIN && nas_sample(1e-40f, 0) == 0);
  EXPECT(nas_sample(32766.75f, 0) == INT16_MAX && nas_sample(-32767.75f, 0) == INT16_MIN);
  EXPECT(nas_sample(std::numeric_limits<float>::infinity(), -40) == INT16_MAX);
  nas_sample(std::numeric_limits<float>::quiet_NaN(), 60);
  Random random(1);
  for (int i = 0; i < 100000; ++i) {
    const int bits = between(random, -40, 60);
    const float value =
        std::ldexp(static_cast<float>(between(random, -100000, 100000)) / 7, between(random, -20, 3) - bits);
    const double nearest = std::round(std::ldexp(double{value}, bits));
    EXPECT(nas_sample(value, bits) == std::clamp(nearest, -32768.0, 32767.0));
  }
}
