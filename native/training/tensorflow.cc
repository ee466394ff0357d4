#include "tensorflow.h"

#include <dlfcn.h>

namespace nas::training::tensorflow {

#define NAS_DEFINE(RESULT, NAME, ARGUMENTS) RESULT(*NAME) ARGUMENTS = nullptr;
NAS_TENSORFLOW_FUNCTIONS(NAS_DEFINE)
#undef NAS_DEFINE

bool find_functions() {
#if defined(__APPLE__)
  const char* library = "libtensorflow_framework.2.dylib";
#else
  const char* library = "libtensorflow_framework.so.2";
#endif
  void* handle = dlopen(library, RTLD_NOW | RTLD_NOLOAD);
  if (handle == nullptr) return false;
#define NAS_FIND(RESULT, NAME, ARGUMENTS)                             \
  NAME = reinterpret_cast<RESULT(*) ARGUMENTS>(dlsym(handle, #NAME)); \
  if (NAME == nullptr) return false;
  NAS_TENSORFLOW_FUNCTIONS(NAS_FIND)
#undef NAS_FIND
  return true;
}

}  // namespace nas::training::tensorflow
