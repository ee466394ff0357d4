// Reads a flatbuffer that may be malformed: every offset is checked against the buffer before it is followed.
//
// Layout (https://flatbuffers.dev/internals): a table starts with a signed offset back to its vtable, which holds its
// own size, the table's size, and one 16-bit offset a field (0: absent). Vectors start with their 32-bit count.
// References are unsigned and thus point forward, so no chain of them can be a circle.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "check.h"

namespace nas {

class Vector;

// The bytes, and how many of them may still be copied: vectors can overlap, so a small file could otherwise ask for
// unbounded memory. Writers may share equal vectors, so more than the file's own bytes are allowed.
class Bytes {
 public:
  Bytes(const uint8_t* data, size_t size)
      : data_(data), size_(size), allowance_(size + std::min<size_t>(15 * size + 1024, kMaxShared)) {}

  size_t size() const { return size_; }

  [[noreturn]] static void fail(size_t position, const std::string& rule) {
    throw Malformed("byte " + std::to_string(position) + ": " + rule);
  }

  void require(size_t position, size_t count, const char* what) const {
    if (position > size_ || count > size_ - position) fail(position, std::string(what) + " must lie within the file");
  }

  template <typename T>
  T read(size_t position, const char* what) const {
    require(position, sizeof(T), what);
    T value;
    std::memcpy(&value, data_ + position, sizeof(T));  // the format is little-endian, as is every host we build for
    return value;
  }

  const uint8_t* at(size_t position) const { return data_ + position; }

  void spend(size_t position, size_t bytes) {
    if (bytes > allowance_) fail(position, "vectors must not overlap so much that they outgrow the file");
    allowance_ -= bytes;
  }

  // Follows the reference at `position`.
  size_t follow(size_t position) const { return position + read<uint32_t>(position, "a reference"); }

 private:
  static constexpr size_t kMaxShared = size_t{1} << 26;

  const uint8_t* data_;
  size_t size_;
  size_t allowance_;
};

class Table {
 public:
  Table(Bytes& bytes, size_t position);

  size_t position() const { return position_; }

  // Returns the scalar in the field, `absent` if the table has no such field.
  template <typename T>
  T get(int field, T absent) const {
    const size_t place = field_position(field, sizeof(T));
    return place == 0 ? absent : bytes_->read<T>(place, "a field");
  }

  std::optional<Table> table(int field) const;
  std::optional<Vector> vector(int field, size_t element_bytes) const;
  std::string text(int field) const;

 private:
  // Returns where the field lies, 0 if it is absent.
  size_t field_position(int field, size_t width) const;

  Bytes* bytes_;
  size_t position_;
  size_t vtable_;
  size_t vtable_bytes_;
  size_t table_bytes_;
};

class Vector {
 public:
  Vector(Bytes& bytes, size_t position, size_t element_bytes);

  size_t position() const { return position_; }
  size_t size() const { return size_; }
  const uint8_t* data() const { return bytes_->at(elements_); }
  Table table(size_t index) const;

  // Counts the elements as copied, at so many bytes each.
  void charge(size_t element_bytes) const { bytes_->spend(position_, size_ * element_bytes); }

  template <typename T>
  T get(size_t index) const {
    return bytes_->read<T>(elements_ + index * sizeof(T), "an element");
  }

  template <typename T>
  std::vector<T> copy() const {
    charge(sizeof(T));
    std::vector<T> values(size_);
    if (size_ > 0) std::memcpy(values.data(), bytes_->at(elements_), size_ * sizeof(T));
    return values;
  }

 private:
  Bytes* bytes_;
  size_t position_;
  size_t elements_;
  size_t size_;
};

}  // namespace nas
