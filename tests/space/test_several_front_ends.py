"""A space of several front-ends: which one is a dimension, each has settings of its own, and starts name one."""

import tomllib

import numpy as np
import pytest

from nas.api.spaces import describe_space
from nas.errors import InputError
from nas.signal.raw import RAW, Raw
from nas.signal.spectrum import Spectrum
from nas.signal.statistics import Statistics
from nas.space.architecture import Architecture
from nas.space.dims import RandomChooser
from nas.space.file import load_space, parse_space
from nas.space.space import Space
from nas.task.anomaly import Anomaly

REST = """
description = "motion"
input = "window"
data = "synthetic"
stages = ["head"]
[head]
block = "head"
"""
SEVERAL = """
[front_end]
front_end = ["raw", "statistics", "spectrum"]
[front_end.statistics]
segments = [1, 4]
kurtosis = true
[front_end.spectrum]
bands = [4, 8, 12]
"""
SHAPE = (128, 3)


def parsed(front_end: str, start: str = "") -> Space:
    return parse_space(tomllib.loads(f"{REST}{front_end}\n{start}"), "mine", "mine.toml")


def test_members_have_any_of_the_front_ends_with_its_own_settings() -> None:
    space = parsed(SEVERAL)
    drawn = {space.sample(RandomChooser(seed), SHAPE, 3).front_end for seed in range(60)}
    statistics = {Statistics(segments=segments, kurtosis=True) for segments in (1, 4)}
    assert drawn == {RAW, *statistics, *(Spectrum(bands=bands) for bands in (4, 8, 12))}
    assert space.members == len(drawn)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"front_end.front_end": "raw"}, RAW),
        ({"front_end.front_end": "spectrum", "front_end.spectrum.bands": 8}, Spectrum(bands=8)),
    ],
)
def test_parameters_name_the_front_end_and_its_settings(params: dict[str, object], expected: object) -> None:
    assert parsed(SEVERAL).from_params(params, SHAPE, 3).front_end == expected


def test_settings_of_another_front_end_are_no_dimensions_of_a_member() -> None:
    params = {"front_end.front_end": "raw", "front_end.spectrum.bands": 8}
    with pytest.raises(InputError, match=r"front_end\.spectrum\.bands: must be a dimension of this member"):
        parsed(SEVERAL).from_params(params, SHAPE, 3)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("", {"front_end.front_end": "raw"}),
        ('front_end = { front_end = "statistics", segments = 4 }', {"front_end.statistics.segments": 4}),
        ('front_end = { front_end = "spectrum", bands = 12 }', {"front_end.spectrum.bands": 12}),
    ],
)
def test_a_start_names_one_of_them_or_has_the_first(start: str, expected: dict[str, object]) -> None:
    (found,) = parsed(SEVERAL, f"[[start]]\n{start}").starts
    assert expected.items() <= found.items()


def test_what_is_learned_of_training_rows_is_in_every_member_and_its_document() -> None:
    space = parsed(SEVERAL)
    assert space.front_end is not None
    fitted = parsed(SEVERAL).front_end.fitted(np.full((2, *SHAPE), [1, 100, 0.001], np.float32))
    space = Space(**{name: getattr(space, name) for name in Space.__slots__} | {"front_end": fitted})
    for seed in range(20):
        member = space.sample(RandomChooser(seed), SHAPE, 3)
        assert member.front_end == RAW or member.front_end.fraction_bits == (14, 8, 24)
        assert Architecture.from_json(member.to_json()) == member


@pytest.mark.parametrize(
    ("front_end", "message"),
    [
        ('front_end = ["raw", "spectre"]', r"unknown front-end 'spectre'"),
        ('front_end = ["raw", "raw"]', r"choices must differ"),
        ("front_end = []", r"must be a table with the key front_end"),
        (
            'front_end = ["raw", "spectrum"]\nbands = 4',
            r"\.bands: of several front-ends, each has its",
        ),
        ('front_end = ["raw", "spectrum"]\nstatistics = { segments = 2 }', r"one of raw, spectrum"),
        (
            'front_end = ["raw", "spectrum"]\nspectrum = { frame_size = 16 }',
            r"must be at most 7 for frames of 16",
        ),
        ('front_end = ["raw", "statistics"]\nstatistics = { bands = 3 }', r"unknown setting 'bands'"),
        ('front_end = "statistics"\nfraction_bits = 3', r"fraction_bits: must be a list"),
    ],
)
def test_what_does_not_go_together_is_refused_when_the_file_is_read(front_end: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parsed(f"[front_end]\n{front_end}")


def test_a_start_with_an_unknown_front_end_is_refused() -> None:
    with pytest.raises(InputError, match=r"front_end\.front_end: must be one of raw, statistics, spectrum, got 'mel'"):
        parsed(SEVERAL, '[[start]]\nfront_end = { front_end = "mel" }')


def test_the_description_of_a_space_lists_them_with_their_settings() -> None:
    found = [(one.stage, one.name) for one in describe_space("features_timeseries").dimensions]
    assert found[:2] == [("front_end", "front_end"), ("front_end.statistics", "segments")]
    assert ("front_end.spectrum", "bands") in found
    assert load_space("features_timeseries").starts[0]["front_end.front_end"] == "raw"


def test_an_auto_encoder_has_as_many_outputs_as_its_front_end_has_values() -> None:
    space = load_space("autoencoder_features").learning(Anomaly())
    seen = set()
    for seed in range(40):
        member = space.sample(RandomChooser(seed), (32, 3), outputs=99)
        graph = member.lower()
        assert member.outputs == np.prod(member.front_end.shape((32, 3))) == np.prod(graph.tensors[0].shape)
        assert Architecture.from_json(member.to_json()) == member
        seen.add(type(member.front_end))
    assert seen == {Raw, Statistics, Spectrum}
