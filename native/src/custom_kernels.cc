#include "custom_kernels.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "names.h"

namespace nas {
namespace {

constexpr Block kNone = {0, 1};

constexpr Kernel row(int32_t state_host, int32_t state_arm, Prepare prepare, const char* temporaries = "*") {
  return {Builtin::kCustom, kNone, kNone, state_host, state_arm, state_arm, prepare, prepare, temporaries};
}

// States are sizeof of the structs in signal/micro/kernels and tensorflow/lite/micro/kernels for both pointer widths;
// those for the host are checked against the Python package tflite-micro.
//
// clang-format off
const CustomKernel kCustomKernels[] = {
    {"SignalWindow", "h.h1", "h.", {}, row(8, 8, prepare_nothing)},
    {"SignalRfft", "T.", "T.", {"T", "fft_length"}, row(48, 32, prepare_rfft)},
    {"SignalIrfft", "T.", "T.", {"T", "fft_length"}, row(32, 24, prepare_irfft)},
    {"SignalFftAutoScale", "h1", "h1i0", {}, row(0, 0, prepare_nothing)},
    {"SignalEnergy", "h1", "u1", {}, row(8, 8, prepare_nothing)},
    {"SignalFilterBank", "u1h1h1h1h1h1", "U1", {"num_channels"}, row(64, 36, prepare_filter_bank)},
    {"SignalFilterBankSquareRoot", "U1i0", "u1", {}, row(0, 0, prepare_nothing)},
    {"SignalFilterBankSpectralSubtraction", "u1", "u1u1", {"num_channels"}, row(56, 44, prepare_spectral_subtraction)},
    {"SignalFilterBankLog", "u1", "h1", {}, row(8, 8, prepare_nothing)},
    {"SignalPCAN", "u1u1h1", "u1", {}, row(4, 4, prepare_nothing)},
    {"SignalDelay", "h.", "h.", {"delay_length"}, row(32, 20, prepare_delay)},
    {"SignalFramer", "h.", "h.b0", {"frame_size", "frame_step"}, row(40, 28, prepare_framer)},
    {"SignalOverlapAdd", "T.", "T.", {"T"}, row(32, 24, prepare_overlap_add)},
    {"SignalStacker", "h1", "h1b0", {"num_channels", "stacker_left_context", "stacker_right_context"},
     row(56, 36, prepare_stacker)},
    {"CIRCULAR_BUFFER", "8.", "8.", {}, row(8, 8, prepare_nothing)},
    {"TFLite_Detection_PostProcess", "*3*3*2", "f.f.f.f.", {"max_detections", "num_classes"},
     row(112, 112, prepare_detection, "iwb")},
};
// clang-format on

// Operators that compilers for accelerators leave in place of the layers that they took; a code that ends in * is a
// prefix.
struct Accelerator {
  const char *code, *compiler, *runtime;
};
constexpr Accelerator kAccelerators[] = {
    {"ethos-u", "Vela, for Arm's Ethos-U", "TFLM with the Ethos-U driver"},
    {"edgetpu-custom-op", "the Edge TPU compiler, for Google Coral", "the Edge TPU runtime"},
    {"XC_*", "XMOS's xcore-opt, for xcore", "TFLM with XMOS's operators"},
    {"NeutronGraph", "NXP's neutron-converter, for the eIQ Neutron NPU", "NXP's build of TFLM"},
    {"DISPATCH_OP*", "LiteRT's compiler plugins, for the NPU of a phone", "LiteRT"},
};

bool has_type(char letter, Type type, Type named) {
  switch (letter) {
    case 'f':
      return type == Type::kFloat32;
    case '8':
      return type == Type::kInt8;
    case 'h':
      return type == Type::kInt16;
    case 'i':
      return type == Type::kInt32;
    case 'u':
      return type == Type::kUint32;
    case 'U':
      return type == Type::kUint64;
    case 'b':
      return type == Type::kBool;
    case 'T':
      return type == named;
    default:
      return true;
  }
}

// The FFTs take three types, the sum of frames two.
bool has_kernel_for(const CustomKernel& custom, Type named) {
  if (named == Type::kInt16 || named == Type::kFloat32) return true;
  return named == Type::kInt32 && std::strcmp(custom.code, "SignalOverlapAdd") != 0;
}

// Compares tensors with their description; returns what is wrong, empty if nothing is.
std::string mismatch(const char* described, const char* what, const Node& node, const std::vector<int32_t>& indices,
                     Type named) {
  const size_t count = std::strlen(described) / 2;
  if (indices.size() != count) return "takes " + std::to_string(count) + " " + what + "s";
  for (size_t i = 0; i < count; ++i) {
    const Tensor* tensor = tensor_at(*node.graph, indices, i);
    const std::string place = std::string(what) + " " + std::to_string(i);
    if (tensor == nullptr) return "lacks " + place;
    if (!has_type(described[2 * i], tensor->type, named)) {
      return "does not take " + type_name(tensor->type) + " as " + place;
    }
    const char rank = described[2 * i + 1];
    if (rank != '.' && tensor->shape.size() != static_cast<size_t>(rank - '0')) {
      return "takes " + place + " with " + rank + " dimensions, got " + std::to_string(tensor->shape.size());
    }
  }
  return {};
}

}  // namespace

const CustomKernel* find_custom_kernel(const std::string& code) {
  const auto found = std::find_if(std::begin(kCustomKernels), std::end(kCustomKernels),
                                  [&](const CustomKernel& custom) { return code == custom.code; });
  return found == std::end(kCustomKernels) ? nullptr : found;
}

const Kernel* kernel_of(const Op& op) {
  if (op.kind != Builtin::kCustom) return find_kernel(op.kind);
  const CustomKernel* custom = find_custom_kernel(op.custom_code);
  return custom == nullptr ? nullptr : &custom->kernel;
}

bool is_known(const Op& op) {
  if (op.kind != Builtin::kCustom || op.custom_code.rfind("Flex", 0) == 0) return true;
  const CustomKernel* custom = find_custom_kernel(op.custom_code);
  return custom != nullptr && op.numbers.size() == option_count(*custom);
}

std::string refuse_custom_kernel(const CustomKernel& custom, const Node& node) {
  const bool typed = custom.options[0] != nullptr && std::strcmp(custom.options[0], "T") == 0;
  const Type named = typed ? static_cast<Type>(node.op->numbers.at(0)) : Type::kFloat32;
  std::string wrong = mismatch(custom.inputs, "input", node, node.op->inputs, named);
  if (wrong.empty()) wrong = mismatch(custom.outputs, "output", node, node.op->outputs, named);
  if (wrong.empty() && typed && !has_kernel_for(custom, named)) wrong = "has no kernel for " + type_name(named);
  return wrong.empty() ? wrong : std::string("TFLM's ") + custom.code + " " + wrong + "; make the model again";
}

size_t option_count(const CustomKernel& custom) {
  return static_cast<size_t>(std::count_if(custom.options.begin(), custom.options.end(), [](auto key) { return key; }));
}

std::string compiled_for(const std::string& code) {
  for (const Accelerator& row : kAccelerators) {
    const size_t prefix = std::strcspn(row.code, "*");
    const bool matches = row.code[prefix] == '*' ? code.compare(0, prefix, row.code, prefix) == 0 : code == row.code;
    if (!matches) continue;
    return std::string("the file was compiled by ") + row.compiler + ": it runs on " + row.runtime +
           ", and what it needs there is not known to us; profile the file from before that compiler";
  }
  return {};
}

}  // namespace nas
