"""Neural architecture search for microcontrollers.

    import nas

    result = nas.search(space="cnn_timeseries", data="recordings.npz", budget_kb=6)
    result.frame()
    nas.load(result.study).predict(rows)
    footprint = nas.profile("model.tflite", "cortex-m4")

The command line does what these functions do:

    nas search     `define_study` and `search`, shown by `Progress` or watched by an `Observer` of your own;
                   `limits_in_words` says what it limits, `load_result` gives its outcome again, `trials` its trials as
                   a frame, `load` the winner, or any model, to predict with; `start_search` goes on in the background;
                   `check_search` checks all that it checks before its first trial
    nas attach     `follow_search`
    nas stop       `stop_search`
    nas sweep      `sweep`, which gives a `SweepOutcome` of `SweepStudy`s
    nas spaces     `list_spaces`, `describe_space`; `load_space` gives the space itself
    nas targets    `list_targets`, `find_target`
    nas data       `list_data`, `describe_data`, `save_data`; `list_public_data` and `fetch_data`, which gives a
                   `FetchedData`, for public sets; `load_data` gives the rows that a study's search would
                   use; `Data` holds rows in memory
    nas estimate   `estimate`
    nas profile    `profile`, `compare` of several models or targets, `advise`, `check_limits`,
                   `write_memory_map`
    nas features   `features` of sound or of windows of sensor data, which gives `Features`
    nas quantize   `quantize`, by the settings in `Quantization`, which gives a `Quantized`
    nas convert    `convert`, checked as `Checking` and its `Bounds` say, which gives a `Conversion`
    nas edge-impulse  `upload_to_edge_impulse`, which gives an `Uploaded`; `download_from_edge_impulse`;
                   `deploy_to_edge_impulse`, which gives a `DeployedThere`
    nas learning-block  `write_learning_block`; `run_learning_block` with its `BlockSettings`, which gives a
                   `BlockResult`
    nas benchmark  `benchmark`, which gives a `Benchmark`
    nas ui         `open_ui`; `ui_command` is the command that it runs
    nas report     `report`
    nas studies    `list_studies`, `show_study`, `compare_studies`, `delete_study`; `open_study` finds one;
                   `write_comparison` writes the page of a comparison
    nas summarize  `summarize`
    nas view       `view`, `open_netron`
    nas view-audio  `view_audio`, which gives an `AudioView`; `serve_audio` shows it on a page
    nas tensorboard  `open_tensorboard`; `tensorboard_command` is the command that it runs
    nas doctor     `doctor`
    nas export     `export` and `export_baseline`, to a folder or a `Destination`
    nas train      `train` of a `ModelSpec`, whose builder gets a `ResolvedSpec`; it gives a `TrainingResult`
    nas specs      `list_specs`, `describe_spec`, `list_spec_keys`
    nas params     `params` reads the parameters in a model's metadata, `set_params` changes them
    nas archive    `archive`, `archive_front`; `open_archive` reads and checks one, `extract_archive` writes its members
    nas predict    `predict`
    nas classify   `classify`, as `Spotting` says, which gives `Classified`; `listen` to a microphone; `watch` a camera;
                   `spotting_of` a model; each `Event` is a class that began; `camera_input` is what exported C makes of
                   a camera's frame
    nas evaluate   `evaluate`; `write_evaluation` writes its page and pictures, `archive_evaluation` adds them to an
                   archive

Names are imported when they are first used, so that `import nas` stays quick; type checkers read `__init__.pyi`.
"""

import difflib
import importlib
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "api.archiving": ("archive", "archive_front", "extract_archive", "open_archive"),
    "api.audio_server": ("serve_audio",),
    "api.audio_view": ("AudioView", "view_audio"),
    "api.background": ("BackgroundSearch", "follow_search", "start_search", "stop_search"),
    "api.benchmarked": ("Benchmark",),
    "api.benchmarks": ("benchmark",),
    "api.catalog": ("compare_studies", "delete_study", "show_study"),
    "api.classifying": ("Classified", "classify", "spotting_of"),
    "api.converted": ("Bounds", "Conversion"),
    "api.converting": ("Checking", "convert"),
    "api.data": ("describe_data", "list_data", "load_data", "save_data"),
    "api.doctor": ("Diagnosis", "HealthCheck", "doctor"),
    "api.edge_impulse": (
        "DeployedThere",
        "Uploaded",
        "deploy_to_edge_impulse",
        "download_from_edge_impulse",
        "upload_to_edge_impulse",
    ),
    "api.evaluation": ("archive_evaluation", "evaluate"),
    "api.features": ("Features", "features"),
    "api.learning_block": ("BlockResult", "BlockSettings", "run_learning_block", "write_learning_block"),
    "api.limits": ("Check", "check_limits", "limits_in_words"),
    "api.listening": ("listen",),
    "api.loading": ("load",),
    "api.model": ("Model",),
    "api.models": ("Comparison", "advise", "compare", "estimate", "profile"),
    "api.spaces": ("SpaceDescription", "describe_space", "list_spaces"),
    "api.outcome": ("Outcome", "load_result", "trials"),
    "api.params": ("Params", "params", "set_params"),
    "api.prediction": ("Predictions", "predict"),
    "api.progress": ("Progress",),
    "api.public_data": ("PublicData", "fetch_data", "list_public_data"),
    "api.quantized": ("Quantized",),
    "api.quantizing": ("quantize",),
    "api.results": ("export", "report"),
    "exporters.format": ("Destination",),
    "api.checking": ("check_search",),
    "api.search": ("search",),
    "api.simple_baseline": ("export_baseline",),
    "api.specs": ("SpecSummary", "describe_spec", "list_spec_keys", "list_specs"),
    "api.studies": ("define_study", "list_studies", "open_study"),
    "api.summary": ("summarize", "view"),
    "api.sweeping": ("SweepOutcome", "SweepStudy", "sweep"),
    "api.targets": ("list_targets",),
    "api.training": ("train",),
    "api.ui": ("open_ui",),
    "api.viewers": ("open_netron", "open_tensorboard", "tensorboard_command"),
    "api.watching": ("watch",),
    "data.given": ("Data",),
    "data.options": ("DataOptions",),
    "data.public.fetch": ("FetchedData",),
    "errors": ("InputError",),
    "evaluation.spotting": ("Event", "Spotting"),
    "evaluation.evaluation": ("Evaluation",),
    "optimizer.observer": ("Observer",),
    "reports.comparison": ("write_comparison",),
    "reports.evaluation.files": ("write_evaluation",),
    "reports.memory_map.format": ("write_memory_map",),
    "signal.camera": ("CameraPixels", "camera_input"),
    "space.architecture": ("Architecture",),
    "space.file": ("load_space",),
    "study.archive_zip": ("ArchiveFile",),
    "study.comparison": ("StudyComparison",),
    "study.model_spec": ("ModelSpec", "ResolvedSpec"),
    "study.overview": ("StudySummary",),
    "study.quantization": ("Quantization",),
    "study.recipe": ("Recipe",),
    "study.record": ("Record",),
    "study.result": ("Result",),
    "study.study": ("Study",),
    "study.training_result": ("TrainingResult",),
    "study.summary": ("LayerSummary", "Summary", "TensorSummary"),
    "target.footprint": ("Footprint",),
    "target.target": ("Target", "find_target"),
    "tracking.server": ("ui_command",),
}
HOMES = {name: f"nas.{home}" for home, names in _HOMES.items() for name in names}
"""The module of each public name."""

__all__ = sorted([*HOMES, "__version__"])


def __getattr__(name: str) -> Any:
    if name in HOMES:
        return getattr(importlib.import_module(HOMES[name]), name)
    near = [known for known in __all__ if name in (known.removeprefix("list_"), known.removeprefix("describe_"))]
    near += difflib.get_close_matches(name, __all__, n=1)
    raise AttributeError(f"module 'nas' has no attribute {name!r}{f'; did you mean {near[0]}?' if near else ''}")


def __dir__() -> list[str]:
    return __all__
