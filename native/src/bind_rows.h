// The named tuples that the Python module returns; nas/_native.pyi describes each.
#pragma once

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <array>
#include <cstddef>
#include <string>
#include <utility>

namespace nas {

// A type of named tuples, made as Python's `time.struct_time` is: as fast to make as a plain tuple, which matters in
// bulk.
template <size_t Fields>
class Row {
 public:
  // The names must live as long as the process.
  Row(pybind11::module_& module, const char* name, const std::array<const char*, Fields>& fields) {
    std::array<PyStructSequence_Field, Fields + 1> described{};
    for (size_t i = 0; i < Fields; ++i) described[i].name = fields[i];
    const std::string full_name = std::string("nas._native.") + name;
    PyStructSequence_Desc description = {full_name.c_str(), nullptr, described.data(), static_cast<int>(Fields)};
    type_ = PyStructSequence_NewType(&description);
    if (type_ == nullptr) throw pybind11::error_already_set();
    module.add_object(name, reinterpret_cast<PyObject*>(type_));
  }

  template <typename... Values>
  pybind11::object operator()(Values&&... values) const {
    static_assert(sizeof...(Values) == Fields, "a value for each field");
    auto row = pybind11::reinterpret_steal<pybind11::object>(PyStructSequence_New(type_));
    if (!row) throw pybind11::error_already_set();
    Py_ssize_t i = 0;
    (PyStructSequence_SetItem(row.ptr(), i++, new_reference(std::forward<Values>(values))), ...);
    return row;
  }

 private:
  template <typename Value>
  static PyObject* new_reference(Value&& value) {
    return pybind11::object(pybind11::detail::object_or_cast(std::forward<Value>(value))).release().ptr();
  }

  PyTypeObject* type_;
};

struct Rows {
  Row<11> totals;
  Row<10> op;
  Row<8> tensor;
  Row<3> measured;
  Row<5> node;
  Row<4> planned;
  Row<3> recorded;
  Row<3> allocations;
  Row<5> work;
  Row<6> details;
  Row<5> subgraph;
  Row<6> tensor_details;
  Row<2> op_details;
  Row<3> entry;
};

// Makes the types of rows once and adds them to the module.
void prepare_rows(pybind11::module_& module);
const Rows& rows();

}  // namespace nas
