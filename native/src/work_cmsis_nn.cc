// The loops of CMSIS-NN's kernels for int8, each after the branches of its source at kCmsisNnVersion. The vector
// instructions decide which branch is compiled: none (M0+, M3), DSP (M4, M7, M33), MVE (M55).
#include <algorithm>
#include <utility>

#include "work_terms.h"
#include "work_window.h"

namespace nas {
namespace {

// Rows of the left matrix, summed over the calls of arm_nn_mat_mult_nt_t_s8: it takes them two or four at a time.
struct Rows {
  double calls = 0, all = 0, twos = 0, odd = 0, fours = 0, after_fours = 0;

  void add(double count, double times = 1) {
    calls += times;
    all += times * count;
    twos += times * blocks(count, 2);
    odd += times * rest(count, 2);
    fours += times * blocks(count, 4);
    after_fours += times * rest(count, 4);
  }
};

// arm_nn_mat_mult_nt_t_s8: each row of `k` values with each of `c` filters.
Terms products(Path path, const Rows& r, double c, double k, Vectors vectors) {
  const double pairs = blocks(c, 2), last = rest(c, 2);
  switch (vectors) {
    case Vectors::kMve: {
      const double steps = started(k, 16);
      return terms_of(path, {r.fours * c * steps, r.fours * c, r.after_fours * c * steps, r.after_fours * c,
                             r.after_fours * blocks(c, 4), r.after_fours * rest(c, 4), r.all, r.calls, 1});
    }
    case Vectors::kDsp:
      return terms_of(path, {r.calls * pairs * k, r.calls * pairs, r.twos * pairs * blocks(k, 16),
                             r.twos * pairs * blocks(rest(k, 16), 4), r.twos * pairs * rest(k, 4), r.twos * pairs,
                             r.odd * pairs * blocks(k, 4), r.odd * pairs, r.all * last * k, r.all * last, r.calls, 1});
    case Vectors::kNone:
      break;
  }
  return terms_of(path, {r.calls * pairs * k, r.calls * pairs, r.twos * pairs * k, r.twos * pairs, r.odd * pairs * k,
                         r.odd * pairs, r.all * last * k, r.all * last, r.calls, 1});
}

// The copies that gather a pixel's patch in a buffer: of runs of `c` bytes inside the input, of zeros outside.
void add_patches(Terms& terms, const Window& w, double c, Vectors vectors) {
  const double outside = w.pixels * w.taps - w.inside;
  terms.add(w.inside);
  if (vectors == Vectors::kMve) {
    terms.add(w.inside * started(c, 16));
  } else {
    terms.add(w.inside * blocks(c, 4));
    terms.add(w.inside * rest(c, 4));
  }
  terms.add(outside);
}

// arm_convolve_s8 gathers two patches (four with MVE), then multiplies them with all filters.
Terms any_convolution(const Window& w, double k, Vectors vectors) {
  const double c = w.channels, twos = blocks(w.pixels, 2), odd = rest(w.pixels, 2);
  Terms terms;
  if (vectors == Vectors::kMve) {
    Rows rows;
    rows.add(4, blocks(w.pixels, 4));
    if (rest(w.pixels, 4) > 0) rows.add(rest(w.pixels, 4));
    terms = products(Path::kOnly, rows, c, k, vectors);
  } else if (vectors == Vectors::kDsp) {
    terms = terms_of(Path::kOnly, {twos * blocks(c, 2) * blocks(k, 4), twos * blocks(c, 2) * rest(k, 4),
                                   twos * blocks(c, 2), twos * rest(c, 2) * k, twos * rest(c, 2), odd * c * k, odd * c,
                                   w.pixels * blocks(k, 4), w.pixels * rest(k, 4), w.pixels, 1});
  } else {
    terms = terms_of(Path::kOnly, {twos * blocks(c, 2) * k, twos * blocks(c, 2), twos * rest(c, 2) * k,
                                   twos * rest(c, 2), odd * c * k, odd * c, w.pixels * k, w.pixels, 1});
  }
  add_patches(terms, w, w.channels_in, vectors);
  return terms;
}

// The rows that arm_convolve_1_x_n_s8 multiplies at once: left of where padding is read, there, and right of it.
Rows rows_of_line(const Node& node, const Window& w, int64_t kernel) {
  const int64_t stride = node.op->options.stride_w, out = dim(*node.output(), 2), pad = w.padding_w;
  const int64_t total = (out - 1) * stride + kernel - dim(*node.input(0), 2), odd = total % 2;
  const auto padded = [&](int64_t width) { return std::max<int64_t>(1, (width + stride - 1) / stride); };
  const int64_t right = pad + odd != 0 ? padded(pad + odd) : 0, left = pad != 0 ? padded(pad) : 0;
  Rows rows;
  const double batches = real(dim(*node.output(), 0));
  for (int64_t count : {left, std::max<int64_t>(0, out - left - right), right}) rows.add(real(count), batches);
  return rows;
}

Terms convolution(const Node& node, const Window& w, int64_t kernel_h, int64_t kernel_w, Vectors vectors) {
  const Options& o = node.op->options;
  const double k = w.taps * w.channels_in;
  if (w.taps == 1 && !w.padded && !w.dilated_h && !w.dilated_w) {
    Rows rows;
    if (o.stride_h == 1 && o.stride_w == 1) {
      rows.add(w.pixels);
    } else {
      rows.add(w.width, w.height);
    }
    return products(Path::kPointwise, rows, w.channels, k, vectors);
  }
  const bool line = vectors == Vectors::kMve && dim(*node.input(0), 1) == 1 && kernel_h == 1 && !w.dilated_w &&
                    o.stride_w * dim(*node.input(0), 3) % 4 == 0;
  if (line) return products(Path::kRow, rows_of_line(node, w, kernel_w), w.channels, k, vectors);
  return any_convolution(w, k, vectors);
}

// arm_depthwise_conv_3x3_s8: four channels at a time; the outer columns of the window are tested, its rows cut.
Terms depthwise_3x3(const Window& w) {
  const double fours = blocks(w.channels, 4), after = rest(w.channels, 4), side = w.inside - w.inside_rows;
  return terms_of(Path::kThreeByThree, {side * fours, w.inside_rows * fours, w.pixels * fours, side * after,
                                        w.inside_rows * after, w.pixels * after, w.pixels, 1});
}

// arm_depthwise_conv_s8_opt with DSP: patches of int16, then four channels and two taps at a time.
Terms depthwise_patches(const Window& w) {
  const double fours = blocks(w.channels, 4), after = rest(w.channels, 4);
  Terms terms = terms_of(Path::kOnly, {w.pixels * fours * blocks(w.taps, 2), w.pixels * fours * rest(w.taps, 2),
                                       w.pixels * fours, w.pixels * after * w.taps, w.pixels * after, w.pixels, 1});
  add_patches(terms, w, w.channels, Vectors::kDsp);
  terms.add((w.pixels * w.taps - w.inside) * w.channels);
  return terms;
}

// arm_depthwise_conv_s8_opt with MVE: patches of up to 124 channels, then four pixels and four channels at a time.
Terms depthwise_blocks(const Window& w) {
  constexpr double kBlock = 124;
  const double full = blocks(w.channels, kBlock), left = rest(w.channels, kBlock);
  const double passes = started(w.channels, kBlock);
  const double fours = full * started(kBlock, 4) + started(left, 4);
  const double runs = full * started(kBlock, 16) + started(left, 16);
  const double pixels4 = blocks(w.pixels, 4), after = rest(w.pixels, 4), outside = w.pixels * w.taps - w.inside;
  return terms_of(Path::kOnly, {pixels4 * fours * w.taps, pixels4 * fours, after * fours * w.taps, after * fours,
                                w.inside * runs, w.inside * passes, outside * runs, outside * passes,
                                w.pixels * w.taps_high * passes, w.pixels * passes, passes, 1});
}

}  // namespace

Terms conv_cmsis_nn(const Node& node, Vectors vectors) {
  const Tensor& weights = *node.input(1);
  const int64_t high = dim(weights, 1), wide = dim(weights, 2);
  Terms terms = convolution(node, window_of(node, high, wide), high, wide, vectors);
  terms.kind = Builtin::kConv2d;
  return terms;
}

// arm_depthwise_conv_wrapper_s8 and, for a multiplier above 1, dilation or batches, arm_depthwise_conv_s8.
Terms depthwise_cmsis_nn(const Node& node, Vectors vectors) {
  const Tensor& weights = *node.input(1);
  const int64_t high = dim(weights, 1), wide = dim(weights, 2);
  const Window w = window_of(node, high, wide);
  if (vectors == Vectors::kMve && w.channels_in == 1 && w.channels > 1) {
    Terms terms = convolution(node, w, high, wide, vectors);
    terms.kind = Builtin::kConv2d;
    return terms;
  }
  const bool plain = dim(*node.output(), 0) == 1 && !w.dilated_h && !w.dilated_w;
  if (plain && w.channels_in == w.channels) {
    if (vectors != Vectors::kMve && high == 3 && wide == 3) return depthwise_3x3(w);
    if (vectors == Vectors::kMve) return depthwise_blocks(w);
    if (vectors == Vectors::kDsp) return depthwise_patches(w);
  }
  if (plain && rest(w.channels / std::max(1.0, w.channels_in), 4) == 0) {
    const double fours = w.channels / 4;
    return terms_of(Path::kMultiplied,
                    {w.inside * fours, w.inside_rows * fours, w.pixels * fours, w.pixels * w.channels_in, w.pixels, 1});
  }
  return terms_of(Path::kAnyWindow,
                  {w.inside * w.channels, w.inside_rows * w.channels, w.outputs, w.pixels * w.channels_in, w.pixels,
                   w.dilated_h ? w.outputs : 0, w.dilated_w ? w.outputs : 0, 1});
}

// arm_nn_vec_mat_mult_t_s8, or with a scale an output arm_nn_vec_mat_mult_t_per_ch_s8; a dense layer with three or
// more axes runs as a 1x1 convolution.
Terms fully_connected_cmsis_nn(const Node& node, Vectors vectors) {
  const Tensor &weights = *node.input(1), &out = *node.output();
  const double k = real(dim(weights, 1)), c = real(dim(weights, 0));
  const double rows = real(out.elements) / std::max(1.0, c);
  if (out.shape.size() > 2 && rest(k, 4) == 0) {
    Rows all;
    all.add(rows);
    return products(Path::kPointwise, all, c, k, vectors);
  }
  const Path path = weights.scales == 1 ? Path::kOneScale : Path::kOnly;
  const double group = vectors == Vectors::kMve ? 4 : vectors == Vectors::kDsp ? 2 : 3;
  const double groups = rows * blocks(c, group), left = rows * rest(c, group);
  switch (vectors) {
    case Vectors::kMve:
      return terms_of(path, {groups * started(k, 16), left * started(k, 16), groups, left, rows, 1});
    case Vectors::kDsp:  // the compiler unrolls the loop over the columns by eight
      return terms_of(path, {groups * blocks(k, 4), groups * blocks(k, 32), groups * rest(k, 4), groups,
                             left * blocks(k, 4), left * rest(k, 4), left, rows, 1});
    case Vectors::kNone:
      break;
  }
  return terms_of(path, {groups * k, groups, left * k, left, rows, 1});
}

// arm_convolve_s16: as for int8, but nothing is widened and 1x1 has no path of its own.
Terms conv_int16_cmsis_nn(const Node& node, Vectors vectors) {
  const Tensor& weights = *node.input(1);
  const Window w = window_of(node, dim(weights, 1), dim(weights, 2));
  Window bytes = w;
  bytes.channels_in *= 2;
  const double k = w.taps * w.channels_in, c = w.channels, twos = blocks(w.pixels, 2), odd = rest(w.pixels, 2);
  Terms terms;
  if (vectors == Vectors::kMve) {
    Rows rows;
    rows.add(w.pixels);
    terms = terms_of(Path::kOnly, {rows.fours * c * started(k, 8), rows.fours * c, rows.after_fours * c * started(k, 8),
                                   rows.after_fours * c, w.pixels, 1});
  } else {
    const double step = vectors == Vectors::kDsp ? 4 : 1;
    terms = terms_of(Path::kOnly,
                     {twos * blocks(c, 2) * blocks(k, step), twos * blocks(c, 2) * rest(k, step), twos * blocks(c, 2),
                      twos * rest(c, 2) * k, twos * rest(c, 2), odd * c * k, odd * c, w.pixels, 1});
  }
  add_patches(terms, bytes, bytes.channels_in, vectors);
  return terms;
}

// arm_nn_vec_mat_mult_t_s16.
Terms fully_connected_int16_cmsis_nn(const Node& node, Vectors vectors) {
  const Tensor &weights = *node.input(1), &out = *node.output();
  const double k = real(dim(weights, 1)), c = real(dim(weights, 0));
  const double rows = real(out.elements) / std::max(1.0, c);
  const double group = vectors == Vectors::kMve ? 4 : vectors == Vectors::kDsp ? 2 : 1;
  const double step = vectors == Vectors::kMve ? 8 : vectors == Vectors::kDsp ? 4 : 1;
  const double groups = rows * blocks(c, group), left = rows * rest(c, group);
  const double steps = vectors == Vectors::kMve ? started(k, step) : blocks(k, step);
  const double after = vectors == Vectors::kMve ? 0 : rest(k, step);
  return terms_of(Path::kOnly, {groups * steps, groups * after, groups, left * steps, left * after, left, rows, 1});
}

// arm_avgpool_s8: with DSP along the channels, tap after tap, in a buffer; without, every tap of every output.
Terms average_pool_cmsis_nn(const Node& node, Vectors vectors) {
  const Window w = window_of(node, node.op->options.filter_h, node.op->options.filter_w);
  switch (vectors) {
    case Vectors::kMve: {
      const double runs = started(w.channels, 16);
      return terms_of(Path::kOnly, {w.inside * runs, w.inside_rows * runs, w.pixels * runs, w.pixels, w.height, 1});
    }
    case Vectors::kDsp:
      return terms_of(Path::kOnly,
                      {(w.inside - w.pixels) * w.channels, w.outputs, w.inside, w.inside_rows, w.pixels, w.height, 1});
    case Vectors::kNone:
      break;
  }
  return terms_of(Path::kOnly,
                  {w.inside * w.channels, w.outputs * w.taps, w.outputs * w.taps_high, w.outputs, w.pixels, 1});
}

// arm_max_pool_s8: the first tap is copied, the others compared; then all outputs are clamped.
Terms max_pool_cmsis_nn(const Node& node, Vectors vectors) {
  const Window w = window_of(node, node.op->options.filter_h, node.op->options.filter_w);
  const double more = w.inside - w.pixels, c = w.channels;
  if (vectors == Vectors::kMve) {
    const double runs = started(c, 16);
    return terms_of(Path::kOnly,
                    {more * runs, more, w.pixels * runs, w.pixels, w.inside_rows, started(w.outputs, 16), w.height, 1});
  }
  return terms_of(Path::kOnly, {more * blocks(c, 4), more * rest(c, 4), more, w.pixels * blocks(c, 4),
                                w.pixels * rest(c, 4), w.pixels, w.inside_rows, blocks(w.outputs, 4), w.height, 1});
}

// arm_transpose_s8: the loops run over the input's axes, up to four.
Terms transpose_cmsis_nn(const Node& node, Vectors vectors) {
  const Tensor &in = *node.input(0), &out = *node.output();
  const size_t rank = in.shape.size();
  const double all = real(in.elements);
  const double last = rank > 0 ? std::max(1.0, real(in.shape[rank - 1])) : 1;
  const double before = rank > 1 ? std::max(1.0, real(in.shape[rank - 2])) : 1;
  const bool planes = rank == 2 || (vectors == Vectors::kMve && rank == 4 && dim(in, 0) == dim(out, 0) &&
                                    dim(in, 1) == dim(out, 1) && dim(in, 2) == dim(out, 3));
  if (planes && vectors == Vectors::kMve) {
    const double lines = all / before;
    return terms_of(Path::kPlanes, {lines * started(before, 8), lines, all / before / last, 1});
  }
  return terms_of(planes ? Path::kPlanes : Path::kOnly, {all, all / last, all / last / before, 1});
}

}  // namespace nas
