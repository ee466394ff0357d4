// The Python module nas._native: values in, tuples out; the types are told in nas/_native.pyi.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "bind_graph.h"
#include "flash.h"
#include "footprint.h"
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

py::tuple totals(const Footprint& f) {
  return py::make_tuple(f.file_bytes, f.weights_bytes, f.arena.head_bytes, f.arena.tail_bytes, f.arena.min_bytes,
                        f.code_bytes, f.macs, or_none(f.instructions >= 0, f.instructions), f.supported);
}

py::tuple shifted(const std::vector<int32_t>& indices, size_t start) {
  py::tuple result(indices.size());
  for (size_t i = 0; i < indices.size(); ++i) {
    result[i] = indices[i] < 0 ? -1 : indices[i] + static_cast<int64_t>(start);
  }
  return result;
}

py::list ops(const Graph& graph, const Footprint& f) {
  py::list rows;
  size_t flat = 0, first_tensor = 0;
  for (const Subgraph& subgraph : graph.subgraphs) {
    for (const Op& op : subgraph.ops) {
      const OpMemory& memory = f.arena.ops[flat];
      const OpWork& work = f.work[flat++];
      int64_t scratch = 0;
      for (int64_t bytes : memory.requests.scratch) scratch += bytes;
      rows.append(py::make_tuple(op_name(op.kind), work.macs, scratch,
                                 or_none(work.instructions >= 0, work.instructions), shifted(op.inputs, first_tensor),
                                 shifted(op.outputs, first_tensor), or_none(!memory.refusal.empty(), memory.refusal)));
    }
    first_tensor += subgraph.tensors.size();
  }
  return rows;
}

// Where a buffer of the plan lies, and the first and last operator that it lives through.
struct Place {
  std::optional<int64_t> offset;
  std::optional<int32_t> first_op, last_op;
};

Place place_of(const Arena& arena, size_t buffer) {
  const auto op_at = [&](int32_t step) -> std::optional<int32_t> {
    const auto& steps = arena.lives.op_at;
    if (step < 0 || steps.size() < 2) return std::nullopt;
    return steps[step == 0 ? 1 : static_cast<size_t>(step)];
  };
  const Buffer& b = arena.buffers[buffer];
  return {arena.offsets[buffer], op_at(b.first), op_at(b.last)};
}

py::tuple row(const std::string& name, const std::vector<int32_t>& shape, const std::string& type, int64_t bytes,
              const char* kind, const Place& place) {
  return py::make_tuple(name, py::tuple(py::cast(shape)), type, bytes, kind, place.offset, place.first_op,
                        place.last_op);
}

const char* kind_of(const Graph& graph, size_t flat, size_t subgraph_start, const Subgraph& subgraph) {
  const auto index = static_cast<int32_t>(flat - subgraph_start);
  const auto has = [index](const std::vector<int32_t>& indices) {
    return std::find(indices.begin(), indices.end(), index) != indices.end();
  };
  if (subgraph.tensors[static_cast<size_t>(index)].constant) return "constant";
  if (&subgraph != &graph.subgraphs.front()) return "activation";
  return has(subgraph.inputs) ? "input" : has(subgraph.outputs) ? "output" : "activation";
}

py::list tensors(const Graph& graph, const Footprint& f) {
  const std::vector<std::string> names = tensor_names(graph);
  std::vector<Place> places(names.size());
  size_t buffer = 0;
  for (; buffer < f.arena.owners.size() && f.arena.owners[buffer].tensor >= 0; ++buffer) {
    places[static_cast<size_t>(f.arena.owners[buffer].tensor)] = place_of(f.arena, buffer);
  }
  py::list rows;
  size_t flat = 0;
  std::vector<Builtin> kinds;
  for (const Subgraph& subgraph : graph.subgraphs) {
    const size_t start = flat;
    for (const Tensor& tensor : subgraph.tensors) {
      const char* kind = kind_of(graph, flat, start, subgraph);
      rows.append(row(names[flat], tensor.shape, type_name(tensor.type), tensor.bytes, kind, places[flat]));
      ++flat;
    }
    for (const Op& op : subgraph.ops) kinds.push_back(op.kind);
  }
  for (; buffer < f.arena.owners.size(); ++buffer) {
    const Owner& owner = f.arena.owners[buffer];
    const auto bytes = static_cast<int32_t>(std::min<int64_t>(owner.bytes, INT32_MAX));
    const std::string name = scratch_name(kinds[static_cast<size_t>(owner.op)], owner.op);
    rows.append(row(name, {bytes}, "int8", owner.bytes, "scratch", place_of(f.arena, buffer)));
  }
  return rows;
}

py::tuple full(const Graph& graph, const Footprint& f) {
  return py::make_tuple(totals(f), ops(graph, f), tensors(graph, f));
}

py::tuple profile(const py::bytes& model, const std::string& kernels, const std::string& core,
                  const std::string& release) {
  const auto bytes = static_cast<std::string_view>(model);
  const Machine machine = find_machine(kernels, core, release);
  Graph graph;
  Footprint footprint;
  {
    py::gil_scoped_release release;
    graph = read_tflite(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
    footprint = find_footprint(graph, machine);
  }
  return full(graph, footprint);
}

py::tuple estimate(const py::handle& python_graph, const std::string& kernels, const std::string& core,
                   const std::string& release) {
  const Machine machine = find_machine(kernels, core, release);
  const Graph graph = graph_from_python(python_graph);
  return full(graph, find_footprint(graph, machine));
}

py::list estimate_many(const py::iterable& python_graphs, const std::string& kernels, const std::string& core,
                       const std::string& release) {
  const Machine machine = find_machine(kernels, core, release);
  std::vector<Graph> graphs;
  for (const py::handle graph : python_graphs) graphs.push_back(graph_from_python(graph));
  std::vector<Footprint> footprints;
  footprints.reserve(graphs.size());
  {
    py::gil_scoped_release release;
    for (const Graph& graph : graphs) footprints.push_back(find_footprint(graph, machine));
  }
  py::list rows;
  for (const Footprint& footprint : footprints) rows.append(totals(footprint));
  return rows;
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
    result[kPurposeNames[i]] = py::make_tuple(entry.count, entry.requested_bytes, entry.used_bytes);
  }
  return result;
}

// What the arena's tail and head are made of, for tests against TFLM's own records.
py::dict allocations(const py::bytes& model, const std::string& kernels, const std::string& core,
                     const std::string& release) {
  const auto bytes = static_cast<std::string_view>(model);
  const Graph graph = read_tflite(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  const Arena arena = lay_out(graph, find_machine(kernels, core, release));
  py::list nodes, plan;
  for (const OpMemory& op : arena.ops) {
    nodes.append(py::make_tuple(op.options.bytes, op.options.align, op.state_bytes, values(op.requests.persistent),
                                values(op.requests.scratch)));
  }
  for (size_t i = 0; i < arena.buffers.size(); ++i) {
    plan.append(py::make_tuple(arena.owners[i].bytes, arena.buffers[i].first, arena.buffers[i].last, arena.offsets[i]));
  }
  py::dict result;
  result["nodes"] = nodes;
  result["plan"] = plan;
  result["recorded"] = recorded(arena);
  return result;
}

// What the instructions of each operator are made of, for fitting them to counted ones.
py::list work(const py::bytes& model, const std::string& kernels, const std::string& core) {
  const auto bytes = static_cast<std::string_view>(model);
  const Graph graph = read_tflite(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  const Machine machine = find_machine(kernels, core);
  py::list rows;
  for (const Subgraph& subgraph : graph.subgraphs) {
    for (const Op& op : subgraph.ops) {
      const Node node{&subgraph, &op};
      const Terms terms = work_terms(node, machine);
      rows.append(py::make_tuple(op_name(terms.kind), type_name(terms.type),
                                 kPathNames[static_cast<size_t>(terms.path)], fit_key(machine.fits, terms),
                                 std::vector<double>(terms.values.begin(), terms.values.begin() + terms.count)));
    }
  }
  return rows;
}

using Row = std::tuple<int64_t, int32_t, int32_t>;

std::vector<Buffer> buffers_of(const std::vector<Row>& rows) {
  std::vector<Buffer> buffers;
  for (const auto& [bytes, first, last] : rows) buffers.push_back({bytes, first, last, kOnline});
  return buffers;
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
  m.attr("TFLM_VERSION") = kTflmVersion;
  m.attr("CMSIS_NN_VERSION") = kCmsisNnVersion;
  m.attr("LINKED_OPS") = py::frozenset(py::cast(linked_ops()));
  prepare_graph_names();
  m.def("profile", &profile, py::arg("model"), py::arg("kernels"), py::arg("core"), py::arg("release") = "");
  m.def("estimate", &estimate, py::arg("graph"), py::arg("kernels"), py::arg("core"), py::arg("release") = "");
  m.def("estimate_many", &estimate_many, py::arg("graphs"), py::arg("kernels"), py::arg("core"),
        py::arg("release") = "");
  m.def("allocations", &allocations, py::arg("model"), py::arg("kernels"), py::arg("core"), py::arg("release") = "");
  m.def("work", &work, py::arg("model"), py::arg("kernels"), py::arg("core"));
  m.def("plan", [](const std::vector<Row>& rows) { return plan_greedily(buffers_of(rows)); }, py::arg("buffers"));
  m.def(
      "check_plan",
      [](const std::vector<Row>& rows, const std::vector<int64_t>& offsets, int64_t head_bytes) {
        return fault_name(check_plan(buffers_of(rows), offsets, head_bytes));
      },
      py::arg("buffers"), py::arg("offsets"), py::arg("head_bytes"));
}
