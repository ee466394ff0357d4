"""The options for reading and splitting data: how files become rows, and how many rows are held out."""

import dataclasses
from dataclasses import dataclass

from nas.errors import InputError, unknown
from nas.keywords import explains_fields
from nas.signal.kind import Kind
from nas.task.task import TASK_NAMES


@explains_fields()
@dataclass(frozen=True, slots=True)
class DataOptions:
    """How files become rows, and how many rows are held out.

    Attributes:
        window: samples in one window of a recording; default 128.
        stride: samples from the start of one window to the start of the next; default half a window.
        rate_hz: sample rate to which recordings are resampled; without a time column, the rate they have.
        labels: CSV file with the columns file, label and optionally group; default `labels.csv` in the folder.
        label_column: column with the class of each row, or several with commas between, for labels of 0 and 1 or for
            targets; default one with a usual name, if nothing else tells the class.
        group_column: column with the subject or recording of each row; default one with a usual name.
        time_column: column of time, with its unit behind a colon if the name does not tell it (`time:ms`); `none` if
            no column is to count as time.
        group_regex: regular expression whose first group, or the one named `group`, is the subject in a file's path.
        val_fraction: share of the training groups (rows, if there are no groups) held out for validation.
        test_fraction: share of all groups (rows) held out for the test, if the source has no test set.
        drop_columns: names of columns or channels to leave out, or their positions from 0, with commas between.
        keep_columns: likewise, those to use although they look like a label or a time.
        merge_parts: whether to put the parts that the source gives together, and divide all rows anew by their groups.
        drop_outliers: whether to leave out rows with values by orders of magnitude beyond the others.
        channels_first: whether windows in a file are [n, channels, time].
        classes: names of the classes, or labels, to use, of files of audio or pictures, with commas between.
        unknown_share: share of all rows that are to be files of other classes, as the class `_unknown_`.
        silence_share: share of all rows that are to be noise, as the class `_silence_`.
        noise: folder of recordings of noise to mix with training rows of sound; default those of the data.
        image_size: width and height to which pictures are scaled, such as `96x64`, or `96` for both.
        image_fit: how pictures of another shape are brought to it: `cover`, `contain` or `stretch`.
        image_color: `grey` or `rgb`; default that of the pictures.
        kind: what rows are, where the file does not say so.
        task: what is asked of the data: `classification`, `multi-label`, `regression` or `anomaly`; None to tell by
            the labels or targets.
        normal: of anomaly detection, the names of the normal classes, with commas between; default one called normal,
            ok, healthy, good or 0, or the only one in training.
    """

    window: int | None = None
    stride: int | None = None
    rate_hz: float | None = None
    labels: str | None = None
    label_column: str | None = None
    group_column: str | None = None
    time_column: str | None = None
    group_regex: str | None = None
    val_fraction: float = 0.25
    test_fraction: float = 0.2
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
    kind: Kind | None = None
    task: str | None = None
    normal: str | None = None

    def __post_init__(self) -> None:
        if self.task not in (None, *TASK_NAMES):
            raise unknown("--task", "task", str(self.task), TASK_NAMES)
        for name in ("window", "stride"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"data.{name}", "must be 1 or more samples", got=value)
        if self.rate_hz is not None and not 0 < self.rate_hz < float("inf"):
            raise InputError("data.rate_hz", "must be above 0", got=self.rate_hz)
        for name in ("val_fraction", "test_fraction", "unknown_share", "silence_share"):
            value = getattr(self, name)
            if value is not None and not 0 < value <= 0.5:
                raise InputError(f"data.{name}", "must be in (0, 0.5]", got=value)
        if (self.unknown_share or 0) + (self.silence_share or 0) >= 1:
            rule = "must be below 1 together, so that files of the wanted classes are left"
            raise InputError("data.unknown_share and data.silence_share", rule, got="0.5 each")


ROW_OPTIONS = tuple(field.name for field in dataclasses.fields(DataOptions) if field.default is None)
"""Options that decide what the rows are. None, the default, leaves the choice to the reader."""

READER_OPTIONS = tuple(
    name
    for name in ROW_OPTIONS
    if name not in ("drop_columns", "keep_columns", "merge_parts", "drop_outliers", "noise", "kind", "task", "normal")
)
"""Those of them that apply to some readers only."""
