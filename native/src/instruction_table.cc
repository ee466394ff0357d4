// Written by native/tables/instructions.py; do not edit.
#include "instruction_table.h"

namespace nas {

// clang-format off
const InstructionFit kInstructionFits[] = {
    {0x00000000, {130.794, 23786.7}, {0.007022, 6.34e-06}},  // Cortex-M0+, reference kernels: ADD float32
    {0x00000005, {149.221, 8246.89}, {0.006697, 1.713e-05}},  // Cortex-M0+, reference kernels: ADD float32 broadcast
    {0x00000900, {274.305, 2501.59}, {0.003637, 4.691e-06}},  // Cortex-M0+, reference kernels: ADD int8
    {0x00010000, {288.302, 0, 0, 822.083, 0}, {0.003238, 0.001619, 0.001619, 0.0001518, 2.53e-06}},  // Cortex-M0+, reference kernels: AVERAGE_POOL_2D float32
    {0x00010900, {45.9321, 0, 0, 0, 7.40787}, {0.02177, 0.01089, 0.005443, 0.001088, 2.221e-05}},  // Cortex-M0+, reference kernels: AVERAGE_POOL_2D int8
    {0x00020900, {111.907, 0.827833, 897.841}, {0.008273, 1.037, 0.0008102}},  // Cortex-M0+, reference kernels: CONCATENATION int8
    {0x00030000, {165.28, 65.1667, 0, 34.5097, 275.865, 14846}, {0.005905, 0.003577, 0.001495, 0.004229, 0.0007475, 3.078e-07}},  // Cortex-M0+, reference kernels: CONV_2D float32
    {0x00030700, {23.973, 44.4511, 32.0975, 17.0822, 207.382, 210.894}, {0.03237, 0.005912, 0.002029, 0.006166, 0.002029, 1.083e-06}},  // Cortex-M0+, reference kernels: CONV_2D int16
    {0x00030900, {7.9863, 61.4444, 29.467, 10.6119, 182.594, 1460.39}, {0.1032, 0.0114, 0.003231, 0.01276, 0.003231, 1.175e-05}},  // Cortex-M0+, reference kernels: CONV_2D int8
    {0x00040000, {200.331, 2.8362, 16.0446, 199.017, 0, 0}, {0.004462, 0.003126, 0.008146, 0.002387, 0.002369, 1.009e-05}},  // Cortex-M0+, reference kernels: DEPTHWISE_CONV_2D float32
    {0x00040700, {34.1375, 232.794, 0, 0, 0, 459.998}, {0.008685, 0.00306, 0.01002, 0.001113, 0.001113, 1.026e-06}},  // Cortex-M0+, reference kernels: DEPTHWISE_CONV_2D int16
    {0x00040900, {38.335, 17.7474, 8.67323, 184.769, 40.3474, 3384.34}, {0.01729, 0.004517, 0.02169, 0.002602, 0.002602, 2.538e-06}},  // Cortex-M0+, reference kernels: DEPTHWISE_CONV_2D int8
    {0x00060900, {385.601, 308.608}, {0.002589, 0.0003814}},  // Cortex-M0+, reference kernels: DEQUANTIZE int8
    {0x00090000, {159.894, 262.817, 596.314}, {0.006245, 0.0005099, 0.0002926}},  // Cortex-M0+, reference kernels: FULLY_CONNECTED float32
    {0x00090700, {16.0208, 137.203, 605.279}, {0.06111, 0.002023, 0.0004588}},  // Cortex-M0+, reference kernels: FULLY_CONNECTED int16
    {0x00090706, {22.0019, 131.224, 607.134}, {0.04478, 0.001711, 0.0002852}},  // Cortex-M0+, reference kernels: FULLY_CONNECTED int16 one scale
    {0x00090900, {7.99893, 139.35, 553.533}, {0.1239, 0.005964, 0.0009764}},  // Cortex-M0+, reference kernels: FULLY_CONNECTED int8
    {0x00090906, {11.9989, 134.345, 600.16}, {0.08186, 0.004255, 0.0004405}},  // Cortex-M0+, reference kernels: FULLY_CONNECTED int8 one scale
    {0x000e0000, {3473.31, 0}, {0.0002879, 0.0002879}},  // Cortex-M0+, reference kernels: LOGISTIC float32
    {0x000e0900, {1414.26, 303.835}, {0.000707, 0.000582}},  // Cortex-M0+, reference kernels: LOGISTIC int8
    {0x00110000, {44.1478, 14.9754, 109.49, 91.1073, 92.7627}, {0.01623, 0.008669, 0.004636, 0.0005572, 9.712e-05}},  // Cortex-M0+, reference kernels: MAX_POOL_2D float32
    {0x00110700, {56.1555, 0, 0, 51.0659, 402.232}, {0.0175, 0.008749, 0.008749, 0.001046, 1.68e-05}},  // Cortex-M0+, reference kernels: MAX_POOL_2D int16
    {0x00110900, {10.7843, 25.6512, 77.6811, 24.2176, 362.103}, {0.04516, 0.01152, 0.007936, 0.001402, 9.568e-05}},  // Cortex-M0+, reference kernels: MAX_POOL_2D int8
    {0x00120900, {135.21, 1106.29}, {0.007381, 2.8e-05}},  // Cortex-M0+, reference kernels: MUL int8
    {0x00120905, {134.742, 0}, {0.007422, 7.248e-06}},  // Cortex-M0+, reference kernels: MUL int8 broadcast
    {0x00130000, {44.5031, 407.251}, {0.02234, 6.51e-05}},  // Cortex-M0+, reference kernels: RELU float32
    {0x00130900, {122.534, 1330}, {0.008118, 1.561e-05}},  // Cortex-M0+, reference kernels: RELU int8
    {0x00160900, {0.807499, 236.446}, {1.182, 0.003471}},  // Cortex-M0+, reference kernels: RESHAPE int8
    {0x00190000, {1457.56, 0}, {0.0006861, 0.0002287}},  // Cortex-M0+, reference kernels: SOFTMAX float32
    {0x00190700, {228.315, 597.938}, {0.003471, 0.0006617}},  // Cortex-M0+, reference kernels: SOFTMAX int16
    {0x00190900, {1926.63, 1062.51}, {0.0005162, 0.0002034}},  // Cortex-M0+, reference kernels: SOFTMAX int8
    {0x001c0900, {1510.5, 487.658}, {0.0006619, 5.372e-05}},  // Cortex-M0+, reference kernels: TANH int8
    {0x00220900, {18.8924, 27.7256, 1691.17}, {0.02166, 0.021, 0.0001281}},  // Cortex-M0+, reference kernels: PAD int8
    {0x00270900, {7.02863, 57.807, 572.026}, {0.1312, 0.01437, 0.001155}},  // Cortex-M0+, reference kernels: TRANSPOSE int8
    {0x00280000, {40.6798, 60.5171, 0, 7651.49}, {0.01772, 0.005332, 0.0001666, 9.889e-06}},  // Cortex-M0+, reference kernels: MEAN float32
    {0x00280700, {43.1029, 0, 233.375, 0}, {0.02272, 0.007321, 0.0002288, 7.149e-06}},  // Cortex-M0+, reference kernels: MEAN int16
    {0x00280900, {42.871, 0.700999, 106.764, 3061.43}, {0.0231, 0.00764, 0.0004497, 1.77e-05}},  // Cortex-M0+, reference kernels: MEAN int8
    {0x002b0900, {0.812706, 307.126}, {1.161, 0.001209}},  // Cortex-M0+, reference kernels: SQUEEZE int8
    {0x002d0200, {1073.25, 0}, {0.0009317, 0.0009317}},  // Cortex-M0+, reference kernels: STRIDED_SLICE int32
    {0x00460000, {5.00214, 172.549}, {0.1956, 0.0005977}},  // Cortex-M0+, reference kernels: EXPAND_DIMS float32
    {0x00460900, {5.01251, 153.475}, {0.1966, 0.0004812}},  // Cortex-M0+, reference kernels: EXPAND_DIMS int8
    {0x004d0900, {2.51215e-14, 160}, {0.025, 0.00625}},  // Cortex-M0+, reference kernels: SHAPE int8
    {0x00520000, {0, 168.194, 0, 648.889}, {0.01774, 0.005914, 0.0005806, 3.628e-05}},  // Cortex-M0+, reference kernels: REDUCE_MAX float32
    {0x00520900, {45.7953, 0, 0, 583.488}, {0.02181, 0.007271, 0.000453, 7.079e-06}},  // Cortex-M0+, reference kernels: REDUCE_MAX int8
    {0x00530200, {160, 0}, {0.00625, 0.003125}},  // Cortex-M0+, reference kernels: PACK int32
    {0x00620900, {121.601, 1410.1}, {0.008177, 1.571e-05}},  // Cortex-M0+, reference kernels: LEAKY_RELU int8
    {0x00720000, {436.392, 1462.19}, {0.002285, 5.916e-06}},  // Cortex-M0+, reference kernels: QUANTIZE float32
    {0x01000000, {109.401, 22453.3}, {0.008308, 7.436e-06}},  // Cortex-M3, reference kernels: ADD float32
    {0x01000005, {125.292, 7809.48}, {0.007975, 2.004e-05}},  // Cortex-M3, reference kernels: ADD float32 broadcast
    {0x01000900, {88.1292, 1276.64}, {0.01131, 1.45e-05}},  // Cortex-M3, reference kernels: ADD int8
    {0x01010000, {148.807, 0, 0, 0, 0}, {0.00672, 0.00336, 0.00336, 0.000336, 5.25e-06}},  // Cortex-M3, reference kernels: AVERAGE_POOL_2D float32
    {0x01010900, {23.0656, 0, 0, 22.2513, 415.436}, {0.042, 0.021, 0.0105, 0.002032, 4.148e-05}},  // Cortex-M3, reference kernels: AVERAGE_POOL_2D int8
    {0x01020900, {33.0503, 0.575466, 531.448}, {0.02562, 1.542, 0.00148}},  // Cortex-M3, reference kernels: CONCATENATION int8
    {0x01030000, {72.2682, 42.9734, 0, 26.2835, 189.402, 0}, {0.01332, 0.006583, 0.002647, 0.007781, 0.001324, 6.088e-07}},  // Cortex-M3, reference kernels: CONV_2D float32
    {0x01030700, {5.97723, 26.9054, 29.9334, 7.48942, 116.016, 106.995}, {0.1, 0.01311, 0.004462, 0.01367, 0.004382, 2.408e-06}},  // Cortex-M3, reference kernels: CONV_2D int16
    {0x01030900, {5.97517, 28.7286, 14.3927, 7.43456, 82.8681, 1500.43}, {0.1467, 0.0217, 0.006544, 0.0243, 0.006544, 1.974e-05}},  // Cortex-M3, reference kernels: CONV_2D int8
    {0x01040000, {94.1024, 12.568, 10.9111, 132.953, 0, 0}, {0.008939, 0.005406, 0.01586, 0.003982, 0.003945, 1.646e-05}},  // Cortex-M3, reference kernels: DEPTHWISE_CONV_2D float32
    {0x01040700, {0, 124.635, 4.85894, 0, 0, 1820}, {0.02051, 0.007135, 0.02323, 0.002582, 0.002582, 2.418e-06}},  // Cortex-M3, reference kernels: DEPTHWISE_CONV_2D int16
    {0x01040900, {20.1843, 10.9519, 7.8006, 84.8718, 33.3862, 2009.12}, {0.02877, 0.008025, 0.03609, 0.004684, 0.004684, 4.566e-06}},  // Cortex-M3, reference kernels: DEPTHWISE_CONV_2D int8
    {0x01060900, {103.245, 107.868}, {0.009666, 0.001375}},  // Cortex-M3, reference kernels: DEQUANTIZE int8
    {0x01090000, {71.1761, 163.719, 492.04}, {0.01402, 0.001044, 0.0005572}},  // Cortex-M3, reference kernels: FULLY_CONNECTED float32
    {0x01090700, {8.00064, 63.5009, 400.241}, {0.1223, 0.003873, 0.0008574}},  // Cortex-M3, reference kernels: FULLY_CONNECTED int16
    {0x01090706, {8.99328, 63.0432, 358.386}, {0.1092, 0.00375, 0.000625}},  // Cortex-M3, reference kernels: FULLY_CONNECTED int16 one scale
    {0x01090900, {5.99771, 60.1389, 378.431}, {0.1658, 0.01233, 0.001556}},  // Cortex-M3, reference kernels: FULLY_CONNECTED int8
    {0x01090906, {7.00239, 55.5727, 405.153}, {0.141, 0.008714, 0.0007369}},  // Cortex-M3, reference kernels: FULLY_CONNECTED int8 one scale
    {0x010e0000, {1726.62, 0}, {0.0005792, 0.0005792}},  // Cortex-M3, reference kernels: LOGISTIC float32
    {0x010e0900, {361.807, 167.812}, {0.002763, 0.001888}},  // Cortex-M3, reference kernels: LOGISTIC int8
    {0x01110000, {41.7296, 12.9922, 106.665, 58.4753, 311.182}, {0.0172, 0.009159, 0.004872, 0.0005923, 0.0001004}},  // Cortex-M3, reference kernels: MAX_POOL_2D float32
    {0x01110700, {36.9801, 0, 0, 33.8398, 360.515}, {0.02654, 0.01327, 0.01327, 0.001584, 2.544e-05}},  // Cortex-M3, reference kernels: MAX_POOL_2D int16
    {0x01110900, {7.98832, 13.2124, 53.7765, 11.4239, 285.394}, {0.06798, 0.01771, 0.01196, 0.002171, 0.0001435}},  // Cortex-M3, reference kernels: MAX_POOL_2D int8
    {0x01120900, {50.543, 638.5}, {0.01972, 7.365e-05}},  // Cortex-M3, reference kernels: MUL int8
    {0x01120905, {53.2589, 0}, {0.01878, 1.834e-05}},  // Cortex-M3, reference kernels: MUL int8 broadcast
    {0x01130000, {42.4975, 254.459}, {0.02344, 6.881e-05}},  // Cortex-M3, reference kernels: RELU float32
    {0x01130900, {49.6271, 0}, {0.02015, 3.936e-05}},  // Cortex-M3, reference kernels: RELU int8
    {0x01160900, {0.561821, 184.934}, {1.689, 0.004527}},  // Cortex-M3, reference kernels: RESHAPE int8
    {0x01190000, {669.951, 0}, {0.001493, 0.0004975}},  // Cortex-M3, reference kernels: SOFTMAX float32
    {0x01190700, {88.4963, 331.207}, {0.008223, 0.001459}},  // Cortex-M3, reference kernels: SOFTMAX int16
    {0x01190900, {449.668, 431.676}, {0.002203, 0.0007513}},  // Cortex-M3, reference kernels: SOFTMAX int8
    {0x011c0900, {369.111, 312.103}, {0.002708, 0.0002109}},  // Cortex-M3, reference kernels: TANH int8
    {0x01220900, {15.3241, 23.2421, 1202.72}, {0.02654, 0.02542, 0.0001597}},  // Cortex-M3, reference kernels: PAD int8
    {0x01270900, {5.00507, 34.9057, 384.972}, {0.1865, 0.0235, 0.001965}},  // Cortex-M3, reference kernels: TRANSPOSE int8
    {0x01280000, {41.3659, 0, 59.1993, 6628.56}, {0.02379, 0.007677, 0.0002399, 1.406e-05}},  // Cortex-M3, reference kernels: MEAN float32
    {0x01280700, {33.0241, 0, 0, 0}, {0.03028, 0.01009, 0.0003154, 9.857e-06}},  // Cortex-M3, reference kernels: MEAN int16
    {0x01280900, {32.8915, 0, 14.1153, 258.237}, {0.03038, 0.01012, 0.0006262, 2.503e-05}},  // Cortex-M3, reference kernels: MEAN int8
    {0x012b0900, {0.561042, 252.007}, {1.663, 0.001636}},  // Cortex-M3, reference kernels: SQUEEZE int8
    {0x012d0200, {826.667, 0}, {0.00121, 0.00121}},  // Cortex-M3, reference kernels: STRIDED_SLICE int32
    {0x01460000, {4.0028, 146.707}, {0.2441, 0.0007421}},  // Cortex-M3, reference kernels: EXPAND_DIMS float32
    {0x01460900, {4.00412, 143.29}, {0.2455, 0.0005949}},  // Cortex-M3, reference kernels: EXPAND_DIMS int8
    {0x014d0900, {2.09346e-14, 133.333}, {0.03, 0.0075}},  // Cortex-M3, reference kernels: SHAPE int8
    {0x01520000, {46.1343, 0, 0, 482.222}, {0.02157, 0.007191, 0.0007071, 4.42e-05}},  // Cortex-M3, reference kernels: REDUCE_MAX float32
    {0x01520900, {33.1411, 0, 0, 232.146}, {0.03016, 0.01005, 0.0006272, 9.8e-06}},  // Cortex-M3, reference kernels: REDUCE_MAX int8
    {0x01530200, {129.829, 0}, {0.007702, 0.003851}},  // Cortex-M3, reference kernels: PACK int32
    {0x01620900, {50.2948, 0}, {0.01988, 3.883e-05}},  // Cortex-M3, reference kernels: LEAKY_RELU int8
    {0x01720000, {197.662, 327.562}, {0.005052, 1.312e-05}},  // Cortex-M3, reference kernels: QUANTIZE float32
    {0x02000000, {13.9844, 400}, {0.07052, 6.793e-05}},  // Cortex-M4, reference kernels: ADD float32
    {0x02000005, {15.7987, 1072.32}, {0.06324, 0.0001567}},  // Cortex-M4, reference kernels: ADD float32 broadcast
    {0x02000900, {87.9193, 1542.92}, {0.01133, 1.448e-05}},  // Cortex-M4, reference kernels: ADD int8
    {0x02010000, {23.7604, 0, 0, 32.9167, 0}, {0.04068, 0.02034, 0.02034, 0.001968, 3.178e-05}},  // Cortex-M4, reference kernels: AVERAGE_POOL_2D float32
    {0x02010900, {23.0054, 0, 0, 23.957, 427.518}, {0.04201, 0.021, 0.0105, 0.002029, 4.141e-05}},  // Cortex-M4, reference kernels: AVERAGE_POOL_2D int8
    {0x02020900, {32.5113, 0.532772, 546.71}, {0.02618, 1.646, 0.001462}},  // Cortex-M4, reference kernels: CONCATENATION int8
    {0x02030000, {4.99572, 10.2014, 23.0943, 17.0525, 47.9672, 675.973}, {0.1599, 0.02315, 0.008959, 0.02737, 0.0056, 4.691e-06}},  // Cortex-M4, reference kernels: CONV_2D float32
    {0x02030700, {9.97371, 33.7726, 23.7135, 6.69245, 116.323, 0}, {0.06996, 0.01084, 0.003842, 0.01131, 0.003842, 1.997e-06}},  // Cortex-M4, reference kernels: CONV_2D int16
    {0x02030900, {5.98163, 30.0023, 16.3363, 8.08972, 82.5364, 1380.47}, {0.1457, 0.02068, 0.0064, 0.02316, 0.0064, 1.928e-05}},  // Cortex-M4, reference kernels: CONV_2D int8
    {0x02040000, {4.65136, 19.8538, 16.3538, 35.0516, 22.2267, 133.977}, {0.03684, 0.01664, 0.04649, 0.01285, 0.01015, 6.074e-05}},  // Cortex-M4, reference kernels: DEPTHWISE_CONV_2D float32
    {0x02040700, {0, 135.859, 0, 38.9876, 0, 1820}, {0.0192, 0.006679, 0.02177, 0.002418, 0.002418, 2.264e-06}},  // Cortex-M4, reference kernels: DEPTHWISE_CONV_2D int16
    {0x02040900, {20.1057, 15.2395, 7.89203, 82.8111, 29.2115, 2441.95}, {0.02831, 0.007805, 0.03551, 0.004721, 0.004721, 4.598e-06}},  // Cortex-M4, reference kernels: DEPTHWISE_CONV_2D int8
    {0x02060900, {103.112, 119.617}, {0.009676, 0.001354}},  // Cortex-M4, reference kernels: DEQUANTIZE int8
    {0x02090000, {5.02115, 16.9452, 447.327}, {0.1983, 0.007057, 0.001836}},  // Cortex-M4, reference kernels: FULLY_CONNECTED float32
    {0x02090700, {8.00219, 63.3466, 409.969}, {0.1223, 0.00385, 0.0008507}},  // Cortex-M4, reference kernels: FULLY_CONNECTED int16
    {0x02090706, {9.00212, 55.8811, 440.51}, {0.1091, 0.003659, 0.0006098}},  // Cortex-M4, reference kernels: FULLY_CONNECTED int16 one scale
    {0x02090900, {5.99417, 59.4183, 400.983}, {0.1659, 0.01242, 0.001507}},  // Cortex-M4, reference kernels: FULLY_CONNECTED int8
    {0x02090906, {7.00351, 55.5293, 416.661}, {0.1409, 0.00871, 0.0007307}},  // Cortex-M4, reference kernels: FULLY_CONNECTED int8 one scale
    {0x020e0000, {316.449, 0}, {0.00316, 0.00316}},  // Cortex-M4, reference kernels: LOGISTIC float32
    {0x020e0900, {362.465, 162.778}, {0.002758, 0.001904}},  // Cortex-M4, reference kernels: LOGISTIC int8
    {0x02110000, {8.66966, 8.93287, 20.5599, 52.5124, 315.516}, {0.07069, 0.03458, 0.0205, 0.002314, 0.0003694}},  // Cortex-M4, reference kernels: MAX_POOL_2D float32
    {0x02110700, {36.9988, 0, 0, 29.5354, 302.182}, {0.02659, 0.0133, 0.0133, 0.001597, 2.555e-05}},  // Cortex-M4, reference kernels: MAX_POOL_2D int16
    {0x02110900, {7.99033, 13.2, 53.7942, 11.4248, 282.684}, {0.06798, 0.01771, 0.01196, 0.002171, 0.0001435}},  // Cortex-M4, reference kernels: MAX_POOL_2D int8
    {0x02120900, {50.4375, 714.667}, {0.01976, 7.339e-05}},  // Cortex-M4, reference kernels: MUL int8
    {0x02120905, {53.235, 0}, {0.01878, 1.834e-05}},  // Cortex-M4, reference kernels: MUL int8 broadcast
    {0x02130000, {8.99163, 258.8}, {0.1092, 0.0003049}},  // Cortex-M4, reference kernels: RELU float32
    {0x02130900, {49.6615, 13.3333}, {0.02013, 3.931e-05}},  // Cortex-M4, reference kernels: RELU int8
    {0x02160900, {0.530195, 193.624}, {1.78, 0.004395}},  // Cortex-M4, reference kernels: RESHAPE int8
    {0x02190000, {97.657, 180.911}, {0.008871, 0.00211}},  // Cortex-M4, reference kernels: SOFTMAX float32
    {0x02190700, {91.1131, 368.83}, {0.007813, 0.001364}},  // Cortex-M4, reference kernels: SOFTMAX int16
    {0x02190900, {449.255, 443.968}, {0.002204, 0.0007449}},  // Cortex-M4, reference kernels: SOFTMAX int8
    {0x021c0900, {369.407, 268.884}, {0.002706, 0.0002127}},  // Cortex-M4, reference kernels: TANH int8
    {0x02220900, {15.496, 23.0651, 1220.69}, {0.02648, 0.02542, 0.0001592}},  // Cortex-M4, reference kernels: PAD int8
    {0x02270900, {5.00552, 35.9083, 405.183}, {0.1863, 0.02297, 0.001971}},  // Cortex-M4, reference kernels: TRANSPOSE int8
    {0x02280000, {31.2641, 0, 0, 0}, {0.03199, 0.01066, 0.0003332, 2.082e-05}},  // Cortex-M4, reference kernels: MEAN float32
    {0x02280700, {34.1133, 0, 3.87505, 0}, {0.0293, 0.00976, 0.000305, 9.531e-06}},  // Cortex-M4, reference kernels: MEAN int16
    {0x02280900, {32.3803, 0, 11.7509, 34.4016}, {0.03088, 0.01028, 0.0006383, 2.559e-05}},  // Cortex-M4, reference kernels: MEAN int8
    {0x022b0900, {0.531629, 255.768}, {1.747, 0.001678}},  // Cortex-M4, reference kernels: SQUEEZE int8
    {0x022d0200, {819.892, 0}, {0.00122, 0.00122}},  // Cortex-M4, reference kernels: STRIDED_SLICE int32
    {0x02460000, {3.99453, 165.444}, {0.2439, 0.0007332}},  // Cortex-M4, reference kernels: EXPAND_DIMS float32
    {0x02460900, {4.01318, 140.967}, {0.245, 0.0005945}},  // Cortex-M4, reference kernels: EXPAND_DIMS int8
    {0x024d0900, {0, 139.367}, {0.0287, 0.007175}},  // Cortex-M4, reference kernels: SHAPE int8
    {0x02520000, {36.767, 0, 0, 498.519}, {0.02703, 0.009011, 0.0008817, 5.511e-05}},  // Cortex-M4, reference kernels: REDUCE_MAX float32
    {0x02520900, {32.1408, 0, 0, 194.355}, {0.0311, 0.01037, 0.0006469, 1.011e-05}},  // Cortex-M4, reference kernels: REDUCE_MAX int8
    {0x02530200, {132.668, 0}, {0.007538, 0.003769}},  // Cortex-M4, reference kernels: PACK int32
    {0x02620900, {51.3724, 175.988}, {0.01943, 3.777e-05}},  // Cortex-M4, reference kernels: LEAKY_RELU int8
    {0x02720000, {35.8384, 287.71}, {0.02771, 7.118e-05}},  // Cortex-M4, reference kernels: QUANTIZE float32
    {0x03000000, {13.0078, 360}, {0.07585, 7.31e-05}},  // Cortex-M7, reference kernels: ADD float32
    {0x03000005, {14.7818, 1079.3}, {0.06759, 0.0001654}},  // Cortex-M7, reference kernels: ADD float32 broadcast
    {0x03000900, {111.119, 1020.24}, {0.008979, 1.158e-05}},  // Cortex-M7, reference kernels: ADD int8
    {0x03010000, {23.25, 0, 0, 33.125, 0}, {0.04153, 0.02077, 0.02077, 0.002008, 3.245e-05}},  // Cortex-M7, reference kernels: AVERAGE_POOL_2D float32
    {0x03010900, {23.8452, 0, 0, 13.932, 429.003}, {0.0411, 0.02055, 0.01027, 0.002002, 4.085e-05}},  // Cortex-M7, reference kernels: AVERAGE_POOL_2D int8
    {0x03020900, {32.4905, 0.535974, 536.513}, {0.02619, 1.641, 0.001483}},  // Cortex-M7, reference kernels: CONCATENATION int8
    {0x03030000, {5.9961, 15.4158, 21.1413, 16.8226, 44.8539, 662.587}, {0.1355, 0.02062, 0.008328, 0.02437, 0.005142, 4.02e-06}},  // Cortex-M7, reference kernels: CONV_2D float32
    {0x03030700, {9.97383, 33.1961, 25.8412, 6.27114, 117.195, 0}, {0.07008, 0.01087, 0.003813, 0.01133, 0.003813, 2.005e-06}},  // Cortex-M7, reference kernels: CONV_2D int16
    {0x03030900, {5.98691, 30.6246, 16.1505, 8.43537, 82.3482, 1162.49}, {0.1452, 0.02027, 0.006383, 0.0227, 0.006383, 1.918e-05}},  // Cortex-M7, reference kernels: CONV_2D int8
    {0x03040000, {2.14354, 27.972, 17.8137, 36.9241, 17.7891, 0}, {0.03648, 0.01475, 0.04434, 0.01157, 0.009708, 5.935e-05}},  // Cortex-M7, reference kernels: DEPTHWISE_CONV_2D float32
    {0x03040700, {9.26366, 0, 40.0064, 0, 0, 0}, {0.01893, 0.006585, 0.02092, 0.002325, 0.002325, 2.237e-06}},  // Cortex-M7, reference kernels: DEPTHWISE_CONV_2D int16
    {0x03040900, {18.0816, 22.153, 8.93714, 79.7651, 27.1128, 2152.83}, {0.0281, 0.00762, 0.03525, 0.004749, 0.004749, 4.627e-06}},  // Cortex-M7, reference kernels: DEPTHWISE_CONV_2D int8
    {0x03060900, {12.0034, 217.19}, {0.08047, 0.003458}},  // Cortex-M7, reference kernels: DEQUANTIZE int8
    {0x03090000, {5.03165, 15.4306, 424.07}, {0.198, 0.00733, 0.001923}},  // Cortex-M7, reference kernels: FULLY_CONNECTED float32
    {0x03090700, {7.98454, 62.395, 405.723}, {0.1226, 0.003879, 0.0008574}},  // Cortex-M7, reference kernels: FULLY_CONNECTED int16
    {0x03090706, {8.99505, 62.9441, 358.811}, {0.1091, 0.00375, 0.000625}},  // Cortex-M7, reference kernels: FULLY_CONNECTED int16 one scale
    {0x03090900, {5.99437, 57.8989, 384.135}, {0.1659, 0.01268, 0.001553}},  // Cortex-M7, reference kernels: FULLY_CONNECTED int8
    {0x03090906, {7.00154, 53.754, 397.367}, {0.141, 0.00886, 0.0007422}},  // Cortex-M7, reference kernels: FULLY_CONNECTED int8 one scale
    {0x030e0000, {260.393, 0}, {0.00384, 0.00384}},  // Cortex-M7, reference kernels: LOGISTIC float32
    {0x030e0900, {446.235, 163.049}, {0.002241, 0.001641}},  // Cortex-M7, reference kernels: LOGISTIC int8
    {0x03110000, {8.66652, 8.9504, 19.5545, 49.4148, 310.705}, {0.0713, 0.03524, 0.02097, 0.002375, 0.0003748}},  // Cortex-M7, reference kernels: MAX_POOL_2D float32
    {0x03110700, {37.005, 0, 0, 28.8462, 315.578}, {0.02659, 0.01329, 0.01329, 0.001598, 2.555e-05}},  // Cortex-M7, reference kernels: MAX_POOL_2D int16
    {0x03110900, {7.97936, 13.23, 52.7715, 11.4054, 281.75}, {0.0683, 0.01787, 0.01211, 0.002191, 0.0001453}},  // Cortex-M7, reference kernels: MAX_POOL_2D int8
    {0x03120900, {50.543, 636}, {0.01972, 7.366e-05}},  // Cortex-M7, reference kernels: MUL int8
    {0x03120905, {53.6648, 0}, {0.01863, 1.82e-05}},  // Cortex-M7, reference kernels: MUL int8 broadcast
    {0x03130000, {9.00339, 228.14}, {0.1093, 0.0003074}},  // Cortex-M7, reference kernels: RELU float32
    {0x03130900, {49.6277, 0}, {0.02015, 3.936e-05}},  // Cortex-M7, reference kernels: RELU int8
    {0x03160900, {0.531825, 184.899}, {1.78, 0.004568}},  // Cortex-M7, reference kernels: RESHAPE int8
    {0x03190000, {53.4881, 270.747}, {0.01315, 0.002319}},  // Cortex-M7, reference kernels: SOFTMAX float32
    {0x03190700, {100.255, 338.619}, {0.007456, 0.001352}},  // Cortex-M7, reference kernels: SOFTMAX int16
    {0x03190900, {560.583, 479.314}, {0.001769, 0.0006248}},  // Cortex-M7, reference kernels: SOFTMAX int8
    {0x031c0900, {458.83, 283.067}, {0.002179, 0.0001727}},  // Cortex-M7, reference kernels: TANH int8
    {0x03220900, {18.1908, 23.3304, 1150.19}, {0.02472, 0.0236, 0.0001513}},  // Cortex-M7, reference kernels: PAD int8
    {0x03270900, {5.00673, 35.9044, 385.945}, {0.1862, 0.02297, 0.001968}},  // Cortex-M7, reference kernels: TRANSPOSE int8
    {0x03280000, {37.1348, 0, 122.528, 762.107}, {0.02671, 0.008641, 0.00027, 1.673e-05}},  // Cortex-M7, reference kernels: MEAN float32
    {0x03280700, {32.0241, 0, 0, 0}, {0.03123, 0.01041, 0.0003253, 1.016e-05}},  // Cortex-M7, reference kernels: MEAN int16
    {0x03280900, {31.8915, 0, 14.1687, 259.487}, {0.03133, 0.01043, 0.0006456, 2.58e-05}},  // Cortex-M7, reference kernels: MEAN int8
    {0x032b0900, {0.531897, 246.745}, {1.751, 0.001703}},  // Cortex-M7, reference kernels: SQUEEZE int8
    {0x032d0200, {813.333, 0}, {0.00123, 0.00123}},  // Cortex-M7, reference kernels: STRIDED_SLICE int32
    {0x03460000, {4.01757, 135.329}, {0.2437, 0.0007459}},  // Cortex-M7, reference kernels: EXPAND_DIMS float32
    {0x03460900, {3.9981, 158.041}, {0.2454, 0.0005906}},  // Cortex-M7, reference kernels: EXPAND_DIMS int8
    {0x034d0900, {2.09346e-14, 133.333}, {0.03, 0.0075}},  // Cortex-M7, reference kernels: SHAPE int8
    {0x03520000, {33.451, 0, 0, 450.185}, {0.02971, 0.009904, 0.0009693, 6.058e-05}},  // Cortex-M7, reference kernels: REDUCE_MAX float32
    {0x03520900, {0, 95.4235, 0, 195.639}, {0.03142, 0.01047, 0.0006537, 1.021e-05}},  // Cortex-M7, reference kernels: REDUCE_MAX int8
    {0x03530200, {129.829, 0}, {0.007702, 0.003851}},  // Cortex-M7, reference kernels: PACK int32
    {0x03620900, {52.2936, 0}, {0.01912, 3.735e-05}},  // Cortex-M7, reference kernels: LEAKY_RELU int8
    {0x03720000, {18.0112, 213.979}, {0.05495, 0.0001402}},  // Cortex-M7, reference kernels: QUANTIZE float32
    {0x04000000, {13.0046, 366.667}, {0.07585, 7.308e-05}},  // Cortex-M33, reference kernels: ADD float32
    {0x04000005, {14.7913, 1063.84}, {0.06754, 0.0001657}},  // Cortex-M33, reference kernels: ADD float32 broadcast
    {0x04000900, {88.1279, 1275.62}, {0.01131, 1.45e-05}},  // Cortex-M33, reference kernels: ADD int8
    {0x04010000, {23.2422, 0, 0, 36.3281, 0}, {0.04141, 0.0207, 0.0207, 0.001995, 3.235e-05}},  // Cortex-M33, reference kernels: AVERAGE_POOL_2D float32
    {0x04010900, {23.0477, 0, 0, 22.8789, 417.225}, {0.04199, 0.021, 0.0105, 0.002031, 4.145e-05}},  // Cortex-M33, reference kernels: AVERAGE_POOL_2D int8
    {0x04020900, {32.9779, 0.576514, 524.57}, {0.02567, 1.542, 0.001495}},  // Cortex-M33, reference kernels: CONCATENATION int8
    {0x04030000, {5.99681, 15.4082, 21.2793, 16.7922, 46.5914, 634.493}, {0.1354, 0.0206, 0.008264, 0.02435, 0.005093, 4.011e-06}},  // Cortex-M33, reference kernels: CONV_2D float32
    {0x04030700, {9.97395, 33.9097, 18.5476, 6.55854, 117.464, 0}, {0.07021, 0.01104, 0.003902, 0.01151, 0.003902, 2.014e-06}},  // Cortex-M33, reference kernels: CONV_2D int16
    {0x04030900, {5.97544, 30.5273, 16.4391, 7.63053, 82.8148, 1509.71}, {0.1458, 0.02067, 0.006377, 0.02315, 0.006377, 1.923e-05}},  // Cortex-M33, reference kernels: CONV_2D int8
    {0x04040000, {4.66759, 19.9044, 16.3079, 34.9559, 21.929, 0}, {0.03687, 0.01666, 0.04656, 0.01286, 0.01019, 6.08e-05}},  // Cortex-M33, reference kernels: DEPTHWISE_CONV_2D float32
    {0x04040700, {0, 140.267, 0, 29.4067, 0, 1058.33}, {0.01908, 0.006637, 0.02165, 0.002406, 0.002406, 2.252e-06}},  // Cortex-M33, reference kernels: DEPTHWISE_CONV_2D int16
    {0x04040900, {20.1818, 10.9539, 7.80253, 84.8726, 33.3843, 1999.2}, {0.02877, 0.008025, 0.03609, 0.004684, 0.004684, 4.566e-06}},  // Cortex-M33, reference kernels: DEPTHWISE_CONV_2D int8
    {0x04060900, {103.604, 99.0129}, {0.009634, 0.001388}},  // Cortex-M33, reference kernels: DEQUANTIZE int8
    {0x04090000, {5.03031, 15.8914, 422.644}, {0.198, 0.007319, 0.001927}},  // Cortex-M33, reference kernels: FULLY_CONNECTED float32
    {0x04090700, {7.9848, 63.8359, 397.967}, {0.1226, 0.003877, 0.0008589}},  // Cortex-M33, reference kernels: FULLY_CONNECTED int16
    {0x04090706, {9.00428, 55.1354, 417.277}, {0.1091, 0.003721, 0.0006202}},  // Cortex-M33, reference kernels: FULLY_CONNECTED int16 one scale
    {0x04090900, {5.99164, 59.8561, 381.318}, {0.1659, 0.01237, 0.001551}},  // Cortex-M33, reference kernels: FULLY_CONNECTED int8
    {0x04090906, {6.99929, 55.8574, 401.188}, {0.141, 0.008697, 0.0007391}},  // Cortex-M33, reference kernels: FULLY_CONNECTED int8 one scale
    {0x040e0000, {300, 0}, {0.003333, 0.003333}},  // Cortex-M33, reference kernels: LOGISTIC float32
    {0x040e0900, {362.373, 161.376}, {0.002759, 0.001909}},  // Cortex-M33, reference kernels: LOGISTIC int8
    {0x04110000, {8.65318, 8.98664, 19.5172, 56.5989, 318.712}, {0.0712, 0.03509, 0.02088, 0.002336, 0.0003728}},  // Cortex-M33, reference kernels: MAX_POOL_2D float32
    {0x04110700, {36.9882, 0, 0, 31.8888, 334.048}, {0.02656, 0.01328, 0.01328, 0.00159, 2.549e-05}},  // Cortex-M33, reference kernels: MAX_POOL_2D int16
    {0x04110900, {7.9835, 13.2145, 53.7833, 11.6027, 274.02}, {0.06801, 0.01771, 0.01196, 0.002171, 0.0001437}},  // Cortex-M33, reference kernels: MAX_POOL_2D int8
    {0x04120900, {50.5404, 636.667}, {0.01973, 7.366e-05}},  // Cortex-M33, reference kernels: MUL int8
    {0x04120905, {53.257, 0}, {0.01878, 1.834e-05}},  // Cortex-M33, reference kernels: MUL int8 broadcast
    {0x04130000, {9.00521, 224.254}, {0.1093, 0.0003077}},  // Cortex-M33, reference kernels: RELU float32
    {0x04130900, {49.6284, 0}, {0.02015, 3.935e-05}},  // Cortex-M33, reference kernels: RELU int8
    {0x04160900, {0.563442, 180.886}, {1.687, 0.004609}},  // Cortex-M33, reference kernels: RESHAPE int8
    {0x04190000, {94.1, 179.347}, {0.00917, 0.002166}},  // Cortex-M33, reference kernels: SOFTMAX float32
    {0x04190700, {89.4742, 335.127}, {0.008131, 0.001443}},  // Cortex-M33, reference kernels: SOFTMAX int16
    {0x04190900, {449.073, 433.645}, {0.002206, 0.0007509}},  // Cortex-M33, reference kernels: SOFTMAX int8
    {0x041c0900, {369.147, 307.367}, {0.002708, 0.0002111}},  // Cortex-M33, reference kernels: TANH int8
    {0x04220900, {15.2506, 23.3205, 1203.87}, {0.02655, 0.02542, 0.0001597}},  // Cortex-M33, reference kernels: PAD int8
    {0x04270900, {5.0054, 34.9058, 377.326}, {0.1865, 0.0235, 0.001965}},  // Cortex-M33, reference kernels: TRANSPOSE int8
    {0x04280000, {36.6721, 0, 101.714, 793.566}, {0.02707, 0.008794, 0.0002748, 1.702e-05}},  // Cortex-M33, reference kernels: MEAN float32
    {0x04280700, {34.1146, 0, 3.64587, 0}, {0.0293, 0.00976, 0.000305, 9.531e-06}},  // Cortex-M33, reference kernels: MEAN int16
    {0x04280900, {33.9139, 0, 19.9366, 666.493}, {0.02944, 0.009798, 0.0006031, 2.399e-05}},  // Cortex-M33, reference kernels: MEAN int8
    {0x042b0900, {0.559247, 255.656}, {1.667, 0.00163}},  // Cortex-M33, reference kernels: SQUEEZE int8
    {0x042d0200, {808.162, 0}, {0.001237, 0.001237}},  // Cortex-M33, reference kernels: STRIDED_SLICE int32
    {0x04460000, {4.00477, 142.923}, {0.2441, 0.0007439}},  // Cortex-M33, reference kernels: EXPAND_DIMS float32
    {0x04460900, {4.01491, 127.013}, {0.2453, 0.0005993}},  // Cortex-M33, reference kernels: EXPAND_DIMS int8
    {0x044d0900, {33.3333, 0}, {0.03, 0.01}},  // Cortex-M33, reference kernels: SHAPE int8
    {0x04520000, {36.7839, 0, 0, 456.25}, {0.02703, 0.009011, 0.0008834, 5.521e-05}},  // Cortex-M33, reference kernels: REDUCE_MAX float32
    {0x04520900, {32.4742, 0, 0, 178.339}, {0.03078, 0.01026, 0.0006404, 1.001e-05}},  // Cortex-M33, reference kernels: REDUCE_MAX int8
    {0x04530200, {125, 0}, {0.008, 0.004}},  // Cortex-M33, reference kernels: PACK int32
    {0x04620900, {50.2914, 0}, {0.01988, 3.884e-05}},  // Cortex-M33, reference kernels: LEAKY_RELU int8
    {0x04720000, {17.9987, 241.554}, {0.05492, 0.0001398}},  // Cortex-M33, reference kernels: QUANTIZE float32
    {0x05000000, {130.781, 23786.7}, {0.007023, 6.341e-06}},  // Cortex-M0+, CMSIS-NN: ADD float32
    {0x05000005, {149.221, 8232.38}, {0.006697, 1.713e-05}},  // Cortex-M0+, CMSIS-NN: ADD float32 broadcast
    {0x05000900, {237.085, 1623.18}, {0.004211, 5.444e-06}},  // Cortex-M0+, CMSIS-NN: ADD int8
    {0x05010000, {288.281, 0, 0, 822.5, 0}, {0.003238, 0.001619, 0.001619, 0.0001518, 2.53e-06}},  // Cortex-M0+, CMSIS-NN: AVERAGE_POOL_2D float32
    {0x05010900, {7.29353, 9.17717, 15.5684, 98.7414, 49.7239, 1111.23}, {0.05853, 0.05853, 0.01187, 0.007568, 0.004595, 0.0003601}},  // Cortex-M0+, CMSIS-NN: AVERAGE_POOL_2D int8
    {0x05020900, {111.915, 0.827054, 898.752}, {0.008273, 1.037, 0.0008097}},  // Cortex-M0+, CMSIS-NN: CONCATENATION int8
    {0x05030000, {165.328, 45.1397, 0, 28.7006, 261.172, 38110.7}, {0.005932, 0.003961, 0.001635, 0.004682, 0.0008176, 3.197e-07}},  // Cortex-M0+, CMSIS-NN: CONV_2D float32
    {0x05030700, {26.9201, 0, 420.641, 11.8367, 253.661, 13.074, 117.364, 135.269, 0, 58.553, 4.84185, 6.15148, 0}, {0.03405, 0, 0.002096, 0.03349, 0.0004294, 0.07092, 0.0003106, 0.002326, 0.0001454, 0.002798, 0.03907, 0.005597, 0.0005355}},  // Cortex-M0+, CMSIS-NN: CONV_2D int16
    {0x05030900, {24.013, 401.968, 13.9487, 240.182, 12.8203, 178.394, 11.637, 181.97, 0, 34.3631, 0, 0, 59.3445}, {0.03922, 0.001658, 0.02118, 0.0004228, 0.02563, 0.0003073, 0.04236, 0.0008457, 5.01e-05, 0.008817, 0.0103, 0.00933, 0.00232}},  // Cortex-M0+, CMSIS-NN: CONV_2D int8
    {0x05030901, {7.80505, 92.9573, 23.9809, 391.443, 12.8789, 196.94, 8.04971, 113.302, 143.255, 380.297}, {0.01725, 0.0006162, 0.03493, 0.002404, 0.01328, 0.0005535, 0.04664, 0.005182, 0.0006162, 0.0003081}},  // Cortex-M0+, CMSIS-NN: CONV_2D int8 1x1
    {0x05040000, {199.924, 3.60026, 15.8959, 197.483, 0, 0}, {0.004472, 0.003131, 0.008166, 0.002394, 0.002375, 1.007e-05}},  // Cortex-M0+, CMSIS-NN: DEPTHWISE_CONV_2D float32
    {0x05040700, {6.51727, 176.564, 0, 0, 0, 0}, {0.01472, 0.005142, 0.01683, 0.00187, 0.00187, 1.739e-06}},  // Cortex-M0+, CMSIS-NN: DEPTHWISE_CONV_2D int16
    {0x05040903, {107.516, 117.722, 435.667, 0, 46.7311, 67.4771, 82.7158, 138.465}, {0.004169, 0.002319, 0.0008244, 0.02389, 0.01257, 0.004335, 0.003393, 5.36e-05}},  // Cortex-M0+, CMSIS-NN: DEPTHWISE_CONV_2D int8 3x3
    {0x05040904, {23.9716, 31.4075, 408.081, 64.832, 66.0891, 1948.96}, {0.02682, 0.00702, 0.002078, 0.001782, 0.0008616, 3.791e-05}},  // Cortex-M0+, CMSIS-NN: DEPTHWISE_CONV_2D int8 multiplier of 4
    {0x05040907, {26.8822, 39.0991, 145.002, 44.4164, 23.5109, 51.4743, 75.1199, 306.898}, {0.02631, 0.007947, 0.004348, 0.003793, 0.002604, 0.002612, 0.002612, 0.000217}},  // Cortex-M0+, CMSIS-NN: DEPTHWISE_CONV_2D int8 any window
    {0x05060900, {385.595, 321.967}, {0.002589, 0.0003794}},  // Cortex-M0+, CMSIS-NN: DEQUANTIZE int8
    {0x05090000, {159.941, 255.995, 587.104}, {0.006243, 0.000512, 0.0002939}},  // Cortex-M0+, CMSIS-NN: FULLY_CONNECTED float32
    {0x05090700, {54.6754, 0, 99.88, 0, 0, 0, 0, 303.473}, {0.01821, 0, 0.002588, 0, 0, 0, 0.001617, 0.001617}},  // Cortex-M0+, CMSIS-NN: FULLY_CONNECTED int16
    {0x05090900, {15.9852, 344.43, 7.93339, 109.739, 126.969, 494.539}, {0.05939, 0.002462, 0.1154, 0.003728, 0.003728, 0.002028}},  // Cortex-M0+, CMSIS-NN: FULLY_CONNECTED int8
    {0x05090901, {8.30435, 89.8506, 23.9701, 392.641, 12.904, 180.782, 8.01361, 114.803, 215.478, 440.693}, {0.008924, 0.0005577, 0.03673, 0.002024, 0.001477, 0.0001338, 0.05465, 0.004982, 0.001245, 0.001245}},  // Cortex-M0+, CMSIS-NN: FULLY_CONNECTED int8 1x1
    {0x05090906, {17.9904, 307.124, 7.91164, 94.57, 359.833, 284.418}, {0.05297, 0.00211, 0.09261, 0.003353, 0.002024, 0.002024}},  // Cortex-M0+, CMSIS-NN: FULLY_CONNECTED int8 one scale
    {0x050e0000, {3483.21, 0}, {0.0002871, 0.0002871}},  // Cortex-M0+, CMSIS-NN: LOGISTIC float32
    {0x050e0900, {1414.49, 302.331}, {0.0007069, 0.0005825}},  // Cortex-M0+, CMSIS-NN: LOGISTIC int8
    {0x05110000, {44.1454, 14.9815, 109.499, 91.1014, 82.6331}, {0.01623, 0.008669, 0.004636, 0.0005572, 9.721e-05}},  // Cortex-M0+, CMSIS-NN: MAX_POOL_2D float32
    {0x05110700, {62.9492, 0, 0, 165.625, 0}, {0.01468, 0.007339, 0.007339, 0.0008527, 1.433e-05}},  // Cortex-M0+, CMSIS-NN: MAX_POOL_2D int16
    {0x05110900, {169.041, 8.97155, 17.4734, 117.081, 17.8391, 123.827, 23.2674, 0, 54.1367, 512.626}, {0.005825, 0.06556, 0.03059, 0.007882, 0.01414, 0.00497, 0.01109, 0.007882, 0.001463, 0.000973}},  // Cortex-M0+, CMSIS-NN: MAX_POOL_2D int8
    {0x05120900, {95.8557, 1230.93}, {0.0104, 3.88e-05}},  // Cortex-M0+, CMSIS-NN: MUL int8
    {0x05120905, {134.753, 0}, {0.007421, 7.247e-06}},  // Cortex-M0+, CMSIS-NN: MUL int8 broadcast
    {0x05130000, {44.4864, 426.208}, {0.02234, 6.505e-05}},  // Cortex-M0+, CMSIS-NN: RELU float32
    {0x05130900, {122.534, 1330}, {0.008118, 1.561e-05}},  // Cortex-M0+, CMSIS-NN: RELU int8
    {0x05160900, {0.810571, 235.596}, {1.178, 0.003479}},  // Cortex-M0+, CMSIS-NN: RESHAPE int8
    {0x05190000, {1407.03, 0}, {0.0007107, 0.0002369}},  // Cortex-M0+, CMSIS-NN: SOFTMAX float32
    {0x05190700, {120, 360}, {0.00641, 0.0009259}},  // Cortex-M0+, CMSIS-NN: SOFTMAX int16
    {0x05190900, {1938.74, 414.711}, {0.0005147, 0.000233}},  // Cortex-M0+, CMSIS-NN: SOFTMAX int8
    {0x051c0900, {1510.62, 477.655}, {0.0006619, 5.375e-05}},  // Cortex-M0+, CMSIS-NN: TANH int8
    {0x05220900, {0.531987, 0.77722, 2.71689, 232.36, 91.3847, 609.532}, {0.408, 1.123, 0.2066, 0.003541, 0.009482, 0.001873}},  // Cortex-M0+, CMSIS-NN: PAD int8
    {0x05270900, {6.95281, 14.4612, 64.2647, 984.627}, {0.1401, 0.03367, 0.006396, 0.002339}},  // Cortex-M0+, CMSIS-NN: TRANSPOSE int8
    {0x05270908, {5.99976, 5.99104, 247.112, 227.096}, {0.1625, 0.02592, 0.00216, 0.00216}},  // Cortex-M0+, CMSIS-NN: TRANSPOSE int8 planes
    {0x05280000, {40.6972, 60.4383, 0, 7678.51}, {0.01772, 0.005333, 0.0001666, 9.888e-06}},  // Cortex-M0+, CMSIS-NN: MEAN float32
    {0x05280900, {42.8696, 0.706669, 106.79, 3058.85}, {0.0231, 0.00764, 0.0004497, 1.77e-05}},  // Cortex-M0+, CMSIS-NN: MEAN int8
    {0x052b0900, {0.812637, 306.804}, {1.161, 0.001209}},  // Cortex-M0+, CMSIS-NN: SQUEEZE int8
    {0x052d0200, {1073.25, 0}, {0.0009317, 0.0009317}},  // Cortex-M0+, CMSIS-NN: STRIDED_SLICE int32
    {0x05460000, {4.99619, 178.959}, {0.1957, 0.000596}},  // Cortex-M0+, CMSIS-NN: EXPAND_DIMS float32
    {0x05460900, {4.9968, 175.71}, {0.1967, 0.0004774}},  // Cortex-M0+, CMSIS-NN: EXPAND_DIMS int8
    {0x054d0900, {2.51215e-14, 160}, {0.025, 0.00625}},  // Cortex-M0+, CMSIS-NN: SHAPE int8
    {0x05520000, {0, 168.194, 0, 648.889}, {0.01774, 0.005914, 0.0005806, 3.628e-05}},  // Cortex-M0+, CMSIS-NN: REDUCE_MAX float32
    {0x05520900, {45.7953, 0, 0, 583.488}, {0.02181, 0.007271, 0.000453, 7.079e-06}},  // Cortex-M0+, CMSIS-NN: REDUCE_MAX int8
    {0x05530200, {160, 0}, {0.00625, 0.003125}},  // Cortex-M0+, CMSIS-NN: PACK int32
    {0x05620900, {121.601, 1408.8}, {0.008177, 1.571e-05}},  // Cortex-M0+, CMSIS-NN: LEAKY_RELU int8
    {0x05720000, {436.366, 1467.05}, {0.002285, 5.916e-06}},  // Cortex-M0+, CMSIS-NN: QUANTIZE float32
    {0x06000000, {109.375, 22480}, {0.008309, 7.436e-06}},  // Cortex-M3, CMSIS-NN: ADD float32
    {0x06000005, {125.288, 7810.26}, {0.007975, 2.004e-05}},  // Cortex-M3, CMSIS-NN: ADD float32 broadcast
    {0x06000900, {83.9966, 709.482}, {0.01188, 1.533e-05}},  // Cortex-M3, CMSIS-NN: ADD int8
    {0x06010000, {148.807, 0, 0, 0, 0}, {0.00672, 0.00336, 0.00336, 0.000336, 5.25e-06}},  // Cortex-M3, CMSIS-NN: AVERAGE_POOL_2D float32
    {0x06010900, {4.61628, 8.3276, 8.44572, 29.5847, 25.0726, 355.712}, {0.07595, 0.07708, 0.0264, 0.01934, 0.009843, 0.0006028}},  // Cortex-M3, CMSIS-NN: AVERAGE_POOL_2D int8
    {0x06020900, {33.0666, 0.581506, 509.231}, {0.02561, 1.534, 0.001528}},  // Cortex-M3, CMSIS-NN: CONCATENATION int8
    {0x06030000, {75.4883, 37.0629, 0, 26.7853, 193.898, 0}, {0.01279, 0.006669, 0.002662, 0.007883, 0.001331, 5.989e-07}},  // Cortex-M3, CMSIS-NN: CONV_2D float32
    {0x06030700, {10.0045, 0, 179.346, 6.51802, 112.903, 6.01079, 71.4592, 92.1275, 162.713, 37.5498, 2.59098, 4.54428, 108.315}, {0.08973, 0, 0.004775, 0.05953, 0.0009237, 0.1493, 0.0007225, 0.004105, 0.0002566, 0.005924, 0.06946, 0.01185, 0.001122}},  // Cortex-M3, CMSIS-NN: CONV_2D int16
    {0x06030900, {10.0375, 160.346, 6.80545, 89.2247, 5.04099, 74.4539, 5.96647, 118.801, 0, 38.2865, 0, 0.0543853, 41.1158}, {0.09311, 0.003722, 0.03855, 0.0007904, 0.06227, 0.000729, 0.08679, 0.001581, 8.602e-05, 0.01356, 0.0217, 0.01814, 0.00465}},  // Cortex-M3, CMSIS-NN: CONV_2D int8
    {0x06030901, {5.81913, 57.4199, 10.0175, 145.905, 7.05441, 84.8757, 6.01417, 48.7355, 133.116, 411.529}, {0.03303, 0.001179, 0.08363, 0.0064, 0.0272, 0.001134, 0.08306, 0.009229, 0.001179, 0.0005897}},  // Cortex-M3, CMSIS-NN: CONV_2D int8 1x1
    {0x06040000, {94.2324, 12.7519, 11.2015, 133.696, 0, 0}, {0.008899, 0.00538, 0.01577, 0.003962, 0.003928, 1.653e-05}},  // Cortex-M3, CMSIS-NN: DEPTHWISE_CONV_2D float32
    {0x06040700, {8.66594, 90.4513, 0, 0, 0, 0}, {0.02492, 0.00875, 0.02864, 0.003182, 0.003182, 2.944e-06}},  // Cortex-M3, CMSIS-NN: DEPTHWISE_CONV_2D int16
    {0x06040903, {17.2813, 31.3281, 157.193, 0, 29.9703, 33.6555, 58.884, 414.382}, {0.01672, 0.00886, 0.00312, 0.03921, 0.02063, 0.007115, 0.00537, 0.0001047}},  // Cortex-M3, CMSIS-NN: DEPTHWISE_CONV_2D int8 3x3
    {0x06040904, {14.9726, 17.3372, 166.454, 43.232, 45.9608, 702.378}, {0.04721, 0.01437, 0.004746, 0.003795, 0.001799, 7.275e-05}},  // Cortex-M3, CMSIS-NN: DEPTHWISE_CONV_2D int8 multiplier of 4
    {0x06040907, {11.928, 29.378, 63.6106, 39.199, 32.3447, 10.5091, 6.13706, 830.197}, {0.05182, 0.01496, 0.008098, 0.006485, 0.004595, 0.006178, 0.006178, 0.0003327}},  // Cortex-M3, CMSIS-NN: DEPTHWISE_CONV_2D int8 any window
    {0x06060900, {103.567, 96.8047}, {0.009638, 0.001392}},  // Cortex-M3, CMSIS-NN: DEQUANTIZE int8
    {0x06090000, {71.1623, 165.143, 495.453}, {0.01402, 0.001042, 0.0005558}},  // Cortex-M3, CMSIS-NN: FULLY_CONNECTED float32
    {0x06090700, {4.99469, 0, 48.9852, 0, 0, 0, 156.218, 127.9}, {0.1952, 0, 0.0107, 0, 0, 0, 0.004344, 0.004344}},  // Cortex-M3, CMSIS-NN: FULLY_CONNECTED int16
    {0x06090900, {9.9897, 138.692, 5.95647, 50.5626, 70.9327, 366.77}, {0.09565, 0.005647, 0.1557, 0.006901, 0.006901, 0.003253}},  // Cortex-M3, CMSIS-NN: FULLY_CONNECTED int8
    {0x06090901, {6.54572, 56.8432, 9.96597, 146.237, 6.3045, 83.6242, 6.08367, 48.3283, 0, 631.461}, {0.02034, 0.001272, 0.08884, 0.005264, 0.002836, 0.0003369, 0.09389, 0.008839, 0.00221, 0.00221}},  // Cortex-M3, CMSIS-NN: FULLY_CONNECTED int8 1x1
    {0x06090906, {9.99876, 117.621, 6.01547, 42.6142, 227.673, 201.728}, {0.09535, 0.004714, 0.1272, 0.005731, 0.003329, 0.003329}},  // Cortex-M3, CMSIS-NN: FULLY_CONNECTED int8 one scale
    {0x060e0000, {1723.09, 0}, {0.0005804, 0.0005804}},  // Cortex-M3, CMSIS-NN: LOGISTIC float32
    {0x060e0900, {361.765, 164.648}, {0.002764, 0.0019}},  // Cortex-M3, CMSIS-NN: LOGISTIC int8
    {0x06110000, {41.7181, 13.0139, 106.67, 58.6136, 298.099}, {0.0172, 0.009159, 0.004872, 0.0005923, 0.0001006}},  // Cortex-M3, CMSIS-NN: MAX_POOL_2D float32
    {0x06110700, {10.4102, 0, 0, 95, 0}, {0.07474, 0.03737, 0.03737, 0.003823, 7.299e-05}},  // Cortex-M3, CMSIS-NN: MAX_POOL_2D int16
    {0x06110900, {30.6902, 7.18747, 14.1698, 42.8973, 11.0961, 63.6902, 17.077, 0, 53.2913, 356.938}, {0.03086, 0.08162, 0.0383, 0.02061, 0.02397, 0.0083, 0.0161, 0.02061, 0.001922, 0.001239}},  // Cortex-M3, CMSIS-NN: MAX_POOL_2D int8
    {0x06120900, {36.0013, 716.167}, {0.02764, 0.0001007}},  // Cortex-M3, CMSIS-NN: MUL int8
    {0x06120905, {53.2588, 0}, {0.01878, 1.834e-05}},  // Cortex-M3, CMSIS-NN: MUL int8 broadcast
    {0x06130000, {42.4698, 290.454}, {0.02344, 6.868e-05}},  // Cortex-M3, CMSIS-NN: RELU float32
    {0x06130900, {49.6271, 0}, {0.02015, 3.936e-05}},  // Cortex-M3, CMSIS-NN: RELU int8
    {0x06160900, {0.558769, 186.437}, {1.697, 0.0045}},  // Cortex-M3, CMSIS-NN: RESHAPE int8
    {0x06190000, {669.526, 0}, {0.001494, 0.0004979}},  // Cortex-M3, CMSIS-NN: SOFTMAX float32
    {0x06190700, {59, 210}, {0.0125, 0.001773}},  // Cortex-M3, CMSIS-NN: SOFTMAX int16
    {0x06190900, {518.848, 260.94}, {0.001918, 0.00077}},  // Cortex-M3, CMSIS-NN: SOFTMAX int8
    {0x061c0900, {369.123, 312.486}, {0.002708, 0.0002109}},  // Cortex-M3, CMSIS-NN: TANH int8
    {0x06220900, {0.585206, 0.557101, 0.607749, 112.713, 77.462, 398.485}, {0.5796, 1.597, 0.4148, 0.006614, 0.01193, 0.003192}},  // Cortex-M3, CMSIS-NN: PAD int8
    {0x06270900, {4.98494, 11.2529, 24.2424, 595.902}, {0.1954, 0.05011, 0.01078, 0.003551}},  // Cortex-M3, CMSIS-NN: TRANSPOSE int8
    {0x06270908, {5, 5, 132, 193.483}, {0.1957, 0.03846, 0.003205, 0.003205}},  // Cortex-M3, CMSIS-NN: TRANSPOSE int8 planes
    {0x06280000, {41.3657, 0, 59.5222, 6623.12}, {0.02379, 0.007676, 0.0002399, 1.406e-05}},  // Cortex-M3, CMSIS-NN: MEAN float32
    {0x06280900, {32.892, 0, 14.0368, 257.442}, {0.03038, 0.01012, 0.0006262, 2.503e-05}},  // Cortex-M3, CMSIS-NN: MEAN int8
    {0x062b0900, {0.562306, 244.595}, {1.663, 0.001654}},  // Cortex-M3, CMSIS-NN: SQUEEZE int8
    {0x062d0200, {821.99, 0}, {0.001217, 0.001217}},  // Cortex-M3, CMSIS-NN: STRIDED_SLICE int32
    {0x06460000, {3.98679, 159.069}, {0.2446, 0.000738}},  // Cortex-M3, CMSIS-NN: EXPAND_DIMS float32
    {0x06460900, {3.99952, 150.989}, {0.2455, 0.0005928}},  // Cortex-M3, CMSIS-NN: EXPAND_DIMS int8
    {0x064d0900, {12, 92}, {0.02857, 0.007812}},  // Cortex-M3, CMSIS-NN: SHAPE int8
    {0x06520000, {46.142, 0, 0, 478.519}, {0.02157, 0.00719, 0.0007071, 4.42e-05}},  // Cortex-M3, CMSIS-NN: REDUCE_MAX float32
    {0x06520900, {33.1411, 0, 0, 232.146}, {0.03016, 0.01005, 0.0006272, 9.8e-06}},  // Cortex-M3, CMSIS-NN: REDUCE_MAX int8
    {0x06530200, {134.252, 0}, {0.007449, 0.003724}},  // Cortex-M3, CMSIS-NN: PACK int32
    {0x06620900, {50.2929, 0}, {0.01988, 3.884e-05}},  // Cortex-M3, CMSIS-NN: LEAKY_RELU int8
    {0x06720000, {197.658, 330.386}, {0.005052, 1.312e-05}},  // Cortex-M3, CMSIS-NN: QUANTIZE float32
    {0x07000000, {13.9974, 373.333}, {0.07052, 6.8e-05}},  // Cortex-M4, CMSIS-NN: ADD float32
    {0x07000005, {15.7938, 1073.36}, {0.06326, 0.0001567}},  // Cortex-M4, CMSIS-NN: ADD float32 broadcast
    {0x07000900, {81.3616, 652.709}, {0.01227, 1.584e-05}},  // Cortex-M4, CMSIS-NN: ADD int8
    {0x07010000, {23.7604, 0, 0, 32.9167, 0}, {0.04068, 0.02034, 0.02034, 0.001968, 3.178e-05}},  // Cortex-M4, CMSIS-NN: AVERAGE_POOL_2D float32
    {0x07010900, {5.99972, 18.9998, 10.9962, 14.0129, 57.9854, 44.9587, 365.032}, {0.1543, 0.04686, 0.02683, 0.01321, 0.007046, 0.002202, 0.0006357}},  // Cortex-M4, CMSIS-NN: AVERAGE_POOL_2D int8
    {0x07020900, {32.4901, 0.535178, 550.621}, {0.02617, 1.638, 0.001453}},  // Cortex-M4, CMSIS-NN: CONCATENATION int8
    {0x07030000, {4.99661, 8.14465, 23.2828, 23.0585, 49.622, 660.002}, {0.1566, 0.02069, 0.008296, 0.02445, 0.005424, 4.592e-06}},  // Cortex-M4, CMSIS-NN: CONV_2D float32
    {0x07030700, {29.0288, 14.3194, 200.305, 4.03644, 116.264, 4.88168, 50.733, 105.657, 112.45, 36.8802, 2.2748, 5.52777, 86.3499}, {0.02949, 0.01149, 0.004224, 0.0735, 0.0009493, 0.1834, 0.0007279, 0.003732, 0.0002333, 0.006136, 0.08575, 0.01227, 0.001316}},  // Cortex-M4, CMSIS-NN: CONV_2D int16
    {0x07030900, {26.1732, 11.9119, 178.281, 3.74731, 117.792, 2.73646, 79.5704, 12.2737, 0, 137.746, 211.638, 38.9155, 0, 0.442123, 37.5177}, {0.03522, 0.007942, 0.003615, 0.05553, 0.0007913, 0.09825, 0.0009021, 0.03621, 0.004003, 0.001583, 8.34e-05, 0.01456, 0.03621, 0.02052, 0.005856}},  // Cortex-M4, CMSIS-NN: CONV_2D int8
    {0x07030901, {4.55812, 107.232, 95.8301, 28.4106, 14.0613, 157.016, 14.6977, 121.229, 5.79586, 51.4451, 182.001, 270.259}, {0.03587, 0.001281, 0.007816, 0.01218, 0.01497, 0.005831, 0.007638, 0.001273, 0.08305, 0.009227, 0.001281, 0.0006405}},  // Cortex-M4, CMSIS-NN: CONV_2D int8 1x1
    {0x07040000, {4.52185, 20.1838, 16.4612, 34.7175, 22.3295, 4330.85}, {0.03681, 0.0166, 0.04634, 0.01285, 0.01014, 6.086e-05}},  // Cortex-M4, CMSIS-NN: DEPTHWISE_CONV_2D float32
    {0x07040700, {4.72853, 90.5406, 0, 0, 0, 0}, {0.02761, 0.009658, 0.03161, 0.003512, 0.003512, 3.262e-06}},  // Cortex-M4, CMSIS-NN: DEPTHWISE_CONV_2D int16
    {0x07040900, {37.9493, 9.6369, 175.108, 0, 47.125, 93.4741, 411.545, 34.6055, 11.1461, 14.466, 38.9517, 0}, {0.01504, 0.003556, 0.003556, 0.04796, 0.008366, 0.003663, 0.0003099, 0.0142, 0.02167, 0.02811, 0.008808, 0.05428}},  // Cortex-M4, CMSIS-NN: DEPTHWISE_CONV_2D int8
    {0x07040903, {10.1615, 23.9714, 159.704, 0, 31.1773, 34.249, 61.562, 425.638}, {0.02022, 0.01044, 0.003665, 0.03786, 0.01993, 0.006871, 0.005178, 0.000115}},  // Cortex-M4, CMSIS-NN: DEPTHWISE_CONV_2D int8 3x3
    {0x07040904, {14.9737, 18.3367, 171.45, 44.2307, 49.9476, 714.108}, {0.04664, 0.01394, 0.004607, 0.00369, 0.001746, 7.094e-05}},  // Cortex-M4, CMSIS-NN: DEPTHWISE_CONV_2D int8 multiplier of 4
    {0x07040907, {11.9843, 27.0835, 65.8236, 46.1219, 41.7397, 9.78837, 7.25038, 534.475}, {0.04896, 0.01504, 0.008016, 0.005902, 0.004351, 0.005902, 0.005902, 0.0002719}},  // Cortex-M4, CMSIS-NN: DEPTHWISE_CONV_2D int8 any window
    {0x07060900, {102.733, 118.7}, {0.009712, 0.00136}},  // Cortex-M4, CMSIS-NN: DEQUANTIZE int8
    {0x07090000, {5.01626, 18.744, 431.804}, {0.1985, 0.007099, 0.001884}},  // Cortex-M4, CMSIS-NN: FULLY_CONNECTED float32
    {0x07090700, {18.8798, 10.6865, 117.71, 15.3063, 14.9389, 12.7456, 181.278, 125.296}, {0.04975, 0.009385, 0.005192, 0.01504, 0.004459, 0.004459, 0.004459, 0.004459}},  // Cortex-M4, CMSIS-NN: FULLY_CONNECTED int16
    {0x07090900, {15.0075, 0, 8.90117, 117.623, 9.5148, 9.71489, 61.0992, 70.8266, 378.536}, {0.06539, 0.008174, 0.02019, 0.00673, 0.07248, 0.01799, 0.006174, 0.006174, 0.003412}},  // Cortex-M4, CMSIS-NN: FULLY_CONNECTED int8
    {0x07090901, {6.6281, 74.4635, 90.7221, 25.8454, 0, 162.03, 11.6699, 96.4932, 6.09461, 48.3052, 156.34, 199.486}, {0.0232, 0.001431, 0.008817, 0.01237, 0, 0.005201, 0.0008266, 0.000354, 0.09599, 0.008947, 0.002237, 0.002237}},  // Cortex-M4, CMSIS-NN: FULLY_CONNECTED int8 1x1
    {0x07090906, {15.0325, 0, 11.2764, 100.102, 9.05094, 8.91456, 46.094, 228.368, 213.796}, {0.06369, 0.007961, 0.01008, 0.007295, 0.05995, 0.00342, 0.00342, 0.00342, 0.00342}},  // Cortex-M4, CMSIS-NN: FULLY_CONNECTED int8 one scale
    {0x070e0000, {313.05, 0}, {0.003194, 0.003194}},  // Cortex-M4, CMSIS-NN: LOGISTIC float32
    {0x070e0900, {364.023, 170.235}, {0.002746, 0.001872}},  // Cortex-M4, CMSIS-NN: LOGISTIC int8
    {0x07110000, {8.67939, 8.92127, 20.534, 52.7802, 315.759}, {0.07067, 0.03459, 0.0205, 0.002314, 0.0003693}},  // Cortex-M4, CMSIS-NN: MAX_POOL_2D float32
    {0x07110700, {10.2995, 0, 0, 95.8333, 0}, {0.07522, 0.03761, 0.03761, 0.003837, 7.346e-05}},  // Cortex-M4, CMSIS-NN: MAX_POOL_2D int16
    {0x07110900, {30.6824, 7.19745, 14.1442, 42.2635, 10.7238, 64.6231, 17.0807, 0, 51.8194, 374.074}, {0.03087, 0.08164, 0.03845, 0.02087, 0.02407, 0.008327, 0.01612, 0.02087, 0.001942, 0.001252}},  // Cortex-M4, CMSIS-NN: MAX_POOL_2D int8
    {0x07120900, {35.8646, 765.333}, {0.02774, 0.0001005}},  // Cortex-M4, CMSIS-NN: MUL int8
    {0x07120905, {53.235, 0}, {0.01878, 1.834e-05}},  // Cortex-M4, CMSIS-NN: MUL int8 broadcast
    {0x07130000, {9.01662, 210.387}, {0.1093, 0.0003086}},  // Cortex-M4, CMSIS-NN: RELU float32
    {0x07130900, {49.6528, 31.1111}, {0.02013, 3.929e-05}},  // Cortex-M4, CMSIS-NN: RELU int8
    {0x07160900, {0.532171, 194.052}, {1.774, 0.004384}},  // Cortex-M4, CMSIS-NN: RESHAPE int8
    {0x07190000, {96.3819, 180.045}, {0.008978, 0.002131}},  // Cortex-M4, CMSIS-NN: SOFTMAX float32
    {0x07190700, {56.6667, 246.667}, {0.0123, 0.001705}},  // Cortex-M4, CMSIS-NN: SOFTMAX int16
    {0x07190900, {522.27, 269.912}, {0.001905, 0.0007608}},  // Cortex-M4, CMSIS-NN: SOFTMAX int8
    {0x071c0900, {369.411, 268.829}, {0.002706, 0.0002127}},  // Cortex-M4, CMSIS-NN: TANH int8
    {0x07220900, {0.577157, 0.526062, 0.470976, 111.422, 78.3885, 414.856}, {0.5956, 1.683, 0.4366, 0.006729, 0.01187, 0.003254}},  // Cortex-M4, CMSIS-NN: PAD int8
    {0x07270900, {4.98205, 11.609, 27.1415, 566.649}, {0.1955, 0.0487, 0.01037, 0.003605}},  // Cortex-M4, CMSIS-NN: TRANSPOSE int8
    {0x07270908, {4.99977, 4.99216, 130.098, 213.832}, {0.1957, 0.03871, 0.003226, 0.003226}},  // Cortex-M4, CMSIS-NN: TRANSPOSE int8 planes
    {0x07280000, {31.2626, 0, 0, 0}, {0.03199, 0.01066, 0.0003332, 2.082e-05}},  // Cortex-M4, CMSIS-NN: MEAN float32
    {0x07280900, {32.379, 0, 11.3075, 56.8592}, {0.03088, 0.01028, 0.0006384, 2.558e-05}},  // Cortex-M4, CMSIS-NN: MEAN int8
    {0x072b0900, {0.529976, 257.663}, {1.751, 0.001675}},  // Cortex-M4, CMSIS-NN: SQUEEZE int8
    {0x072d0200, {826.237, 0}, {0.00121, 0.00121}},  // Cortex-M4, CMSIS-NN: STRIDED_SLICE int32
    {0x07460000, {4.00228, 157.303}, {0.2437, 0.0007364}},  // Cortex-M4, CMSIS-NN: EXPAND_DIMS float32
    {0x07460900, {4.00283, 155.548}, {0.2452, 0.0005908}},  // Cortex-M4, CMSIS-NN: EXPAND_DIMS int8
    {0x074d0900, {13.3333, 93.3333}, {0.02727, 0.0075}},  // Cortex-M4, CMSIS-NN: SHAPE int8
    {0x07520000, {36.7824, 0, 0, 464.444}, {0.02703, 0.009011, 0.000883, 5.519e-05}},  // Cortex-M4, CMSIS-NN: REDUCE_MAX float32
    {0x07520900, {32.1408, 0, 0, 194.355}, {0.0311, 0.01037, 0.0006469, 1.011e-05}},  // Cortex-M4, CMSIS-NN: REDUCE_MAX int8
    {0x07530200, {136.504, 0}, {0.007326, 0.003663}},  // Cortex-M4, CMSIS-NN: PACK int32
    {0x07620900, {51.3552, 184.5}, {0.01944, 3.777e-05}},  // Cortex-M4, CMSIS-NN: LEAKY_RELU int8
    {0x07720000, {35.8336, 280.454}, {0.02772, 7.122e-05}},  // Cortex-M4, CMSIS-NN: QUANTIZE float32
    {0x08000000, {12.9948, 373.333}, {0.07589, 7.31e-05}},  // Cortex-M7, CMSIS-NN: ADD float32
    {0x08000005, {14.7874, 1064.74}, {0.06756, 0.0001657}},  // Cortex-M7, CMSIS-NN: ADD float32 broadcast
    {0x08000900, {81.2261, 463.215}, {0.01229, 1.591e-05}},  // Cortex-M7, CMSIS-NN: ADD int8
    {0x08010000, {23.2344, 0, 0, 33.4375, 0}, {0.04154, 0.02077, 0.02077, 0.002008, 3.246e-05}},  // Cortex-M7, CMSIS-NN: AVERAGE_POOL_2D float32
    {0x08010900, {5.99973, 18.999, 10.998, 14.0062, 55.9999, 43.9455, 356.515}, {0.1543, 0.04698, 0.02711, 0.01343, 0.007151, 0.002238, 0.0006406}},  // Cortex-M7, CMSIS-NN: AVERAGE_POOL_2D int8
    {0x08020900, {32.5205, 0.5363, 534.762}, {0.02618, 1.641, 0.001486}},  // Cortex-M7, CMSIS-NN: CONCATENATION int8
    {0x08030000, {4.99627, 7.42761, 21.2112, 17.7933, 45.705, 668.515}, {0.1622, 0.02457, 0.009565, 0.02904, 0.0058, 4.768e-06}},  // Cortex-M7, CMSIS-NN: CONV_2D float32
    {0x08030700, {29.0242, 14.1385, 189.359, 4.03946, 110.521, 4.8741, 50.3217, 116.637, 100.979, 34.5525, 2.3064, 5.91806, 111.735}, {0.02967, 0.012, 0.004407, 0.07352, 0.0009585, 0.184, 0.0007301, 0.003689, 0.0002306, 0.006206, 0.08577, 0.01241, 0.001326}},  // Cortex-M7, CMSIS-NN: CONV_2D int16
    {0x08030900, {26.2344, 10.6485, 176.742, 3.64007, 118.671, 2.75388, 89.0604, 12.1232, 0, 156.63, 0, 41.207, 0, 0.508151, 45.3026}, {0.03515, 0.007942, 0.003615, 0.05421, 0.0007658, 0.09777, 0.0009008, 0.03618, 0.003916, 0.001532, 8.158e-05, 0.01397, 0.03618, 0.02006, 0.005752}},  // Cortex-M7, CMSIS-NN: CONV_2D int8
    {0x08030901, {4.67287, 109.088, 93.1073, 29.2345, 14.098, 157.217, 14.1716, 119.057, 5.80725, 51.6636, 170.337, 249.35}, {0.0362, 0.001293, 0.007976, 0.01205, 0.01494, 0.005823, 0.007683, 0.001281, 0.083, 0.009222, 0.001293, 0.0006464}},  // Cortex-M7, CMSIS-NN: CONV_2D int8 1x1
    {0x08040000, {2.13743, 27.93, 17.8344, 36.9687, 18.0713, 0}, {0.03646, 0.01475, 0.04431, 0.01157, 0.009681, 5.943e-05}},  // Cortex-M7, CMSIS-NN: DEPTHWISE_CONV_2D float32
    {0x08040700, {4.41045, 88.7638, 0, 0, 0, 0}, {0.02834, 0.009912, 0.03244, 0.003604, 0.003604, 3.348e-06}},  // Cortex-M7, CMSIS-NN: DEPTHWISE_CONV_2D int16
    {0x08040900, {35.9918, 10.1653, 171.158, 0, 50.7201, 94.3557, 390.065, 34.5744, 11.0921, 14.4391, 39.1722, 0}, {0.01555, 0.003627, 0.003627, 0.04777, 0.008158, 0.003628, 0.0003024, 0.0141, 0.02229, 0.02801, 0.008773, 0.0559}},  // Cortex-M7, CMSIS-NN: DEPTHWISE_CONV_2D int8
    {0x08040903, {10.1577, 23.9386, 159.823, 0, 31.229, 34.0962, 61.5732, 412.866}, {0.02022, 0.01044, 0.003665, 0.03786, 0.01993, 0.006871, 0.005177, 0.000115}},  // Cortex-M7, CMSIS-NN: DEPTHWISE_CONV_2D int8 3x3
    {0x08040904, {14.973, 18.3397, 165.453, 44.2258, 49.9663, 699.527}, {0.04691, 0.01418, 0.004738, 0.003773, 0.001783, 7.192e-05}},  // Cortex-M7, CMSIS-NN: DEPTHWISE_CONV_2D int8 multiplier of 4
    {0x08040907, {11.9855, 25.0799, 68.8207, 43.1128, 38.8723, 8.84544, 7.21134, 523.704}, {0.0498, 0.01556, 0.007985, 0.006012, 0.004453, 0.006012, 0.006012, 0.0002783}},  // Cortex-M7, CMSIS-NN: DEPTHWISE_CONV_2D int8 any window
    {0x08060900, {12.06, 210.498}, {0.08018, 0.003535}},  // Cortex-M7, CMSIS-NN: DEQUANTIZE int8
    {0x08090000, {5.0224, 16.5754, 421.84}, {0.1983, 0.007294, 0.001928}},  // Cortex-M7, CMSIS-NN: FULLY_CONNECTED float32
    {0x08090700, {18.8743, 10.7571, 111.415, 15.3792, 15.0209, 9.24587, 183.797, 107.957}, {0.04993, 0.009641, 0.005348, 0.01512, 0.004475, 0.004475, 0.004475, 0.004475}},  // Cortex-M7, CMSIS-NN: FULLY_CONNECTED int16
    {0x08090900, {15.0032, 0, 8.86463, 116.866, 9.46328, 10.0464, 54.056, 78.0268, 366.92}, {0.06542, 0.008178, 0.02029, 0.006763, 0.07271, 0.01787, 0.006144, 0.006144, 0.003408}},  // Cortex-M7, CMSIS-NN: FULLY_CONNECTED int8
    {0x08090901, {6.57844, 73.7065, 88.3331, 26.5283, 0, 162.468, 11.6358, 96.632, 6.09249, 48.2447, 156.543, 339.235}, {0.02363, 0.001442, 0.009004, 0.01224, 0, 0.005172, 0.0008317, 0.0003514, 0.09669, 0.008949, 0.002237, 0.002237}},  // Cortex-M7, CMSIS-NN: FULLY_CONNECTED int8 1x1
    {0x08090906, {15.0219, 0, 10.907, 100.855, 9.06332, 12.2011, 40.9254, 230.176, 206.648}, {0.06372, 0.007964, 0.01006, 0.007261, 0.0605, 0.00342, 0.00342, 0.00342, 0.00342}},  // Cortex-M7, CMSIS-NN: FULLY_CONNECTED int8 one scale
    {0x080e0000, {274.818, 0}, {0.003639, 0.003639}},  // Cortex-M7, CMSIS-NN: LOGISTIC float32
    {0x080e0900, {446.135, 163.742}, {0.002241, 0.00164}},  // Cortex-M7, CMSIS-NN: LOGISTIC int8
    {0x08110000, {8.65479, 8.97934, 19.5275, 49.653, 311.787}, {0.07132, 0.03523, 0.02098, 0.002375, 0.0003747}},  // Cortex-M7, CMSIS-NN: MAX_POOL_2D float32
    {0x08110700, {10.2825, 0, 0, 96.0577, 0}, {0.07528, 0.03764, 0.03764, 0.003838, 7.351e-05}},  // Cortex-M7, CMSIS-NN: MAX_POOL_2D int16
    {0x08110900, {30.6957, 7.19073, 14.1857, 42.2924, 10.7135, 64.8202, 16.9705, 0, 55.7265, 349.892}, {0.03086, 0.08159, 0.03838, 0.02084, 0.02396, 0.008274, 0.01608, 0.02084, 0.00193, 0.001249}},  // Cortex-M7, CMSIS-NN: MAX_POOL_2D int8
    {0x08120900, {35.8737, 748.833}, {0.02773, 0.0001007}},  // Cortex-M7, CMSIS-NN: MUL int8
    {0x08120905, {53.6586, 0}, {0.01864, 1.82e-05}},  // Cortex-M7, CMSIS-NN: MUL int8 broadcast
    {0x08130000, {9.00419, 224.611}, {0.1093, 0.0003077}},  // Cortex-M7, CMSIS-NN: RELU float32
    {0x08130900, {49.6277, 0}, {0.02015, 3.936e-05}},  // Cortex-M7, CMSIS-NN: RELU int8
    {0x08160900, {0.529678, 187.211}, {1.785, 0.004523}},  // Cortex-M7, CMSIS-NN: RESHAPE int8
    {0x08190000, {53.7362, 264.416}, {0.0132, 0.002349}},  // Cortex-M7, CMSIS-NN: SOFTMAX float32
    {0x08190700, {60.2564, 210.769}, {0.0123, 0.001747}},  // Cortex-M7, CMSIS-NN: SOFTMAX int16
    {0x08190900, {530.393, 285.815}, {0.001875, 0.0007426}},  // Cortex-M7, CMSIS-NN: SOFTMAX int8
    {0x081c0900, {458.843, 283.419}, {0.002179, 0.0001727}},  // Cortex-M7, CMSIS-NN: TANH int8
    {0x08220900, {0.57697, 0.528173, 0.470343, 111.216, 78.3543, 403.055}, {0.5948, 1.676, 0.4368, 0.006731, 0.01187, 0.003237}},  // Cortex-M7, CMSIS-NN: PAD int8
    {0x08270900, {4.98078, 11.6155, 27.1348, 570.778}, {0.1955, 0.04865, 0.01036, 0.003579}},  // Cortex-M7, CMSIS-NN: TRANSPOSE int8
    {0x08270908, {5, 5, 132, 193.198}, {0.1957, 0.03846, 0.003205, 0.003205}},  // Cortex-M7, CMSIS-NN: TRANSPOSE int8 planes
    {0x08280000, {37.1348, 0, 122.528, 762.107}, {0.02671, 0.008641, 0.00027, 1.673e-05}},  // Cortex-M7, CMSIS-NN: MEAN float32
    {0x08280900, {31.8913, 0, 14.0245, 263.893}, {0.03133, 0.01043, 0.0006456, 2.58e-05}},  // Cortex-M7, CMSIS-NN: MEAN int8
    {0x082b0900, {0.530818, 249.269}, {1.753, 0.001698}},  // Cortex-M7, CMSIS-NN: SQUEEZE int8
    {0x082d0200, {818.566, 0}, {0.001222, 0.001222}},  // Cortex-M7, CMSIS-NN: STRIDED_SLICE int32
    {0x08460000, {3.99824, 153.272}, {0.2441, 0.0007392}},  // Cortex-M7, CMSIS-NN: EXPAND_DIMS float32
    {0x08460900, {4.00889, 140.807}, {0.2452, 0.0005952}},  // Cortex-M7, CMSIS-NN: EXPAND_DIMS int8
    {0x084d0900, {3.80952, 121.905}, {0.02917, 0.0075}},  // Cortex-M7, CMSIS-NN: SHAPE int8
    {0x08520000, {0, 100.313, 0, 470}, {0.02972, 0.009906, 0.0009685, 6.053e-05}},  // Cortex-M7, CMSIS-NN: REDUCE_MAX float32
    {0x08520900, {0, 95.4235, 0, 195.639}, {0.03142, 0.01047, 0.0006537, 1.021e-05}},  // Cortex-M7, CMSIS-NN: REDUCE_MAX int8
    {0x08530200, {132.367, 0}, {0.007555, 0.003777}},  // Cortex-M7, CMSIS-NN: PACK int32
    {0x08620900, {52.292, 0}, {0.01912, 3.735e-05}},  // Cortex-M7, CMSIS-NN: LEAKY_RELU int8
    {0x08720000, {18.0312, 203.672}, {0.05492, 0.0001403}},  // Cortex-M7, CMSIS-NN: QUANTIZE float32
    {0x09000000, {12.9883, 383.333}, {0.0759, 7.308e-05}},  // Cortex-M33, CMSIS-NN: ADD float32
    {0x09000005, {14.7912, 1063.89}, {0.06754, 0.0001657}},  // Cortex-M33, CMSIS-NN: ADD float32 broadcast
    {0x09000900, {83.3995, 447.51}, {0.01197, 1.55e-05}},  // Cortex-M33, CMSIS-NN: ADD int8
    {0x09010000, {23.2812, 0, 0, 35.625, 0}, {0.04137, 0.02069, 0.02069, 0.001995, 3.232e-05}},  // Cortex-M33, CMSIS-NN: AVERAGE_POOL_2D float32
    {0x09010900, {5.99986, 18.9986, 10.9982, 14.0082, 58.0023, 40.9602, 353.885}, {0.1542, 0.04689, 0.0269, 0.01332, 0.007042, 0.00222, 0.0006365}},  // Cortex-M33, CMSIS-NN: AVERAGE_POOL_2D int8
    {0x09020900, {33.0425, 0.575617, 526.798}, {0.02563, 1.543, 0.00149}},  // Cortex-M33, CMSIS-NN: CONCATENATION int8
    {0x09030000, {4.9969, 8.1384, 23.3255, 23.0532, 47.5487, 647.454}, {0.1567, 0.02071, 0.008367, 0.02449, 0.005484, 4.607e-06}},  // Cortex-M33, CMSIS-NN: CONV_2D float32
    {0x09030700, {29.0156, 14.0951, 202.519, 3.80286, 119.457, 4.12168, 56.264, 105.86, 134.838, 37.8654, 2.49689, 4.95403, 78.4095}, {0.02941, 0.0114, 0.004188, 0.0739, 0.0009403, 0.211, 0.0008372, 0.003699, 0.0002312, 0.006133, 0.08622, 0.01227, 0.001321}},  // Cortex-M33, CMSIS-NN: CONV_2D int16
    {0x09030900, {26.1916, 11.6484, 178.239, 3.78751, 117.223, 2.75126, 77.3198, 12.4737, 0, 141.379, 168.188, 38.1348, 0, 0.500207, 38.1778}, {0.03519, 0.00796, 0.003623, 0.05508, 0.0007912, 0.09811, 0.000905, 0.03597, 0.004026, 0.001582, 8.388e-05, 0.01468, 0.03597, 0.02055, 0.005859}},  // Cortex-M33, CMSIS-NN: CONV_2D int8
    {0x09030901, {4.67002, 106.271, 95.2567, 28.4354, 14.1275, 155.848, 14.5013, 119.138, 5.81174, 52.496, 175.889, 257.34}, {0.03602, 0.001287, 0.007857, 0.01223, 0.01504, 0.005868, 0.007681, 0.00128, 0.08217, 0.00913, 0.001287, 0.0006433}},  // Cortex-M33, CMSIS-NN: CONV_2D int8 1x1
    {0x09040000, {4.66132, 19.8684, 16.3269, 34.9936, 22.1746, 69.8016}, {0.03688, 0.01665, 0.04653, 0.01286, 0.01016, 6.088e-05}},  // Cortex-M33, CMSIS-NN: DEPTHWISE_CONV_2D float32
    {0x09040700, {4.31287, 91.8949, 0, 0, 0, 0}, {0.02757, 0.009638, 0.03154, 0.003505, 0.003505, 3.257e-06}},  // Cortex-M33, CMSIS-NN: DEPTHWISE_CONV_2D int16
    {0x09040900, {37.834, 9.62749, 175.23, 0, 46.5169, 92.1165, 407.583, 31.5258, 11.1994, 14.465, 38.8275, 0}, {0.01511, 0.003571, 0.003571, 0.04914, 0.008526, 0.00378, 0.0003158, 0.01492, 0.02192, 0.02942, 0.009025, 0.05479}},  // Cortex-M33, CMSIS-NN: DEPTHWISE_CONV_2D int8
    {0x09040903, {10.1602, 23.995, 159.635, 0, 31.1828, 35.2414, 61.5738, 417.13}, {0.02022, 0.01044, 0.003665, 0.0376, 0.01979, 0.006824, 0.005151, 0.0001148}},  // Cortex-M33, CMSIS-NN: DEPTHWISE_CONV_2D int8 3x3
    {0x09040904, {14.9739, 17.3313, 169.453, 43.248, 45.9305, 699.625}, {0.04707, 0.01425, 0.004679, 0.003752, 0.00178, 7.223e-05}},  // Cortex-M33, CMSIS-NN: DEPTHWISE_CONV_2D int8 multiplier of 4
    {0x09040907, {11.9842, 29.0841, 63.8168, 39.1285, 33.8386, 10.849, 6.20123, 526.726}, {0.04872, 0.01502, 0.008096, 0.006165, 0.00463, 0.006165, 0.006165, 0.0002894}},  // Cortex-M33, CMSIS-NN: DEPTHWISE_CONV_2D int8 any window
    {0x09060900, {103.813, 109.086}, {0.009613, 0.001366}},  // Cortex-M33, CMSIS-NN: DEQUANTIZE int8
    {0x09090000, {5.01474, 17.7448, 415.877}, {0.1986, 0.007288, 0.001946}},  // Cortex-M33, CMSIS-NN: FULLY_CONNECTED float32
    {0x09090700, {18.89, 10.7943, 115.19, 15.065, 16.0314, 15.4434, 186.759, 102.722}, {0.04982, 0.009438, 0.00522, 0.01507, 0.004286, 0.004286, 0.004286, 0.004286}},  // Cortex-M33, CMSIS-NN: FULLY_CONNECTED int16
    {0x09090900, {15.0239, 0, 10.403, 115.886, 9.3787, 9.88625, 57.6214, 73.7637, 367.716}, {0.06534, 0.008168, 0.0198, 0.0066, 0.07285, 0.01797, 0.006185, 0.006185, 0.003367}},  // Cortex-M33, CMSIS-NN: FULLY_CONNECTED int8
    {0x09090901, {6.59038, 74.0214, 90.5742, 25.9873, 0, 160.596, 11.9074, 95.4024, 6.09177, 49.3242, 163.302, 248.915}, {0.02324, 0.001438, 0.008843, 0.01242, 0, 0.005236, 0.0008263, 0.0003558, 0.09602, 0.008732, 0.002183, 0.002183}},  // Cortex-M33, CMSIS-NN: FULLY_CONNECTED int8 1x1
    {0x09090906, {15.0603, 0, 12.2541, 99.9195, 8.67056, 12.3644, 44.4984, 0, 447.272}, {0.06358, 0.007947, 0.00993, 0.007298, 0.06115, 0.003335, 0.003335, 0.003335, 0.003335}},  // Cortex-M33, CMSIS-NN: FULLY_CONNECTED int8 one scale
    {0x090e0000, {300, 0}, {0.003333, 0.003333}},  // Cortex-M33, CMSIS-NN: LOGISTIC float32
    {0x090e0900, {360.907, 176.695}, {0.00277, 0.00186}},  // Cortex-M33, CMSIS-NN: LOGISTIC int8
    {0x09110000, {8.63183, 9.0269, 19.5491, 56.6661, 289.777}, {0.07123, 0.03507, 0.02088, 0.002337, 0.0003767}},  // Cortex-M33, CMSIS-NN: MAX_POOL_2D float32
    {0x09110700, {10.4248, 0, 0, 96.875, 0}, {0.07434, 0.03717, 0.03717, 0.003793, 7.26e-05}},  // Cortex-M33, CMSIS-NN: MAX_POOL_2D int16
    {0x09110900, {30.6922, 7.18599, 14.1697, 42.9116, 11.0916, 64.6637, 17.0816, 0, 53.4842, 352.192}, {0.03085, 0.08164, 0.03832, 0.02058, 0.02379, 0.008237, 0.01604, 0.02058, 0.001922, 0.00124}},  // Cortex-M33, CMSIS-NN: MAX_POOL_2D int8
    {0x09120900, {33.623, 742.5}, {0.02958, 0.000107}},  // Cortex-M33, CMSIS-NN: MUL int8
    {0x09120905, {53.2552, 0}, {0.01878, 1.834e-05}},  // Cortex-M33, CMSIS-NN: MUL int8 broadcast
    {0x09130000, {9.00525, 224.275}, {0.1093, 0.0003077}},  // Cortex-M33, CMSIS-NN: RELU float32
    {0x09130900, {49.6284, 0}, {0.02015, 3.935e-05}},  // Cortex-M33, CMSIS-NN: RELU int8
    {0x09160900, {0.561971, 181.408}, {1.691, 0.0046}},  // Cortex-M33, CMSIS-NN: RESHAPE int8
    {0x09190000, {90.6492, 186.755}, {0.009415, 0.00218}},  // Cortex-M33, CMSIS-NN: SOFTMAX float32
    {0x09190700, {57.1429, 228.571}, {0.0125, 0.00175}},  // Cortex-M33, CMSIS-NN: SOFTMAX int16
    {0x09190900, {520.724, 272.242}, {0.00191, 0.0007612}},  // Cortex-M33, CMSIS-NN: SOFTMAX int8
    {0x091c0900, {369.174, 311.467}, {0.002708, 0.0002109}},  // Cortex-M33, CMSIS-NN: TANH int8
    {0x09220900, {0.585941, 0.557121, 0.607573, 112.679, 77.4592, 395.409}, {0.5794, 1.597, 0.4148, 0.006615, 0.01193, 0.003193}},  // Cortex-M33, CMSIS-NN: PAD int8
    {0x09270900, {4.98098, 11.6138, 27.197, 563.093}, {0.1955, 0.04864, 0.01035, 0.003578}},  // Cortex-M33, CMSIS-NN: TRANSPOSE int8
    {0x09270908, {4.99977, 4.99213, 132.099, 189.766}, {0.1957, 0.03846, 0.003205, 0.003205}},  // Cortex-M33, CMSIS-NN: TRANSPOSE int8 planes
    {0x09280000, {36.6732, 0, 102.29, 766.667}, {0.02707, 0.008794, 0.0002748, 1.703e-05}},  // Cortex-M33, CMSIS-NN: MEAN float32
    {0x09280900, {33.9156, 0, 20.0162, 659.305}, {0.02944, 0.009798, 0.000603, 2.399e-05}},  // Cortex-M33, CMSIS-NN: MEAN int8
    {0x092b0900, {0.563835, 240.565}, {1.661, 0.001663}},  // Cortex-M33, CMSIS-NN: SQUEEZE int8
    {0x092d0200, {807.016, 0}, {0.001239, 0.001239}},  // Cortex-M33, CMSIS-NN: STRIDED_SLICE int32
    {0x09460000, {3.99709, 148}, {0.2444, 0.0007423}},  // Cortex-M33, CMSIS-NN: EXPAND_DIMS float32
    {0x09460900, {4.00527, 143.083}, {0.2454, 0.0005948}},  // Cortex-M33, CMSIS-NN: EXPAND_DIMS int8
    {0x094d0900, {0, 126.735}, {0.03156, 0.00789}},  // Cortex-M33, CMSIS-NN: SHAPE int8
    {0x09520000, {36.7839, 0, 0, 456.25}, {0.02703, 0.009011, 0.0008834, 5.521e-05}},  // Cortex-M33, CMSIS-NN: REDUCE_MAX float32
    {0x09520900, {32.4746, 0, 0, 177.662}, {0.03078, 0.01026, 0.0006404, 1.001e-05}},  // Cortex-M33, CMSIS-NN: REDUCE_MAX int8
    {0x09530200, {126.735, 0}, {0.00789, 0.003945}},  // Cortex-M33, CMSIS-NN: PACK int32
    {0x09620900, {50.2914, 0}, {0.01988, 3.884e-05}},  // Cortex-M33, CMSIS-NN: LEAKY_RELU int8
    {0x09720000, {17.9999, 238.731}, {0.05492, 0.0001398}},  // Cortex-M33, CMSIS-NN: QUANTIZE float32
    {0x0a000000, {13.0005, 375}, {0.07585, 7.306e-05}},  // Cortex-M55, CMSIS-NN: ADD float32
    {0x0a000005, {14.8915, 1104.06}, {0.06709, 0.0001637}},  // Cortex-M55, CMSIS-NN: ADD float32 broadcast
    {0x0a000900, {13.7526, 717.375}, {0.0718, 8.866e-05}},  // Cortex-M55, CMSIS-NN: ADD int8
    {0x0a010000, {21.7692, 0, 0, 33.8542, 0}, {0.04422, 0.02211, 0.02211, 0.002131, 3.454e-05}},  // Cortex-M55, CMSIS-NN: AVERAGE_POOL_2D float32
    {0x0a010900, {20.9991, 16.997, 178.002, 32.9861, 40.0177, 379.986}, {0.04425, 0.007292, 0.004376, 0.003817, 0.002755, 0.0009833}},  // Cortex-M55, CMSIS-NN: AVERAGE_POOL_2D int8
    {0x0a020900, {32.9931, 0.578738, 532.246}, {0.02564, 1.534, 0.001477}},  // Cortex-M55, CMSIS-NN: CONCATENATION int8
    {0x0a030000, {3.99649, 12.2176, 22.2651, 19.9947, 43.6607, 654.13}, {0.1856, 0.02113, 0.008579, 0.02497, 0.006158, 5.429e-06}},  // Cortex-M55, CMSIS-NN: CONV_2D float32
    {0x0a030700, {9.94991, 127.894, 8.15956, 47.3871, 93.4592, 272.971, 19.2037, 3.01833, 96.9137}, {0.06506, 0.006558, 0.0841, 0.002628, 0.005386, 0.0003601, 0.01414, 0.05041, 0.004189}},  // Cortex-M55, CMSIS-NN: CONV_2D int16
    {0x0a030900, {11.2654, 53.9795, 3.29806, 28.0132, 0, 84.6339, 65.4806, 77.2446, 545.351, 19.6101, 2.8787, 29.9164}, {0.07722, 0.01109, 0.02091, 0.003802, 0.0009505, 0.001465, 0.00453, 0.001133, 0.0003736, 0.03293, 0.07611, 0.01981}},  // Cortex-M55, CMSIS-NN: CONV_2D int8
    {0x0a030901, {10.9946, 56.0034, 4.82798, 0, 111.95, 64.6198, 10.6827, 108.554, 323.215}, {0.04756, 0.01482, 0.04792, 0.02193, 0.005482, 0.007956, 0.02957, 0.001989, 0.0009945}},  // Cortex-M55, CMSIS-NN: CONV_2D int8 1x1
    {0x0a030902, {11.0314, 55.6897, 5.07361, 27.7682, 0, 37.2062, 11.516, 150.609, 258.831}, {0.08191, 0.01025, 0.1274, 0.009103, 0.002202, 0.001011, 0.01016, 0.0005741, 0.0001914}},  // Cortex-M55, CMSIS-NN: CONV_2D int8 1xn
    {0x0a040000, {4.76834, 18.879, 16.2104, 32.9558, 22.9088, 0}, {0.03724, 0.01722, 0.04698, 0.01337, 0.01041, 6.184e-05}},  // Cortex-M55, CMSIS-NN: DEPTHWISE_CONV_2D float32
    {0x0a040700, {2.68888, 88.1644, 0, 0, 0, 0}, {0.02998, 0.01046, 0.03425, 0.003805, 0.003805, 3.542e-06}},  // Cortex-M55, CMSIS-NN: DEPTHWISE_CONV_2D int16
    {0x0a040900, {16.2885, 102.778, 6.75837, 48.1239, 2.99874, 13.3198, 2.2438, 11.8226, 19.5123, 61.7417, 378.294, 399.292}, {0.03938, 0.004482, 0.06564, 0.004102, 0.03585, 0.03585, 0.02232, 0.02232, 0.01086, 0.007376, 0.0006454, 0.0006454}},  // Cortex-M55, CMSIS-NN: DEPTHWISE_CONV_2D int8
    {0x0a040904, {12.9733, 20.2785, 66.5843, 38.1375, 45.8514, 687.979}, {0.05704, 0.01985, 0.009047, 0.006346, 0.001994, 9.876e-05}},  // Cortex-M55, CMSIS-NN: DEPTHWISE_CONV_2D int8 multiplier of 4
    {0x0a040907, {9.9851, 29.0661, 69.9243, 41.9059, 41.2353, 9.96241, 6.28245, 589.761}, {0.05276, 0.01505, 0.007922, 0.005935, 0.004314, 0.005935, 0.005935, 0.0002697}},  // Cortex-M55, CMSIS-NN: DEPTHWISE_CONV_2D int8 any window
    {0x0a060900, {8.0516, 228.126}, {0.1177, 0.003617}},  // Cortex-M55, CMSIS-NN: DEQUANTIZE int8
    {0x0a090000, {4.0115, 23.0477, 417.236}, {0.2477, 0.007536, 0.001982}},  // Cortex-M55, CMSIS-NN: FULLY_CONNECTED float32
    {0x0a090700, {24.6794, 0, 206.358, 14.7052, 0, 50.0055, 210.053, 137.349}, {0.0344, 0, 0.003359, 0.0187, 0, 0.005891, 0.003639, 0.003639}},  // Cortex-M55, CMSIS-NN: FULLY_CONNECTED int16
    {0x0a090900, {29.889, 12.9794, 69.4329, 49.8125, 90.6809, 389.851}, {0.03236, 0.04753, 0.009176, 0.01064, 0.006466, 0.003286}},  // Cortex-M55, CMSIS-NN: FULLY_CONNECTED int8
    {0x0a090901, {10.98, 55.9222, 4.25798, 0, 115.312, 76.8355, 10.785, 0, 42.0253}, {0.05257, 0.01451, 0.02442, 0.009428, 0.002357, 0.003052, 0.0267, 0.0034, 0.0034}},  // Cortex-M55, CMSIS-NN: FULLY_CONNECTED int8 1x1
    {0x0a090906, {29.9273, 9.38156, 51.8993, 51.0404, 262.345, 222.921}, {0.03164, 0.02331, 0.01031, 0.005219, 0.003098, 0.003098}},  // Cortex-M55, CMSIS-NN: FULLY_CONNECTED int8 one scale
    {0x0a0e0000, {278.496, 0}, {0.003591, 0.003591}},  // Cortex-M55, CMSIS-NN: LOGISTIC float32
    {0x0a0e0900, {373.476, 168.191}, {0.002677, 0.001846}},  // Cortex-M55, CMSIS-NN: LOGISTIC int8
    {0x0a110000, {7.63805, 9.03035, 19.525, 56.8685, 299.022}, {0.07666, 0.03633, 0.02179, 0.002426, 0.0003943}},  // Cortex-M55, CMSIS-NN: MAX_POOL_2D float32
    {0x0a110700, {0, 5.98145, 0, 87.8906, 0}, {0.1743, 0.08715, 0.08715, 0.007367, 0.0001702}},  // Cortex-M55, CMSIS-NN: MAX_POOL_2D int16
    {0x0a110900, {17.005, 13.9346, 3.13251, 38.6458, 14.1562, 16.8839, 40.0906, 398.617}, {0.04485, 0.03144, 0.02852, 0.01452, 0.01959, 0.02852, 0.003822, 0.001246}},  // Cortex-M55, CMSIS-NN: MAX_POOL_2D int8
    {0x0a120900, {6.74913, 751.389}, {0.1442, 0.0004034}},  // Cortex-M55, CMSIS-NN: MUL int8
    {0x0a120905, {51.9071, 0}, {0.01927, 1.881e-05}},  // Cortex-M55, CMSIS-NN: MUL int8 broadcast
    {0x0a130000, {8.00351, 237.94}, {0.1226, 0.0003416}},  // Cortex-M55, CMSIS-NN: RELU float32
    {0x0a130900, {49.1536, 41.6667}, {0.02034, 3.967e-05}},  // Cortex-M55, CMSIS-NN: RELU int8
    {0x0a160900, {0.561262, 195.673}, {1.686, 0.004318}},  // Cortex-M55, CMSIS-NN: RESHAPE int8
    {0x0a190000, {52.1913, 287.014}, {0.01314, 0.002254}},  // Cortex-M55, CMSIS-NN: SOFTMAX float32
    {0x0a190700, {59.8958, 244.792}, {0.01185, 0.001655}},  // Cortex-M55, CMSIS-NN: SOFTMAX int16
    {0x0a190900, {557.681, 290.698}, {0.001784, 0.0007112}},  // Cortex-M55, CMSIS-NN: SOFTMAX int8
    {0x0a1c0900, {392.109, 256.983}, {0.002549, 0.0002015}},  // Cortex-M55, CMSIS-NN: TANH int8
    {0x0a220900, {0.12622, 0.18999, 0.153017, 32.5292, 27.3403, 378.44}, {1.806, 4.331, 1.268, 0.01998, 0.03366, 0.00521}},  // Cortex-M55, CMSIS-NN: PAD int8
    {0x0a270900, {3.97718, 11.2595, 30.2884, 680.623}, {0.2433, 0.05121, 0.007011, 0.003735}},  // Cortex-M55, CMSIS-NN: TRANSPOSE int8
    {0x0a270908, {13.7295, 11.3381, 32.1201, 313.411}, {0.06493, 0.0394, 0.01172, 0.004807}},  // Cortex-M55, CMSIS-NN: TRANSPOSE int8 planes
    {0x0a280000, {33.0404, 0, 162.109, 750}, {0.02992, 0.009553, 0.0002985, 1.849e-05}},  // Cortex-M55, CMSIS-NN: MEAN float32
    {0x0a280900, {30.1892, 11.9253, 29.085, 1135.4}, {0.03007, 0.009709, 0.0005929, 2.348e-05}},  // Cortex-M55, CMSIS-NN: MEAN int8
    {0x0a2b0900, {0.563246, 256.814}, {1.655, 0.00162}},  // Cortex-M55, CMSIS-NN: SQUEEZE int8
    {0x0a2d0200, {848.894, 0}, {0.001178, 0.001178}},  // Cortex-M55, CMSIS-NN: STRIDED_SLICE int32
    {0x0a460000, {3.0038, 160.049}, {0.322, 0.0009423}},  // Cortex-M55, CMSIS-NN: EXPAND_DIMS float32
    {0x0a460900, {2.99363, 160.388}, {0.3255, 0.0007634}},  // Cortex-M55, CMSIS-NN: EXPAND_DIMS int8
    {0x0a4d0900, {0, 150.683}, {0.02655, 0.006636}},  // Cortex-M55, CMSIS-NN: SHAPE int8
    {0x0a520000, {0, 110.279, 0, 449.074}, {0.02705, 0.009018, 0.0008843, 5.527e-05}},  // Cortex-M55, CMSIS-NN: REDUCE_MAX float32
    {0x0a520900, {32.1265, 0, 0, 223.281}, {0.03111, 0.01037, 0.000647, 1.011e-05}},  // Cortex-M55, CMSIS-NN: REDUCE_MAX int8
    {0x0a530200, {137.923, 0}, {0.00725, 0.003625}},  // Cortex-M55, CMSIS-NN: PACK int32
    {0x0a620900, {49.3751, 171.539}, {0.02022, 3.929e-05}},  // Cortex-M55, CMSIS-NN: LEAKY_RELU int8
    {0x0a720000, {13.995, 245.75}, {0.07038, 0.0001779}},  // Cortex-M55, CMSIS-NN: QUANTIZE float32
};
// clang-format on
const size_t kInstructionFitCount = sizeof(kInstructionFits) / sizeof(kInstructionFits[0]);

}  // namespace nas
