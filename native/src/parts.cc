#include "parts.h"

#include <algorithm>
#include <cstring>
#include <functional>

namespace nas {
namespace {

size_t mix(size_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15U;
  return hash ^ (hash >> 32);
}

// Whether a part is a vector of elements; one of words may be equal to another vector.
bool has_content(const Part& part) { return part.kind == PartKind::kWords || part.kind == PartKind::kVector; }

std::string_view content_of(const Part& part) { return {part.content, part.bytes}; }

}  // namespace

size_t Parts::Hash::operator()(PartId id) const {
  const Part& part = parts[id];
  size_t hash = mix(0, part.count);
  if (part.kind == PartKind::kTable) {
    const Field* fields = parts.fields(part);
    for (size_t i = 0; i < part.count; ++i) {
      hash = mix(mix(hash, static_cast<uint64_t>(fields[i].slot)), fields[i].value);
    }
    return hash;
  }
  if (part.kind == PartKind::kReferences) {
    const PartId* references = parts.references(part);
    for (size_t i = 0; i < part.count; ++i) hash = mix(hash, references[i]);
    return hash;
  }
  return mix(hash, std::hash<std::string_view>()(content_of(part)));
}

bool Parts::Equal::operator()(PartId a, PartId b) const {
  const Part &one = parts[a], &other = parts[b];
  if (one.count != other.count || one.align != other.align || one.terminated != other.terminated) return false;
  if (has_content(one) && has_content(other)) return content_of(one) == content_of(other);
  if (one.kind != other.kind) return false;
  if (one.kind == PartKind::kTable) {
    return std::equal(parts.fields(one), parts.fields(one) + one.count, parts.fields(other));
  }
  return std::equal(parts.references(one), parts.references(one) + one.count, parts.references(other));
}

PartId Parts::share(const Part& part, bool& added) {
  parts_.push_back(part);
  const auto [place, is_new] = known_.insert(static_cast<PartId>(parts_.size() - 1));
  if (!is_new) parts_.pop_back();
  added = is_new;
  return *place;
}

PartId Parts::table(const std::vector<Field>& fields) {
  Part part;
  part.first = fields_.size();
  part.count = fields.size();
  fields_.insert(fields_.end(), fields.begin(), fields.end());
  bool added = false;
  const PartId id = share(part, added);
  if (!added) fields_.resize(part.first);
  return id;
}

PartId Parts::references(const std::vector<PartId>& ids) {
  Part part;
  part.kind = PartKind::kReferences;
  part.first = references_.size();
  part.count = ids.size();
  part.bytes = 4 * part.count;
  references_.insert(references_.end(), ids.begin(), ids.end());
  bool added = false;
  const PartId id = share(part, added);
  if (!added) references_.resize(part.first);
  return id;
}

PartId Parts::words(const std::vector<int32_t>& numbers) {
  return words({reinterpret_cast<const char*>(numbers.data()), 4 * numbers.size()});
}

PartId Parts::words(std::string_view content) {
  const PartId id = vector(content, content.size() / 4, 4);
  parts_[id].kind = PartKind::kWords;
  return id;
}

PartId Parts::vector(std::string_view content, uint64_t count, uint8_t align, bool terminated) {
  Part part;
  part.kind = PartKind::kVector;
  part.terminated = terminated;
  part.align = align;
  part.count = count;
  part.bytes = content.size();
  part.content = content.data();
  bool added = false;
  const PartId id = share(part, added);
  if (added && !content.empty()) {
    void* kept = memory_.allocate(content.size(), 1);
    parts_[id].content = static_cast<const char*>(std::memcpy(kept, content.data(), content.size()));
  }
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
