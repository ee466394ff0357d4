#include <cstring>
#include <string>
#include <vector>

#include "check.h"
#include "harness.h"
#include "tflite_reader.h"

namespace {

// Returns the message with which the bytes are refused, empty if they are read.
std::string refused(const std::vector<uint8_t>& bytes) {
  try {
    nas::read_tflite(bytes.data(), bytes.size());
  } catch (const nas::Malformed& error) {
    return error.what();
  }
  return {};
}

std::vector<uint8_t> header(uint32_t root, size_t size) {
  std::vector<uint8_t> bytes(size, 0);
  std::memcpy(bytes.data(), &root, 4);
  std::memcpy(bytes.data() + 4, "TFL3", 4);
  return bytes;
}

nas::Graph calling(int32_t first, int32_t second) {
  nas::Graph graph;
  graph.subgraphs.resize(2);
  for (int32_t callee : {first, second}) {
    nas::Op op;
    op.kind = nas::Builtin::kCallOnce;
    op.options.first_subgraph = callee;
    graph.subgraphs[callee == first ? 0 : 1].ops.push_back(op);
  }
  return graph;
}

}  // namespace

TEST(bytes_without_the_identifier_are_refused_at_byte_4) {
  EXPECT(refused(std::vector<uint8_t>(64, 1)).rfind("byte 4:", 0) == 0);
}

TEST(an_empty_file_is_refused) { EXPECT(!refused({}).empty()); }

TEST(a_root_beyond_the_file_is_refused_at_its_place) {
  EXPECT(refused(header(1u << 30, 64)).rfind("byte 1073741824:", 0) == 0);
}

TEST(a_table_whose_vtable_lies_before_the_file_is_refused) {
  auto bytes = header(16, 64);
  const int32_t back = 1000;
  std::memcpy(bytes.data() + 16, &back, 4);
  EXPECT(refused(bytes).find("vtable") != std::string::npos);
}

TEST(subgraphs_that_call_each_other_are_refused) {
  bool thrown = false;
  try {
    nas::check(calling(1, 0));
  } catch (const nas::Malformed&) {
    thrown = true;
  }
  EXPECT(thrown);
}

TEST(a_shape_whose_size_overflows_is_refused) {
  nas::Tensor tensor;
  tensor.shape = {1 << 30, 1 << 30, 1 << 30, 1 << 30, 1 << 30};
  bool thrown = false;
  try {
    nas::set_size(tensor);
  } catch (const nas::Malformed&) {
    thrown = true;
  }
  EXPECT(thrown);
}
