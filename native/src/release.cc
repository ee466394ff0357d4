#include "release.h"

namespace nas {
namespace {

constexpr Records kArm = {4,       {36, 4}, {44, 4}, {36, 4}, {8, 4}, {8, 4}, {12, 4}, {32, 4},
                          {32, 4}, {12, 4}, 12,      24,      40,     12,     20,      true};

// Sizes of the same records with four bytes an enumeration, as compilers for Xtensa make them; computed, not recorded.
constexpr Records kXtensa = {4,       {36, 4}, {44, 4}, {36, 4}, {8, 4}, {8, 4}, {12, 4}, {32, 4},
                             {40, 4}, {12, 4}, 12,      24,      40,     12,     20,      false};

constexpr Records host(int32_t subgraph_bytes, int32_t arena_allocator_bytes, int32_t micro_allocator_bytes) {
  return {8,       {arena_allocator_bytes, 8},
          {72, 8}, {micro_allocator_bytes, 8},
          {16, 8}, {subgraph_bytes, 8},
          {24, 8}, {64, 8},
          {64, 8}, {24, 8},
          16,      32,
          40,      16,
          40,      false};
}

// The Python package tflite-micro is built with USE_TFLM_COMPRESSION: kernels that read weights keep the place of a
// buffer to decompress into, and subgraphs a table of compressed tensors. Measured on the package of 2026-10-23.
// Its recording interpreter, which reports its allocations, has larger allocators.
constexpr Release::Change kPackageChanges[] = {
    {Builtin::kConv2d, {28, 4}, 80},         {Builtin::kDepthwiseConv2d, {28, 4}, 80},
    {Builtin::kFullyConnected, {32, 8}, 72}, {Builtin::kTransposeConv, {20, 4}, 88},
    {Builtin::kConcatenation, {8, 4}, 80},   {Builtin::kAssignVariable, {0, 1}, 4},
};

const Release kReleases[] = {
    {"90b983c", kArm, kXtensa, host(16, 72, 72), nullptr, 0},
    {"package-2026-10-23", kArm, kXtensa, host(24, 72, 72), kPackageChanges, std::size(kPackageChanges)},
    {"package-2026-10-23-recording", kArm, kXtensa, host(24, 104, 272), kPackageChanges, std::size(kPackageChanges)},
};

}  // namespace

const Release* find_release(const std::string& name) {
  if (name.empty()) return &kReleases[0];
  for (const Release& release : kReleases) {
    if (name == release.name) return &release;
  }
  return nullptr;
}

}  // namespace nas
