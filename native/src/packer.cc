#include "packer.h"

#include <algorithm>

namespace nas {

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

int64_t Packer::finish() {
  align(largest_align_, 8);
  return size_ + 8;
}

}  // namespace nas
