#include "option_table.h"

#include <iterator>

namespace nas {

// TFLite's schema, version 3 (tflite/schema/schema.fbs). A test compares each row with LiteRT's own reader.
//
// clang-format off
const OptionRow kOptionRows[] = {
    {1,
     "padding:P stride_w:i stride_h:i fused_activation_function:A dilation_w_factor:i=1 "
     "dilation_h_factor:i=1 quantized_bias_type:Q"},
    {2,
     "padding:P stride_w:i stride_h:i depth_multiplier:i fused_activation_function:A "
     "dilation_w_factor:i=1 dilation_h_factor:i=1"},
    {3, "num_channels:i num_columns_per_channel:v embedding_dim_per_channel:v"},
    {4, "type:b"},
    {5, "padding:P stride_w:i stride_h:i filter_width:i filter_height:i fused_activation_function:A"},
    {6, "rank:i fused_activation_function:A asymmetric_quantize_inputs:?"},
    {7, "fused_activation_function:A asymmetric_quantize_inputs:?"},
    {8,
     "fused_activation_function:A weights_format:b keep_num_dims:? asymmetric_quantize_inputs:? "
     "quantized_bias_type:Q quant_spec:c"},
    {9, "beta:f"},
    {10, "axis:i fused_activation_function:A"},
    {11, "fused_activation_function:A pot_scale_int16:?=1"},
    {12, "fused_activation_function:A"},
    {13, "radius:i bias:f alpha:f beta:f"},
    {14, "fused_activation_function:A cell_clip:f proj_clip:f kernel_type:b asymmetric_quantize_inputs:?"},
    {15, "- - align_corners:? half_pixel_centers:?"},
    {16, "subgraph:u"},
    {17, "new_shape:v"},
    {18, "ngram_size:i max_skip_size:i include_all_ngrams:?"},
    {19, "block_size:i"},
    {20, "combiner:b"},
    {21, "fused_activation_function:A"},
    {23, "axis:i batch_dims:i"},
    {27, "keep_dims:?"},
    {28, "fused_activation_function:A pot_scale_int16:?=1"},
    {29, "fused_activation_function:A"},
    {30, "squeeze_dims:v"},
    {31, "time_major:? fused_activation_function:A asymmetric_quantize_inputs:?"},
    {32, "begin_mask:i end_mask:i ellipsis_mask:i new_axis_mask:i shrink_axis_mask:i offset:?"},
    {35, "num_splits:i"},
    {37, "in_data_type:T out_data_type:T"},
    {40, "output_type:T"},
    {49, "padding:P stride_w:i stride_h:i fused_activation_function:A quantized_bias_type:Q"},
    {50, "validate_indices:?"},
    {55, "out_type:T"},
    {57, "output_type:T"},
    {58, "min:f max:f num_bits:i narrow_range:?"},
    {59, "values_count:i axis:i"},
    {61, "axis:i"},
    {64, "num:i axis:i"},
    {69,
     "fused_activation_function:A cell_clip:f proj_clip:f merge_outputs:? time_major:?=1 "
     "asymmetric_quantize_inputs:?"},
    {70, "time_major:? fused_activation_function:A merge_outputs:? asymmetric_quantize_inputs:?"},
    {71,
     "fused_activation_function:A cell_clip:f proj_clip:f time_major:? asymmetric_quantize_inputs:? "
     "diagonal_recurrent_tensors:?"},
    {74, "align_corners:? half_pixel_centers:?"},
    {75, "alpha:f"},
    {77, "mode:M"},
    {79, "num_splits:i"},
    {80, "idx_out_type:T=2"},
    {87, "seq_dim:i batch_dim:i"},
    {92, "then_subgraph_index:i else_subgraph_index:i"},
    {93, "cond_subgraph_index:i body_subgraph_index:i"},
    {94, "block_size:i"},
    {101, "adj_x:? adj_y:? asymmetric_quantize_inputs:?"},
    {102, "exclusive:? reverse:?"},
    {103, "init_subgraph_index:i"},
    {106,
     "padding:P stride_d:i stride_w:i stride_h:i fused_activation_function:A dilation_d_factor:i=1 "
     "dilation_w_factor:i=1 dilation_h_factor:i=1"},
    {107, "table_id:i key_dtype:T value_dtype:T"},
    {111, "container:s shared_name:s"},
    {114, "seed:l seed2:l"},
    {115, "boundaries:g"},
    {116, "approximate:?"},
};
// clang-format on
const size_t kOptionRowCount = std::size(kOptionRows);

}  // namespace nas
