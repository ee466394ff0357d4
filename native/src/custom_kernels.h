// TFLM's own custom operators: signal processing, streaming and the end of object detectors, as a table of data.
#pragma once

#include <array>
#include <string>

#include "kernels.h"

namespace nas {

struct CustomKernel {
  const char* code;  // the name under which TFLM registers it
  // The type and rank of each input and output: f float32, 8 int8, h int16, i int32, u uint32, U uint64, b bool, T the
  // type that option T names, * any; a rank of . is any.
  const char *inputs, *outputs;
  std::array<const char*, 3> options;  // keys of those that memory depends on; Op::numbers holds their values
  Kernel kernel;
};

// Returns the operator's row, nullptr if TFLM has none of that name.
const CustomKernel* find_custom_kernel(const std::string& code);

// Returns how many options of the operator must be known.
size_t option_count(const CustomKernel& custom);

// Returns the row of any operator, nullptr if there is none.
const Kernel* kernel_of(const Op& op);

// Says whether it is known what TFLM does with the operator. If not, all figures of its model are lower bounds.
bool is_known(const Op& op);

// Returns why TFLM would refuse the operator; empty if it runs. Its options must be known.
std::string refuse_custom_kernel(const CustomKernel& custom, const Node& node);

// Says for which accelerator a compiler made the operator, and what to profile instead; empty if it is none of these.
std::string compiled_for(const std::string& code);

}  // namespace nas
