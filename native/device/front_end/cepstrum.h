// Mel-frequency cepstral coefficients (MFCC): the cosine transform (DCT-II, orthonormal) of a frame of log-mel
// features, each coefficient times its lifter, in integers.
#ifndef NAS_CEPSTRUM_H
#define NAS_CEPSTRUM_H

#include <stdint.h>

#include "flash.h"

#ifdef __cplusplus
extern "C" {
#endif

// Settings and tables; constants, the tables in flash.
typedef struct {
  uint16_t channels;                 // features of a frame, at most 1024
  uint16_t coefficients;             // numbers that are made of them, at most `channels`
  uint16_t middle;                   // is subtracted from each feature, which changes the first coefficient alone
  const NAS_FLASH int16_t* cosines;  // [2 channels + 1]: cos(pi i / (2 channels)), 1 being 16384
  const NAS_FLASH uint32_t* scales;  // [coefficients]: root(2 / channels), of the first root(1 / channels), times the
                                     // lifter, 1 being 65536; below 2^22
} nas_cepstrum;

// Writes the coefficients of a frame, in the unit of its features; what 16 bits do not hold is cut.
void nas_cepstral_coefficients(const nas_cepstrum* cepstrum, const uint16_t* features, int16_t* coefficients);

#ifdef __cplusplus
}
#endif

#endif  // NAS_CEPSTRUM_H
