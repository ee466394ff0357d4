"""Every test clip of a study of sounds through its exported C, from samples to class, beside Python.

    python benchmarks/sound_test_set.py studies/words

Exports the winner as plain C, compiles it with warnings as errors, gives it each clip of the test set in pieces of
uneven length, and compares all int8 outputs and classes with the study's `.tflite` behind Python's front-end. What it
printed is in sounds.md.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from heard_in_c import heard_in_c

import nas
from nas.exporters.format import Destination
from nas.model.deploy.tflite_model import TfliteModel


def main() -> None:
    """Compare the winner of a study."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", type=Path)
    study = parser.parse_args().study
    model = nas.load(study)
    assert model.data is not None
    assert model.tflite is not None
    test, network = model.data.splits().test, TfliteModel(model.tflite)
    with tempfile.TemporaryDirectory() as folder:
        nas.export(study, Destination(Path(folder), name="hears"), "c")
        found = heard_in_c(Path(folder), test.x[:, :, 0].astype(np.int16))
    expected = network.run(network.quantize(model.scaled(test.x)))
    right = test.y == found.argmax(1)
    print(f"{len(test):,} clips: {(found == expected).all(1).sum():,} with outputs equal to Python's to the bit")
    print(f"{(found.argmax(1) == expected.argmax(1)).sum():,} with the same class; {right.mean():.2%} of them right")


if __name__ == "__main__":
    main()
