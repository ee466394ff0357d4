// The options of TFLite's operators by name, for people who look at a model.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nas {

// The options with one number in the union BuiltinOptions: their names in the order of the table's fields, each with a
// letter for its type and, after "=", its value where the field is absent, if that is not 0.
//   ? truth value   b int8   B uint8   i int32   u uint32   l int64   f float32   s text
//   v numbers of int32   c of uint8   g of float32
//   P padding   A activation   M mirror padding   T tensor type   Q tensor type where 0 means none
//   -  a field that is not used any more
struct OptionRow {
  int8_t type;
  const char* fields;
};
extern const OptionRow kOptionRows[];
extern const size_t kOptionRowCount;

}  // namespace nas
