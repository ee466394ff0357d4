"""The simple detector that a study's network stood beside, fitted again to the study's data, for a device."""

import math
from dataclasses import replace
from pathlib import Path

from nas.api import STUDIES
from nas.api.loading import load
from nas.api.model import Model
from nas.api.results import exported
from nas.arrays import Array
from nas.data.fixed_detectors import Alarm, FixedGaussian, FixedKMeans, fixed_detector
from nas.data.simple_detectors import NAMES, simple_detectors
from nas.errors import InputError, unknown
from nas.exporters.c_text import chosen_name
from nas.exporters.format import Destination, write_contents
from nas.exporters.simple_detector import simple_detector_files
from nas.keywords import explains_keywords
from nas.study.archive import Archive
from nas.task.alarms import NORMAL
from nas.task.anomaly import Anomaly


@explains_keywords
def export_baseline(
    study: str | Path, baseline: str, out: Path | str | Destination | None = None, *, root: Path | str = STUDIES
) -> list[Path]:
    """Write a simple detector of anomalies in place of a study's winner, with as many bytes, as plain C.

    Args:
        study: name or folder of a study that searched for a detector.
        baseline: `k-means` or `gaussian`.
        out: folder to write into, or a `Destination`, which also names C symbols and files; by default a folder with
            the detector's name in the study's `best/`, since its files have the names of the network's.
        root: folder of studies.

    Returns:
        The files written.

    Raises:
        InputError: as `nas.export`; or there is no such detector, the study searched for none, its data are not
            there, the detector does not fit, or its front-end cannot be written as C.
    """
    archive, folder = exported(str(study), None, Path(root))
    alarm = baseline_of(archive, load(study, root), baseline)
    to = out if isinstance(out, Destination) else Destination(None if out is None else Path(out))
    named = archive if to.name is None else replace(archive, name=chosen_name(to.name))
    return write_contents(replace(to, folder=to.folder or folder / baseline), simple_detector_files(named, alarm))


def baseline_of(archive: Archive, model: Model, name: str) -> Alarm:
    """Return a simple detector with as many bytes as a network's weights, and a threshold at the same false-alarm rate.

    It is fitted to the normal training rows, or to their features where the network has a front-end. Its threshold is
    taken from the normal validation rows, as those that the report shows; whole numbers take the place of its floats.

    Args:
        archive: the network.
        model: the same, with its data.
        name: `k-means` or `gaussian`.

    Raises:
        InputError: there is no such detector, the network detects no anomalies, its data are not there, or the detector
            does not fit.
    """
    if name not in NAMES:
        raise unknown("--baseline", "simple detector", name, NAMES)
    task = archive.task
    if not isinstance(task, Anomaly):
        raise InputError("--baseline", "is for models that detect anomalies", got=archive.name)
    if model.data is None:
        raise InputError(archive.name, "must be known with its data", hint="give the study itself to --baseline")
    splits = model.data.splits()
    train, val = (model.scaled(part.x[part.y == NORMAL]) for part in (splits.train, splits.val))
    if train[0].size != math.prod(archive.input_shape):
        raise InputError("--baseline", "is for networks that read whole rows", got="one that forecasts their last step")
    weights_bytes = int(archive.footprint["weights_bytes"])
    fitting = {each.name: each for each in simple_detectors(train, weights_bytes)}
    if name not in fitting:
        rule = f"must fit into the bytes of the network's weights, which {name} does not"
        raise InputError("--baseline", rule, got=f"{weights_bytes:,} bytes for rows of {train[0].size:,} values")
    scale, zero_point = archive.input.scale, archive.input.zero_point
    fixed = fixed_detector(fitting[name], scale, zero_point)
    return Alarm(fitting[name].title, fixed, _threshold(fixed, val, archive, task), task.false_alarm_rate)


def _threshold(detector: FixedKMeans | FixedGaussian, val: Array, archive: Archive, task: Anomaly) -> int:
    """Return the number above which the wanted share of normal rows lies, or less."""
    from nas.model.deploy.tflite_model import TfliteModel

    rows = TfliteModel(archive.tflite).quantize(val).reshape(len(val), -1)
    return int(sorted(detector.steps(rows).tolist())[task.place_of_threshold(len(rows))])
