#include "bind_graph.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "check.h"
#include "file_size.h"
#include "names.h"

namespace py = pybind11;

namespace nas {
namespace {

// Interned names of attributes and keys. They live as long as the process, as interned strings do.
struct Names {
  PyObject *tensors, *ops, *inputs, *outputs, *shape, *dtype, *constant, *scales, *variable, *kind, *options;
  PyObject *padding, *stride, *dilation, *filter, *activation;
};
Names names;

py::object attribute(const py::handle& object, PyObject* name) {
  PyObject* value = PyObject_GetAttr(object.ptr(), name);
  if (value == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(value);
}

int32_t integer(const py::handle& value) {
  const int64_t number = PyLong_AsLongLong(value.ptr());
  if (number == -1 && PyErr_Occurred() != nullptr) throw py::error_already_set();
  if (number < INT32_MIN || number > INT32_MAX) throw Malformed("a number must have 32 bits");
  return static_cast<int32_t>(number);
}

std::vector<int32_t> integers(const py::object& sequence) {
  const auto tuple = py::reinterpret_borrow<py::tuple>(PyTuple_Check(sequence.ptr()) ? sequence : py::tuple(sequence));
  std::vector<int32_t> values;
  values.reserve(tuple.size());
  for (const py::handle item : tuple) values.push_back(integer(item));
  return values;
}

std::string text(const py::handle& value) {
  Py_ssize_t size = 0;
  const char* characters = PyUnicode_AsUTF8AndSize(value.ptr(), &size);
  if (characters == nullptr) throw py::error_already_set();
  return {characters, static_cast<size_t>(size)};
}

// Ignores a tensor's own name, which only names the block that made it: the tensor is named by its role, as in the
// file.
Tensor read_tensor(const py::handle& object) {
  Tensor tensor;
  tensor.shape = integers(attribute(object, names.shape));
  tensor.type = find_type(text(attribute(object, names.dtype)));
  tensor.constant = attribute(object, names.constant).ptr() == Py_True;
  tensor.scales = integer(attribute(object, names.scales));
  tensor.variable = attribute(object, names.variable).ptr() == Py_True;
  tensor.quantized = tensor.scales > 0;
  set_size(tensor);
  return tensor;
}

void read_pair(const py::handle& options, PyObject* key, int32_t& height, int32_t& width) {
  PyObject* value = PyDict_GetItemWithError(options.ptr(), key);
  if (value == nullptr) return;
  const auto pair = integers(py::reinterpret_borrow<py::object>(value));
  if (pair.size() != 2) throw Malformed("a stride, filter or dilation must be (height, width)");
  for (int32_t step : pair) {
    if (step < 1 || step > kMaxStep) throw Malformed("a stride, filter or dilation is out of range");
  }
  height = pair[0];
  width = pair[1];
}

// Returns the number of TFLite's ActivationFunctionType.
int8_t activation_number(const std::string& name) {
  constexpr std::array kNames = {"NONE", "RELU", "RELU_N1_TO_1", "RELU6", "TANH", "SIGN_BIT"};
  const auto* found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) throw Malformed("an activation must be one that TFLite has");
  return static_cast<int8_t>(found - kNames.begin());
}

Options read_options(const py::object& mapping) {
  const py::object options = PyDict_Check(mapping.ptr()) ? mapping : py::dict(mapping);
  Options result;
  if (PyObject* padding = PyDict_GetItemWithError(options.ptr(), names.padding)) {
    result.same_padding = text(padding) == "SAME";
  }
  if (PyObject* activation = PyDict_GetItemWithError(options.ptr(), names.activation)) {
    result.activation = activation_number(text(activation));
  }
  read_pair(options, names.stride, result.stride_h, result.stride_w);
  read_pair(options, names.dilation, result.dilation_h, result.dilation_w);
  read_pair(options, names.filter, result.filter_h, result.filter_w);
  return result;
}

Op read_op(const py::handle& object) {
  Op op;
  op.kind = find_builtin(text(attribute(object, names.kind)));
  op.inputs = integers(attribute(object, names.inputs));
  op.outputs = integers(attribute(object, names.outputs));
  op.options = read_options(attribute(object, names.options));
  return op;
}

}  // namespace

void prepare_graph_names() {
  const auto intern = [](const char* name) { return PyUnicode_InternFromString(name); };
  names = {intern("tensors"),  intern("ops"),      intern("inputs"),   intern("outputs"),
           intern("shape"),    intern("dtype"),    intern("constant"), intern("scales"),
           intern("variable"), intern("kind"),     intern("options"),  intern("padding"),
           intern("stride"),   intern("dilation"), intern("filter"),   intern("activation")};
}

Graph graph_from_python(const py::handle& object) {
  Graph graph;
  Subgraph& subgraph = graph.subgraphs.emplace_back();
  const py::object tensors = attribute(object, names.tensors), ops = attribute(object, names.ops);
  subgraph.tensors.reserve(py::len_hint(tensors));
  subgraph.ops.reserve(py::len_hint(ops));
  for (const py::handle tensor : tensors) subgraph.tensors.push_back(read_tensor(tensor));
  for (const py::handle op : ops) subgraph.ops.push_back(read_op(op));
  subgraph.inputs = integers(attribute(object, names.inputs));
  subgraph.outputs = integers(attribute(object, names.outputs));
  check(graph);
  graph.file_bytes = slim_file_bytes(graph);
  return graph;
}

}  // namespace nas
