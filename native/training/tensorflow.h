// The functions of TensorFlow's C API for operators and kernels (tensorflow/c/ops.h, kernels.h, tf_tensor.h) that
// operators.cc calls. The ABI is a stable one, so neither TensorFlow's headers nor its library are needed to build.
//
// They are found in the process that has loaded TensorFlow already.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nas::training::tensorflow {

struct Status;
struct Tensor;
struct OpDefinition;
struct KernelBuilder;
struct Construction;  // of a kernel, when a graph's operator is made
struct Context;       // of one call of it
struct ShapeContext;

enum Code : int { kOk = 0, kInvalidArgument = 3 };
enum DataType : int { kFloat = 1 };

#define NAS_TENSORFLOW_FUNCTIONS(F)                                                                                    \
  F(Status*, TF_NewStatus, ())                                                                                         \
  F(void, TF_DeleteStatus, (Status*))                                                                                  \
  F(void, TF_SetStatus, (Status*, Code, const char*))                                                                  \
  F(Code, TF_GetCode, (const Status*))                                                                                 \
  F(OpDefinition*, TF_NewOpDefinitionBuilder, (const char* name))                                                      \
  F(void, TF_OpDefinitionBuilderAddInput, (OpDefinition*, const char*))                                                \
  F(void, TF_OpDefinitionBuilderAddOutput, (OpDefinition*, const char*))                                               \
  F(void, TF_OpDefinitionBuilderAddAttr, (OpDefinition*, const char*))                                                 \
  F(void, TF_OpDefinitionBuilderSetShapeInferenceFunction, (OpDefinition*, void (*)(ShapeContext*, Status*)))          \
  F(void, TF_ShapeInferenceContextSetUnknownShape, (ShapeContext*, Status*))                                           \
  F(void, TF_RegisterOpDefinition, (OpDefinition*, Status*))                                                           \
  F(KernelBuilder*, TF_NewKernelBuilder,                                                                               \
    (const char* name, const char* device, void* (*create)(Construction*), void (*compute)(void*, Context*),           \
     void (*destroy)(void*)))                                                                                          \
  F(void, TF_RegisterKernelBuilder, (const char* name, KernelBuilder*, Status*))                                       \
  F(void, TF_OpKernelConstruction_GetAttrBool, (Construction*, const char*, unsigned char*, Status*))                  \
  F(void, TF_OpKernelConstruction_GetAttrInt32, (Construction*, const char*, int32_t*, Status*))                       \
  F(void, TF_OpKernelConstruction_GetAttrFloat, (Construction*, const char*, float*, Status*))                         \
  F(void, TF_OpKernelConstruction_Failure, (Construction*, Status*))                                                   \
  F(void, TF_OpKernelContext_Failure, (Context*, Status*))                                                             \
  F(void, TF_GetInput, (Context*, int, Tensor**, Status*))                                                             \
  F(Tensor*, TF_AllocateOutput, (Context*, int, DataType, const int64_t* shape, int rank, std::size_t bytes, Status*)) \
  F(int, TF_NumDims, (const Tensor*))                                                                                  \
  F(int64_t, TF_Dim, (const Tensor*, int))                                                                             \
  F(void*, TF_TensorData, (const Tensor*))                                                                             \
  F(void, TF_DeleteTensor, (Tensor*))

#define NAS_DECLARE(RESULT, NAME, ARGUMENTS) extern RESULT(*NAME) ARGUMENTS;
NAS_TENSORFLOW_FUNCTIONS(NAS_DECLARE)
#undef NAS_DECLARE

// Finds all functions; returns false if this process has loaded no TensorFlow that has them.
bool find_functions();

}  // namespace nas::training::tensorflow
