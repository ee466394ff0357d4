"""A footprint says in Python whether the board has room for it."""

import dataclasses
from pathlib import Path

import pytest

import nas

MODEL = Path(__file__).parents[2] / "native" / "fuzz" / "corpus" / "cnn_timeseries.tflite"


def test_a_printed_footprint_says_that_the_board_s_flash_is_too_small_and_by_how_much():
    footprint = nas.profile(MODEL, "blue-pill")
    limit = 64 * 1024
    assert footprint.flash_bytes > limit
    assert f"does not fit, over by {footprint.flash_bytes - limit:,} B" in str(footprint)
    assert not footprint.fits
    assert repr(footprint).endswith("does not fit>")
    assert "yes" not in str(footprint)
    assert "does not fit" in footprint._repr_html_()


def test_a_printed_footprint_says_how_much_a_board_has_left():
    footprint = nas.profile(MODEL, "arduino-nano-33-ble")
    assert footprint.fits
    assert str(footprint).count("free") == 2
    assert "does not fit" not in repr(footprint)


def test_a_core_without_a_board_sets_no_limit():
    footprint = nas.profile(MODEL, "cortex-m4")
    assert footprint.fits
    assert "free" not in str(footprint)


def test_a_lower_bound_of_what_a_model_needs_is_told_as_one():
    footprint = dataclasses.replace(nas.profile(MODEL, "arduino-nano-33-ble"), complete=False, supported=False)
    assert str(footprint).count("at least") == 2
    assert "not known" in str(footprint)


@pytest.mark.parametrize(("asked", "name"), [("targets", "list_targets"), ("studies", "list_studies")])
def test_a_name_without_its_verb_is_answered_with_the_whole_name(asked, name):
    with pytest.raises(AttributeError, match=f"did you mean {name}"):
        getattr(nas, asked)
