// The parts that a flatbuffer consists of: tables and vectors that refer to each other, of which equal ones are one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <string_view>
#include <unordered_set>
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

  bool operator==(const Field& other) const {
    return slot == other.slot && width == other.width && reference == other.reference && value == other.value;
  }
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
  PartId words(std::string_view content);
  PartId vector(std::string_view content, uint64_t count, uint8_t align, bool terminated = false);

  // A vector that is shared with none: of data, or one whose elements are not known yet.
  PartId alone(uint64_t bytes, uint64_t count, uint8_t align, const char* content = nullptr);

  size_t size() const { return parts_.size(); }
  const Part& operator[](PartId id) const { return parts_[id]; }
  const Field* fields(const Part& table) const { return fields_.data() + table.first; }
  const PartId* references(const Part& vector) const { return references_.data() + vector.first; }

 private:
  struct Hash {
    const Parts& parts;
    size_t operator()(PartId id) const;
  };
  struct Equal {
    const Parts& parts;
    bool operator()(PartId a, PartId b) const;
  };

  // Adds a part unless there is an equal one, and returns which it is; `added` says whether it is new.
  PartId share(const Part& part, bool& added);

  std::pmr::monotonic_buffer_resource memory_;  // of all parts, which are given up together
  std::pmr::vector<Part> parts_{&memory_};
  std::pmr::vector<Field> fields_{&memory_};
  std::pmr::vector<PartId> references_{&memory_};
  std::pmr::unordered_set<PartId, Hash, Equal> known_{256, Hash{*this}, Equal{*this}, &memory_};  // those to share
};

}  // namespace nas
