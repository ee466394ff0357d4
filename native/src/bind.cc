// The Python module nas._native: values in, named tuples out, as nas/_native.pyi describes them.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "best_plan.h"
#include "bind_batch.h"
#include "bind_file.h"
#include "bind_front_end.h"
#include "bind_graph.h"
#include "bind_rows.h"
#include "bind_windows.h"
#include "details.h"
#include "flash.h"
#include "footprint.h"
#include "listing.h"
#include "machine.h"
#include "names.h"
#include "plan_check.h"
#include "tflite_reader.h"
#include "work.h"

namespace py = pybind11;

namespace nas {
namespace {

template <typename T>
py::object or_none(bool known, T value) {
  return known ? py::cast(value) : py::none();
}

py::object totals(const Footprint& f) {
  return rows().totals(f.file_bytes, f.weights_bytes, f.arena.head_bytes, f.arena.tail_bytes, f.arena.min_bytes,
                       f.code_bytes, f.macs, or_none(f.instructions >= 0, f.instructions), f.supported, f.complete,
                       f.arena.variables);
}

py::tuple tuple_of(const std::vector<int32_t>& numbers) {
  py::tuple result(numbers.size());
  for (size_t i = 0; i < numbers.size(); ++i) {
    PyTuple_SET_ITEM(result.ptr(), static_cast<Py_ssize_t>(i), PyLong_FromLong(numbers[i]));
  }
  return result;
}

py::object op_row(const ListedOp& op) {
  return rows().op(op_name(op.kind), op.macs, op.scratch_bytes, or_none(op.instructions >= 0, op.instructions),
                   tuple_of(op.inputs), tuple_of(op.outputs), or_none(!op.refusal.empty(), op.refusal), op.known,
                   or_none(!op.custom_code.empty(), op.custom_code), op.extrapolated);
}

constexpr const char* kRoleNames[] = {"input", "output", "activation", "constant", "scratch"};  // in the order of Role

py::object tensor_row(const ListedTensor& tensor) {
  return rows().tensor(tensor.name, tuple_of(tensor.shape), type_name(tensor.type), tensor.bytes,
                       kRoleNames[static_cast<size_t>(tensor.role)], tensor.offset, tensor.first_op, tensor.last_op);
}

py::object measured(const Graph& graph, const Footprint& footprint) {
  py::list ops, tensors;
  for (const ListedOp& op : list_ops(graph, footprint)) ops.append(op_row(op));
  for (const ListedTensor& tensor : list_tensors(graph, footprint)) tensors.append(tensor_row(tensor));
  return rows().measured(totals(footprint), ops, tensors);
}

py::object profile(const py::bytes& model, const std::string& kernels, const std::string& core,
                   const std::string& release) {
  const auto bytes = static_cast<std::string_view>(model);
  const Machine machine = find_machine(kernels, core, release);
  Graph graph;
  Footprint footprint;
  {
    py::gil_scoped_release unlocked;
    graph = read_tflite(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
    footprint = find_footprint(graph, machine);
  }
  return measured(graph, footprint);
}

py::object estimate(const py::handle& python_graph, const std::string& kernels, const std::string& core,
                    const std::string& release) {
  const Machine machine = find_machine(kernels, core, release);
  const Graph graph = graph_from_python(python_graph);
  return measured(graph, find_footprint(graph, machine));
}

py::list estimate_many(const py::iterable& python_graphs, const std::string& kernels, const std::string& core,
                       const std::string& release) {
  const Machine machine = find_machine(kernels, core, release);
  std::vector<Graph> graphs;
  for (const py::handle graph : python_graphs) graphs.push_back(graph_from_python(graph));
  std::vector<Footprint> footprints;
  footprints.reserve(graphs.size());
  {
    py::gil_scoped_release unlocked;
    for (const Graph& graph : graphs) footprints.push_back(find_footprint(graph, machine));
  }
  py::list result;
  for (const Footprint& footprint : footprints) result.append(totals(footprint));
  return result;
}

template <typename T>
py::bytes bytes_of(const std::vector<T>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(T)};
}

py::object tensor_details_row(const TensorDetails& tensor) {
  return rows().tensor_details(bytes_of(tensor.scales), bytes_of(tensor.zero_points), tensor.axis,
                               tuple_of(tensor.signature), tensor.data.start, tensor.data.bytes);
}

py::dict options_of(const OpDetails& op) {
  py::dict options;
  for (const auto& [name, value] : op.options) options[py::str(name)] = value;
  return options;
}

// Text from a file: what is no UTF-8 is replaced.
py::str text_of(const std::string& text) {
  PyObject* decoded = PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace");
  if (decoded == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::str>(decoded);
}

py::object details(const py::bytes& model) {
  const auto bytes = static_cast<std::string_view>(model);
  const Details read = read_details(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  py::list subgraphs, tensors, ops, metadata, signatures;
  for (const SubgraphDetails& one : read.subgraphs) {
    subgraphs.append(
        rows().subgraph(text_of(one.name), one.tensors, one.ops, tuple_of(one.inputs), tuple_of(one.outputs)));
  }
  for (const TensorDetails& tensor : read.tensors) tensors.append(tensor_details_row(tensor));
  for (const OpDetails& op : read.ops) ops.append(rows().op_details(op.version, options_of(op)));
  for (const Entry& entry : read.metadata) {
    metadata.append(rows().entry(text_of(entry.name), entry.data.start, entry.data.bytes));
  }
  for (const std::string& signature : read.signatures) signatures.append(text_of(signature));
  return rows().details(text_of(read.description), subgraphs, tensors, ops, metadata, signatures);
}

std::vector<int64_t> values(const Sizes& sizes) { return {sizes.begin(), sizes.end()}; }

// The recording allocator's own names, in the order of Purpose.
constexpr std::array<const char*, kPurposes> kPurposeNames = {
    "eval_tensor",     "node_reg", "persistent_buffer", "persistent_tensor", "persistent_tensor_quant",
    "variable_buffer", "other"};

py::dict recorded(const Arena& arena) {
  py::dict result;
  for (size_t i = 0; i < kPurposes; ++i) {
    const Recorded& entry = arena.recorded[i];
    result[kPurposeNames[i]] = rows().recorded(entry.count, entry.requested_bytes, entry.used_bytes);
  }
  return result;
}

// Returns the parts of the arena's tail and head, for tests against TFLM's own records.
py::object allocations(const py::bytes& model, const std::string& kernels, const std::string& core,
                       const std::string& release) {
  const auto bytes = static_cast<std::string_view>(model);
  const Graph graph = read_tflite(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  const Arena arena = lay_out(graph, find_machine(kernels, core, release));
  py::list nodes, plan;
  for (const OpMemory& op : arena.ops) {
    nodes.append(rows().node(op.options.bytes, op.options.align, op.state_bytes, values(op.requests.persistent),
                             values(op.requests.scratch)));
  }
  for (size_t i = 0; i < arena.buffers.size(); ++i) {
    plan.append(rows().planned(arena.owners[i].bytes, arena.buffers[i].first, arena.buffers[i].last, arena.offsets[i]));
  }
  return rows().allocations(nodes, plan, recorded(arena));
}

Graph read_bytes(const py::bytes& model) {
  const auto bytes = static_cast<std::string_view>(model);
  return read_tflite(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
}

// Returns the terms of each operator's instructions, for fitting them to counted ones.
py::list work(const py::object& model, const std::string& kernels, const std::string& core) {
  const Graph graph = py::isinstance<py::bytes>(model) ? read_bytes(model) : graph_from_python(model);
  const Machine machine = find_machine(kernels, core);
  py::list result;
  for (const Subgraph& subgraph : graph.subgraphs) {
    for (const Node& node : nodes_of(subgraph, machine)) {
      const Terms terms = work_terms(node, machine);
      result.append(rows().work(op_name(terms.kind), type_name(terms.type), kPathNames[static_cast<size_t>(terms.path)],
                                fit_key(machine.fits, terms),
                                std::vector<double>(terms.values.begin(), terms.values.begin() + terms.count)));
    }
  }
  return result;
}

using GivenBuffer = std::tuple<int64_t, int32_t, int32_t>;  // bytes, first step, last step

std::vector<Buffer> buffers_of(const std::vector<GivenBuffer>& given) {
  std::vector<Buffer> buffers;
  for (const auto& [bytes, first, last] : given) buffers.push_back({bytes, first, last, kOnline});
  return buffers;
}

// Returns the best plan of tensors, with scratch memory around it as TFLM places it, if that is lower than TFLM's own.
py::tuple best_plan(const py::bytes& model, const std::string& kernels, const std::string& core,
                    const std::string& release, int64_t most_steps) {
  const auto bytes = static_cast<std::string_view>(model);
  const Machine machine = find_machine(kernels, core, release);
  Graph graph = read_tflite(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  graph.offline_offsets.clear();
  const Arena own = lay_out(graph, machine);
  const BestPlan best = plan_best(own.buffers, most_steps);
  graph.offline_offsets.assign(tensor_starts(graph).back(), kOnline);
  for (size_t i = 0; i < own.owners.size(); ++i) {
    const int32_t tensor = own.owners[i].tensor;
    if (tensor >= 0) graph.offline_offsets[static_cast<size_t>(tensor)] = static_cast<int32_t>(best.offsets[i]);
  }
  const Arena planned = lay_out(graph, machine);
  const bool valid = check_plan(planned.buffers, planned.offsets, planned.head_bytes) == PlanFault::kNone;
  const bool lower = valid && planned.head_bytes < own.head_bytes;
  const int64_t head = lower ? planned.head_bytes : own.head_bytes;
  return py::make_tuple(own.head_bytes, head, least_plan_bytes(own.buffers), best.optimal && head == best.bytes,
                        lower ? tuple_of(graph.offline_offsets) : py::tuple());
}

const char* fault_name(PlanFault fault) {
  constexpr const char* kNames[] = {"none", "wrong count", "negative offset", "beyond end", "overlap"};
  return kNames[static_cast<size_t>(fault)];
}

}  // namespace
}  // namespace nas

PYBIND11_MODULE(_native, m) {
  using namespace nas;
  m.doc() = "TensorFlow Lite Micro's memory and work, computed from a model and a machine.";
  bind_front_end(m);
  bind_windows(m);
  m.attr("TFLM_VERSION") = kTflmVersion;
  m.attr("CMSIS_NN_VERSION") = kCmsisNnVersion;
  m.attr("LINKED_OPS") = py::frozenset(py::cast(linked_ops()));
  prepare_graph_names();
  prepare_rows(m);
  bind_batch(m);
  m.def("profile", &profile, py::arg("model"), py::arg("kernels"), py::arg("core"), py::arg("release") = "");
  m.def("estimate", &estimate, py::arg("graph"), py::arg("kernels"), py::arg("core"), py::arg("release") = "");
  m.def("estimate_many", &estimate_many, py::arg("graphs"), py::arg("kernels"), py::arg("core"),
        py::arg("release") = "");
  m.def("allocations", &allocations, py::arg("model"), py::arg("kernels"), py::arg("core"), py::arg("release") = "");
  m.def("details", &details, py::arg("model"));
  m.def("work", &work, py::arg("model"), py::arg("kernels"), py::arg("core"));
  m.def("write_file", &write_file, py::arg("parts"), py::arg("identifier"));
  m.def("best_plan", &best_plan, py::arg("model"), py::arg("kernels"), py::arg("core"), py::arg("release"),
        py::arg("most_steps"));
  m.def(
      "plan_best",
      [](const std::vector<GivenBuffer>& given, int64_t most_steps) {
        const BestPlan plan = plan_best(buffers_of(given), most_steps);
        return py::make_tuple(plan.offsets, plan.bytes, plan.optimal);
      },
      py::arg("buffers"), py::arg("most_steps"));
  m.def(
      "plan", [](const std::vector<GivenBuffer>& given) { return plan_greedily(buffers_of(given)); },
      py::arg("buffers"));
  m.def(
      "check_plan",
      [](const std::vector<GivenBuffer>& given, const std::vector<int64_t>& offsets, int64_t head_bytes) {
        return fault_name(check_plan(buffers_of(given), offsets, head_bytes));
      },
      py::arg("buffers"), py::arg("offsets"), py::arg("head_bytes"));
}
