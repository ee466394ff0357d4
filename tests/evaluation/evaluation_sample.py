"""Made-up answers of a classifier, as a float model and as its int8 model would give them."""

import numpy as np

from nas.data.dataset import Part

NAMES = ("idle", "walk", "run", "fall")


def sample(seed: int = 0, rows: int = 400, groups: int = 7) -> tuple[Part, np.ndarray, np.ndarray]:
    """Rows, and probabilities that are mostly right: of a float model, and rounded to 1/256 with some noise."""
    rng = np.random.default_rng(seed)
    y = rng.choice(len(NAMES), rows, p=[0.5, 0.3, 0.15, 0.05])
    logits = rng.normal(size=(rows, len(NAMES))) + 2.2 * np.eye(len(NAMES))[y]
    before = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    noisy = np.clip(before + rng.normal(scale=0.03, size=before.shape), 0, 255 / 256)
    after = np.round(noisy * 256) / 256
    named = np.array([f"s{i}" for i in rng.integers(0, groups, rows)]) if groups else None
    part = Part(rng.normal(size=(rows, 20, 3)).astype(np.float32), y, named)
    return part, before.astype(np.float32), after.astype(np.float32)
