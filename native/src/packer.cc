#include "packer.h"

#include <algorithm>

namespace nas {
namespace {

// Hash of a sequence of numbers; 64 bits, so that no two of the few dozen items of a model share one by chance.
class Hash {
 public:
  explicit Hash(uint64_t kind) : value_(kind) {}
  void add(int64_t number) {
    value_ = (value_ ^ static_cast<uint64_t>(number)) * 0x9E3779B97F4A7C15u;
    value_ ^= value_ >> 32;
  }
  uint64_t value() const { return value_; }

 private:
  uint64_t value_;
};

constexpr uint64_t kVector = 1, kZeroPoints = 2, kTable = 3;

}  // namespace

// Pads so that the position is aligned after `ahead` more bytes.
void Packer::align(int64_t multiple, int64_t ahead) {
  largest_align_ = std::max(largest_align_, multiple);
  const int64_t rest = (size_ + ahead) % multiple;
  if (rest != 0) size_ += multiple - rest;
}

void Packer::vector(int64_t element_bytes, int64_t count, int64_t align_to) {
  align(4, element_bytes * count);
  align(align_to, element_bytes * count);
  size_ += element_bytes * count + 4;
}

void Packer::table(const Field* fields, size_t count) {
  const int64_t start = size_;
  Vtable vtable{};
  int64_t entries = 0;
  for (size_t i = 0; i < count; ++i) {
    align(fields[i].width, 0);
    size_ += fields[i].width;
    vtable[static_cast<size_t>(fields[i].number)] = size_;
    entries = std::max<int64_t>(entries, fields[i].number + 1);
  }
  align(4, 0);
  size_ += 4;
  for (int64_t& place : vtable) {
    if (place != 0) place = size_ - place;
  }
  vtable[kMaxFields] = size_ - start;
  if (std::find(vtables_.begin(), vtables_.end(), vtable) != vtables_.end()) return;
  vtables_.push_back(vtable);
  size_ += 2 * entries + 4;
}

// Returns whether nothing with this hash was written before; from now on it is.
bool Packer::is_new(uint64_t hash) {
  if (std::find(shared_.begin(), shared_.end(), hash) != shared_.end()) return false;
  shared_.push_back(hash);
  return true;
}

void Packer::shared_vector(const std::vector<int32_t>& items) {
  Hash hash(kVector);
  hash.add(static_cast<int64_t>(items.size()));
  for (int32_t item : items) hash.add(item);
  if (is_new(hash.value())) references(items.size());
}

void Packer::shared_zero_points(int64_t count, int32_t value) {
  Hash hash(kZeroPoints);
  hash.add(count);
  hash.add(value);
  if (is_new(hash.value())) vector(8, count, 8);
}

void Packer::shared_table(const Field* fields, size_t count) {
  Hash hash(kTable);
  for (size_t i = 0; i < count; ++i) {
    hash.add(fields[i].number);
    hash.add(fields[i].width);
    hash.add(fields[i].value);
  }
  if (is_new(hash.value())) table(fields, count);
}

int64_t Packer::finish() {
  align(largest_align_, 8);
  return size_ + 8;
}

}  // namespace nas
