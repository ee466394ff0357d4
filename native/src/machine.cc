#include "machine.h"

#include <stdexcept>

#include "release.h"

namespace nas {
namespace {

struct Core {
  const char* name;
  Vectors vectors;
  Code code;
  bool soft_float;
  const Records Release::* records;
  int reference_fits, cmsis_nn_fits;
};

// The rows of the instruction tables: builds whose instructions were counted. The M0 has the M0+'s instructions.
constexpr int kNotMeasured = -1;
enum Fits : int {
  kM0PlusReference,
  kM3Reference,
  kM4Reference,
  kM7Reference,
  kM33Reference,
  kM0PlusCmsisNn,
  kM3CmsisNn,
  kM4CmsisNn,
  kM7CmsisNn,
  kM33CmsisNn,
  kM55CmsisNn,
};
constexpr Core kCores[] = {
    {"x86-64", Vectors::kNone, Code::kM4, false, &Release::host, kNotMeasured, kNotMeasured},
    {"cortex-m0", Vectors::kNone, Code::kM0Plus, true, &Release::arm, kM0PlusReference, kM0PlusCmsisNn},
    {"cortex-m0plus", Vectors::kNone, Code::kM0Plus, true, &Release::arm, kM0PlusReference, kM0PlusCmsisNn},
    {"cortex-m3", Vectors::kNone, Code::kM4, true, &Release::arm, kM3Reference, kM3CmsisNn},
    {"cortex-m4", Vectors::kDsp, Code::kM4, false, &Release::arm, kM4Reference, kM4CmsisNn},
    {"cortex-m7", Vectors::kDsp, Code::kM7, false, &Release::arm, kM7Reference, kM7CmsisNn},
    {"cortex-m33", Vectors::kDsp, Code::kM33, false, &Release::arm, kM33Reference, kM33CmsisNn},
    {"cortex-m55", Vectors::kMve, Code::kM4, false, &Release::arm, kNotMeasured, kM55CmsisNn},
    {"xtensa-lx6", Vectors::kNone, Code::kM4, false, &Release::xtensa, kNotMeasured, kNotMeasured},
    {"rv32imc", Vectors::kNone, Code::kM4, true, &Release::xtensa, kNotMeasured, kNotMeasured},
    {"xtensa-lx7", Vectors::kNone, Code::kM4, false, &Release::xtensa, kNotMeasured, kNotMeasured},
};

}  // namespace

Machine find_machine(const std::string& kernels, const std::string& core, const std::string& release_name) {
  const bool cmsis_nn = kernels == "cmsis_nn";
  if (!cmsis_nn && kernels != "reference") throw std::invalid_argument("unknown kernel set " + kernels);
  const Release* release = find_release(release_name);
  if (release == nullptr) throw std::invalid_argument("unknown TFLM release " + release_name);
  for (const Core& row : kCores) {
    if (core != row.name) continue;
    return {cmsis_nn ? KernelSet::kCmsisNn : KernelSet::kReference,
            row.vectors,
            row.code,
            row.soft_float,
            &(release->*row.records),
            release,
            cmsis_nn ? row.cmsis_nn_fits : row.reference_fits};
  }
  throw std::invalid_argument("unknown core " + core);
}

}  // namespace nas
