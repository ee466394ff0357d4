#include "bind_batch.h"

#if defined(_MSC_VER)  // without vectors of GCC and Clang there are no kernels, and LiteRT evaluates

void nas::bind_batch(pybind11::module_& m) { m.attr("BATCH_LEVELS") = 0; }

#else

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <array>
#include <vector>

#include "../batch/program.h"

namespace py = pybind11;

namespace nas {
namespace {

using batch::Kernels;
using batch::Program;

template <typename T>
using Numbers = py::array_t<T, py::array::c_style | py::array::forcecast>;

template <typename T>
std::vector<T> vector_of(const Numbers<T>& array) {
  return {array.data(), array.data() + array.size()};
}

// Structures of integers, in the order of their fields.
batch::Window window_of(const std::array<int, 13>& f) {
  return {f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9], f[10], f[11], f[12]};
}

std::vector<batch::Loop> loops_of(const std::vector<std::array<int, 3> >& loops) {
  std::vector<batch::Loop> found;
  for (const auto& [count, step_a, step_b] : loops) found.push_back({count, step_a, step_b});
  return found;
}

std::vector<const Kernels*> levels() {
  int count = 0;
  const Kernels* const* found = batch::usable(&count);
  return {found, found + count};
}

int convolve(Program& program, int in, const std::array<int, 13>& window, const Numbers<float>& weights,
             const Numbers<int32_t>& bias, const Numbers<int32_t>& multiplier, const Numbers<int8_t>& shift,
             const std::array<int, 3>& bounds, int zero_point, bool depthwise) {
  return program.convolve(in, window_of(window), vector_of(weights),
                          {vector_of(bias), vector_of(multiplier), vector_of(shift)}, {bounds[0], bounds[1], bounds[2]},
                          zero_point, depthwise);
}

py::array_t<int8_t> run(const Program& program, const Numbers<int8_t>& rows) {
  if (rows.ndim() != 2 || rows.shape(1) != program.inputs()) throw py::value_error("must be rows of all inputs");
  py::array_t<int8_t> found({rows.shape(0), static_cast<py::ssize_t>(program.outputs())});
  int8_t* outputs = found.mutable_data();
  {
    const py::gil_scoped_release released;
    program.run(rows.data(), rows.shape(0), outputs);
  }
  return found;
}

}  // namespace

void bind_batch(py::module_& m) {
  m.attr("BATCH_LEVELS") = static_cast<int>(levels().size());
  py::class_<Program>(m, "Batch")
      .def(py::init([](int inputs, int level) { return Program(inputs, *levels().at(static_cast<size_t>(level))); }),
           py::arg("inputs"), py::arg("level"))
      .def("constant", [](Program& p, const Numbers<int8_t>& values) { return p.constant(vector_of(values)); })
      .def("convolve", &convolve, py::arg("source"), py::arg("window"), py::arg("weights"), py::arg("bias"),
           py::arg("multiplier"), py::arg("shift"), py::arg("bounds"), py::arg("zero_point"), py::arg("depthwise"))
      .def("max_pool",
           [](Program& p, int in, const std::array<int, 13>& window) { return p.max_pool(in, window_of(window)); })
      .def("average_pool",
           [](Program& p, int in, const std::array<int, 13>& window) { return p.average_pool(in, window_of(window)); })
      .def("clamp", &Program::clamp)
      .def("look_up", [](Program& p, int in, const Numbers<int8_t>& table) { return p.look_up(in, vector_of(table)); })
      .def("gather", [](Program& p, const std::vector<int>& ins,
                        const Numbers<int32_t>& places) { return p.gather(ins, vector_of(places)); })
      .def("softmax", [](Program& p, int in,
                         const std::array<int, 5>& f) { return p.softmax(in, {f[0], f[1], f[2], f[3], f[4]}); })
      .def("mean", [](Program& p, int in,
                      const std::array<int, 7>& f) { return p.mean(in, {f[0], f[1], f[2], f[3], f[4], f[5], f[6]}); })
      .def("add",
           [](Program& p, int a, int b, const std::vector<std::array<int, 3> >& loops, const std::array<int, 12>& f) {
             return p.add(a, b, loops_of(loops),
                          {f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9], f[10], f[11]});
           })
      .def("multiply",
           [](Program& p, int a, int b, const std::vector<std::array<int, 3> >& loops, const std::array<int, 7>& f) {
             return p.multiply(a, b, loops_of(loops), {f[0], f[1], f[2], f[3], f[4], f[5], f[6]});
           })
      .def("lstm",
           [](Program& p, int in, const std::array<int, 6>& f, const std::array<int32_t, 11>& multipliers,
              const std::array<int8_t, 11>& shifts, const Numbers<int8_t>& weights, const Numbers<int32_t>& bias) {
             return p.lstm(
                 in, {f[0], f[1], f[2], f[3], f[4], f[5], multipliers, shifts, vector_of(weights), vector_of(bias)});
           })
      .def("run", &run, py::arg("rows"));
}

}  // namespace nas

#endif
