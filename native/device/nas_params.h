// Reads the parameters of a .tflite on the device, from the model's own bytes: class names, scaling and others.
//
// C99 and C++, one header, no heap, no recursion, no library. Every offset is checked: bytes that are damaged give
// false, NULL or 0, and nothing outside the model is ever read. nas_params.fbs describes the layout.
//
//     nas_params params;
//     nas_param names;
//     if (nas_params_open(model, sizeof model, &params) && nas_params_find(&params, "class_names", &names)) {
//       puts(nas_param_text_at(&names, best));
//     }
//
// Texts are in the model's bytes and end with NUL; they live as long as the model does.
#ifndef NAS_PARAMS_H_
#define NAS_PARAMS_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

// What a parameter holds.
typedef enum {
  NAS_PARAM_NONE,
  NAS_PARAM_BOOL,
  NAS_PARAM_INT8,
  NAS_PARAM_UINT8,
  NAS_PARAM_INT16,
  NAS_PARAM_UINT16,
  NAS_PARAM_INT32,
  NAS_PARAM_UINT32,
  NAS_PARAM_INT64,
  NAS_PARAM_UINT64,
  NAS_PARAM_FLOAT32,
  NAS_PARAM_FLOAT64,
  NAS_PARAM_TEXT,
  NAS_PARAM_TEXTS,
  NAS_PARAM_INT32S,
  NAS_PARAM_FLOAT32S,
  NAS_PARAM_BYTES
} nas_param_kind;

// The parameters of a model, found by nas_params_open.
typedef struct {
  const uint8_t* data;  // a FlatBuffer
  size_t size;
  size_t entries;  // where its list of entries begins, behind the length
  size_t count;
} nas_params;

// A parameter, found by nas_params_find or nas_params_at.
typedef struct {
  const uint8_t* data;
  size_t size;
  const char* key;
  nas_param_kind kind;
  size_t value;  // the table that holds it
} nas_param;

// The functions whose names end with an underscore are the header's own.

// Reads a number of `bytes` bytes, little-endian, whatever its alignment.
static inline bool nas_params_read_(const uint8_t* data, size_t size, size_t at, unsigned bytes, uint64_t* out) {
  uint64_t number = 0;
  if (at > size || size - at < bytes) return false;
  for (unsigned i = 0; i < bytes; ++i) number |= (uint64_t)data[at + i] << (8 * i);
  *out = number;
  return true;
}

// Follows the offset at `at`, which leads forward.
static inline bool nas_params_follow_(const uint8_t* data, size_t size, size_t at, size_t* out) {
  uint64_t offset;
  if (!nas_params_read_(data, size, at, 4, &offset) || offset > size - at) return false;
  *out = at + (size_t)offset;
  return true;
}

// Finds a field of a table; false if the table does not have it, or its `bytes` bytes lie outside.
static inline bool nas_params_field_(const uint8_t* data, size_t size, size_t table, unsigned field, size_t bytes,
                                     size_t* out) {
  uint64_t back, length, offset;
  int64_t vtable;
  if (!nas_params_read_(data, size, table, 4, &back)) return false;
  vtable = (int64_t)table - (int64_t)(int32_t)(uint32_t)back;
  if (vtable < 0 || (uint64_t)vtable > size) return false;
  if (!nas_params_read_(data, size, (size_t)vtable, 2, &length) || length < 6 + 2 * (uint64_t)field) return false;
  if (size - (size_t)vtable < 6 + 2 * (size_t)field) return false;
  if (!nas_params_read_(data, size, (size_t)vtable + 4 + 2 * (size_t)field, 2, &offset) || offset == 0) return false;
  if (offset > size - table || size - table - (size_t)offset < bytes) return false;
  *out = table + (size_t)offset;
  return true;
}

// Finds a table, list or text that a field refers to.
static inline bool nas_params_target_(const uint8_t* data, size_t size, size_t table, unsigned field, size_t* out) {
  size_t at;
  return nas_params_field_(data, size, table, field, 4, &at) && nas_params_follow_(data, size, at, out);
}

// Finds the elements of a list, of `bytes` bytes each.
static inline bool nas_params_list_(const uint8_t* data, size_t size, size_t table, unsigned field, size_t bytes,
                                    size_t* first, size_t* count) {
  size_t at;
  uint64_t length;
  if (!nas_params_target_(data, size, table, field, &at)) return false;
  if (!nas_params_read_(data, size, at, 4, &length) || length > (size - at - 4) / bytes) return false;
  *first = at + 4;
  *count = (size_t)length;
  return true;
}

// Returns the text at `at`, which must end with NUL within the bytes; NULL if it does not.
static inline const char* nas_params_text_(const uint8_t* data, size_t size, size_t at) {
  uint64_t length;
  if (!nas_params_read_(data, size, at, 4, &length) || length >= size - at - 4) return NULL;
  return data[at + 4 + (size_t)length] == 0 ? (const char*)(data + at + 4) : NULL;
}

// Opens parameters that lie in memory by themselves, such as those that a tool has taken from a file.
static inline bool nas_params_open_bytes(const void* bytes, size_t size, nas_params* out) {
  const uint8_t* data = (const uint8_t*)bytes;
  size_t root, at;
  uint64_t version;
  if (!nas_params_follow_(data, size, 0, &root)) return false;
  if (!nas_params_field_(data, size, root, 0, 1, &at) || !nas_params_read_(data, size, at, 1, &version)) return false;
  if (version != 1) return false;
  out->data = data;
  out->size = size;
  return nas_params_list_(data, size, root, 1, 4, &out->entries, &out->count);
}

// Opens the parameters in an entry of a .tflite's metadata; false if there is none, or the bytes are damaged.
static inline bool nas_params_open_entry(const void* model, size_t model_bytes, const char* entry, nas_params* out) {
  const uint8_t* data = (const uint8_t*)model;
  size_t root, metadata, entries, buffers, buffer_count, i, at;
  uint64_t index;
  if (model_bytes < 8 || memcmp(data + 4, "TFL3", 4) != 0) return false;
  if (!nas_params_follow_(data, model_bytes, 0, &root)) return false;
  // Fields of TFLite's schema: 4 buffers and 6 metadata; of an entry 0 name and 1 buffer; of a buffer 0 data.
  if (!nas_params_list_(data, model_bytes, root, 4, 4, &buffers, &buffer_count)) return false;
  if (!nas_params_list_(data, model_bytes, root, 6, 4, &metadata, &entries)) return false;
  for (i = 0; i < entries; ++i) {
    size_t table, name, buffer, first, count;
    const char* text;
    if (!nas_params_follow_(data, model_bytes, metadata + 4 * i, &table)) return false;
    if (!nas_params_target_(data, model_bytes, table, 0, &name)) continue;
    text = nas_params_text_(data, model_bytes, name);
    if (text == NULL || strcmp(text, entry) != 0) continue;
    if (!nas_params_field_(data, model_bytes, table, 1, 4, &at)) return false;
    if (!nas_params_read_(data, model_bytes, at, 4, &index) || index >= buffer_count) return false;
    if (!nas_params_follow_(data, model_bytes, buffers + 4 * (size_t)index, &buffer)) return false;
    if (!nas_params_list_(data, model_bytes, buffer, 0, 1, &first, &count)) return false;
    return nas_params_open_bytes(data + first, count, out);
  }
  return false;
}

// Opens the parameters of a .tflite: the entry NAS_PARAMS, or else SL_PARAMSv1.
static inline bool nas_params_open(const void* model, size_t model_bytes, nas_params* out) {
  return nas_params_open_entry(model, model_bytes, "NAS_PARAMS", out) ||
         nas_params_open_entry(model, model_bytes, "SL_PARAMSv1", out);
}

// Gets the parameter at a position below params->count.
static inline bool nas_params_at(const nas_params* params, size_t position, nas_param* out) {
  size_t entry, at, key;
  uint64_t kind;
  const uint8_t* data = params->data;
  const size_t size = params->size;
  if (position >= params->count || !nas_params_follow_(data, size, params->entries + 4 * position, &entry))
    return false;
  if (!nas_params_target_(data, size, entry, 0, &key)) return false;
  if (!nas_params_field_(data, size, entry, 1, 1, &at) || !nas_params_read_(data, size, at, 1, &kind)) return false;
  if (kind == 0 || kind > NAS_PARAM_BYTES) return false;
  out->data = data;
  out->size = size;
  out->key = nas_params_text_(data, size, key);
  out->kind = (nas_param_kind)kind;
  return out->key != NULL && nas_params_target_(data, size, entry, 2, &out->value);
}

// Finds a parameter by its key; false if there is none.
static inline bool nas_params_find(const nas_params* params, const char* key, nas_param* out) {
  size_t i;
  for (i = 0; i < params->count; ++i) {
    if (nas_params_at(params, i, out) && strcmp(out->key, key) == 0) return true;
  }
  return false;
}

// Reads the bits of a number; a field that is absent is 0.
static inline bool nas_param_bits_(const nas_param* param, unsigned bytes, uint64_t* out) {
  uint64_t back;
  size_t at;
  *out = 0;
  if (!nas_params_read_(param->data, param->size, param->value, 4, &back)) return false;
  return !nas_params_field_(param->data, param->size, param->value, 0, bytes, &at) ||
         nas_params_read_(param->data, param->size, at, bytes, out);
}

static inline bool nas_param_bool(const nas_param* param, bool* out) {
  uint64_t bits;
  if (param->kind != NAS_PARAM_BOOL || !nas_param_bits_(param, 1, &bits)) return false;
  *out = bits != 0;
  return true;
}

// Gets a whole number of any width, signed or not; false for other kinds, and for one beyond int64_t.
static inline bool nas_param_int(const nas_param* param, int64_t* out) {
  static const unsigned char kBytes[] = {0, 0, 1, 1, 2, 2, 4, 4, 8, 8};
  uint64_t bits, sign;
  unsigned bytes;
  if (param->kind < NAS_PARAM_INT8 || param->kind > NAS_PARAM_UINT64) return false;
  bytes = kBytes[param->kind];
  if (!nas_param_bits_(param, bytes, &bits)) return false;
  sign = (uint64_t)1 << (8 * bytes - 1);
  if (((unsigned)param->kind - NAS_PARAM_INT8) % 2 != 0) {
    if (bits > (uint64_t)INT64_MAX) return false;
    *out = (int64_t)bits;
  } else {
    // Subtracted in two steps, none of which overflows.
    *out = (bits & sign) != 0 ? -(int64_t)(sign - 1 - (bits & (sign - 1))) - 1 : (int64_t)bits;
  }
  return true;
}

// Gets an unsigned whole number of any width, or a signed one that is not negative.
static inline bool nas_param_uint(const nas_param* param, uint64_t* out) {
  int64_t number;
  if (param->kind == NAS_PARAM_UINT64) return nas_param_bits_(param, 8, out);
  if (!nas_param_int(param, &number) || number < 0) return false;
  *out = (uint64_t)number;
  return true;
}

// Gets a number of any kind as double; a float64 and a number of up to 53 bits exactly.
static inline bool nas_param_double(const nas_param* param, double* out) {
  uint64_t bits;
  int64_t number;
  if (param->kind == NAS_PARAM_FLOAT64) {
    if (!nas_param_bits_(param, 8, &bits)) return false;
    memcpy(out, &bits, sizeof *out);
    return true;
  }
  if (param->kind == NAS_PARAM_FLOAT32) {
    uint32_t half;
    float value;
    if (!nas_param_bits_(param, 4, &bits)) return false;
    half = (uint32_t)bits;
    memcpy(&value, &half, sizeof value);
    *out = (double)value;
    return true;
  }
  if (param->kind == NAS_PARAM_UINT64) {
    if (!nas_param_bits_(param, 8, &bits)) return false;
    *out = (double)bits;
    return true;
  }
  if (!nas_param_int(param, &number)) return false;
  *out = (double)number;
  return true;
}

// Gets a number of any kind as float.
static inline bool nas_param_float(const nas_param* param, float* out) {
  double value;
  if (!nas_param_double(param, &value)) return false;
  *out = (float)value;
  return true;
}

// Returns a text; NULL for other kinds.
static inline const char* nas_param_text(const nas_param* param) {
  size_t at;
  if (param->kind != NAS_PARAM_TEXT) return NULL;
  if (!nas_params_target_(param->data, param->size, param->value, 0, &at)) return NULL;
  return nas_params_text_(param->data, param->size, at);
}

// Finds the elements of a list of this kind.
static inline bool nas_param_list_(const nas_param* param, nas_param_kind kind, size_t* first, size_t* count) {
  const size_t bytes = kind == NAS_PARAM_BYTES ? 1 : 4;
  return param->kind == kind && nas_params_list_(param->data, param->size, param->value, 0, bytes, first, count);
}

// Returns the number of elements of a list, or of bytes; 0 for other kinds.
static inline size_t nas_param_count(const nas_param* param) {
  size_t first, count;
  if (param->kind < NAS_PARAM_TEXTS) return 0;
  return nas_param_list_(param, param->kind, &first, &count) ? count : 0;
}

// Returns an element of a list of texts; NULL for other kinds and beyond the end.
static inline const char* nas_param_text_at(const nas_param* param, size_t position) {
  size_t first, count, at;
  if (!nas_param_list_(param, NAS_PARAM_TEXTS, &first, &count) || position >= count) return NULL;
  if (!nas_params_follow_(param->data, param->size, first + 4 * position, &at)) return NULL;
  return nas_params_text_(param->data, param->size, at);
}

// Gets an element of a list of whole numbers.
static inline bool nas_param_int_at(const nas_param* param, size_t position, int32_t* out) {
  size_t first, count;
  uint64_t bits;
  uint32_t half;
  if (!nas_param_list_(param, NAS_PARAM_INT32S, &first, &count) || position >= count) return false;
  if (!nas_params_read_(param->data, param->size, first + 4 * position, 4, &bits)) return false;
  half = (uint32_t)bits;
  memcpy(out, &half, sizeof *out);
  return true;
}

// Gets an element of a list of floats.
static inline bool nas_param_float_at(const nas_param* param, size_t position, float* out) {
  size_t first, count;
  uint64_t bits;
  uint32_t half;
  if (!nas_param_list_(param, NAS_PARAM_FLOAT32S, &first, &count) || position >= count) return false;
  if (!nas_params_read_(param->data, param->size, first + 4 * position, 4, &bits)) return false;
  half = (uint32_t)bits;
  memcpy(out, &half, sizeof *out);
  return true;
}

// Returns bytes and their number; NULL for other kinds.
static inline const uint8_t* nas_param_bytes(const nas_param* param, size_t* count) {
  size_t first;
  *count = 0;
  return nas_param_list_(param, NAS_PARAM_BYTES, &first, count) ? param->data + first : NULL;
}

#ifdef __cplusplus
}
#endif

#endif  // NAS_PARAMS_H_
