// The device's front-ends for windows of sensor samples, for Python.
#include "bind_windows.h"

#include <pybind11/numpy.h>

#include "front_end_tables.h"
#include "many_windows.h"
#include "statistics.h"

namespace py = pybind11;

namespace nas {
namespace {

using Samples = py::array_t<int16_t, py::array::c_style>;
using Floats = py::array_t<float, py::array::c_style>;
using Bits = py::array_t<int8_t, py::array::c_style>;
using Values = py::array_t<int32_t>;

size_t size_of(const py::array& x, int axis) { return static_cast<size_t>(x.shape(axis)); }

// Rows [n, steps, channels] as samples of 16 bits, with so many bits behind the point in each channel.
Samples samples_of(const Floats& rows, const Bits& fraction_bits) {
  require(rows.ndim() == 3, "rows must be [n, steps, channels]");
  require(fraction_bits.ndim() == 1 && fraction_bits.size() == rows.shape(2), "fraction_bits must be [channels]");
  Samples samples({size_of(rows, 0), size_of(rows, 1), size_of(rows, 2)});
  const size_t all = static_cast<size_t>(rows.size()), channels = size_of(rows, 2);
  const float* from = rows.data();
  const int8_t* bits = fraction_bits.data();
  int16_t* to = samples.mutable_data();
  py::gil_scoped_release release;
  for (size_t i = 0; i < all; ++i) to[i] = nas_sample(from[i], bits[i % channels]);
  return samples;
}

features::Windows windows_of(const Samples& samples, size_t length, size_t step) {
  require(samples.ndim() == 3, "samples must be [n, steps, channels]");
  require(length > 0 && step > 0 && size_of(samples, 1) >= length, "a window must have a frame");
  const size_t steps = size_of(samples, 1), frames = (steps - length) / step + 1;
  return {samples.data(), size_of(samples, 0), steps, size_of(samples, 2), frames, length, step};
}

Values statistics_of(const Samples& samples, size_t segments, uint32_t wanted) {
  require(samples.ndim() == 3 && segments > 0, "samples must be [n, steps, channels]");
  const size_t length = size_of(samples, 1) / segments;
  require(length >= 2 && length <= NAS_MOST_OF_STRETCH, "segments");
  require(wanted > 0 && wanted < 1u << NAS_STATISTICS, "wanted");
  features::Windows windows = windows_of(samples, length, length);
  windows.frames = segments;
  size_t count = 0;
  for (uint32_t bit = 0; bit < NAS_STATISTICS; ++bit) count += wanted >> bit & 1u;
  Values values({windows.count, windows.frames, count * windows.channels});
  int32_t* to = values.mutable_data();
  py::gil_scoped_release release;
  features::statistics(windows, wanted, to);
  return values;
}

Values spectrum_of(const Samples& samples, const py::dict& settings, const py::dict& tables) {
  const FrontEndTables made(settings, tables);
  const nas_front_end& fe = made.get();
  const features::Windows windows = windows_of(samples, fe.window, fe.step);
  Values values({windows.count, windows.frames, fe.channels * windows.channels});
  int32_t* to = values.mutable_data();
  py::gil_scoped_release release;
  features::spectrum(windows, fe, to);
  return values;
}

}  // namespace

void bind_windows(py::module_& module) {
  module.def("samples", &samples_of, py::arg("rows"), py::arg("fraction_bits"));
  module.def("statistics", &statistics_of, py::arg("samples"), py::arg("segments"), py::arg("wanted"));
  module.def("spectrum", &spectrum_of, py::arg("samples"), py::arg("settings"), py::arg("tables"));
}

}  // namespace nas
