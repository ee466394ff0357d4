#include "gap_filler.h"

#include <array>

namespace nas {
namespace {

constexpr int64_t kWidest = 16;

constexpr size_t kNone = SIZE_MAX;

// The pieces of one alignment that are left, by their bytes modulo the widest alignment, in the order given: linked
// lists, whose links all piles share.
class Pile {
 public:
  explicit Pile(std::vector<size_t>& next) : next_(next) { first_.fill(kNone); }

  void add(size_t piece, int64_t bytes) {
    const auto rest = static_cast<size_t>(bytes % kWidest);
    (first_[rest] == kNone ? first_[rest] : next_[last_[rest]]) = piece;
    last_[rest] = piece;
    ++left_;
  }
  bool empty() const { return left_ == 0; }
  bool has(int64_t rest) const { return first_[static_cast<size_t>(rest % kWidest)] != kNone; }
  size_t take(int64_t rest) {
    size_t& first = first_[static_cast<size_t>(rest % kWidest)];
    const size_t piece = first;
    first = next_[piece];
    --left_;
    return piece;
  }
  // Returns the rest of some piece: one for which `wanted` holds if there is any.
  template <typename Wanted>
  int64_t any(Wanted wanted) const {
    int64_t found = -1;
    for (int64_t rest = 0; rest < kWidest; ++rest) {
      if (!has(rest)) continue;
      if (wanted(rest)) return rest;
      if (found < 0) found = rest;
    }
    return found;
  }

 private:
  std::vector<size_t>& next_;
  std::array<size_t, kWidest> first_, last_{};
  size_t left_ = 0;
};

class Filler {
 public:
  Filler(int64_t end, std::vector<Piece>& pieces) : end_(end), pieces_(pieces), next_(pieces.size(), kNone) {
    for (size_t i = 0; i < pieces.size(); ++i) pile(pieces[i].align).add(i, pieces[i].bytes);
  }

  int64_t fill() {
    while (!(widest_.empty() && wide_.empty() && words_.empty() && halves_.empty())) step();
    return end_;
  }

 private:
  Pile& pile(int64_t align) { return align >= 16 ? widest_ : align == 8 ? wide_ : align == 4 ? words_ : halves_; }

  void step() {
    if (end_ % 2 != 0) ++end_;
    if (end_ % 4 != 0) {
      // A vtable of an odd number of 2-byte entries leads back to a multiple of 4.
      const int64_t rest = halves_.any([](int64_t bytes) { return bytes % 4 == 2; });
      if (rest >= 0 && rest % 4 == 2) return place(halves_, rest);
      end_ += 2;
    }
    if (!widest_.empty() && starts(16)) return place(widest_, widest_.any([](int64_t) { return true; }));
    if (!wide_.empty() && starts(8)) return place(wide_, wide_.any([](int64_t) { return true; }));
    if (!widest_.empty() || !wide_.empty()) return lead();
    if (!words_.empty()) return place(words_, words_.any([](int64_t bytes) { return bytes % 4 == 0; }));
    place(halves_, halves_.any([](int64_t bytes) { return bytes % 4 == 0; }));
  }

  // Whether a vector with elements of this alignment can begin here: its count has 4 bytes.
  bool starts(int64_t align) const { return (end_ + 4) % align == 0; }

  // Places a piece behind which a strict one can begin, if need be with another one in between.
  void lead() {
    const int64_t align = widest_.empty() ? 8 : 16;
    const int64_t gap = (2 * align - 4 - end_ % align) % align;
    for (int64_t rest = gap; rest < kWidest; rest += align) {
      if (words_.has(rest)) return place(words_, rest);
    }
    const auto leads = [&](int64_t bytes) {
      const int64_t left = (gap - bytes % align + align) % align;
      return bytes % 4 == 0 && bytes % align != 0 && (words_.has(left) || halves_.has(left));
    };
    for (Pile* pile : {&words_, &halves_}) {
      const int64_t rest = pile->any(leads);
      if (rest >= 0 && leads(rest)) return place(*pile, rest);
    }
    for (int64_t rest = gap - 4; rest > 0; rest -= 4) {  // at least fill most of the gap
      for (int64_t same = rest; same < kWidest; same += align) {
        if (words_.has(same)) return place(words_, same);
      }
    }
    end_ += gap;
  }

  void place(Pile& pile, int64_t rest) {
    Piece& piece = pieces_[pile.take(rest)];
    piece.place = end_;
    end_ += piece.bytes;
  }

  int64_t end_;
  std::vector<Piece>& pieces_;
  std::vector<size_t> next_;
  Pile widest_{next_}, wide_{next_}, words_{next_}, halves_{next_};
};

}  // namespace

int64_t fill_gaps(int64_t end, std::vector<Piece>& pieces) { return Filler(end, pieces).fill(); }

}  // namespace nas
