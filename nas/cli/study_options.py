"""The options of `nas search` that set a field of `Study`; names, types and defaults are the fields'."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, get_args

import click

from nas.data.options import ROW_OPTIONS
from nas.study.study import DEFAULT_MINUTES, DEFAULT_TRIALS, Study, flag

if TYPE_CHECKING:
    from nas.data.choice import DataChoice

F = TypeVar("F", bound=Callable[..., Any])


class Option(NamedTuple):
    """The help text of a field, and a description of its default where the value alone does not explain it."""

    help: str
    default: str | None = None


OPTIONS = {
    "space": Option("Search space: a name (see `nas spaces`) or a TOML file."),
    "data": Option(
        "A name (see `nas data`), an .npz file, a CSV or Excel file, or a folder of recordings, audio or pictures.",
        "the space's own",
    ),
    "budget_kb": Option("Limit of the weights; 1 KB = 1024 bytes.", "with a board as --target, what its flash leaves"),
    "ram_kb": Option("Limit of the RAM: the arena; in plain C buffers, input, output and stack.", "the target's"),
    "flash_kb": Option(
        "Limit of the flash: the model file and the runtime's code, which is most of it and depends on the operators; "
        "in plain C constants and code.",
        "the target's",
    ),
    "macs_k": Option("Limit of multiply-accumulates of an inference, in thousands."),
    "latency_ms": Option("Limit of the estimated latency of an inference on the board of --target, in milliseconds."),
    "target": Option("Board, whose RAM and flash are limits, or core (see `nas targets`), or a TOML file."),
    "runtime": Option(
        "What runs the network: tflm, or c for plain C, whose RAM and flash are all that an inference needs.",
        "the target's",
    ),
    "streaming": Option(
        "In plain C, answer every so many rows in time (samples, or frames of sound), rounded up to a multiple of the "
        "network's total stride, and compute only what is new. Limits hold for one such answer. Only networks whose "
        "convolutions do not pad in time can do this (see the spaces stream_timeseries and stream_audio)."
    ),
    "objective": Option("weighted, accuracy, or pareto-weights|arena|macs|latency."),
    "accuracy_weight": Option(
        "w in w * accuracy + (1 - w) * (1 - weights / budget). With 0.99, a tenth of the budget "
        "saved counts as much as 0.1 points more of accuracy."
    ),
    "metric": Option(
        "The metric that counts as accuracy: accuracy, balanced_accuracy, macro_f1, or auto: balanced accuracy if the "
        "most frequent class has at least 3 times the training rows of the rarest, else accuracy. For regression "
        "rmse, mae or r2; auto is rmse, for several targets r2. For anomalies roc_auc, partial_auc, f1, "
        "false_alarm_rate, missed_alarm_rate or explained; auto is roc_auc, or explained without labelled anomalies. "
        "For labels f1_macro, f1_micro, subset_accuracy, hamming_loss, mean_average_precision or brier_skill; auto is "
        "f1_macro."
    ),
    "sampler": Option("How candidates are chosen: random, tpe, nsga2 or evolution."),
    "starts": Option("Begin with the space's known good architectures, scaled to the budget."),
    "output": Option("What the model computes: probabilities, or logits, which need no code for a softmax."),
    "window": Option("Samples in a window that is cut from a recording.", "128"),
    "stride": Option("Samples from one window's start to the next one's.", "half a window"),
    "rate_hz": Option("Sample rate to which recordings are resampled."),
    "labels": Option("CSV file with the columns file, label and optionally group.", "labels.csv in the data's folder"),
    "label_column": Option(
        "Column with the class or target of each row; several with commas between: labels of 0 and 1, or targets.",
        "one called label, class, activity ...",
    ),
    "group_column": Option("Column with the subject of each row.", "one called group, subject, user ..."),
    "time_column": Option(
        "Column of time, with a unit if its name tells none, such as time:ms; or `none`.", "one called time, t ..."
    ),
    "group_regex": Option(
        "Which part of a file's path names the subject: a regular expression with that part in parentheses, such as "
        "'(p[0-9]+)' for walk_p02_take1.csv. All files of a subject go to the same part of the split."
    ),
    "drop_columns": Option("Columns or channels to leave out: names, or positions from 0, with commas between."),
    "keep_columns": Option("Columns to use although they look like a label or a time."),
    "merge_parts": Option("Put the parts that the data give together, and divide all rows anew by group.", "false"),
    "drop_outliers": Option("Leave out rows with values by orders of magnitude beyond the others.", "false"),
    "channels_first": Option("Windows in an .npz file are [n, channels, time].", "false"),
    "classes": Option("Classes, or labels, of audio files or pictures to use, with commas between.", "all"),
    "unknown_share": Option(
        "Share of all rows to draw from the classes that --classes leaves out, as the class _unknown_.", "none"
    ),
    "silence_share": Option("Share of all rows to cut from _background_noise_, as the class _silence_.", "none"),
    "noise": Option(
        "Folder of recordings of noise, mixed with training rows of sound (--recipe background).", "_background_noise_"
    ),
    "image_size": Option("Width and height of pictures: 96x64, or 96.", "theirs if it is one up to 128, else 96"),
    "image_fit": Option("Pictures of another shape: cover (cut off), contain (black edges) or stretch.", "cover"),
    "image_color": Option("grey or rgb.", "as the pictures are"),
    "task": Option(
        "What is asked of the data: classification, multi-label, regression or anomaly.", "by the labels or targets"
    ),
    "loss": Option("What training for regression minimizes: mse, mae or huber.", "mse"),
    "normal": Option("With --task anomaly: the normal classes, with commas between.", "normal, ok, healthy, 0"),
    "false_alarm_rate": Option("With --task anomaly: the share of normal rows that may raise an alarm.", "0.05"),
    "trials": Option("End after this many trials in all."),
    "minutes": Option(
        "End this run after this many minutes, final trainings included.",
        f"without --trials: {DEFAULT_TRIALS} trials or {DEFAULT_MINUTES:g} min",
    ),
    "patience": Option("End after this many candidates in a row without a better one.", "0, never"),
    "jobs": Option("Worker processes, one core each.", "one per core"),
    "cluster": Option(
        "Workers elsewhere: tcp://HOST:PORT of a Dask scheduler, or ssh://USER@HOST,USER@HOST; see docs/cluster.md.",
        "processes on this machine",
    ),
    "seed": Option("Seed of everything random."),
    "name": Option(
        "The study's folder below --studies. All names in the exported C sources begin with it.",
        "made from space, data and budget",
    ),
    "storage": Option("Optuna storage URL; searches can share PostgreSQL.", "a journal in the study's folder"),
    "tracking_uri": Option("MLflow server, or `none`.", "SQLite below --studies"),
}


def study_options(command: F) -> F:
    """Give a command an option for each of `OPTIONS`; one that is not given is None."""
    return _options(command, OPTIONS)


def reader_options(command: F) -> F:
    """Give a command the options that say how data are read; one that is not given is None."""
    return _options(command, [name for name in ROW_OPTIONS if name in OPTIONS])


def data_choice(data: str | None, options: Mapping[str, Any], seed: int) -> "DataChoice | None":
    """Return the data that --data and the options of `reader_options` name; None if they are not given."""
    from nas.data.choice import DataChoice
    from nas.data.options import DataOptions

    given = {name: value for name, value in options.items() if value is not None}
    if data is None:
        if given:
            raise click.UsageError(f"{flag(next(iter(given)))} says how --data is read; give --data as well.")
        return None
    return DataChoice(data, DataOptions(**given), seed)


def _options(command: F, names: Iterable[str]) -> F:
    fields = {field.name: field for field in dataclasses.fields(Study)}
    for name in reversed(list(names)):
        option = OPTIONS[name]
        command = click.option(flag(name), type=_type(fields[name].type), help=_help(option, fields[name]))(command)
    return command


def _type(annotation: Any) -> Any:
    """Return the type of a field as it is given: `int` for `int | None`, text for what is more than a number."""
    kinds: list[type] = [kind for kind in get_args(annotation) if kind is not type(None)]
    kind = kinds[0] if kinds else annotation
    return str if dataclasses.is_dataclass(kind) else kind


def _help(option: Option, field: "dataclasses.Field[Any]") -> str:
    default = option.default
    if default is None and field.default not in (None, dataclasses.MISSING):
        default = str(field.default).lower() if isinstance(field.default, bool) else f"{field.default}"
    return option.help if default is None else f"{option.help}  [default: {default}]"
