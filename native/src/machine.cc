#include "machine.h"

#include <stdexcept>

namespace nas {
namespace {

constexpr Records kArm32 = {4,       {36, 4}, {44, 4}, {36, 4}, {8, 4}, {8, 4}, {12, 4},
                            {32, 4}, {32, 4}, {12, 4}, 12,      24,     40};
constexpr Records kX86_64 = {8,       {72, 8}, {72, 8}, {72, 8}, {16, 8}, {16, 8}, {24, 8},
                             {64, 8}, {64, 8}, {24, 8}, 16,      32,      40};

struct Core {
  const char* name;
  Vectors vectors;
  const Records* records;
  int reference_fits, cmsis_nn_fits;
};

// Instructions were counted on the M4 and the M55. The M7 runs the M4's binary with equal counts, the M33 has the M4's
// instructions; nothing was counted for cores without DSP instructions.
constexpr int kNotMeasured = -1, kM4Reference = 0, kM4CmsisNn = 1, kM55CmsisNn = 2;
constexpr Core kCores[] = {
    {"x86-64", Vectors::kNone, &kX86_64, kNotMeasured, kNotMeasured},
    {"cortex-m0plus", Vectors::kNone, &kArm32, kNotMeasured, kNotMeasured},
    {"cortex-m3", Vectors::kNone, &kArm32, kNotMeasured, kNotMeasured},
    {"cortex-m4", Vectors::kDsp, &kArm32, kM4Reference, kM4CmsisNn},
    {"cortex-m7", Vectors::kDsp, &kArm32, kM4Reference, kM4CmsisNn},
    {"cortex-m33", Vectors::kDsp, &kArm32, kM4Reference, kM4CmsisNn},
    {"cortex-m55", Vectors::kMve, &kArm32, kNotMeasured, kM55CmsisNn},
};

}  // namespace

Machine find_machine(const std::string& kernels, const std::string& core) {
  const bool cmsis_nn = kernels == "cmsis_nn";
  if (!cmsis_nn && kernels != "reference") throw std::invalid_argument("unknown kernel set " + kernels);
  for (const Core& row : kCores) {
    if (core != row.name) continue;
    return {cmsis_nn ? KernelSet::kCmsisNn : KernelSet::kReference, row.vectors, row.records,
            cmsis_nn ? row.cmsis_nn_fits : row.reference_fits};
  }
  throw std::invalid_argument("unknown core " + core);
}

}  // namespace nas
