// A flatbuffer builder that writes nothing and only counts bytes, so that the size of a file is known before it exists.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace nas {

// Follows flatbuffers' Builder step by step: data is laid from the end of the file to its start, each item is aligned
// by its distance from the end, and equal vtables are written once.
class Packer {
 public:
  // A field that is written: its number in the schema and its width. Fields with their default value are not written.
  struct Field {
    int number;
    int width;
    int32_t value = 0;  // of a table that may be shared
  };

  void vector(int64_t element_bytes, int64_t count, int64_t align);
  void references(size_t count) { vector(4, static_cast<int64_t>(count), 4); }
  void table(std::initializer_list<Field> fields) { table(fields.begin(), fields.size()); }
  void table(const Field* fields, size_t count);

  // These are written only if nothing equal was written before.
  void shared_vector(const std::vector<int32_t>& items);
  void shared_zero_points(int64_t count, int32_t value);  // int64, all equal
  void shared_table(const Field* fields, size_t count);
  void shared_table(std::initializer_list<Field> fields) { shared_table(fields.begin(), fields.size()); }

  // Adds the header and returns the bytes of the whole file.
  int64_t finish();

 private:
  static constexpr size_t kMaxFields = 16;             // Operator, the largest table, has 14
  using Vtable = std::array<int64_t, kMaxFields + 1>;  // where each field lies, then the table's size

  void align(int64_t multiple, int64_t ahead);
  bool is_new(uint64_t hash);

  int64_t size_ = 0;
  int64_t largest_align_ = 1;
  std::vector<Vtable> vtables_;
  std::vector<uint64_t> shared_;  // hashes of what was written
};

}  // namespace nas
