// Written by native/tables/instructions.py; do not edit.
#include "instruction_table.h"

namespace nas {

// clang-format off
const InstructionFit kInstructionFits[] = {
    {0x00000000, {13.9844, 400}},  // Cortex-M4, reference kernels: ADD float32
    {0x00000005, {15.7987, 1072.32}},  // Cortex-M4, reference kernels: ADD float32 broadcast
    {0x00000900, {87.9193, 1542.92}},  // Cortex-M4, reference kernels: ADD int8
    {0x00010000, {23.7604, 0, 0, 32.9167, 0}},  // Cortex-M4, reference kernels: AVERAGE_POOL_2D float32
    {0x00010900, {23.0054, 0, 0, 23.957, 427.518}},  // Cortex-M4, reference kernels: AVERAGE_POOL_2D int8
    {0x00020900, {32.5113, 0.532772, 546.71}},  // Cortex-M4, reference kernels: CONCATENATION int8
    {0x00030000, {4.99572, 10.2014, 23.0943, 17.0525, 47.9672, 675.973}},  // Cortex-M4, reference kernels: CONV_2D float32
    {0x00030700, {9.97371, 33.7726, 23.7135, 6.69245, 116.323, 0}},  // Cortex-M4, reference kernels: CONV_2D int16
    {0x00030900, {5.98163, 30.0023, 16.3363, 8.08972, 82.5364, 1380.47}},  // Cortex-M4, reference kernels: CONV_2D int8
    {0x00040000, {21.746, 40.0948, 0, 0, 0, 37010.9}},  // Cortex-M4, reference kernels: DEPTHWISE_CONV_2D float32
    {0x00040700, {0, 135.859, 0, 38.9876, 0, 1820}},  // Cortex-M4, reference kernels: DEPTHWISE_CONV_2D int16
    {0x00040900, {20.1057, 15.2395, 7.89203, 82.8111, 29.2115, 2441.95}},  // Cortex-M4, reference kernels: DEPTHWISE_CONV_2D int8
    {0x00060900, {103.112, 119.617}},  // Cortex-M4, reference kernels: DEQUANTIZE int8
    {0x00090000, {5.02115, 16.9452, 447.327}},  // Cortex-M4, reference kernels: FULLY_CONNECTED float32
    {0x00090700, {8.00219, 63.3466, 409.969}},  // Cortex-M4, reference kernels: FULLY_CONNECTED int16
    {0x00090706, {9.00212, 55.8811, 440.51}},  // Cortex-M4, reference kernels: FULLY_CONNECTED int16 one scale
    {0x00090900, {5.99417, 59.4183, 400.983}},  // Cortex-M4, reference kernels: FULLY_CONNECTED int8
    {0x00090906, {7.00351, 55.5293, 416.661}},  // Cortex-M4, reference kernels: FULLY_CONNECTED int8 one scale
    {0x000e0000, {316.449, 0}},  // Cortex-M4, reference kernels: LOGISTIC float32
    {0x000e0900, {362.465, 162.778}},  // Cortex-M4, reference kernels: LOGISTIC int8
    {0x00110000, {8.66966, 8.93287, 20.5599, 52.5124, 315.516}},  // Cortex-M4, reference kernels: MAX_POOL_2D float32
    {0x00110700, {36.9988, 0, 0, 29.5354, 302.182}},  // Cortex-M4, reference kernels: MAX_POOL_2D int16
    {0x00110900, {7.99033, 13.2, 53.7942, 11.4248, 282.684}},  // Cortex-M4, reference kernels: MAX_POOL_2D int8
    {0x00120900, {50.4375, 714.667}},  // Cortex-M4, reference kernels: MUL int8
    {0x00120905, {53.235, 0}},  // Cortex-M4, reference kernels: MUL int8 broadcast
    {0x00130000, {8.99163, 258.8}},  // Cortex-M4, reference kernels: RELU float32
    {0x00130900, {49.6615, 13.3333}},  // Cortex-M4, reference kernels: RELU int8
    {0x00160900, {0.530195, 193.624}},  // Cortex-M4, reference kernels: RESHAPE int8
    {0x00190000, {97.657, 180.911}},  // Cortex-M4, reference kernels: SOFTMAX float32
    {0x00190700, {91.1131, 368.83}},  // Cortex-M4, reference kernels: SOFTMAX int16
    {0x00190900, {449.255, 443.968}},  // Cortex-M4, reference kernels: SOFTMAX int8
    {0x001c0900, {369.407, 268.884}},  // Cortex-M4, reference kernels: TANH int8
    {0x00220900, {15.496, 23.0651, 1220.69}},  // Cortex-M4, reference kernels: PAD int8
    {0x00270900, {5.18663, 795.556}},  // Cortex-M4, reference kernels: TRANSPOSE int8
    {0x00280000, {31.2641, 0, 0, 0}},  // Cortex-M4, reference kernels: MEAN float32
    {0x00280700, {34.1133, 0, 3.87505, 0}},  // Cortex-M4, reference kernels: MEAN int16
    {0x00280900, {32.3803, 0, 11.7509, 34.4016}},  // Cortex-M4, reference kernels: MEAN int8
    {0x002b0900, {0.531629, 255.768}},  // Cortex-M4, reference kernels: SQUEEZE int8
    {0x002d0200, {819.892, 0}},  // Cortex-M4, reference kernels: STRIDED_SLICE int32
    {0x00460000, {3.99453, 165.444}},  // Cortex-M4, reference kernels: EXPAND_DIMS float32
    {0x00460900, {4.01318, 140.967}},  // Cortex-M4, reference kernels: EXPAND_DIMS int8
    {0x004d0900, {0, 139.367}},  // Cortex-M4, reference kernels: SHAPE int8
    {0x00520000, {36.767, 0, 0, 498.519}},  // Cortex-M4, reference kernels: REDUCE_MAX float32
    {0x00520900, {32.1408, 0, 0, 194.355}},  // Cortex-M4, reference kernels: REDUCE_MAX int8
    {0x00530200, {132.668, 0}},  // Cortex-M4, reference kernels: PACK int32
    {0x00620900, {51.3724, 175.988}},  // Cortex-M4, reference kernels: LEAKY_RELU int8
    {0x00720000, {35.8384, 287.71}},  // Cortex-M4, reference kernels: QUANTIZE float32
    {0x01000000, {13.9974, 373.333}},  // Cortex-M4, CMSIS-NN: ADD float32
    {0x01000005, {15.7938, 1073.36}},  // Cortex-M4, CMSIS-NN: ADD float32 broadcast
    {0x01000900, {81.3616, 652.709}},  // Cortex-M4, CMSIS-NN: ADD int8
    {0x01010000, {23.7604, 0, 0, 32.9167, 0}},  // Cortex-M4, CMSIS-NN: AVERAGE_POOL_2D float32
    {0x01010900, {0, 12.2593, 53.4945, 0, 0, 597.695}},  // Cortex-M4, CMSIS-NN: AVERAGE_POOL_2D int8
    {0x01020900, {32.4901, 0.535178, 550.621}},  // Cortex-M4, CMSIS-NN: CONCATENATION int8
    {0x01030000, {4.99661, 8.14465, 23.2828, 23.0585, 49.622, 660.002}},  // Cortex-M4, CMSIS-NN: CONV_2D float32
    {0x01030700, {1.08886, 48.3122, 21.3077, 149.757, 0}},  // Cortex-M4, CMSIS-NN: CONV_2D int16
    {0x01030900, {1.62231, 2.82871, 44.6339, 3.36646, 38.7696, 136.929, 2.34896, 1.91152, 30.9704}},  // Cortex-M4, CMSIS-NN: CONV_2D int8
    {0x01030901, {1.46877, 1.84705, 40.7344, 0.143784, 0, 1.97666, 14.0198, 0, 2514.12}},  // Cortex-M4, CMSIS-NN: CONV_2D int8 1x1
    {0x01040000, {21.713, 41.1675, 0, 0, 0, 39998.6}},  // Cortex-M4, CMSIS-NN: DEPTHWISE_CONV_2D float32
    {0x01040700, {4.72853, 90.5406, 0, 0, 0, 0}},  // Cortex-M4, CMSIS-NN: DEPTHWISE_CONV_2D int16
    {0x01040900, {20.0281, 12.238, 40.6708, 33.9248, 103.331, 2.52234, 1432.29}},  // Cortex-M4, CMSIS-NN: DEPTHWISE_CONV_2D int8
    {0x01040903, {0, 5.76556, 48.3852, 6.69855, 0, 2.73168, 606.218}},  // Cortex-M4, CMSIS-NN: DEPTHWISE_CONV_2D int8 3x3
    {0x01040904, {3.30292, 8.36462, 49.1475}},  // Cortex-M4, CMSIS-NN: DEPTHWISE_CONV_2D int8 multiplier
    {0x01060900, {102.733, 118.7}},  // Cortex-M4, CMSIS-NN: DEQUANTIZE int8
    {0x01090000, {5.01626, 18.744, 431.804}},  // Cortex-M4, CMSIS-NN: FULLY_CONNECTED float32
    {0x01090700, {2.3735, 50.4176, 362.972}},  // Cortex-M4, CMSIS-NN: FULLY_CONNECTED int16
    {0x01090900, {1.87853, 7.63664, 54.1134, 2.56713, 473.277}},  // Cortex-M4, CMSIS-NN: FULLY_CONNECTED int8
    {0x010e0000, {313.05, 0}},  // Cortex-M4, CMSIS-NN: LOGISTIC float32
    {0x010e0900, {364.023, 170.235}},  // Cortex-M4, CMSIS-NN: LOGISTIC int8
    {0x01110000, {8.67939, 8.92127, 20.534, 52.7802, 315.759}},  // Cortex-M4, CMSIS-NN: MAX_POOL_2D float32
    {0x01110700, {10.2995, 0, 0, 95.8333, 0}},  // Cortex-M4, CMSIS-NN: MAX_POOL_2D int16
    {0x01110900, {30.8856, 7.03746, 2.74972, 21.3611, 55.3625, 367.211}},  // Cortex-M4, CMSIS-NN: MAX_POOL_2D int8
    {0x01120900, {35.8646, 765.333}},  // Cortex-M4, CMSIS-NN: MUL int8
    {0x01120905, {53.235, 0}},  // Cortex-M4, CMSIS-NN: MUL int8 broadcast
    {0x01130000, {9.01662, 210.387}},  // Cortex-M4, CMSIS-NN: RELU float32
    {0x01130900, {49.6528, 31.1111}},  // Cortex-M4, CMSIS-NN: RELU int8
    {0x01160900, {0.532171, 194.052}},  // Cortex-M4, CMSIS-NN: RESHAPE int8
    {0x01190000, {96.3819, 180.045}},  // Cortex-M4, CMSIS-NN: SOFTMAX float32
    {0x01190700, {56.6667, 246.667}},  // Cortex-M4, CMSIS-NN: SOFTMAX int16
    {0x01190900, {522.27, 269.912}},  // Cortex-M4, CMSIS-NN: SOFTMAX int8
    {0x011c0900, {369.411, 268.829}},  // Cortex-M4, CMSIS-NN: TANH int8
    {0x01220900, {0.462379, 0.0692666, 528.539}},  // Cortex-M4, CMSIS-NN: PAD int8
    {0x01270900, {5.21701, 1097.78}},  // Cortex-M4, CMSIS-NN: TRANSPOSE int8
    {0x01280000, {31.2626, 0, 0, 0}},  // Cortex-M4, CMSIS-NN: MEAN float32
    {0x01280900, {32.379, 0, 11.3075, 56.8592}},  // Cortex-M4, CMSIS-NN: MEAN int8
    {0x012b0900, {0.529976, 257.663}},  // Cortex-M4, CMSIS-NN: SQUEEZE int8
    {0x012d0200, {826.237, 0}},  // Cortex-M4, CMSIS-NN: STRIDED_SLICE int32
    {0x01460000, {4.00228, 157.303}},  // Cortex-M4, CMSIS-NN: EXPAND_DIMS float32
    {0x01460900, {4.00283, 155.548}},  // Cortex-M4, CMSIS-NN: EXPAND_DIMS int8
    {0x014d0900, {13.3333, 93.3333}},  // Cortex-M4, CMSIS-NN: SHAPE int8
    {0x01520000, {36.7824, 0, 0, 464.444}},  // Cortex-M4, CMSIS-NN: REDUCE_MAX float32
    {0x01520900, {32.1408, 0, 0, 194.355}},  // Cortex-M4, CMSIS-NN: REDUCE_MAX int8
    {0x01530200, {136.504, 0}},  // Cortex-M4, CMSIS-NN: PACK int32
    {0x01620900, {51.3552, 184.5}},  // Cortex-M4, CMSIS-NN: LEAKY_RELU int8
    {0x01720000, {35.8336, 280.454}},  // Cortex-M4, CMSIS-NN: QUANTIZE float32
    {0x02000000, {13.0005, 375}},  // Cortex-M55, CMSIS-NN: ADD float32
    {0x02000005, {14.8915, 1104.06}},  // Cortex-M55, CMSIS-NN: ADD float32 broadcast
    {0x02000900, {13.7526, 717.375}},  // Cortex-M55, CMSIS-NN: ADD int8
    {0x02010000, {21.7692, 0, 0, 33.8542, 0}},  // Cortex-M55, CMSIS-NN: AVERAGE_POOL_2D float32
    {0x02010900, {0, 0, 0.0171818, 82.668, 0, 574.106}},  // Cortex-M55, CMSIS-NN: AVERAGE_POOL_2D int8
    {0x02020900, {32.9931, 0.578738, 532.246}},  // Cortex-M55, CMSIS-NN: CONCATENATION int8
    {0x02030000, {3.99649, 12.2176, 22.2651, 19.9947, 43.6607, 654.13}},  // Cortex-M55, CMSIS-NN: CONV_2D float32
    {0x02030700, {0, 31.8195, 9.27028, 107.648, 0}},  // Cortex-M55, CMSIS-NN: CONV_2D int16
    {0x02030900, {2.85125, 12.976, 0.042492, 23.1807, 85.8355, 0, 21.3129, 360.277}},  // Cortex-M55, CMSIS-NN: CONV_2D int8
    {0x02030901, {2.68435, 14.0803, 0, 10.1596, 0, 2.41831, 11.4655, 491.562}},  // Cortex-M55, CMSIS-NN: CONV_2D int8 1x1
    {0x02030902, {3.01792, 14.5105, 0, 0.748283, 0, 0, 0, 1188.05}},  // Cortex-M55, CMSIS-NN: CONV_2D int8 1xn
    {0x02040000, {21.7117, 38.6007, 0, 0, 0, 35466.1}},  // Cortex-M55, CMSIS-NN: DEPTHWISE_CONV_2D float32
    {0x02040700, {2.68888, 88.1644, 0, 0, 0, 0}},  // Cortex-M55, CMSIS-NN: DEPTHWISE_CONV_2D int16
    {0x02040900, {2.67958, 25.8536, 19.3485, 79.4246, 0.501288, 0}},  // Cortex-M55, CMSIS-NN: DEPTHWISE_CONV_2D int8
    {0x02040904, {2.57362, 9.653, 22.3382}},  // Cortex-M55, CMSIS-NN: DEPTHWISE_CONV_2D int8 multiplier
    {0x02060900, {8.0516, 228.126}},  // Cortex-M55, CMSIS-NN: DEQUANTIZE int8
    {0x02090000, {4.0115, 23.0477, 417.236}},  // Cortex-M55, CMSIS-NN: FULLY_CONNECTED float32
    {0x02090700, {0.758166, 53.8969, 374.668}},  // Cortex-M55, CMSIS-NN: FULLY_CONNECTED int16
    {0x02090900, {30.0581, 12.5427, 59.6221, 49.776, 134.26, 357.074}},  // Cortex-M55, CMSIS-NN: FULLY_CONNECTED int8
    {0x020e0000, {278.496, 0}},  // Cortex-M55, CMSIS-NN: LOGISTIC float32
    {0x020e0900, {373.476, 168.191}},  // Cortex-M55, CMSIS-NN: LOGISTIC int8
    {0x02110000, {7.63805, 9.03035, 19.525, 56.8685, 299.022}},  // Cortex-M55, CMSIS-NN: MAX_POOL_2D float32
    {0x02110700, {0, 5.98145, 0, 87.8906, 0}},  // Cortex-M55, CMSIS-NN: MAX_POOL_2D int16
    {0x02110900, {9.6306, 0.890767, 0.93331, 31.4543, 9.43382, 419.215}},  // Cortex-M55, CMSIS-NN: MAX_POOL_2D int8
    {0x02120900, {6.74913, 751.389}},  // Cortex-M55, CMSIS-NN: MUL int8
    {0x02120905, {51.9071, 0}},  // Cortex-M55, CMSIS-NN: MUL int8 broadcast
    {0x02130000, {8.00351, 237.94}},  // Cortex-M55, CMSIS-NN: RELU float32
    {0x02130900, {49.1536, 41.6667}},  // Cortex-M55, CMSIS-NN: RELU int8
    {0x02160900, {0.561262, 195.673}},  // Cortex-M55, CMSIS-NN: RESHAPE int8
    {0x02190000, {52.1913, 287.014}},  // Cortex-M55, CMSIS-NN: SOFTMAX float32
    {0x02190700, {59.8958, 244.792}},  // Cortex-M55, CMSIS-NN: SOFTMAX int16
    {0x02190900, {557.681, 290.698}},  // Cortex-M55, CMSIS-NN: SOFTMAX int8
    {0x021c0900, {392.109, 256.983}},  // Cortex-M55, CMSIS-NN: TANH int8
    {0x02220900, {0, 0.198773, 411.837}},  // Cortex-M55, CMSIS-NN: PAD int8
    {0x02270900, {4.22838, 1170.14}},  // Cortex-M55, CMSIS-NN: TRANSPOSE int8
    {0x02280000, {33.0404, 0, 162.109, 750}},  // Cortex-M55, CMSIS-NN: MEAN float32
    {0x02280900, {30.1892, 11.9253, 29.085, 1135.4}},  // Cortex-M55, CMSIS-NN: MEAN int8
    {0x022b0900, {0.563246, 256.814}},  // Cortex-M55, CMSIS-NN: SQUEEZE int8
    {0x022d0200, {848.894, 0}},  // Cortex-M55, CMSIS-NN: STRIDED_SLICE int32
    {0x02460000, {3.0038, 160.049}},  // Cortex-M55, CMSIS-NN: EXPAND_DIMS float32
    {0x02460900, {2.99363, 160.388}},  // Cortex-M55, CMSIS-NN: EXPAND_DIMS int8
    {0x024d0900, {0, 150.683}},  // Cortex-M55, CMSIS-NN: SHAPE int8
    {0x02520000, {0, 110.279, 0, 449.074}},  // Cortex-M55, CMSIS-NN: REDUCE_MAX float32
    {0x02520900, {32.1265, 0, 0, 223.281}},  // Cortex-M55, CMSIS-NN: REDUCE_MAX int8
    {0x02530200, {137.923, 0}},  // Cortex-M55, CMSIS-NN: PACK int32
    {0x02620900, {49.3751, 171.539}},  // Cortex-M55, CMSIS-NN: LEAKY_RELU int8
    {0x02720000, {13.995, 245.75}},  // Cortex-M55, CMSIS-NN: QUANTIZE float32
};
// clang-format on
const size_t kInstructionFitCount = sizeof(kInstructionFits) / sizeof(kInstructionFits[0]);

}  // namespace nas
