"""Everything of a bundle but the model's bytes, for programs."""

import dataclasses
import hashlib
import json
from typing import Any

from nas.exporters.format import FORMATS, Files
from nas.study.archive import Bundle


@FORMATS.register("json")
def metadata(bundle: Bundle) -> Files:
    """Scaling, quantization, classes, footprint, architecture and accuracies as one JSON document."""
    return {"metadata.json": json.dumps(describe(bundle), indent=2, sort_keys=True, allow_nan=False) + "\n"}


def describe(bundle: Bundle) -> dict[str, Any]:
    """Return the JSON document; no path in it leads out of the folder that it is written to."""
    return {
        "study": bundle.name,
        "command": bundle.command,
        "sha256": hashlib.sha256(bundle.tflite).hexdigest(),
        "architecture": bundle.winner.record.architecture,
        "class_names": bundle.class_names,
        "input": {
            "shape": bundle.input_shape,
            "channel_names": bundle.channel_names,
            "sample_rate_hz": bundle.sample_rate_hz,
            "units_scale": bundle.units_scale,
            "scaling": bundle.scaling.to_json(),
            "quantization": dataclasses.asdict(bundle.input),
        },
        "output": {"is": bundle.output_is, "quantization": dataclasses.asdict(bundle.output)},
        "footprint": {**bundle.footprint, "file": "model.tflite"},
        "budget": bundle.budget,
        "data": bundle.data,
        "recipe": bundle.recipe.to_json(),
        "winner": bundle.winner.to_json(),
    }
