#include <cstdint>
#include <vector>

#include "harness.h"
#include "kernels.h"
#include "machine.h"
#include "types.h"

namespace {

using nas::Builtin;
using nas::NotTaken;
using nas::Type;

// Returns what TFLM does not take of an operator with tensors of these types, each with a scale.
std::optional<NotTaken> not_taken(Builtin kind, const std::vector<Type>& inputs, const std::vector<Type>& outputs,
                                  const char* kernels = "reference") {
  nas::Subgraph graph;
  nas::Op op;
  op.kind = kind;
  const auto add = [&](Type type, std::vector<int32_t>& indices) {
    indices.push_back(static_cast<int32_t>(graph.tensors.size()));
    graph.tensors.emplace_back();
    graph.tensors.back().type = type;
    graph.tensors.back().quantized = true;
  };
  for (Type type : inputs) add(type, op.inputs);
  for (Type type : outputs) add(type, op.outputs);
  return nas::find_not_taken({&graph, &op}, nas::find_machine(kernels, "cortex-m4"));
}

}  // namespace

TEST(every_kernel_says_which_types_it_takes) {
  for (int16_t code = 0; code < 256; ++code) {
    const auto kind = static_cast<Builtin>(code);
    if (nas::find_kernel(kind) != nullptr) EXPECT(nas::has_type_row(kind));
  }
}

TEST(an_operator_without_a_row_takes_no_type) { EXPECT(not_taken(Builtin::kCustom, {}, {}).has_value()); }

TEST(the_first_tensor_of_a_type_that_is_never_taken_is_named) {
  const auto wrong = not_taken(Builtin::kConv2d, {Type::kInt8, Type::kUint8, Type::kInt32}, {Type::kUint8});
  EXPECT(wrong && wrong->reason == NotTaken::Reason::kType && !wrong->is_output && wrong->position == 1);
}

TEST(tensors_of_one_type_may_not_have_two) {
  EXPECT(!not_taken(Builtin::kReshape, {Type::kUint8, Type::kInt32}, {Type::kUint8}));
  const auto wrong = not_taken(Builtin::kReshape, {Type::kUint8, Type::kInt32}, {Type::kInt8});
  EXPECT(wrong && wrong->reason == NotTaken::Reason::kCombination && wrong->is_output);
}

TEST(the_last_place_of_a_row_repeats) {
  const std::vector<Type> three(3, Type::kFloat32);
  EXPECT(!not_taken(Builtin::kConcatenation, three, {Type::kFloat32}));
  EXPECT(not_taken(Builtin::kConcatenation, {Type::kFloat32, Type::kFloat32, Type::kInt8}, {Type::kFloat32}));
}

TEST(only_cmsis_nn_wants_equal_types_of_an_addition) {
  const std::vector<Type> mixed = {Type::kInt8, Type::kInt16};
  EXPECT(!not_taken(Builtin::kAdd, mixed, {Type::kInt8}));
  EXPECT(not_taken(Builtin::kAdd, mixed, {Type::kInt8}, "cmsis_nn"));
}
