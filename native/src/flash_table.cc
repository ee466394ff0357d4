// Written by native/tables/flash.py; do not edit.
#include "flash_table.h"

namespace nas {

// clang-format off
const CodeSize kFixedCode = {11176, 11176};
const CodeSize kSharedCode[] = {
    {386, 367},  // any
    {1379, 1289},  // quantized multipliers
    {0, 0},  // activation ranges
    {1638, 1681},  // double arithmetic
    {0, 672},  // exponentials
    {1616, 424},  // fixed-point exponentials
    {468, 527},  // pools
    {1085, 22},  // convolutions
    {0, 2600},  // matrix products
    {1016, 2815},  // weights
    {4104, 10895},  // dense products
    {1594, 1588},  // reductions
    {1030, 1037},  // broadcasts
    {7867, 7977},  // sums
    {4156, 4001},  // padding
    {71, 178},  // scalings
};
const size_t kSharedCodeCount = sizeof(kSharedCode) / sizeof(kSharedCode[0]);
const KernelCode kKernelCode[] = {
    {"ABS", 0x0000b, {822, 887}},
    {"ADD", 0x0b00f, {0, 1759}},
    {"ARG_MAX", 0x00001, {1406, 1425}},
    {"AVERAGE_POOL_2D", 0x0004f, {1717, 2280}},
    {"BATCH_MATMUL", 0x0040b, {3030, 0}},
    {"BATCH_TO_SPACE_ND", 0x00001, {1278, 1297}},
    {"CAST", 0x00001, {1854, 1873}},
    {"CONCATENATION", 0x00001, {3271, 3299}},
    {"CONV_2D", 0x0038f, {5398, 22097}},
    {"DEPTHWISE_CONV_2D", 0x0028f, {4258, 15453}},
    {"DEQUANTIZE", 0x00009, {737, 750}},
    {"DIV", 0x0100f, {5840, 5898}},
    {"ELU", 0x00019, {697, 0}},
    {"EXP", 0x00001, {1278, 1297}},
    {"EXPAND_DIMS", 0x00001, {624, 660}},
    {"FULLY_CONNECTED", 0x0060f, {0, 2988}},
    {"GATHER", 0x00001, {1854, 1873}},
    {"HARD_SWISH", 0x0000b, {1150, 1215}},
    {"L2_NORMALIZATION", 0x00001, {2022, 2041}},
    {"LEAKY_RELU", 0x0800b, {990, 964}},
    {"LOGISTIC", 0x0003b, {3084, 3608}},
    {"LOG_SOFTMAX", 0x0003b, {4206, 4791}},
    {"MAXIMUM", 0x01001, {5689, 5764}},
    {"MAX_POOL_2D", 0x0004f, {2112, 2732}},
    {"MEAN", 0x0080b, {2649, 2934}},
    {"MINIMUM", 0x01001, {5689, 5764}},
    {"MUL", 0x0900f, {6022, 7780}},
    {"PACK", 0x00001, {1287, 1311}},
    {"PAD", 0x04001, {0, 0}},
    {"PADV2", 0x04001, {34, 16}},
    {"PRELU", 0x0000b, {3734, 3799}},
    {"QUANTIZE", 0x0800b, {1745, 1781}},
    {"REDUCE_MAX", 0x0080b, {0, 0}},
    {"RELU", 0x0800b, {941, 906}},
    {"RELU6", 0x00009, {405, 345}},
    {"RESHAPE", 0x00001, {935, 894}},
    {"RESIZE_NEAREST_NEIGHBOR", 0x00001, {2686, 2705}},
    {"RSQRT", 0x0000b, {1758, 1823}},
    {"SHAPE", 0x00001, {301, 322}},
    {"SLICE", 0x00001, {2462, 2481}},
    {"SOFTMAX", 0x0003b, {5012, 6684}},
    {"SPACE_TO_BATCH_ND", 0x00001, {1438, 1457}},
    {"SPLIT", 0x00001, {1534, 1553}},
    {"SQUEEZE", 0x00001, {692, 716}},
    {"STRIDED_SLICE", 0x00001, {10861, 10899}},
    {"SUB", 0x0b00f, {158, 0}},
    {"SUM", 0x0080b, {2404, 2475}},
    {"SVDF", 0x0040b, {1542, 448}},
    {"TANH", 0x0003b, {3486, 3973}},
    {"TRANSPOSE", 0x00001, {1683, 2060}},
    {"TRANSPOSE_CONV", 0x0038f, {4746, 7906}},
    {"UNPACK", 0x00001, {1118, 1137}},
};
// clang-format on
const size_t kKernelCodeCount = sizeof(kKernelCode) / sizeof(kKernelCode[0]);

}  // namespace nas
