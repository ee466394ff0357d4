// What a target's memory and work depend on: TFLM's release, its kernel set, the core, and the sizes of TFLM's records.
#pragma once

#include <cstdint>
#include <string>

namespace nas {

// The versions whose rules the tables state; release.h names the others that are known.
constexpr char kTflmVersion[] = "90b983c2b3f1480642e040bbd2ddb37b998f3424";
constexpr char kCmsisNnVersion[] = "4ab83cc3cc98fb85ed6dafb55e8ca02f1628dcae";

enum class KernelSet { kReference, kCmsisNn };

enum class Vectors { kNone, kDsp, kMve };  // the vector instructions, by which CMSIS-NN chooses its kernels

struct Block {
  int32_t bytes;
  int32_t align;
};

// Sizes of TFLM's records for one pointer width (sizeof in the real builds, g++ 12.2 and arm-none-eabi-gcc 12.2.1).
struct Records {
  int32_t pointer_bytes;
  Block arena_allocator, planner, micro_allocator, builtin_data_allocator;
  Block subgraph, eval_tensor, node;
  Block tensor, quantization;
  int32_t scratch_request_bytes;
  int32_t buffer_info_bytes;
  int32_t planned_buffer_bytes;
  int32_t resource_variables, resource_variable;  // MicroResourceVariables, and its record of one variable
  bool short_enums;  // an enumeration takes as few bytes as it needs, as in bare-metal builds for Arm
};

// Cores whose code was linked, in the order of the tables of flash_table.cc.
enum class Code { kM4, kM0Plus, kM7, kM33 };

struct Release;

struct Machine {
  KernelSet kernels;
  Vectors vectors;
  Code code;        // of the core itself, or of the one that is nearest to it
  bool soft_float;  // no floating-point unit: a routine for each operation
  const Records* records;
  const Release* release;
  int fits;  // row of the instruction tables, -1 if none was measured: see work.h
};

// Returns the machine; std::invalid_argument for a kernel set, core or release that is not in the tables. An empty
// release is the one of kTflmVersion.
Machine find_machine(const std::string& kernels, const std::string& core, const std::string& release = {});

}  // namespace nas
