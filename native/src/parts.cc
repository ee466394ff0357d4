#include "parts.h"

#include <cstring>
#include <utility>

namespace nas {
namespace {

template <typename T>
void append(std::string& key, T value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  key.append(bytes, sizeof(T));
}

}  // namespace

PartId Parts::find(std::string key, bool& added) {
  const auto id = static_cast<PartId>(parts_.size());
  const auto [place, is_new] = known_.try_emplace(std::move(key), id);
  if (is_new) parts_.emplace_back();
  added = is_new;
  return place->second;
}

PartId Parts::table(const std::vector<Field>& fields) {
  std::string key = "t";
  for (const Field& field : fields) {
    append(key, field.slot);
    append(key, field.width);
    append(key, field.reference);
    append(key, field.value);
  }
  bool added = false;
  const PartId id = find(std::move(key), added);
  if (!added) return id;
  Part& part = parts_[id];
  part.first = fields_.size();
  part.count = fields.size();
  fields_.insert(fields_.end(), fields.begin(), fields.end());
  return id;
}

PartId Parts::references(const std::vector<PartId>& ids) {
  std::string key = "r";
  for (PartId id : ids) append(key, id);
  bool added = false;
  const PartId id = find(std::move(key), added);
  if (!added) return id;
  Part& part = parts_[id];
  part.kind = PartKind::kReferences;
  part.first = references_.size();
  part.count = ids.size();
  part.bytes = 4 * part.count;
  references_.insert(references_.end(), ids.begin(), ids.end());
  return id;
}

PartId Parts::words(const std::vector<int32_t>& numbers) {
  std::string content;
  for (int32_t number : numbers) append(content, number);
  return words(content);
}

PartId Parts::words(const std::string& content) {
  const PartId id = vector(content, content.size() / 4, 4);
  parts_[id].kind = PartKind::kWords;
  return id;
}

PartId Parts::vector(const std::string& content, uint64_t count, uint8_t align, bool terminated) {
  std::string key = terminated ? "s" : "v";
  append(key, count);
  append(key, align);
  const size_t start = key.size();
  key += content;
  bool added = false;
  const PartId id = find(key, added);
  if (!added) return id;
  Part& part = parts_[id];
  part.kind = PartKind::kVector;
  part.terminated = terminated;
  part.align = align;
  part.count = count;
  part.bytes = content.size();
  part.content = known_.find(key)->first.data() + start;
  return id;
}

PartId Parts::alone(uint64_t bytes, uint64_t count, uint8_t align, const char* content) {
  const auto id = static_cast<PartId>(parts_.size());
  Part& part = parts_.emplace_back();
  part.kind = PartKind::kVector;
  part.align = align;
  part.count = count;
  part.bytes = bytes;
  part.content = content;
  return id;
}

}  // namespace nas
