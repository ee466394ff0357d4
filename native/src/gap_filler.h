// Orders parts of a file so that the alignment of each leaves as few bytes empty as possible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nas {

// A vector, whose elements are aligned to 4, 8 or 16 bytes and follow its count of 4 bytes, or a vtable, aligned to 2.
struct Piece {
  int64_t bytes = 0;
  int64_t align = 4;
  int64_t place = -1;  // filled in
};

// Places all pieces behind `end`, in time linear in their number; returns where the last one ends.
//
// At each step the strictest piece that needs no gap goes next. If there is none, one that leads to where a strict one
// can begin; only if that does not exist either, bytes are left empty.
int64_t fill_gaps(int64_t end, std::vector<Piece>& pieces);

}  // namespace nas
