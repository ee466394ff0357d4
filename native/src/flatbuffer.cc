#include "flatbuffer.h"

namespace nas {

Table::Table(Bytes& bytes, size_t position) : bytes_(&bytes), position_(position) {
  const int64_t back = bytes.read<int32_t>(position, "a table");
  const int64_t vtable = static_cast<int64_t>(position) - back;
  if (vtable < 0) Bytes::fail(position, "a table's vtable must lie within the file");
  vtable_ = static_cast<size_t>(vtable);
  vtable_bytes_ = bytes.read<uint16_t>(vtable_, "a vtable");
  table_bytes_ = bytes.read<uint16_t>(vtable_ + 2, "a vtable");
  if (vtable_bytes_ < 4 || table_bytes_ < 4) Bytes::fail(vtable_, "a vtable must hold its two sizes");
  bytes.require(vtable_, vtable_bytes_, "a vtable");
  bytes.require(position_, table_bytes_, "a table");
}

size_t Table::field_position(int field, size_t width) const {
  const size_t slot = 4 + 2 * static_cast<size_t>(field);
  if (slot + 2 > vtable_bytes_) return 0;
  const size_t offset = bytes_->read<uint16_t>(vtable_ + slot, "a vtable");
  if (offset == 0) return 0;
  if (offset < 4 || offset + width > table_bytes_) Bytes::fail(vtable_ + slot, "a field must lie within its table");
  return position_ + offset;
}

std::optional<Table> Table::table(int field) const {
  const size_t place = field_position(field, 4);
  if (place == 0) return std::nullopt;
  return Table(*bytes_, bytes_->follow(place));
}

std::optional<Vector> Table::vector(int field, size_t element_bytes) const {
  const size_t place = field_position(field, 4);
  if (place == 0) return std::nullopt;
  return Vector(*bytes_, bytes_->follow(place), element_bytes);
}

std::string Table::text(int field) const {
  const auto characters = vector(field, 1);
  if (!characters) return {};
  const auto copied = characters->copy<char>();
  return {copied.begin(), copied.end()};
}

Vector::Vector(Bytes& bytes, size_t position, size_t element_bytes)
    : bytes_(&bytes), position_(position), elements_(position + 4), size_(bytes.read<uint32_t>(position, "a vector")) {
  if (size_ > (bytes.size() - elements_) / element_bytes) {
    Bytes::fail(position, "a vector of " + std::to_string(size_) + " must lie within the file");
  }
}

Table Vector::table(size_t index) const { return {*bytes_, bytes_->follow(elements_ + 4 * index)}; }

}  // namespace nas
