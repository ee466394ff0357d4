"""Which channels are the axes of a sensor."""

import pytest

from nas.data.axes import axes, triples
from nas.data.source import load
from nas.data.splits import split


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z"), ((0, 1, 2), (3, 4, 5))),
        (("t", "GyroZ", "accX", "GyroX", "GyroY", "accY"), ((3, 4, 1),)),
        (("z", "y", "x"), ((2, 1, 0),)),
        (("acc_x", "acc_y", "gyro_z"), ()),
        (("", "x"), ()),
        ((), ()),
    ],
)
def test_names_that_differ_in_x_y_z_alone_are_a_sensor(names, expected):
    assert triples(names) == expected


def test_axes_know_the_scaling_of_the_rows():
    splits = split(load("synthetic"), seed=0)
    found = axes(splits)
    assert found is not None
    assert found.triples == ((0, 1, 2), (3, 4, 5))
    assert (found.mean, found.std) == (splits.scaling.mean, splits.scaling.std)


def test_pictures_and_tables_have_no_axes():
    assert axes(split(load("wine"), seed=0)) is None
