"""What plain C costs hop by hop: by closed forms, the same before training and from the file, front-end included."""

from dataclasses import replace

import numpy as np
import pytest
from graph_files import file_of

from nas.errors import InputError
from nas.exporters.c_source import source_text
from nas.graph.builder import GraphBuilder
from nas.graph.graph import Graph
from nas.signal.mel import Mel
from nas.space.file import load_space
from nas.study.feasibility import require_streaming
from nas.study.study import Study
from nas.target.front_end import with_front_end
from nas.target.plain_c.model import read_network
from nas.target.plain_c.program import compile_network
from nas.target.profiler import estimate, estimate_many, profile
from nas.target.target import find_target

WHOLE, HOPS = find_target("nucleo-f411re", "c"), find_target("nucleo-f411re", "c", 1)


def graph(padding: str = "VALID") -> Graph:
    g = GraphBuilder((1, 60, 3))
    g.conv2d(8, 5, padding=padding)
    g.pool2d("max")
    g.conv2d(12, 3, padding=padding)
    g.mean()
    g.flatten()
    g.fully_connected(4, activation="NONE")
    g.softmax()
    return g.graph()


def test_an_estimate_is_the_profile_of_the_file_and_its_totals() -> None:
    estimated = estimate(graph(), HOPS)
    profiled = profile(file_of(graph(), np.random.default_rng(0)), HOPS)
    assert {**estimated.summary(), "file_bytes": profiled.file_bytes} == profiled.summary()  # that file is not slim
    assert sorted(t.bytes for t in estimated.tensors) == sorted(t.bytes for t in profiled.tensors)
    assert estimate_many([graph()], HOPS)[0].summary() == estimated.summary()


def test_multiply_accumulates_are_those_of_the_new_rows() -> None:
    footprint = estimate(graph(), HOPS)
    # Two new rows of the input give two of the first convolution, and one behind the pooling.
    assert [op.macs for op in footprint.ops] == [2 * 8 * 5 * 3, 0, 12 * 3 * 8, 0, 12 * 4, 0]
    assert footprint.macs == sum(op.macs for op in footprint.ops)
    assert (footprint.hop.rows, footprint.hop.window) == (2, 60)


def test_ram_is_that_of_the_program_and_of_the_rows_of_a_hop() -> None:
    tflite = file_of(graph(), np.random.default_rng(0))
    program, ram = compile_network(read_network(tflite, "net"), "net", 1), profile(tflite, HOPS).detail
    assert "arena[NET_RAM_BYTES - sizeof(pushes)]" in source_text("net", read_network(tflite, "net"), program)
    assert (ram.static, ram.given) == (program.ram_bytes, 2 * 3 + 4)


def test_a_profile_of_whole_windows_tells_what_hops_would_cost_or_why_there_are_none() -> None:
    hops, beside = estimate(graph(), HOPS), estimate(graph(), WHOLE).hop_by_hop
    assert (beside.hop, beside.macs, beside.ram_bytes) == (hops.hop, hops.macs, hops.ram_bytes)
    assert beside.latency_ms == pytest.approx(hops.latency_ms)
    refused = estimate(graph("SAME"), WHOLE).hop_by_hop
    assert refused.words() == ('not possible: operator 0, CONV_2D, pads the time: its block needs padding = "valid"')


def test_what_cannot_run_hop_by_hop_is_not_supported_there() -> None:
    footprint = estimate(graph("SAME"), HOPS)
    assert footprint.refused
    assert footprint.ops[0].reason.startswith("it cannot be streamed: operator 0, CONV_2D, pads the time")


def test_of_a_front_end_for_sound_only_the_new_frames_count() -> None:
    mel, rows = Mel(window_step_ms=20, filterbank_n_channels=3, frequencies_are_channels=True), (16000, 1)
    g = GraphBuilder((1, *mel.shape(rows)))
    g.conv2d(8, 5, padding="VALID")
    g.mean()
    g.flatten()
    g.fully_connected(4)
    alone = estimate(g.graph(), replace(HOPS, streaming=4))
    together = with_front_end(alone, mel, rows, HOPS)
    of_four = mel.cost((3 * mel.step + mel.window, 1), HOPS.core)
    assert together.front_end.instructions == pytest.approx(of_four.instructions)
    # The network reads its input where the front-end keeps the features.
    assert together.ram_bytes == alone.ram_bytes - alone.detail.input + of_four.ram_bytes


def test_only_plain_c_streams() -> None:
    with pytest.raises(InputError, match="streaming: must be left out unless the runtime is c"):
        find_target("cortex-m4", "tflm", 4)


def test_a_study_asks_for_it_and_only_spaces_without_padding_have_such_networks() -> None:
    study = Study("stream_timeseries", target="nucleo-f411re", runtime="c", streaming=4)
    assert study.board() == replace(WHOLE, streaming=4)
    assert study.name == "stream_timeseries-synthetic-nucleo-f411re-c-streaming4"
    for name in ("stream_timeseries", "stream_audio"):
        require_streaming(load_space(name), study.board())
    with pytest.raises(InputError, match="must have networks whose convolutions do not pad the time"):
        require_streaming(load_space("cnn_timeseries"), study.board())
    with pytest.raises(InputError, match="streaming: must be above 0"):
        Study("stream_timeseries", runtime="c", streaming=-1, budget_kb=4)
