// Cepstral coefficients of random features, and of the outermost ones: no sum overflows (the sanitizers watch), and
// they are the cosine transform of doubles within the rounding of the tables.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "cepstrum.h"
#include "harness.h"

namespace {

constexpr double kPi = 3.14159265358979323846;

int between(std::mt19937& random, int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); }

std::vector<uint16_t> features_of(std::mt19937& random, size_t count) {
  const int loudest = (1 << between(random, 0, 16)) - 1, kind = between(random, 0, 2);
  std::vector<uint16_t> features(count);
  for (uint16_t& feature : features) {
    const int value = between(random, 0, loudest);
    feature = static_cast<uint16_t>(kind > 0 ? value : value > loudest / 2 ? 65535 : 0);
  }
  return features;
}

}  // namespace

TEST(cepstral_coefficients_are_the_cosine_transform_of_doubles) {
  for (uint32_t seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    const int channels = seed == 0 ? 1024 : between(random, 1, 120), count = between(random, 1, channels);
    std::vector<int16_t> cosines;
    for (int i = 0; i <= 2 * channels; ++i) {
      cosines.push_back(static_cast<int16_t>(std::lround(16384 * std::cos(kPi * i / (2 * channels)))));
    }
    std::vector<uint32_t> scales(static_cast<size_t>(count));
    for (uint32_t& scale : scales) scale = static_cast<uint32_t>(between(random, 0, (1 << 22) - 1));
    const nas_cepstrum cepstrum = {static_cast<uint16_t>(channels), static_cast<uint16_t>(count),
                                   static_cast<uint16_t>(between(random, 0, 65535)), cosines.data(), scales.data()};
    const std::vector<uint16_t> features = features_of(random, static_cast<size_t>(channels));
    std::vector<int16_t> found(static_cast<size_t>(count));
    nas_cepstral_coefficients(&cepstrum, features.data(), found.data());
    for (int k = 0; k < count; ++k) {
      const double scale = scales[static_cast<size_t>(k)] / 65536.0;
      double sum = 0, size = 0;
      for (int j = 0; j < channels; ++j) {
        const double feature = features[static_cast<size_t>(j)] - static_cast<double>(cepstrum.middle);
        sum += feature * std::cos(kPi * k * (2 * j + 1) / (2 * channels));
        size += std::abs(feature);
      }
      const double expected = std::clamp(scale * sum, -32768.0, 32767.0);
      EXPECT(std::abs(found[static_cast<size_t>(k)] - expected) <= 0.501 + scale * size / 32768);
    }
  }
}
