"""Every test clip of a study of sounds through its exported C, from samples to class, beside Python.

    python benchmarks/sound_test_set.py studies/words

Exports the winner as plain C, compiles it with warnings as errors, gives it each clip of the test set in pieces of
uneven length, and compares all int8 outputs and classes with the study's `.tflite` behind Python's front-end. What it
printed is in sounds.md.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import numpy as np

import nas
from nas.arrays import Array
from nas.exporters.format import Destination
from nas.model.deploy.tflite_model import TfliteModel

STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Werror", "-O2"]
PROGRAM = """
#include <stdio.h>
#include "net_listen.h"
int main(void) {
  static int16_t samples[SAMPLES];
  int8_t output[NET_OUTPUT_BYTES];
  if (!net_listen_self_test(output)) return 3;
  while (fread(samples, sizeof(int16_t), SAMPLES, stdin) == SAMPLES) {
    int answers = 0;
    net_listen_reset();
    for (size_t at = 0, piece = 1; at < SAMPLES; at += piece, piece = piece * 3 % 701 + 1) {
      if (piece > SAMPLES - at) piece = SAMPLES - at;
      for (size_t taken = 0; taken < piece;) {
        int is_new;
        taken += net_process_samples(samples + at + taken, piece - taken, output, &is_new);
        answers += is_new;
      }
    }
    if (answers != 1) return 4;
    fwrite(output, 1, sizeof output, stdout);
  }
  return 0;
}
"""


def in_c(study: Path, clips: Array) -> Array:
    """Return the int8 outputs [clips, outputs] of the exported C for clips [clips, samples]."""
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        nas.export(study, Destination(folder, name="net"), "c")
        (folder / "net_listen_main.c").write_text(PROGRAM)  # in place of the example's main()
        sources = sorted(str(file) for file in folder.glob("*.c"))
        command = ["gcc", *STRICT, f"-DSAMPLES={clips.shape[1]}", *sources, "-lm", "-o", f"{folder}/program"]
        subprocess.run(command, check=True)
        ended = subprocess.run([folder / "program"], input=clips.tobytes(), capture_output=True, check=True)
    return np.frombuffer(ended.stdout, np.int8).reshape(len(clips), -1)


def main() -> None:
    """Compare the winner of a study."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", type=Path)
    study = parser.parse_args().study
    model = nas.load(study)
    assert model.data is not None
    assert model.tflite is not None
    test, network = model.data.splits().test, TfliteModel(model.tflite)
    found = in_c(study, test.x[:, :, 0].astype(np.int16))
    expected = network.run(network.quantize(model.scaled(test.x)))
    right = test.y == found.argmax(1)
    print(f"{len(test):,} clips: {(found == expected).all(1).sum():,} with outputs equal to Python's to the bit")
    print(f"{(found.argmax(1) == expected.argmax(1)).sum():,} with the same class; {right.mean():.2%} of them right")


if __name__ == "__main__":
    main()
