// Bytes of code, fitted to linked firmwares; flash_table.cc is written by native/tables/flash.py.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nas {

// The columns: reference kernels and CMSIS-NN of the cores in the order of Machine::code.
constexpr size_t kCodeBuilds = 8;

struct CodeSize {
  int32_t bytes[kCodeBuilds];
};

struct KernelCode {
  const char* op;
  uint32_t shared;  // bit i: it needs kSharedCode[i], which counts once however many operators need it
  CodeSize own;
};

extern const CodeSize kFixedCode;
extern const CodeSize kSharedCode[];
extern const size_t kSharedCodeCount;
extern const KernelCode kKernelCode[];
extern const size_t kKernelCodeCount;

}  // namespace nas
