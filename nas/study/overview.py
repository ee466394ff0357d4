"""What is known of a study, for those who look after many: its state, its settings and what it has found."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nas.study.scores import in_cross_validation, in_validation, on_test_set
from nas.target.ram import ram_needed, ram_to_reserve
from nas.task.task import find_metric, score_text
from nas.text import UNKNOWN, duration, kilobytes


@dataclass(frozen=True, slots=True)
class StudySummary:
    """What is known of a study.

    Attributes:
        name: of its folder, `folder`, which a copy has of its own.
        state: `finished` if it has a winner, `running`, `stopped` if it has trials but no winner, or `not begun`.
        command: the shell command that runs it.
        definition: its settings.
        trials: number of trials; `complete` of those that were trained to the end.
        seconds: wall time of all runs; None if only its `results.json` is there.
        best: number of the winner's trial; without a winner, of the complete trial with the best score so far.
        metric: by which it judges; `val_score` is the best one's validation score, `cross_validated_score` a winner's.
        test_score: the winner's, in the same metric; `test_interval` is its 95 % interval, if there is one.
        figures: footprint of the best one, by the names in `results.json`.
        runner: which process runs it now, and on which machine; None if none does on this machine.
        hosts: the machines that have trained its candidates.
    """

    name: str
    folder: str
    state: str
    command: str
    definition: Mapping[str, Any]
    trials: int = 0
    complete: int = 0
    seconds: float | None = None
    best: int | None = None
    metric: str | None = None
    val_score: float | None = None
    cross_validated_score: float | None = None
    test_score: float | None = None
    test_interval: tuple[float, float] | None = None
    figures: Mapping[str, Any] | None = None
    runner: str | None = None
    hosts: tuple[str, ...] = ()

    def found(self) -> Iterator[tuple[str, str]]:
        """Yield what it has found, as names and values for people to read."""
        yield "trials", f"{self.trials}, {self.complete} of them complete"
        if self.seconds is not None:
            yield "time", duration(self.seconds)
        if self.hosts:
            yield "trained on", ", ".join(self.hosts)
        if self.best is None or self.metric is None:
            return
        figures = self.figures or {}
        yield "best so far" if self.test_score is None else "winner", f"trial {self.best}"
        if self.test_score is not None:
            yield on_test_set(self.metric), score_text(self.metric, self.test_score)
        if self.test_interval is not None:
            yield "  95 % interval", find_metric(self.metric).interval_text(*self.test_interval)
        if self.cross_validated_score is not None:
            yield in_cross_validation(self.metric), score_text(self.metric, self.cross_validated_score)
        yield in_validation(self.metric), score_text(self.metric, self.val_score)
        yield "weights", kilobytes(figures.get("weights_bytes"))
        yield ram_to_reserve(figures), kilobytes(ram_needed(figures))
        yield "flash", kilobytes(figures.get("flash_bytes"))
        yield "MACs", f"{figures['macs']:,}" if figures.get("macs") is not None else UNKNOWN
        if figures.get("latency_ms") is not None:
            yield "latency, estimated", f"{figures['latency_ms']:.3g} ms"
