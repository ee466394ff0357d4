// An int8 network on many rows: steps in order, each from tensors to a tensor; see kernels.h.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "device_kernels.h"
#include "kernels.h"

namespace nas::batch {

// The constants of a Scaling, one of each for every channel.
struct Channels {
  std::vector<int32_t> bias, multiplier;
  std::vector<int8_t> shift;
};

struct Bounds {
  int zero_point, low, high;
};

// One of the loops in which two inputs are walked along an output, with the steps of the inputs; a step of 0 repeats.
struct Loop {
  int count, step_a, step_b;
};

// Tensors are numbered in the order in which they are made; each has a number of values. What would read or write
// beyond a tensor is refused (std::invalid_argument).
class Program {
 public:
  // Makes the tensor of the inputs, number 0. `kernels` must be usable.
  Program(int inputs, const Kernels& kernels) : sizes_{inputs}, kernels_(kernels) {}

  // Returns the number of a tensor with these values for each row.
  int constant(const std::vector<int8_t>& values);
  // Each adds a step and returns the number of the tensor that it makes.
  // Weights [out channels, height * width, in channels]; of a depthwise convolution [height * width, out channels].
  int convolve(int in, const Window& window, const std::vector<float>& weights, Channels channels, Bounds bounds,
               int zero_point, bool depthwise);
  int max_pool(int in, const Window& window);
  int average_pool(int in, const Window& window);
  int clamp(int in, int low, int high);
  int look_up(int in, const std::vector<int8_t>& table);  // of 256 entries
  // Value i of the tensor is value `places[i]` of all inputs, one behind the other.
  int gather(const std::vector<int>& ins, const std::vector<int32_t>& places);
  int softmax(int in, const Softmax& softmax);
  int mean(int in, const Mean& mean);
  int lstm(int in, const Lstm& lstm);
  int add(int a, int b, const std::vector<Loop>& loops, const Sum& sum);
  int multiply(int a, int b, const std::vector<Loop>& loops, const Product& product);

  int inputs() const { return sizes_.front(); }
  int outputs() const { return sizes_.back(); }

  // Computes the last tensor [rows, outputs()] of inputs [rows, inputs()].
  void run(const int8_t* inputs, int64_t rows, int8_t* outputs) const;

 private:
  // The tensors of sixteen rows.
  using Values = std::vector<std::vector<float>>;

  int check(int tensor, int64_t at_least) const;
  int add_tensor(int64_t size);
  int make(int64_t size, std::function<void(Values&)> step);
  template <class Constants>
  int pairwise(int a, int b, const std::vector<Loop>& loops, const Constants& constants);
  template <class Constants>
  int by_row(int in, int64_t values, int64_t made, const Constants& constants);

  struct Constant {
    size_t tensor;
    std::vector<int8_t> values;
  };

  std::vector<int> sizes_;
  std::vector<Constant> constants_;
  std::vector<std::function<void(Values&)>> steps_;
  const Kernels& kernels_;
};

}  // namespace nas::batch
