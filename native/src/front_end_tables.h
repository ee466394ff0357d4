// The settings and tables of a front-end, read from Python. All that could make the device's code leave its buffers is
// checked here.
#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <vector>

#include "front_end.h"

namespace nas {

// Raises Python's ValueError if a rule does not hold.
inline void require(bool holds, const char* rule) {
  if (!holds) throw pybind11::value_error(rule);
}

// Settings with the tables that they point to; immutable, so that threads can share it.
class FrontEndTables {
 public:
  FrontEndTables(const pybind11::dict& settings, const pybind11::dict& tables);
  FrontEndTables(const FrontEndTables&) = delete;
  FrontEndTables& operator=(const FrontEndTables&) = delete;

  const nas_front_end& get() const { return fe_; }

 private:
  void read_sizes(const pybind11::dict& settings);
  void read_steps(const pybind11::dict& settings);
  void read_tables(const pybind11::dict& tables);

  nas_front_end fe_{};
  std::vector<int16_t> taper_, twiddles_, split_twiddles_, gains_;
  std::vector<uint16_t> widths_, weights_;
};

}  // namespace nas
