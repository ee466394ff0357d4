#include "many_windows.h"

#include <vector>

#include "spectrum.h"
#include "statistics.h"

namespace nas::features {
namespace {

// Calls `compute(samples, values)` for each frame of each channel; the values of a frame then stand beside those of the
// other channels.
template <typename Compute>
void each_frame(const Windows& windows, size_t values, int32_t* to, const Compute& compute) {
  std::vector<int32_t> found(values);
  for (size_t window = 0; window < windows.count; ++window) {
    for (size_t frame = 0; frame < windows.frames; ++frame, to += values * windows.channels) {
      const size_t first = (window * windows.steps + frame * windows.step) * windows.channels;
      for (size_t channel = 0; channel < windows.channels; ++channel) {
        compute(windows.samples + first + channel, found.data());
        for (size_t i = 0; i < values; ++i) to[i * windows.channels + channel] = found[i];
      }
    }
  }
}

}  // namespace

void statistics(const Windows& windows, uint32_t wanted, int32_t* values) {
  size_t count = 0;
  for (uint32_t bit = 0; bit < NAS_STATISTICS; ++bit) count += wanted >> bit & 1u;
  each_frame(windows, count, values, [&](const int16_t* samples, int32_t* to) {
    int32_t found[NAS_STATISTICS];
    nas_statistics(samples, windows.channels, static_cast<int32_t>(windows.length), wanted, found);
    for (size_t i = 0; i < count; ++i) to[i] = found[i];
  });
}

void spectrum(const Windows& windows, const nas_front_end& fe, int32_t* values) {
  std::vector<int16_t> work(NAS_SPECTRUM_WORK(fe.window, fe.size));
  each_frame(windows, fe.channels, values, [&](const int16_t* samples, int32_t* to) {
    nas_spectrum(&fe, samples, windows.channels, work.data(), to);
  });
}

}  // namespace nas::features
