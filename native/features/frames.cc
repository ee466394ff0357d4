// Compiled once for each level of instructions, whose name is NAS_LEVEL.
#include "frames.h"

#include <cstring>
#include <memory>
#include <vector>

#if !defined(_MSC_VER)
#define NAS_HOST
#if defined(__AVX2__)
#include <immintrin.h>
#endif
#endif

namespace {
#include "levels.h"
#if defined(NAS_HOST)
#include "lanes.h"
#endif
#include "transform.h"
#if defined(NAS_HOST)
#include "bands.h"
#include "window.h"
#endif
}  // namespace

namespace nas::features::NAS_LEVEL {

namespace {

// The buffers of one group of frames.
struct Group {
  explicit Group(const nas_front_end& fe)
      : buffer(size_t{NAS_LANES} * (fe.size + 2u) + kAlign), levels(size_t{NAS_LANES} * fe.channels) {
    void* start = buffer.data();
    size_t room = buffer.size() * sizeof(int16_t);
    x = static_cast<int16_t*>(std::align(kAlign, sizeof(int16_t), start, room));
  }

  static constexpr size_t kAlign = 64;
  std::vector<int16_t> buffer;
  int16_t* x;
  std::vector<uint32_t> levels;  // [lane, channel]
};

#if NAS_LANES == 1
void nas_next_levels(nas_bands* bands, const uint8_t shifts[1], uint32_t* levels, size_t) {
  uint64_t energy[1];
  nas_next_band(bands, energy);
  levels[0] = nas_root(energy[0]) >> shifts[0];
}
#endif

void find_levels(const nas_front_end& fe, const int16_t* const frames[NAS_LANES], Group& group) {
  uint8_t shifts[NAS_LANES];
  nas_window(&fe, frames, group.x, shifts);
  nas_transform(&fe, group.x);
  nas_bands bands = nas_first_band(&fe, group.x);
  for (size_t channel = 0; channel < fe.channels; ++channel) {
    nas_next_levels(&bands, shifts, group.levels.data() + channel, fe.channels);
  }
}

}  // namespace

extern const Batch kBatch;
const Batch kBatch = [](const nas_front_end& fe, const Clips& clips, uint16_t* features) {
  const size_t frames = frames_of(fe, clips.length), all = frames * clips.count;
  Group group(fe);
  std::vector<uint32_t> noise(fe.channels);
  for (size_t begin = 0; begin < all; begin += NAS_LANES) {
    const int16_t* pointers[NAS_LANES];
    for (size_t lane = 0; lane < NAS_LANES; ++lane) {
      const size_t frame = begin + lane < all ? begin + lane : all - 1;  // lanes without a frame repeat the last one
      pointers[lane] = clips.samples + frame / frames * clips.length + frame % frames * fe.step;
    }
    find_levels(fe, pointers, group);
    for (size_t lane = 0; lane < NAS_LANES && begin + lane < all; ++lane) {
      if ((begin + lane) % frames == 0) std::memset(noise.data(), 0, noise.size() * sizeof(uint32_t));
      const uint32_t* levels = group.levels.data() + lane * fe.channels;
      for (int channel = 0; channel < fe.channels; ++channel) {
        *features++ = nas_feature(&fe, noise.data(), channel, levels[channel]);
      }
    }
  }
};

}  // namespace nas::features::NAS_LEVEL
