"""Mistakes of the first week are answered with what to give instead."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from nas.api.models import Comparison
from nas.api.problems import load_problem
from nas.cli.views.comparison import comparison
from nas.errors import InputError
from nas.files import read_regular
from nas.graph.builder import GraphBuilder
from nas.study.study import Study
from nas.study.study_file import make_study
from nas.target.profiler import estimate
from nas.target.target import find_target


def test_data_that_a_space_is_not_for_are_answered_with_the_spaces_that_are() -> None:
    with pytest.raises(InputError, match=r"take one for table data: .*space='mlp_tabular'$"):
        load_problem(Study(space="cnn_timeseries", data="wine", budget_kb=4))


def test_a_missing_file_is_answered_with_the_nearest_ones(tmp_path: Path) -> None:
    (tmp_path / "model.tflite").touch()
    with pytest.raises(InputError, match=r"did you mean model\.tflite\?$"):
        read_regular(tmp_path / "modle.tflite", 100)
    with pytest.raises(InputError, match=f"there is no folder {tmp_path / 'none'}$"):
        read_regular(tmp_path / "none" / "model.tflite", 100)


def test_a_search_without_anything_is_answered_with_what_to_give() -> None:
    with pytest.raises(InputError, match="such as space='cnn_timeseries', data='recordings/', budget_kb=6"):
        make_study({})


def test_several_targets_say_whose_code_is_assumed_and_why_there_is_no_latency() -> None:
    builder = GraphBuilder((4,))
    builder.fully_connected(2)
    rows = [
        Comparison("m.tflite", board, estimate(builder.graph(), board), "")
        for board in map(find_target, ("blue-pill", "cortex-m4", "nucleo-f411re"))
    ]
    console = Console(width=200, file=io.StringIO())
    console.print(comparison(rows, 120))
    text = console.file.getvalue()
    assert "no code was linked for cortex-m3; the Cortex-M4's is assumed" in text
    assert "a generic core has no clock" in text
