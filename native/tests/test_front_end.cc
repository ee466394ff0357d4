// The front-end with random settings, tables and samples: it stays within its buffers (the sanitizers watch), and gives
// the same features frame by frame, and on many frames at once at every level of instructions.
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

#include "frames.h"
#include "front_end.h"
#include "harness.h"

namespace {

using Random = std::mt19937;

template <typename T = int>
T between(Random& random, int low, int high) {
  return static_cast<T>(std::uniform_int_distribution<int>(low, high)(random));
}

template <typename T>
std::vector<T> numbers(Random& random, size_t count, int low, int high) {
  std::vector<T> result(count);
  for (T& number : result) number = between<T>(random, low, high);
  return result;
}

// Settings and tables within the bounds that the Python module checks, but with no meaning.
struct FrontEnd {
  explicit FrontEnd(Random& random) {
    fe.log2_size = between<uint8_t>(random, 2, 11);
    fe.size = static_cast<uint16_t>(1 << fe.log2_size);
    fe.window = between<uint16_t>(random, 1, fe.size);
    fe.step = between<uint16_t>(random, 1, fe.window);
    taper = numbers<int16_t>(random, fe.window, 0, 4096);
    twiddles = numbers<int16_t>(random, fe.size / 8u * 6u, -32767, 32767);
    split_twiddles = numbers<int16_t>(random, fe.size / 2u, -32767, 32767);
    for (int left = fe.size / 2 + 1, widest = between(random, 0, 12); left > 0;) {
      const int width = between(random, 0, std::min(left, widest));
      widths.push_back(static_cast<uint16_t>(width));
      left -= width + (widest == 0 ? 3 : 0);
      if (widths.size() > 1 && between(random, 0, 40) == 0) break;
    }
    if (widths.size() < 2) widths.push_back(0);
    fe.channels = static_cast<uint16_t>(widths.size() - 1);
    const int bins = std::accumulate(widths.begin(), widths.end(), 0);
    fe.first_bin = between<uint16_t>(random, 0, fe.size / 2 + 1 - bins);
    weights = numbers<uint16_t>(random, static_cast<size_t>(bins), 0, 8193);
    gains = numbers<int16_t>(random, 125, -32768, 32767);
    fe.taper = taper.data();
    fe.twiddles = twiddles.data();
    fe.split_twiddles = split_twiddles.data();
    fe.widths = widths.data();
    fe.weights = weights.data();
    choose_steps(random);
  }
  FrontEnd(const FrontEnd&) = delete;
  FrontEnd& operator=(const FrontEnd&) = delete;

  void choose_steps(Random& random) {
    fe.gains = between(random, 0, 1) ? gains.data() : nullptr;
    fe.noise_reduction = between<uint8_t>(random, 0, 1);
    fe.smoothing_bits = between<uint8_t>(random, 0, 31);
    for (uint16_t& smoothing : fe.smoothing) smoothing = between<uint16_t>(random, 0, 16384);
    fe.min_remaining = between<uint16_t>(random, 0, 16384);
    fe.gain_bits = between<uint8_t>(random, fe.log2_size + 6, fe.log2_size + 37);
    fe.log = between<uint8_t>(random, 0, 1);
    fe.log_shift = between<uint8_t>(random, 0, 31);
    fe.dc_notch = between<uint8_t>(random, 0, 1);
    fe.notch = between<int16_t>(random, 0, 32767);
    fe.activity = between<uint8_t>(random, 0, 1);
    for (uint16_t& filter : fe.activity_filters) filter = between<uint16_t>(random, 0, 256);
    fe.activity_arm = between<uint16_t>(random, 0, 65535);
    fe.activity_trip = between<uint16_t>(random, 0, 65535);
  }

  nas_front_end fe{};
  std::vector<int16_t> taper, twiddles, split_twiddles, gains;
  std::vector<uint16_t> widths, weights;
};

std::vector<int16_t> sound(Random& random, size_t count) {
  const int loudest = 1 << between(random, 0, 15);
  std::vector<int16_t> samples = numbers<int16_t>(random, count, -loudest, loudest - 1);
  if (between(random, 0, 3) == 0) {  // only the outermost values
    for (int16_t& sample : samples) sample = sample < 0 ? INT16_MIN : INT16_MAX;
  }
  return samples;
}

// The features of samples that arrive in pieces.
std::vector<uint16_t> streamed(const nas_front_end& fe, const std::vector<int16_t>& samples, Random& random) {
  std::vector<int16_t> history(fe.window), spectrum(fe.size + 2u);
  std::vector<uint32_t> noise(fe.channels);
  nas_front_end_state state{};
  state.history = history.data();
  state.spectrum = spectrum.data();
  state.noise = noise.data();
  nas_front_end_reset(&fe, &state);
  std::vector<uint16_t> features, frame(fe.channels);
  for (size_t at = 0; at < samples.size();) {
    const size_t piece = std::min(samples.size() - at, between<size_t>(random, 1, fe.window));
    at += nas_front_end_take(&fe, &state, samples.data() + at, piece);
    if (nas_front_end_frame(&fe, &state, frame.data())) features.insert(features.end(), frame.begin(), frame.end());
  }
  return features;
}

}  // namespace

TEST(features_are_the_same_frame_by_frame_and_on_many_frames_at_once) {
  for (uint32_t seed = 0; seed < 400; ++seed) {
    Random random(seed);
    FrontEnd made(random);
    made.fe.dc_notch = 0;
    const size_t frames = between<size_t>(random, 0, 20), length = made.fe.window + frames * made.fe.step;
    const std::vector<int16_t> one = sound(random, length), two = sound(random, length);
    std::vector<int16_t> clips(one);
    clips.insert(clips.end(), two.begin(), two.end());
    std::vector<uint16_t> expected = streamed(made.fe, one, random);
    const std::vector<uint16_t> second = streamed(made.fe, two, random);
    expected.insert(expected.end(), second.begin(), second.end());
    int levels = 0;
    const nas::features::Batch* batches = nas::features::usable(&levels);
    for (int level = 0; level < levels; ++level) {
      std::vector<uint16_t> features(expected.size());
      batches[level](made.fe, {clips.data(), 2, length}, features.data());
      EXPECT(features == expected);
    }
  }
}

TEST(every_setting_stays_within_its_buffers_and_no_sum_overflows) {
  for (uint32_t seed = 0; seed < 400; ++seed) {
    Random random(1000 + seed);
    FrontEnd made(random);
    const std::vector<int16_t> samples = sound(random, static_cast<size_t>(made.fe.window) * 4);
    const size_t frames = nas::features::frames_of(made.fe, samples.size());
    EXPECT(streamed(made.fe, samples, random).size() == frames * made.fe.channels);
  }
}
