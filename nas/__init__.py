"""Neural architecture search for microcontrollers.

    import nas

    study = nas.Study(space="cnn_timeseries", data="recordings.npz", budget_kb=6)
    result = nas.search(study)
    footprint = nas.profile("model.tflite", "cortex-m4")

Names are imported when they are first used, so that `import nas` stays quick.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nas.api.study import search
    from nas.errors import InputError
    from nas.space.file import load_space
    from nas.study.record import Record
    from nas.study.result import Result
    from nas.study.study import Study
    from nas.target.footprint import Footprint
    from nas.target.profiler import estimate, profile
    from nas.target.target import Target, find_target

__version__ = "0.1.0"

_HOMES = {
    "Footprint": "target.footprint",
    "InputError": "errors",
    "Record": "study.record",
    "Result": "study.result",
    "Study": "study.study",
    "Target": "target.target",
    "estimate": "target.profiler",
    "find_target": "target.target",
    "load_space": "space.file",
    "profile": "target.profiler",
    "search": "api.study",
}

__all__ = [
    "Footprint",
    "InputError",
    "Record",
    "Result",
    "Study",
    "Target",
    "__version__",
    "estimate",
    "find_target",
    "load_space",
    "profile",
    "search",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"nas.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'nas' has no attribute {name!r}")
