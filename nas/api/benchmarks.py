"""Measuring models on this computer: latency in LiteRT and in TFLM, accuracy, and memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from nas.api.apart import Apart, RefusedError
from nas.api.benchmarked import Benchmark, BenchmarkRow, HostTime
from nas.api.labelled import DataSource, baseline_score, judged_by, judged_in, labelled, score
from nas.api.loading import load
from nas.api.model import Model
from nas.api.models import model_files
from nas.data.dataset import Part
from nas.errors import InputError
from nas.files import read_regular
from nas.keywords import explains_keywords
from nas.study.host_run import HostRun
from nas.target.numbers import numbers_of
from nas.target.profiler import MOST_FILE_BYTES, profile
from nas.target.target import Target, find_target

HOST = "host"
_SECONDS = 120.0
_MOST_ROWS = 1000


@explains_keywords
def benchmark(
    files: str | Path | Model | Sequence[str | Path | Model],
    *,
    data: DataSource | None = None,
    runs: int = 50,
    target: Target | str = HOST,
) -> Benchmark:
    """Measure models on this computer: latency in LiteRT and in TFLM, accuracy, weights, arena and each tensor.

    Latencies are those of this computer, on one thread; they rank models of a kind, and say nothing of a
    microcontroller. TFLM runs its reference kernels, from the package `tflite-micro`, where that is installed.

    Args:
        files: models: what `nas.load` takes; a folder stands for the `.tflite` files in it and in its folders.
        data: whose test rows accuracy is measured with; by default the validation rows of what a model was trained on.
        runs: timed inferences of each model in each interpreter; fewer if they take over two seconds.
        target: the target of the footprint; this computer by default, which TFLM's own arena can be compared with.

    Raises:
        InputError: a folder holds no model, or a model cannot be loaded. A file that is no valid model, or that does
            not run, is no error here: its row says why.
    """
    board = find_target(target) if isinstance(target, str) else target
    given = [files] if isinstance(files, str | Path | Model) else list(files)
    with Apart(_SECONDS) as litert, Apart(_SECONDS) as tflm:
        bench = _Bench(board, data, runs, litert, tflm)
        rows = [bench.row(model) for one in given for model in _expanded(one)]
    return Benchmark(board.name, tuple(rows), bench.test_rows, bench.baseline, bench.metric)


class _Bench:
    """Measures models one after the other, each interpreter in a process of its own."""

    def __init__(self, target: Target, data: DataSource | None, runs: int, litert: Apart, tflm: Apart) -> None:
        self._target, self._data, self._runs = target, data, runs
        self._litert, self._tflm = litert, tflm
        self.test_rows = 0
        self.baseline: float | None = None
        self.metric = "accuracy"

    def row(self, given: str | Model) -> BenchmarkRow:
        """Return what is known of a model; if it cannot be measured, the row says why."""
        file = given if isinstance(given, str) else str(given.origin)
        try:
            content = read_regular(Path(given), MOST_FILE_BYTES) if isinstance(given, str) else given.tflite
            if content is None:
                raise InputError(file, "must hold a .tflite", hint="make one with nas quantize")
            footprint = profile(content, self._target)
        except InputError as error:
            return BenchmarkRow(file, reason=str(error))
        part, model, trouble = self._rows(given)
        return self._measured(
            BenchmarkRow(file, numbers_of(footprint), footprint, reason=trouble), content, part, model
        )

    def _measured(self, row: BenchmarkRow, content: bytes, part: Part | None, model: Model | None) -> BenchmarkRow:
        from nas.model.host.litert import run_litert
        from nas.model.host.tflm import RECORDING, has_tflm, run_tflm

        assert row.footprint is not None
        x = None if part is None else part.x

        def judged(run: HostRun) -> float | None:
            if part is None or model is None or run.outputs is None:
                return None
            return score(model, run.outputs, part.y)

        def timed(apart: Apart, function: Callable[..., HostRun], *arguments: Any) -> tuple[HostTime, int | None]:
            try:
                run = apart.call(function, content, x, self._runs, *arguments)
            except RefusedError as error:
                return HostTime(reason=str(error)), None
            median, low, high = (run.quantile_us(share) for share in (0.5, 0.1, 0.9))
            return HostTime(median, low, high, len(run.times_us), judged(run), self.metric), run.arena_bytes

        litert, _ = timed(self._litert, run_litert, False)
        xnnpack, _ = timed(self._litert, run_litert, True)
        if not has_tflm():
            return replace(row, litert=litert, xnnpack=xnnpack, tflm=HostTime(reason=_NO_TFLM))
        expected = profile(content, replace(find_target(HOST), tflm=RECORDING))
        tflm, arena = timed(self._tflm, run_tflm, expected.ram_bytes)
        used = None if expected.refused else expected.detail.used
        return replace(row, litert=litert, xnnpack=xnnpack, tflm=tflm, tflm_arena_bytes=arena, tflm_expected_bytes=used)

    def _rows(self, given: str | Model) -> tuple[Part | None, Model | None, str | None]:
        """Return the rows that a model is judged by, the model as it reads them, and why there are none."""
        try:
            model = given if isinstance(given, Model) else load(given)
            parts = labelled(model, self._data)
        except InputError as error:
            return None, None, str(error) if self._data is not None else None
        if parts is None:
            return None, None, None
        part = judged_by(self._data)
        self.baseline, test = baseline_score(parts, part), parts[part]
        self.metric = judged_in(model, test.y)
        if len(test) > _MOST_ROWS:
            picked = np.sort(np.random.default_rng(0).permutation(len(test))[:_MOST_ROWS])
            test = test.take(picked)
        self.test_rows = len(test)
        return test, model, None


def _expanded(given: str | Path | Model) -> Iterator[str | Model]:
    """Yield the models that something names: a model, a `.tflite` file, those in a folder, or what `nas.load` takes."""
    if isinstance(given, Model):
        yield given
    elif str(given).endswith(".tflite"):
        yield str(given)
    elif Path(given).is_dir() and not _is_model(Path(given)):
        yield from (file for file, _ in model_files(str(given)))
    else:
        yield load(given)


def _is_model(folder: Path) -> bool:
    """Say whether a folder is that of a study or of a training."""
    return (folder / "study.toml").is_file() or (folder / "model.tflite").is_file()


_NO_TFLM = "the package tflite-micro is not installed: pip install 'nas[tflm]' (Linux on x86-64 only)"
