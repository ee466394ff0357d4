// Activations of vectors, and their derivatives.
#pragma once

#include "layers.h"
#include "vectors.h"

namespace nas::training::NAS_LEVEL {

template <Activation Kind>
struct Activated {
  static constexpr Activation kind = Kind;
};

// Calls `call` with the activation as a compile-time constant.
template <class Call>
void with_activation(Activation kind, Call call) {
  switch (kind) {
    case Activation::kNone:
      return call(Activated<Activation::kNone>());
    case Activation::kRelu:
      return call(Activated<Activation::kRelu>());
    case Activation::kRelu6:
      return call(Activated<Activation::kRelu6>());
    case Activation::kHardSwish:
      return call(Activated<Activation::kHardSwish>());
  }
}

// Whether the greatest of some numbers is also the one whose activation is greatest.
constexpr bool rises(Activation kind) { return kind != Activation::kHardSwish; }

inline Vector positive(Vector x) { return x > 0.0f ? x : Vector{}; }

inline Vector up_to_six(Vector x) {
  const Vector six = Vector{} + 6.0f;
  return positive(x < 6.0f ? x : six);
}

template <Activation Kind>
Vector activated(Vector x) {
  if constexpr (Kind == Activation::kRelu) return positive(x);
  if constexpr (Kind == Activation::kRelu6) return up_to_six(x);
  if constexpr (Kind == Activation::kHardSwish) return x * up_to_six(x + 3.0f) * (1.0f / 6.0f);
  return x;
}

// What poolings compare to find a maximum.
template <Activation Kind>
Vector compared(Vector x) {
  return rises(Kind) ? x : activated<Kind>(x);
}

// The gradient of x from that of its activation.
template <Activation Kind>
Vector passed_back(Vector x, Vector gradient) {
  if constexpr (Kind == Activation::kRelu) return x > 0.0f ? gradient : Vector{};
  if constexpr (Kind == Activation::kRelu6) return x > 0.0f && x < 6.0f ? gradient : Vector{};
  if constexpr (Kind == Activation::kHardSwish) {
    const Vector within = x > -3.0f ? gradient * (x + 1.5f) * (1.0f / 3.0f) : Vector{};
    return x < 3.0f ? within : gradient;
  }
  return gradient;
}

}  // namespace nas::training::NAS_LEVEL
