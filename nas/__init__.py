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
    nas data       `list_data`, `describe_data`, `save_data`; `load_data` gives the rows that a study's search would
                   use; `Data` holds rows in memory
    nas estimate   `estimate`
    nas profile    `profile`, `compare` of several models or targets, `advise`, `check_limits`,
                   `write_memory_map`
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
    nas tensorboard  `open_tensorboard`; `tensorboard_command` is the command that it runs
    nas doctor     `doctor`
    nas export     `export`, to a folder or a `Destination`
    nas train      `train` of a `ModelSpec`, whose builder gets a `ResolvedSpec`; it gives a `TrainingResult`
    nas specs      `list_specs`, `describe_spec`, `list_spec_keys`
    nas params     `params` reads the parameters in a model's metadata, `set_params` changes them
    nas archive    `archive`, `archive_front`; `open_archive` reads and checks one, `extract_archive` writes its members
    nas predict    `predict`
    nas classify   `classify`, as `Spotting` says, which gives `Classified`; `listen` to a microphone; `spotting_of` a
                   model; each `Event` is a class that began
    nas evaluate   `evaluate`; `write_evaluation` writes its page and pictures, `archive_evaluation` adds them to an
                   archive

Names are imported when they are first used, so that `import nas` stays quick.
"""

import difflib
import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nas.api.archiving import archive, archive_front, extract_archive, open_archive
    from nas.api.background import BackgroundSearch, follow_search, start_search, stop_search
    from nas.api.benchmarked import Benchmark
    from nas.api.benchmarks import benchmark
    from nas.api.catalog import compare_studies, delete_study, show_study
    from nas.api.checking import check_search
    from nas.api.classifying import Classified, classify, spotting_of
    from nas.api.converted import Bounds, Conversion
    from nas.api.converting import Checking, convert
    from nas.api.data import describe_data, list_data, load_data, save_data
    from nas.api.doctor import Diagnosis, HealthCheck, doctor
    from nas.api.edge_impulse import (
        DeployedThere,
        Uploaded,
        deploy_to_edge_impulse,
        download_from_edge_impulse,
        upload_to_edge_impulse,
    )
    from nas.api.evaluation import archive_evaluation, evaluate
    from nas.api.learning_block import BlockResult, BlockSettings, run_learning_block, write_learning_block
    from nas.api.limits import Check, check_limits, limits_in_words
    from nas.api.listening import listen
    from nas.api.loading import load
    from nas.api.model import Model
    from nas.api.models import Comparison, advise, compare, estimate, profile
    from nas.api.outcome import Outcome, load_result, trials
    from nas.api.params import Params, params, set_params
    from nas.api.prediction import Predictions, predict
    from nas.api.progress import Progress
    from nas.api.quantized import Quantized
    from nas.api.quantizing import quantize
    from nas.api.results import export, report
    from nas.api.search import search
    from nas.api.spaces import SpaceDescription, describe_space, list_spaces
    from nas.api.specs import SpecSummary, describe_spec, list_spec_keys, list_specs
    from nas.api.studies import define_study, list_studies, open_study
    from nas.api.summary import summarize, view
    from nas.api.sweeping import SweepOutcome, SweepStudy, sweep
    from nas.api.targets import list_targets
    from nas.api.training import train
    from nas.api.ui import open_ui
    from nas.api.viewers import open_netron, open_tensorboard, tensorboard_command
    from nas.data.given import Data
    from nas.data.options import DataOptions
    from nas.errors import InputError
    from nas.evaluation.evaluation import Evaluation
    from nas.evaluation.spotting import Event, Spotting
    from nas.exporters.format import Destination
    from nas.optimizer.observer import Observer
    from nas.reports.comparison import write_comparison
    from nas.reports.evaluation.files import write_evaluation
    from nas.reports.memory_map.format import write_memory_map
    from nas.space.architecture import Architecture
    from nas.space.file import load_space
    from nas.study.archive_zip import ArchiveFile
    from nas.study.comparison import StudyComparison
    from nas.study.model_spec import ModelSpec, ResolvedSpec
    from nas.study.overview import StudySummary
    from nas.study.quantization import Quantization
    from nas.study.recipe import Recipe
    from nas.study.record import Record
    from nas.study.result import Result
    from nas.study.study import Study
    from nas.study.summary import LayerSummary, Summary, TensorSummary
    from nas.study.training_result import TrainingResult
    from nas.target.footprint import Footprint
    from nas.target.target import Target, find_target
    from nas.tracking.server import ui_command

__version__ = "0.1.0"

_HOMES = {
    "api.archiving": ("archive", "archive_front", "extract_archive", "open_archive"),
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
    "api.quantized": ("Quantized",),
    "api.quantizing": ("quantize",),
    "api.results": ("export", "report"),
    "exporters.format": ("Destination",),
    "api.checking": ("check_search",),
    "api.search": ("search",),
    "api.specs": ("SpecSummary", "describe_spec", "list_spec_keys", "list_specs"),
    "api.studies": ("define_study", "list_studies", "open_study"),
    "api.summary": ("summarize", "view"),
    "api.sweeping": ("SweepOutcome", "SweepStudy", "sweep"),
    "api.targets": ("list_targets",),
    "api.training": ("train",),
    "api.ui": ("open_ui",),
    "api.viewers": ("open_netron", "open_tensorboard", "tensorboard_command"),
    "data.given": ("Data",),
    "data.options": ("DataOptions",),
    "errors": ("InputError",),
    "evaluation.spotting": ("Event", "Spotting"),
    "evaluation.evaluation": ("Evaluation",),
    "optimizer.observer": ("Observer",),
    "reports.comparison": ("write_comparison",),
    "reports.evaluation.files": ("write_evaluation",),
    "reports.memory_map.format": ("write_memory_map",),
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

__all__ = [
    "Architecture",
    "ArchiveFile",
    "BackgroundSearch",
    "Benchmark",
    "BlockResult",
    "BlockSettings",
    "Bounds",
    "Check",
    "Checking",
    "Classified",
    "Comparison",
    "Conversion",
    "Data",
    "DataOptions",
    "DeployedThere",
    "Destination",
    "Diagnosis",
    "Evaluation",
    "Event",
    "Footprint",
    "HealthCheck",
    "InputError",
    "LayerSummary",
    "Model",
    "ModelSpec",
    "Observer",
    "Outcome",
    "Params",
    "Predictions",
    "Progress",
    "Quantization",
    "Quantized",
    "Recipe",
    "Record",
    "ResolvedSpec",
    "Result",
    "SpaceDescription",
    "SpecSummary",
    "Spotting",
    "Study",
    "StudyComparison",
    "StudySummary",
    "Summary",
    "SweepOutcome",
    "SweepStudy",
    "Target",
    "TensorSummary",
    "TrainingResult",
    "Uploaded",
    "__version__",
    "advise",
    "archive",
    "archive_evaluation",
    "archive_front",
    "benchmark",
    "check_limits",
    "check_search",
    "classify",
    "compare",
    "compare_studies",
    "convert",
    "define_study",
    "delete_study",
    "deploy_to_edge_impulse",
    "describe_data",
    "describe_space",
    "describe_spec",
    "doctor",
    "download_from_edge_impulse",
    "estimate",
    "evaluate",
    "export",
    "extract_archive",
    "find_target",
    "follow_search",
    "limits_in_words",
    "list_data",
    "list_spaces",
    "list_spec_keys",
    "list_specs",
    "list_studies",
    "list_targets",
    "listen",
    "load",
    "load_data",
    "load_result",
    "load_space",
    "open_archive",
    "open_netron",
    "open_study",
    "open_tensorboard",
    "open_ui",
    "params",
    "predict",
    "profile",
    "quantize",
    "report",
    "run_learning_block",
    "save_data",
    "search",
    "set_params",
    "show_study",
    "spotting_of",
    "start_search",
    "stop_search",
    "summarize",
    "sweep",
    "tensorboard_command",
    "train",
    "trials",
    "ui_command",
    "upload_to_edge_impulse",
    "view",
    "write_comparison",
    "write_evaluation",
    "write_learning_block",
    "write_memory_map",
]


def __getattr__(name: str) -> Any:
    if name in HOMES:
        return getattr(importlib.import_module(HOMES[name]), name)
    near = [known for known in __all__ if name in (known.removeprefix("list_"), known.removeprefix("describe_"))]
    near += difflib.get_close_matches(name, __all__, n=1)
    raise AttributeError(f"module 'nas' has no attribute {name!r}{f'; did you mean {near[0]}?' if near else ''}")


def __dir__() -> list[str]:
    return __all__
