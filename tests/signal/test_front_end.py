"""Front-ends as the table that a study's files hold, and the one that computes nothing."""

import numpy as np
import pytest

from nas.errors import InputError
from nas.signal.front_end import read_front_end
from nas.signal.raw import RAW


def test_the_raw_front_end_changes_nothing_and_costs_nothing() -> None:
    rows = np.arange(6, dtype=np.float32).reshape(1, 2, 3)
    assert (RAW.shape((2, 3)), RAW.macs((2, 3)), RAW.channel_names(("x", "y", "z"))) == ((2, 3), 0, ("x", "y", "z"))
    np.testing.assert_array_equal(RAW.apply(rows), rows)


def test_a_front_end_is_read_from_what_it_writes() -> None:
    assert read_front_end(RAW.to_json(), "bundle.json: front_end") == RAW


@pytest.mark.parametrize("data", ["raw", ["front_end"], None, {}, {"name": "raw"}])
def test_what_is_no_table_with_the_key_front_end_is_refused(data: object) -> None:
    with pytest.raises(InputError, match=r"^bundle\.json: front_end: must be a table with the key front_end"):
        read_front_end(data, "bundle.json: front_end")


def test_an_unknown_front_end_and_an_unknown_setting_are_refused() -> None:
    with pytest.raises(InputError, match="unknown front-end 'mfcc2'"):
        read_front_end({"front_end": "mfcc2"}, "x")
    with pytest.raises(InputError, match=r"^x"):
        read_front_end({"front_end": "raw", "bins": 3}, "x")
