"""Words in a row through `nas classify`: how many of them are found at their second, and how many events are too many.

    python benchmarks/words_in_a_row.py studies/words [--recordings 10]

Each recording has eight random test clips of a study, half a second of faint noise apart. A word is found if an event
of its class begins in the second of its clip, or half a second before; an event is too many if it finds no word. The
results are in sounds.md.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import soundfile

import nas
from nas.arrays import Doubles
from nas.data.dataset import Part
from nas.evaluation.spotting import Spotting

WORDS, PAUSE_S, NOISE = 8, 0.5, 60.0
"""Words of a recording, the pause between them, and the deviation of the noise in it, in 16-bit steps."""
SETTINGS = (Spotting(), Spotting(average_ms=300), Spotting(average_ms=300, threshold=0.8))


def recording(test: Part, rate: int, rng: np.random.Generator) -> tuple[Doubles, list[tuple[float, int]]]:
    """Return samples, and when which class begins."""
    pause = int(PAUSE_S * rate)
    parts, said, at = [rng.normal(0, NOISE, pause)], [], PAUSE_S
    for row in rng.choice(len(test), WORDS, replace=False):
        clip = test.x[row, :, 0]
        said.append((at, int(test.y[row])))
        parts += [clip, rng.normal(0, NOISE, pause)]
        at += len(clip) / rate + PAUSE_S
    return np.concatenate(parts), said


def found_of(said: list[tuple[float, int]], events: list[tuple[float, int]]) -> int:
    """Return how many of the words that were said an event of their own tells."""
    left = list(events)
    for at, word in said:
        own = next((event for event in left if event[1] == word and at - 0.5 <= event[0] <= at + 1), None)
        if own is not None:
            left.remove(own)
    return len(events) - len(left)


def main() -> None:
    """Print a line for each setting."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", type=Path)
    parser.add_argument("--recordings", type=int, default=10)
    given = parser.parse_args()
    model, rng = nas.load(given.study), np.random.default_rng(0)
    assert model.data is not None
    splits = model.data.splits()
    rate = int(splits.sample_rate_hz or 0)
    counts = np.zeros((len(SETTINGS), 2), np.int64)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(given.recordings):
            samples, said = recording(splits.test, rate, rng)
            path = Path(folder) / f"{number}.wav"
            soundfile.write(path, np.clip(samples, -32768, 32767).astype(np.int16), rate)
            for count, spotting in zip(counts, SETTINGS, strict=True):
                heard = nas.classify(model, path, spotting=spotting).to_json()
                events = [(event["start_s"], splits.class_names.index(event["class"])) for event in heard]
                right = found_of(said, events)
                count += right, len(events) - right
    for (right, wrong), spotting in zip(counts.tolist(), SETTINGS, strict=True):
        of = WORDS * given.recordings
        average = "a window" if spotting.average_ms is None else f"{spotting.average_ms:g} ms"
        print(f"mean of {average}, threshold {spotting.threshold}: {right} of {of} words, {wrong} events too many")


if __name__ == "__main__":
    main()
