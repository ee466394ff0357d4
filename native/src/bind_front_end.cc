// The device's front-end for Python. Settings and tables come from Python, so all that could make the device's code
// leave its buffers is checked here.
#include "bind_front_end.h"

#include <pybind11/numpy.h>

#include <cstring>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "frames.h"
#include "front_end.h"

namespace py = pybind11;

namespace nas {
namespace {

using Samples = py::array_t<int16_t, py::array::c_style>;

void require(bool holds, const char* rule) {
  if (!holds) throw py::value_error(rule);
}

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

// Settings with the tables that they point to; immutable, so that threads can share it.
class FrontEnd {
 public:
  FrontEnd(const py::dict& settings, const py::dict& tables) {
    read_sizes(settings);
    read_steps(settings);
    read_tables(tables);
  }
  FrontEnd(const FrontEnd&) = delete;
  FrontEnd& operator=(const FrontEnd&) = delete;

  const nas_front_end& get() const { return fe_; }

  // level: which of the processor's versions computes; -1 is the best one.
  py::array_t<uint16_t> features(const Samples& clips, int level) const {
    require(clips.ndim() == 2, "clips must be [n, samples]");
    int levels = 0;
    const features::Batch* batches = features::usable(&levels);
    require(level >= -1 && level < levels, "no such level");
    const features::Clips given{clips.data(), static_cast<size_t>(clips.shape(0)), static_cast<size_t>(clips.shape(1))};
    const size_t frames = features::frames_of(fe_, given.length);
    py::array_t<uint16_t> result({given.count, frames, size_t{fe_.channels}});
    uint16_t* to = result.mutable_data();
    if (given.count > 0 && frames > 0) {
      py::gil_scoped_release release;
      compute(batches[level < 0 ? levels - 1 : level], given, to);
    }
    return result;
  }

 private:
  void read_sizes(const py::dict& settings) {
    fe_.window = number<uint16_t>(settings, "window", 1, 32768);
    fe_.step = number<uint16_t>(settings, "step", 1, fe_.window);
    fe_.log2_size = number<uint8_t>(settings, "log2_size", 2, 15);
    fe_.size = static_cast<uint16_t>(1u << fe_.log2_size);
    require(fe_.window <= fe_.size, "window");
    fe_.channels = number<uint16_t>(settings, "channels", 1, 4096);
    fe_.first_bin = number<uint16_t>(settings, "first_bin", 0, fe_.size / 2);
  }

  void read_steps(const py::dict& settings) {
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

  void read_tables(const py::dict& tables) {
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

  void compute(features::Batch batch, const features::Clips& clips, uint16_t* to) const {
    if (!fe_.dc_notch) return batch(fe_, clips, to);
    std::vector<int16_t> filtered(clips.count * clips.length);
    for (size_t clip = 0; clip < clips.count; ++clip) {
      nas_front_end_state state{};
      for (size_t i = clip * clips.length; i < (clip + 1) * clips.length; ++i) {
        filtered[i] = nas_front_end_without_dc(&fe_, &state, clips.samples[i]);
      }
    }
    batch(fe_, {filtered.data(), clips.count, clips.length}, to);
  }

  nas_front_end fe_{};
  std::vector<int16_t> taper_, twiddles_, split_twiddles_, gains_;
  std::vector<uint16_t> widths_, weights_;
};

// What a device does: samples in pieces of any length, features frame by frame.
class Stream {
 public:
  explicit Stream(std::shared_ptr<const FrontEnd> front_end)
      : front_end_(std::move(front_end)),
        history_(fe().window),
        spectrum_(fe().size + 2u),
        noise_(fe().channels),
        state_{} {
    state_.history = history_.data();
    state_.spectrum = spectrum_.data();
    state_.noise = noise_.data();
    nas_front_end_reset(&fe(), &state_);
  }

  py::array_t<uint16_t> push(const Samples& samples) {
    require(samples.ndim() == 1, "samples must be [n]");
    const int16_t* from = samples.data();
    std::vector<uint16_t> features;
    for (size_t left = static_cast<size_t>(samples.size()); left > 0;) {
      const size_t taken = nas_front_end_take(&fe(), &state_, from, left);
      from += taken;
      left -= taken;
      features.resize(features.size() + fe().channels);
      uint16_t* to = features.data() + features.size() - fe().channels;
      if (!nas_front_end_frame(&fe(), &state_, to)) features.resize(features.size() - fe().channels);
    }
    py::array_t<uint16_t> result({features.size() / fe().channels, size_t{fe().channels}});
    if (!features.empty()) std::memcpy(result.mutable_data(), features.data(), features.size() * sizeof(uint16_t));
    return result;
  }

  bool active() const { return state_.active != 0; }

  void reset() { nas_front_end_reset(&fe(), &state_); }

 private:
  const nas_front_end& fe() const { return front_end_->get(); }

  std::shared_ptr<const FrontEnd> front_end_;
  std::vector<int16_t> history_, spectrum_;
  std::vector<uint32_t> noise_;
  nas_front_end_state state_;
};

}  // namespace

void bind_front_end(py::module_& module) {
  py::class_<FrontEnd, std::shared_ptr<FrontEnd>>(module, "FrontEnd")
      .def(py::init<const py::dict&, const py::dict&>(), py::arg("settings"), py::arg("tables"))
      .def("features", &FrontEnd::features, py::arg("clips"), py::arg("level") = -1);
  py::class_<Stream>(module, "FrontEndStream")
      .def(py::init<std::shared_ptr<FrontEnd>>(), py::arg("front_end"))
      .def("push", &Stream::push, py::arg("samples"))
      .def("reset", &Stream::reset)
      .def_property_readonly("active", &Stream::active);
  module.def("front_end_levels", [] {
    int count = 0;
    features::usable(&count);
    return count;
  });
}

}  // namespace nas
