// The device's front-end for sound, for Python.
#include "bind_front_end.h"

#include <pybind11/numpy.h>

#include <cstring>
#include <memory>
#include <vector>

#include "cepstrum.h"
#include "frames.h"
#include "front_end_tables.h"

namespace py = pybind11;

namespace nas {
namespace {

using Samples = py::array_t<int16_t, py::array::c_style>;
template <typename T>
using Table = py::array_t<T, py::array::c_style>;

// Settings with the tables that they point to; immutable, so that threads can share it.
class FrontEnd : public FrontEndTables {
 public:
  using FrontEndTables::FrontEndTables;

  // level: which of the processor's versions computes; -1 is the best one.
  py::array_t<uint16_t> features(const Samples& clips, int level) const {
    require(clips.ndim() == 2, "clips must be [n, samples]");
    int levels = 0;
    const features::Batch* batches = features::usable(&levels);
    require(level >= -1 && level < levels, "no such level");
    const features::Clips given{clips.data(), static_cast<size_t>(clips.shape(0)), static_cast<size_t>(clips.shape(1))};
    const size_t frames = features::frames_of(get(), given.length);
    py::array_t<uint16_t> result({given.count, frames, size_t{get().channels}});
    uint16_t* to = result.mutable_data();
    if (given.count > 0 && frames > 0) {
      py::gil_scoped_release release;
      compute(batches[level < 0 ? levels - 1 : level], given, to);
    }
    return result;
  }

 private:
  void compute(features::Batch batch, const features::Clips& clips, uint16_t* to) const {
    if (!get().dc_notch) return batch(get(), clips, to);
    std::vector<int16_t> filtered(clips.count * clips.length);
    for (size_t clip = 0; clip < clips.count; ++clip) {
      nas_front_end_state state{};
      for (size_t i = clip * clips.length; i < (clip + 1) * clips.length; ++i) {
        filtered[i] = nas_front_end_without_dc(&get(), &state, clips.samples[i]);
      }
    }
    batch(get(), {filtered.data(), clips.count, clips.length}, to);
  }
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

// Frames of features [n, channels] become their cepstral coefficients [n, coefficients]; see cepstrum.h.
py::array_t<int16_t> cepstrum_of(const Table<uint16_t>& features, const Table<int16_t>& cosines,
                                 const Table<uint32_t>& scales, uint16_t middle) {
  require(features.ndim() == 2 && features.shape(1) >= 1 && features.shape(1) <= 1024,
          "features must be [n, channels]");
  require(cosines.ndim() == 1 && cosines.size() == 2 * features.shape(1) + 1, "cosines");
  for (py::ssize_t i = 0; i < cosines.size(); ++i)
    require(cosines.data()[i] >= -16384 && cosines.data()[i] <= 16384, "cosines");
  require(scales.ndim() == 1 && scales.size() >= 1 && scales.size() <= features.shape(1), "scales");
  for (py::ssize_t i = 0; i < scales.size(); ++i) require(scales.data()[i] < 1u << 22, "scales");
  const size_t frames = static_cast<size_t>(features.shape(0)), coefficients = static_cast<size_t>(scales.size());
  const nas_cepstrum cepstrum = {static_cast<uint16_t>(features.shape(1)), static_cast<uint16_t>(coefficients), middle,
                                 cosines.data(), scales.data()};
  py::array_t<int16_t> result({frames, coefficients});
  const uint16_t* from = features.data();
  int16_t* to = result.mutable_data();
  py::gil_scoped_release release;
  for (size_t i = 0; i < frames; ++i, from += cepstrum.channels, to += coefficients) {
    nas_cepstral_coefficients(&cepstrum, from, to);
  }
  return result;
}

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
  module.def("cepstrum", &cepstrum_of, py::arg("features"), py::arg("cosines"), py::arg("scales"), py::arg("middle"));
  module.def("front_end_levels", [] {
    int count = 0;
    features::usable(&count);
    return count;
  });
}

}  // namespace nas
