// The parts that a flatbuffer consists of: tables and vectors that refer to each other, of which equal ones are one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace nas {

using PartId = uint32_t;

// A field of a table that is written: its number in the schema, its width, and its bits or the part it refers to.
struct Field {
  int32_t slot;
  uint8_t width;  // 1, 2, 4 or 8
  bool reference;
  uint64_t value;

  static Field number(int32_t slot, uint8_t width, int64_t value) {
    return {slot, width, false, static_cast<uint64_t>(value)};
  }
  static Field part(int32_t slot, PartId id) { return {slot, 4, true, id}; }
};

enum class PartKind : uint8_t {
  kTable,
  kReferences,  // a vector of references
  kWords,       // a vector of 32-bit numbers, which may lie within a longer one
  kVector,      // any other vector
};

struct Part {
  PartKind kind = PartKind::kTable;
  bool terminated = false;        // by a zero byte behind its elements, as strings are
  uint8_t align = 4;              // of the elements of a vector
  size_t first = 0;               // of a table's fields or of the references in their lists
  uint64_t count = 0;             // of fields, references, or elements
  uint64_t bytes = 0;             // of a vector's elements
  const char* content = nullptr;  // of a vector's elements; null: not known yet
};

// Collects parts; what refers to a part is added after it. Elements that are passed by address must outlive the parts.
class Parts {
 public:
  static constexpr int32_t kMaxSlot = 255;

  Parts() = default;
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  // These return an equal part if there is one. Fields come in the order of their numbers.
  PartId table(const std::vector<Field>& fields);
  PartId references(const std::vector<PartId>& ids);
  PartId words(const std::vector<int32_t>& numbers);
  PartId words(const std::string& content);
  PartId vector(const std::string& content, uint64_t count, uint8_t align, bool terminated = false);

  // A vector that is shared with none: of data, or one whose elements are not known yet.
  PartId alone(uint64_t bytes, uint64_t count, uint8_t align, const char* content = nullptr);

  size_t size() const { return parts_.size(); }
  const Part& operator[](PartId id) const { return parts_[id]; }
  const Field* fields(const Part& table) const { return fields_.data() + table.first; }
  const PartId* references(const Part& vector) const { return references_.data() + vector.first; }

 private:
  // Returns the part with this key; `added` says whether it is new.
  PartId find(std::string key, bool& added);

  std::vector<Part> parts_;
  std::vector<Field> fields_;
  std::vector<PartId> references_;
  std::unordered_map<std::string, PartId> known_;  // what a part consists of; its nodes, and so the keys, never move
};

}  // namespace nas
