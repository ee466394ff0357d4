// Where each part of a flatbuffer lies, so that as few bytes as possible are left empty, and the file itself.
//
//     header | tables and lists of references, each before what it refers to | vtables, vectors and data
//
// References lead forward. A vtable may lie anywhere; so those and the vectors fill the gaps that the alignment of data
// leaves. The size depends only on the sizes of parts and on which of them are equal: it is known before the content
// of every vector is.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <string>
#include <vector>

#include "parts.h"

namespace nas {

class FileLayout {
 public:
  // The parts must outlive the layout.
  FileLayout(const Parts& parts, PartId root);

  int64_t bytes() const { return end_; }

  // Returns the file; the content of all parts must be known. Malformed if it would exceed what references can span.
  std::string write(const char* identifier) const;

 private:
  using Vtable = std::pmr::vector<uint16_t>;

  struct TableLayout {
    size_t vtable = 0;
    int64_t bytes = 4;
  };

  // A vector that lies in a longer one, so many bytes behind the beginning of that one.
  struct Inner {
    PartId vector, longer;
    int64_t offset;
  };

  void visit(PartId id);
  void lay_out_table(PartId id);
  void place_tables();
  bool find_longer(PartId id, const std::vector<PartId>& vectors);
  std::vector<PartId> outer_vectors();
  void place_rest();
  void write_table(PartId id, std::string& file) const;
  void write_vector(PartId id, std::string& file) const;
  void write_reference(uint64_t place, PartId target, std::string& file) const;

  const Parts& parts_;
  PartId root_;
  int64_t end_ = 0;
  std::pmr::monotonic_buffer_resource memory_;  // of the vtables
  std::vector<int64_t> places_;                 // of each part; negative: none
  std::vector<bool> seen_;                      // by `visit`
  std::vector<PartId> upper_;                   // tables and lists of references, children before parents
  std::vector<PartId> lower_;                   // other vectors, in the order in which they are mentioned
  std::vector<TableLayout> tables_;             // by part
  std::vector<Inner> inner_;
  std::pmr::vector<Vtable> vtables_{&memory_};  // with the table's size as its second number
  std::vector<int64_t> vtable_places_;
};

}  // namespace nas
