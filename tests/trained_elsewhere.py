"""A small network that is trained here and on a worker of a cluster."""

import json
from pathlib import Path
from typing import Any

import nas
from nas.model import runtime
from nas.space.architecture import Architecture
from nas.space.blocks.dense import Dense

SPEC = """
name = "net"
[data]
source = "wine"
[model]
architecture = "net.json"
[training]
epochs = 3
min_steps = 0
[finals]
final_epochs = 3
qat_epochs = 1
"""


def models(folder: Path, cluster: Any) -> tuple[bytes, bytes]:
    """Return the int8 models of a training here, and of one whose epochs a cluster trains."""
    runtime.use_one_thread()
    (folder / "net.json").write_text(json.dumps(Architecture("mlp_tabular", (13,), 3, (Dense(units=8),)).to_json()))
    (folder / "net.toml").write_text(SPEC)
    quick: dict[str, Any] = {"tracking_uri": "none", "progress": False}
    here = nas.train(folder / "net.toml", folder=folder / "here", **quick)
    there = nas.train(folder / "net.toml", folder=folder / "there", cluster=cluster, **quick)
    return Path(here.tflite).read_bytes(), Path(there.tflite).read_bytes()
