#include "front_end_tables.h"

#include <pybind11/numpy.h>

#include <numeric>

namespace py = pybind11;

namespace nas {
namespace {

template <typename T>
T number(const py::dict& settings, const char* name, int64_t low, int64_t high) {
  const auto value = settings[name].cast<int64_t>();
  require(value >= low && value <= high, name);
  return static_cast<T>(value);
}

template <typename T>
std::vector<T> table(const py::dict& tables, const char* name, size_t size) {
  const auto given = tables[name].cast<py::array_t<T, py::array::c_style>>();
  require(given.ndim() == 1 && static_cast<size_t>(given.size()) == size, name);
  return {given.data(), given.data() + given.size()};
}

}  // namespace

FrontEndTables::FrontEndTables(const py::dict& settings, const py::dict& tables) {
  read_sizes(settings);
  read_steps(settings);
  read_tables(tables);
}

void FrontEndTables::read_sizes(const py::dict& settings) {
  fe_.window = number<uint16_t>(settings, "window", 1, 32768);
  fe_.step = number<uint16_t>(settings, "step", 1, fe_.window);
  fe_.log2_size = number<uint8_t>(settings, "log2_size", 2, 15);
  fe_.size = static_cast<uint16_t>(1u << fe_.log2_size);
  require(fe_.window <= fe_.size, "window");
  fe_.channels = number<uint16_t>(settings, "channels", 1, 4096);
  fe_.first_bin = number<uint16_t>(settings, "first_bin", 0, fe_.size / 2);
}

void FrontEndTables::read_steps(const py::dict& settings) {
  fe_.noise_reduction = number<uint8_t>(settings, "noise_reduction", 0, 1);
  fe_.smoothing_bits = number<uint8_t>(settings, "smoothing_bits", 0, 31);
  fe_.smoothing[0] = number<uint16_t>(settings, "even_smoothing", 0, 16384);
  fe_.smoothing[1] = number<uint16_t>(settings, "odd_smoothing", 0, 16384);
  fe_.min_remaining = number<uint16_t>(settings, "min_remaining", 0, 16384);
  const int least_gain_bits = fe_.log2_size + 6;
  fe_.gain_bits = number<uint8_t>(settings, "gain_bits", 0, least_gain_bits + 31);
  fe_.log = number<uint8_t>(settings, "log", 0, 1);
  fe_.log_shift = number<uint8_t>(settings, "log_shift", 0, 31);
  fe_.dc_notch = number<uint8_t>(settings, "dc_notch", 0, 1);
  fe_.notch = number<int16_t>(settings, "notch", 0, 32767);
  fe_.activity = number<uint8_t>(settings, "activity", 0, 1);
  fe_.activity_filters[0] = number<uint16_t>(settings, "fast_filter", 0, 256);
  fe_.activity_filters[1] = number<uint16_t>(settings, "slow_filter", 0, 256);
  fe_.activity_arm = number<uint16_t>(settings, "activity_arm", 0, 65535);
  fe_.activity_trip = number<uint16_t>(settings, "activity_trip", 0, 65535);
}

void FrontEndTables::read_tables(const py::dict& tables) {
  taper_ = table<int16_t>(tables, "taper", fe_.window);
  twiddles_ = table<int16_t>(tables, "twiddles", fe_.size / 8u * 6u);
  split_twiddles_ = table<int16_t>(tables, "split_twiddles", fe_.size / 2u);
  widths_ = table<uint16_t>(tables, "widths", fe_.channels + 1u);
  const size_t bins = std::accumulate(widths_.begin(), widths_.end(), size_t{0});
  require(fe_.first_bin + bins <= fe_.size / 2u + 1, "widths");
  weights_ = table<uint16_t>(tables, "weights", bins);
  for (const uint16_t weight : weights_) require(weight <= 8193, "weights");
  if (tables.contains("gains")) gains_ = table<int16_t>(tables, "gains", 125);
  require(gains_.empty() || fe_.gain_bits >= fe_.log2_size + 6, "gain_bits");
  fe_.taper = taper_.data();
  fe_.twiddles = twiddles_.data();
  fe_.split_twiddles = split_twiddles_.data();
  fe_.widths = widths_.data();
  fe_.weights = weights_.data();
  fe_.gains = gains_.empty() ? nullptr : gains_.data();
}

}  // namespace nas
