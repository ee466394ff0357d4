"""Finding the channels that are the axes of a sensor."""

from dataclasses import replace

import pytest

from nas.data.axes import find_axes
from nas.data.prepared import prepare
from nas.data.source import load
from nas.data.splits import split
from nas.signal.triples import triples


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z"), ((0, 1, 2), (3, 4, 5))),
        (("a1x", "a1y", "a1z", "a2x", "a2y", "a2z"), ((0, 1, 2), (3, 4, 5))),
        (("t", "GyroZ", "accX", "GyroX", "GyroY", "accY"), ((3, 4, 1),)),
        (("z", "y", "x"), ((2, 1, 0),)),
        (("acc_x", "acc_y", "gyro_z"), ()),
        (("", "x"), ()),
        ((), ()),
    ],
)
def test_channels_whose_names_differ_only_in_a_last_letter_x_y_or_z_are_a_sensor(names, expected):
    assert triples(names) == expected


def test_axes_carry_the_scaling_of_the_rows():
    data = prepare(split(load("synthetic"), seed=0))
    found = find_axes(data)
    assert found is not None
    assert found.triples == ((0, 1, 2), (3, 4, 5))
    assert (found.mean, found.std) == (data.scaling.mean, data.scaling.std)


@pytest.mark.parametrize("source", ["wine", "digits"])
def test_tables_and_images_have_no_axes(source):
    named = replace(prepare(split(load(source), seed=0)), channel_names=("x", "y", "z"))
    assert find_axes(named) is None
