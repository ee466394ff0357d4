"""The definition of a study: everything that decides what a search finds, and the limits of one run of it.

Flags, a `study.toml` and keyword arguments all become one `Study`.
"""

import dataclasses
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nas.codec import to_data, to_toml
from nas.errors import InputError, unknown
from nas.keywords import explains_fields
from nas.space.file import load_space
from nas.space.space import Space
from nas.study.cluster import Cluster
from nas.study.code_size import code_of
from nas.study.no_budget import NoBudgetError
from nas.study.objectives import OBJECTIVES
from nas.study.recipe import Recipe
from nas.target.budget import Budget, milliseconds, thousands, to_bytes
from nas.target.target import DEFAULT_TARGET, RUNTIMES, Target, find_target
from nas.task.choice import TaskSettings, check_learning, learned
from nas.task.metrics import AUTO

RUN_FIELDS = ("trials", "minutes", "patience", "jobs", "cluster", "storage", "tracking_uri")
"""Fields that limit a run or say where its data are kept; they may change when a study is resumed."""

LATER_FIELDS = (
    "labels", "label_column", "group_column", "time_column", "group_regex",
    "drop_columns", "keep_columns", "merge_parts", "drop_outliers", "channels_first",
    "classes", "unknown_share", "silence_share", "noise", "image_size", "image_fit", "image_color", "latency_ms",
    "runtime", "task", "loss", "normal", "false_alarm_rate", "streaming",
)  # fmt: skip
"""Fields that definitions of earlier releases do not have; these must equal those that leave them unset."""

OUTPUTS = ("probabilities", "logits")
DEFAULT_TRIALS = 60
DEFAULT_MINUTES = 10.0
# A larger number is a slip: more than two years, a million trials, values of a window, or 10 MHz.
_MOST = {
    "minutes": 1_000_000, "rate_hz": 10_000_000, "trials": 1_000_000, "window": 1_000_000, "stride": 1_000_000,
    "streaming": 1_000_000,
}  # fmt: skip


@explains_fields()
@dataclass(frozen=True, slots=True)
class Study:
    """A study's definition.

    Attributes:
        space: name of a space, or path of a TOML file.
        data: name of a data source, path of an `.npz` file or of a folder of CSV recordings; empty for the space's own.
        name: name of the folder below `studies/`; if empty, it is made from the other fields.
        target: name of a target, or path of a TOML file.
        runtime: what runs the network there: `tflm`, or `c` for plain C; None for the target's own.
        streaming: in plain C, rows in time from one answer to the next, rounded up to a multiple of a network's total
            stride. Each answer computes only what is new; limits and objectives are for one answer. None for whole
            windows.
        budget_kb: limit of the weights, in KB of 1024 bytes; None sets no limit, or, for an objective that needs one,
            what the flash leaves beside the code of the space's operators.
        ram_kb: limit of the tensor arena, in plain C of static buffers, input, output and stack; None takes the
            target's, if it has one.
        flash_kb: limit of the model file and the code together, in plain C of constants and code; None takes the
            target's, if it has one.
        macs_k: limit of the multiply-accumulates of one inference, in thousands; None sets no limit.
        latency_ms: limit of the estimated latency of one inference on the target, a board with a clock and a core whose
            instructions were counted; None sets no limit.
        objective: name of an objective.
        accuracy_weight: w in the weighted objective.
        metric: the metric by which objectives and finals compare candidates: `accuracy`, `balanced_accuracy`,
            `macro_f1`, or `auto`, which is balanced accuracy if the most frequent class has at least 3 times the
            training rows of the rarest one, and accuracy otherwise. Of regression: `rmse`, `mae`, `r2`, or `auto`,
            which is RMSE for one target and R2 for several. Of anomalies: those of `nas.task.alarms`; `auto` is
            the ROC AUC, or the explained share if no validation row is an anomaly. Of labels: `LABEL_METRICS`.
        sampler: name of the sampler that proposes candidates; checked when a search begins.
        output: what the model gives for each class: `probabilities`, or `logits`, which need no softmax; the greatest
            logit and the greatest probability belong to the same class.
        starts: whether the search begins with the candidates that the space's file recommends.
        window, stride, rate_hz, labels, label_column, group_column, time_column, group_regex, drop_columns,
            keep_columns, merge_parts, drop_outliers, channels_first, classes, unknown_share, silence_share, noise,
            image_size, image_fit, image_color, task, normal: how data are read and what of them is used, see
            `nas.data.options.DataOptions`; None leaves it to the reader of the data.
        loss: of regression, what training minimizes: `mse`, `mae` or `huber`; None for `mse`.
        false_alarm_rate: of anomaly detection, the wanted share of normal rows with an alarm; None for 0.05.
        seed: seed of everything that is random.
        trials: total number of trials after which the study ends; None sets no limit.
        minutes: wall time of one run, including the finals; None sets no limit. If neither trials nor minutes are
            given, a run ends after 60 trials or 10 minutes.
        patience: the search ends after this number of trained candidates in a row without an improvement; 0 for never.
            In a Pareto study, an improvement is a candidate that extends the front.
        jobs: number of worker processes, each on one core; 0 for one process for each core.
        cluster: where the workers are if not on this machine, as `Cluster` or as its address; None for this machine.
        storage: Optuna storage URL: `journal:///FILE` or that of a database; None for a journal in the study's folder.
        tracking_uri: URI of the MLflow server; None for an SQLite file below `studies/`, `none` for no tracking.
    """

    space: str
    data: str = ""
    name: str = ""
    target: str = DEFAULT_TARGET
    runtime: str | None = None
    streaming: int | None = None
    budget_kb: float | None = None
    ram_kb: float | None = None
    flash_kb: float | None = None
    macs_k: float | None = None
    latency_ms: float | None = None
    objective: str = "weighted"
    accuracy_weight: float = 0.99
    metric: str = AUTO
    sampler: str = "tpe"
    output: str = OUTPUTS[0]
    starts: bool = True
    window: int | None = None
    stride: int | None = None
    rate_hz: float | None = None
    labels: str | None = None
    label_column: str | None = None
    group_column: str | None = None
    time_column: str | None = None
    group_regex: str | None = None
    drop_columns: str | None = None
    keep_columns: str | None = None
    merge_parts: bool | None = None
    drop_outliers: bool | None = None
    channels_first: bool | None = None
    classes: str | None = None
    unknown_share: float | None = None
    silence_share: float | None = None
    noise: str | None = None
    image_size: str | None = None
    image_fit: str | None = None
    image_color: str | None = None
    task: str | None = None
    loss: str | None = None
    normal: str | None = None
    false_alarm_rate: float | None = None
    seed: int = 0
    recipe: Recipe = field(default_factory=Recipe)
    trials: int | None = None
    minutes: float | None = None
    patience: int = 0
    jobs: int = 0
    cluster: Cluster | None = None
    storage: str | None = None
    tracking_uri: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.cluster, str):
            object.__setattr__(self, "cluster", Cluster(self.cluster))
        self._check_names()
        self._check_numbers()
        if not self.data:
            object.__setattr__(self, "data", load_space(self.space).data)
        if not self.name:
            object.__setattr__(self, "name", self._default_name())
        if self.trials is None and self.minutes is None:
            object.__setattr__(self, "trials", DEFAULT_TRIALS)
            object.__setattr__(self, "minutes", DEFAULT_MINUTES)
        self._require_budget()

    def _check_names(self) -> None:
        if not isinstance(self.data, str):
            hint = "give rows to nas.search(study, data=nas.Data.from_arrays(x, y))"
            raise InputError("--data", "must be a name or a path", got=type(self.data).__name__, hint=hint)
        OBJECTIVES.find(self.objective, "--objective")
        check_learning(self.task, self.metric, TaskSettings(self.loss, self.false_alarm_rate))
        if self.runtime is not None:
            RUNTIMES.find(self.runtime, "--runtime")
        if self.output not in OUTPUTS:
            raise unknown("--output", "output", self.output, OUTPUTS)
        if self.name and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", self.name):
            raise InputError("--name", "must be letters, digits, '.', '_' and '-'", got=repr(self.name))

    def _check_numbers(self) -> None:
        for key, most in _MOST.items():
            value = getattr(self, key)
            if value is not None and not 0 < value <= most:
                raise InputError(flag(key), f"must be above 0 and at most {most:,}", got=value)
        for key in ("budget_kb", "ram_kb", "flash_kb"):
            to_bytes(getattr(self, key), flag(key))
        thousands(self.macs_k, flag("macs_k"))
        milliseconds(self.latency_ms, flag("latency_ms"))
        if not 0 < self.accuracy_weight <= 1:
            raise InputError(flag("accuracy_weight"), "must be in (0, 1]", got=self.accuracy_weight)
        for key in ("jobs", "patience"):
            if getattr(self, key) < 0:
                raise InputError(flag(key), "must be 0 or more", got=getattr(self, key))
        if not 0 <= self.seed < 2**32:
            raise InputError("--seed", "must be from 0 to 4294967295", got=self.seed)

    def _require_budget(self) -> None:
        """Raise an InputError if a budget is needed and none is given, which is told after all else that is wrong."""
        needed = OBJECTIVES[self.objective].needs_weights_budget and self.budget_kb is None and self.flash_kb is None
        if needed and self.board().flash_bytes is None:
            load_space(self.space)
            raise NoBudgetError(self.objective)

    def _default_name(self) -> str:
        """Return a name made of the space, the data, the budget and some fields that are not at their default."""
        parts = [Path(self.space).stem, Path(self.data).stem]
        parts += [f"{self.budget_kb:g}kb"] if self.budget_kb else [Path(self.target).stem] * self._is_for_a_board()
        given = self._given()
        parts += [given[key] for key in ("runtime", "objective", "metric", "sampler", "output", "loss") if key in given]
        parts += [f"streaming{self.streaming}"] if self.streaming else []
        parts += [f"seed{self.seed}"] if self.seed else []
        return re.sub(r"[^A-Za-z0-9._-]+", "_", "-".join(parts))

    def board(self) -> Target:
        """Return the target with the runtime that the study asks for."""
        return find_target(self.target, self.runtime, self.streaming or 0)

    def searched(self, task: str | None = None) -> Space:
        """Return the space with the task that its networks learn, as its file is now.

        Args:
            task: what is asked of the data; None if they are not read yet, for what the study says.
        """
        settings = TaskSettings(self.loss, self.false_alarm_rate, self.output == OUTPUTS[0])
        learns = learned(task or self.task, self.metric, settings)
        return load_space(self.space).learning(learns)

    def limits(self, target: Target) -> Budget:
        """Return the limits that the study gives; RAM and flash are the target's where it gives none."""
        return Budget.of(
            target,
            budget_kb=self.budget_kb,
            ram_kb=self.ram_kb,
            flash_kb=self.flash_kb,
            macs_k=self.macs_k,
            latency_ms=self.latency_ms,
        )

    def budget(self, target: Target, task: str | None = None) -> Budget:
        """Return the limits by which candidates are judged: those that are given, and one for weights where needed.

        An objective that needs a limit of the weights, where none is given, has what the flash leaves beside the code
        of the fewest operators that the space can do with.
        """
        limits = self.limits(target)
        if limits.weights_bytes or limits.flash_bytes is None or not OBJECTIVES[self.objective].needs_weights_budget:
            return limits
        return dataclasses.replace(limits, weights_bytes=code_of(self.searched(task), target).left(limits.flash_bytes))

    def _is_for_a_board(self) -> bool:
        """Return whether the budget of the weights is what a board's flash leaves; earlier names had no board."""
        return OBJECTIVES[self.objective].needs_weights_budget and self.target != DEFAULT_TARGET

    def definition(self) -> dict[str, Any]:
        """Return the fields that decide what the search finds; they may not change when a study is resumed."""
        left_out = {*RUN_FIELDS, *(key for key in LATER_FIELDS if getattr(self, key) is None)}
        return {key: value for key, value in to_data(self).items() if key not in left_out}

    def command(self) -> str:
        """Return the shell command that runs this study, without the flags that are at their default."""
        words = ["nas", "search"]
        for key, value in self._given().items():
            words += [flag(key), shlex.quote(_word(value))]
        default = Recipe().settings()
        for key, value in self.recipe.settings().items():
            if value != default[key]:
                words += ["--recipe", shlex.quote(f"{key}={_word(value)}")]
        return " ".join(words)

    def _given(self) -> dict[str, Any]:
        """Return the fields, without the recipe, that a user has to give to get this study."""
        values = {field.name: (getattr(self, field.name), field.default) for field in dataclasses.fields(self)}
        given = {key: value for key, (value, default) in values.items() if key != "recipe" and value != default}
        if (self.trials, self.minutes) == (DEFAULT_TRIALS, DEFAULT_MINUTES):
            # A study without limits gets both of these, and no other study is given both by default.
            del given["trials"], given["minutes"]
        return given

    def to_toml(self) -> str:
        """Return the study as TOML that `nas.study.study_file` reads back."""
        fields = {key: value for key, value in to_data(self).items() if key != "recipe"}
        return to_toml({**fields, **to_data(self.recipe)})


def flag(key: str) -> str:
    """Return the command line's name of a field."""
    return f"--{key.replace('_', '-')}"


def _word(value: object) -> str:
    """Return a value as the command line takes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).removesuffix(".0") if isinstance(value, float) else str(value)
