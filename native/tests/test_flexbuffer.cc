#include <cstdint>
#include <optional>
#include <vector>

#include "flexbuffer.h"
#include "harness.h"

namespace {

// {"a": -2, "fft": 512} as flatbuffers' Python writer packs it: keys, keys' offsets, values, their types, the root.
const std::vector<uint8_t> kMap = {
    'a',  0,    'f', 'f', 't', 0,  // keys
    2,    7,    6,                 // how many, and how far back each lies
    0,                             // alignment
    3,    0,    1,   0,   2,   0,  // how far back that lies, its width, how many values
    0xfe, 0xff, 0,   2,            // -2 and 512
    5,    5,                       // two whole numbers of two bytes
    6,    37,   1,                 // how far back the values lie, a map of two bytes, the root's width
};

std::optional<int32_t> number(const std::vector<uint8_t>& bytes, const char* key) {
  return nas::flexbuffer_number(bytes.data(), bytes.size(), key);
}

}  // namespace

TEST(whole_numbers_are_found_by_their_key) {
  EXPECT(number(kMap, "a") == -2);
  EXPECT(number(kMap, "fft") == 512);
}

TEST(a_key_that_is_not_there_has_no_number) {
  EXPECT(!number(kMap, "ff"));
  EXPECT(!number(kMap, "ffts"));
  EXPECT(!number({}, "a"));
}

TEST(bytes_that_end_early_or_are_changed_are_never_read_beyond_their_end) {
  for (size_t size = 0; size <= kMap.size(); ++size)
    number({kMap.begin(), kMap.begin() + static_cast<long>(size)}, "a");
  for (size_t i = 0; i < kMap.size(); ++i) {
    for (int value = 0; value < 256; ++value) {
      std::vector<uint8_t> changed = kMap;
      changed[i] = static_cast<uint8_t>(value);
      number(changed, "fft");
    }
  }
  EXPECT(true);
}
