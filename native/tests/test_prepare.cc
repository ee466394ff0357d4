// Requests of kernels against figures recorded from the real ones, for cases that no test model has.
#include "harness.h"
#include "kernels.h"

namespace {

using nas::Tensor;

Tensor tensor(std::vector<int32_t> shape, bool constant = false) {
  Tensor t;
  t.shape = std::move(shape);
  t.constant = constant;
  t.elements = 1;
  for (int32_t size : t.shape) t.elements *= size;
  return t;
}

std::vector<int64_t> scratch(nas::Builtin kind, Tensor in, Tensor weights, Tensor out, const char* core) {
  nas::Subgraph graph;
  graph.tensors = {std::move(in), std::move(weights), std::move(out)};
  nas::Op op;
  op.kind = kind;
  op.inputs = {0, 1};
  op.outputs = {2};
  const auto requests = nas::prepare(*nas::find_kernel(kind), {&graph, &op}, nas::find_machine("cmsis_nn", core));
  return {requests.scratch.begin(), requests.scratch.end()};
}

}  // namespace

TEST(a_depthwise_convolution_has_no_scratch_on_cores_without_dsp) {
  const auto bytes = [](const char* core) {
    return scratch(nas::Builtin::kDepthwiseConv2d, tensor({1, 1, 64, 8}), tensor({1, 1, 5, 8}, true),
                   tensor({1, 1, 64, 8}), core);
  };
  EXPECT(bytes("cortex-m3").empty());
  EXPECT((bytes("cortex-m4") == std::vector<int64_t>{2 * 8 * 5}));
  EXPECT((bytes("cortex-m55") == std::vector<int64_t>{496 * 5}));
}

TEST(a_pointwise_convolution_has_no_scratch) {
  EXPECT(scratch(nas::Builtin::kConv2d, tensor({1, 8, 8, 16}), tensor({4, 1, 1, 16}, true), tensor({1, 8, 8, 4}),
                 "cortex-m4")
             .empty());
}

TEST(hostile_sizes_do_not_overflow) {
  const auto bytes = scratch(nas::Builtin::kConv2d, tensor({1, 1, 1, 1 << 30}), tensor({1, 1 << 15, 1 << 15, 1}, true),
                             tensor({1, 1, 1, 1}), "cortex-m4");
  EXPECT(bytes.size() == 1 && bytes[0] > 0);
}
