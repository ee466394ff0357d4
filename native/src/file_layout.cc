#include "file_layout.h"

#include <algorithm>
#include <cstring>

#include "arithmetic.h"
#include "check.h"
#include "gap_filler.h"

namespace nas {
namespace {

constexpr int64_t kUnplaced = -1;
constexpr int64_t kHeader = 8;  // the reference to the root, and the identifier
constexpr size_t kMostSearched = 500;

// Returns where a field lies in its table, after the fields before it.
int64_t field_place(int64_t end, const Field& field) {
  // A table with fields of 8 bytes begins 4 bytes before a multiple of 8.
  return field.width == 8 ? round_up(end + 4, 8) - 4 : round_up(end, field.width);
}

bool has_wide_field(const Parts& parts, const Part& table) {
  const Field* fields = parts.fields(table);
  return std::any_of(fields, fields + table.count, [](const Field& field) { return field.width == 8; });
}

template <typename T>
void put(std::string& file, uint64_t place, T value) {
  std::memcpy(file.data() + place, &value, sizeof(T));
}

}  // namespace

FileLayout::FileLayout(const Parts& parts, PartId root)
    : parts_(parts), root_(root), places_(parts.size(), kUnplaced), seen_(parts.size()), tables_(parts.size()) {
  visit(root);
  for (auto id = upper_.rbegin(); id != upper_.rend(); ++id) {
    if (parts[*id].kind == PartKind::kTable) lay_out_table(*id);
  }
  place_tables();
  place_rest();
}

void FileLayout::visit(PartId id) {
  if (seen_[id]) return;
  seen_[id] = true;
  const Part& part = parts_[id];
  if (part.kind == PartKind::kTable) {
    const Field* fields = parts_.fields(part);
    // The last field comes first, so that in a .tflite the buffers follow the root: both are replaced with the
    // metadata.
    for (size_t i = 0; i < part.count; ++i) {
      if (fields[i].reference) visit(static_cast<PartId>(fields[i].value));
    }
  } else if (part.kind == PartKind::kReferences) {
    const PartId* references = parts_.references(part);
    for (size_t i = part.count; i-- > 0;) visit(references[i]);
  } else {
    lower_.push_back(id);
    return;
  }
  upper_.push_back(id);
}

// Wide fields come first, so that none needs padding before it.
void FileLayout::lay_out_table(PartId id) {
  const Part& part = parts_[id];
  const Field* fields = parts_.fields(part);
  const size_t slots = part.count == 0 ? 0 : static_cast<size_t>(fields[part.count - 1].slot) + 1;
  Vtable vtable(2 + slots, &memory_);
  int64_t end = 4;
  for (int width : {8, 4, 2, 1}) {
    for (size_t i = 0; i < part.count; ++i) {
      if (fields[i].width != width) continue;
      end = field_place(end, fields[i]);
      vtable[2 + static_cast<size_t>(fields[i].slot)] = static_cast<uint16_t>(end);
      end += width;
    }
  }
  vtable[0] = static_cast<uint16_t>(2 * vtable.size());
  vtable[1] = static_cast<uint16_t>(end);
  const auto known = std::find(vtables_.begin(), vtables_.end(), vtable);
  tables_[id] = {static_cast<size_t>(known - vtables_.begin()), end};
  if (known == vtables_.end()) vtables_.push_back(std::move(vtable));
}

void FileLayout::place_tables() {
  end_ = kHeader;
  for (auto id = upper_.rbegin(); id != upper_.rend(); ++id) {
    const Part& part = parts_[*id];
    end_ = round_up(end_, 4);
    if (part.kind == PartKind::kTable && has_wide_field(parts_, part) && end_ % 8 == 0) end_ += 4;
    places_[*id] = end_;
    end_ += part.kind == PartKind::kTable ? tables_[*id].bytes : 4 + static_cast<int64_t>(part.bytes);
  }
}

// Looks for a vector in longer ones, its count included: [16] lies in [1, 1, 16], where the number before it is 1.
bool FileLayout::find_longer(PartId id, const std::vector<PartId>& vectors) {
  const Part& part = parts_[id];
  std::string wanted(4, 0);
  put(wanted, 0, static_cast<uint32_t>(part.count));
  wanted.append(part.content, part.bytes);
  for (PartId longer : vectors) {
    const Part& host = parts_[longer];
    for (uint64_t at = 0; at + wanted.size() <= host.bytes; at += 4) {
      uint32_t number = 0;
      std::memcpy(&number, host.content + at, sizeof(number));
      if (number != part.count || std::memcmp(host.content + at, wanted.data(), wanted.size()) != 0) continue;
      inner_.push_back({id, longer, static_cast<int64_t>(4 + at)});
      return true;
    }
  }
  return false;
}

// Returns the vectors that need a place of their own; those of numbers may lie in longer ones.
std::vector<PartId> FileLayout::outer_vectors() {
  std::vector<PartId> words, outer;
  for (PartId id : lower_) (parts_[id].kind == PartKind::kWords ? words : outer).push_back(id);
  std::stable_sort(words.begin(), words.end(), [&](PartId a, PartId b) { return parts_[a].count > parts_[b].count; });
  std::vector<PartId> longer;
  for (size_t i = 0; i < words.size(); ++i) {
    // Beyond this number, as in large models, looking through all of them takes longer than it is worth.
    if (i >= kMostSearched || !find_longer(words[i], longer)) longer.push_back(words[i]);
  }
  outer.insert(outer.end(), longer.begin(), longer.end());
  return outer;
}

void FileLayout::place_rest() {
  std::vector<Piece> pieces;
  const std::vector<PartId> vectors = outer_vectors();
  for (PartId id : vectors) {
    const Part& part = parts_[id];
    pieces.push_back({static_cast<int64_t>(4 + part.bytes) + part.terminated, part.align});
  }
  for (const Vtable& vtable : vtables_) pieces.push_back({vtable.front(), 2});
  end_ = fill_gaps(end_, pieces);
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (i < vectors.size()) {
      places_[vectors[i]] = pieces[i].place;
    } else {
      vtable_places_.push_back(pieces[i].place);
    }
  }
  for (const Inner& inner : inner_) places_[inner.vector] = places_[inner.longer] + inner.offset;
}

std::string FileLayout::write(const char* identifier) const {
  if (end_ > INT32_MAX) throw Malformed("a .tflite must have less than 2 GB");
  std::string file(static_cast<size_t>(end_), 0);
  write_reference(0, root_, file);
  std::memcpy(file.data() + 4, identifier, 4);
  for (size_t i = 0; i < vtables_.size(); ++i) {
    std::memcpy(file.data() + vtable_places_[i], vtables_[i].data(), vtables_[i].front());
  }
  for (PartId id : upper_) parts_[id].kind == PartKind::kTable ? write_table(id, file) : write_vector(id, file);
  for (PartId id : lower_) write_vector(id, file);
  return file;
}

void FileLayout::write_table(PartId id, std::string& file) const {
  const Part& part = parts_[id];
  const Field* fields = parts_.fields(part);
  const Vtable& vtable = vtables_[tables_[id].vtable];
  const auto place = static_cast<uint64_t>(places_[id]);
  put(file, place, static_cast<int32_t>(places_[id] - vtable_places_[tables_[id].vtable]));
  for (size_t i = 0; i < part.count; ++i) {
    const uint64_t at = place + vtable[2 + static_cast<size_t>(fields[i].slot)];
    if (fields[i].reference) {
      write_reference(at, static_cast<PartId>(fields[i].value), file);
    } else {
      std::memcpy(file.data() + at, &fields[i].value, fields[i].width);  // little-endian, as every host we build for
    }
  }
}

void FileLayout::write_vector(PartId id, std::string& file) const {
  const Part& part = parts_[id];
  const auto place = static_cast<uint64_t>(places_[id]);
  put(file, place, static_cast<uint32_t>(part.count));
  if (part.kind == PartKind::kReferences) {
    for (size_t i = 0; i < part.count; ++i) write_reference(place + 4 + 4 * i, parts_.references(part)[i], file);
  } else if (part.bytes > 0) {
    std::memcpy(file.data() + place + 4, part.content, part.bytes);
  }
}

void FileLayout::write_reference(uint64_t place, PartId target, std::string& file) const {
  put(file, place, static_cast<uint32_t>(places_[target] - static_cast<int64_t>(place)));
}

}  // namespace nas
