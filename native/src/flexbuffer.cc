#include "flexbuffer.h"

#include <algorithm>
#include <cstring>

namespace nas {
namespace {

constexpr size_t kInteger = 1, kUnsigned = 2, kMap = 9, kBoolean = 26;  // flexbuffers::Type
constexpr size_t kMostKeys = 64;

class Map {
 public:
  Map(const uint8_t* data, size_t size) : data_(data), size_(size) {}

  // Finds the map behind the root; false if there is none.
  bool open() {
    if (size_ < 3 || type_of(data_[size_ - 2]) != kMap) return false;
    const size_t root_width = data_[size_ - 1];
    width_ = size_t{1} << (data_[size_ - 2] & 3);
    if (root_width == 0 || root_width > size_ - 2 || !back(size_ - 2 - root_width, root_width, values_)) return false;
    if (values_ < 3 * width_ || !back(values_ - 3 * width_, width_, keys_)) return false;
    const auto keys_width = number(values_ - 2 * width_, width_), count = number(values_ - width_, width_);
    if (!keys_width || !count || *keys_width == 0 || *keys_width > 8) return false;
    keys_width_ = static_cast<size_t>(*keys_width);
    count_ = static_cast<size_t>(std::min<uint64_t>(*count, kMostKeys));
    return values_ + count_ * width_ + count_ <= size_;
  }

  std::optional<int32_t> find(const char* wanted) const {
    for (size_t i = 0; i < count_; ++i) {
      size_t key = 0;
      if (!back(keys_ + i * keys_width_, keys_width_, key) || !equal(key, wanted)) continue;
      const size_t type = type_of(data_[values_ + count_ * width_ + i]);
      if (type != kInteger && type != kUnsigned && type != kBoolean) return std::nullopt;
      const auto value = number(values_ + i * width_, width_);
      if (!value) return std::nullopt;
      return type == kInteger ? extended(*value) : static_cast<int32_t>(static_cast<uint32_t>(*value));
    }
    return std::nullopt;
  }

 private:
  static size_t type_of(uint8_t packed) { return packed >> 2; }

  std::optional<uint64_t> number(size_t at, size_t width) const {
    if (width != 1 && width != 2 && width != 4 && width != 8) return std::nullopt;
    if (at > size_ || width > size_ - at) return std::nullopt;
    uint64_t value = 0;
    std::memcpy(&value, data_ + at, width);  // the format is little-endian, as is every host we build for
    return value;
  }

  // Follows the distance at `at`.
  bool back(size_t at, size_t width, size_t& target) const {
    const auto distance = number(at, width);
    if (!distance || *distance > at) return false;
    target = at - static_cast<size_t>(*distance);
    return true;
  }

  bool equal(size_t at, const char* wanted) const {
    const size_t length = std::strlen(wanted) + 1;
    return length <= size_ - at && std::memcmp(data_ + at, wanted, length) == 0;
  }

  // Extends the sign of a number that takes less than four bytes.
  int32_t extended(uint64_t value) const {
    if (width_ == 1) return static_cast<int8_t>(value);
    if (width_ == 2) return static_cast<int16_t>(value);
    return static_cast<int32_t>(static_cast<uint32_t>(value));
  }

  const uint8_t* data_;
  size_t size_;
  size_t width_ = 0, values_ = 0, keys_ = 0, keys_width_ = 0, count_ = 0;
};

}  // namespace

std::optional<int32_t> flexbuffer_number(const uint8_t* data, size_t size, const char* key) {
  Map map(data, size);
  return map.open() ? map.find(key) : std::nullopt;
}

}  // namespace nas
