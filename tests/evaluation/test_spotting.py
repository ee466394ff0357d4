"""Answers for overlapping windows become events, by hand-made probabilities."""

import numpy as np
import pytest

from nas.errors import InputError
from nas.evaluation.spotting import Event, Spotter, Spotting

NAMES = ("_silence_", "go", "stop")


def events(tops: str, **settings: float) -> list[Event]:
    """Return the events of answers 0.1 s apart for windows of 1 s; `g` is 0.9 for go, `s` for stop, `.` for silence."""
    spotter = Spotter("a.wav", NAMES, Spotting(**settings), window_s=1.0, answers=len(tops))
    rows = np.where(np.array([list(".gs")] * len(tops)) == np.array(list(tops))[:, None], 0.9, 0.05)
    found = [spotter.take(0.1 * number, row) for number, row in enumerate(rows)]
    return [event for event in found if event is not None]


def told(tops: str, **settings: float) -> list[tuple[float, str]]:
    return [(event.start_s, event.class_name) for event in events(tops, **settings)]


def test_a_word_is_told_once_when_the_mean_reaches_the_threshold():
    # The mean is that of three answers: two of 0.9 and one of 0.05 come to 0.617, three to 0.9.
    assert told("...ggggggg...", average_ms=300) == [(0.5, "go")]
    assert events("ggg", average_ms=300) == [Event("a.wav", 0.2, "go", 0.9)]


def test_the_same_word_is_told_again_after_its_mean_has_been_lower():
    assert told("gggggg.....ggggg", average_ms=300, suppression_ms=500) == [(0.2, "go"), (1.3, "go")]


def test_another_word_is_told_only_after_the_suppression():
    assert told("ggggssssss", average_ms=300, suppression_ms=300) == [(0.2, "go"), (0.6, "stop")]
    assert told("ggggssssss", average_ms=300, suppression_ms=600) == [(0.2, "go"), (0.8, "stop")]
    assert told("ggggssssss", average_ms=300, suppression_ms=900) == [(0.2, "go")]


def test_a_mean_of_few_answers_waits_for_more_but_not_beyond_the_recording():
    assert told("ggggg", average_ms=1000, minimum_count=4) == [(0.3, "go")]
    assert told("g", average_ms=1000, minimum_count=4) == [(0.0, "go")]


def test_silence_is_never_told():
    assert told(".........") == []


def test_by_default_times_are_shares_of_the_window():
    pace = Spotting().seconds(2.0)
    assert (pace.average_s, pace.suppression_s, pace.latency_s) == pytest.approx((2.0, 1.5, 0.2))


def test_settings_are_as_asked_else_as_the_model_says():
    parameters = {"average_window_duration_ms": 800, "detection_threshold": 204, "minimum_count": 2, "fe.x": 1}
    found = Spotting.of(parameters, minimum_count=5, latency_ms=None)
    assert found == Spotting(average_ms=800, threshold=0.8, minimum_count=5)


@pytest.mark.parametrize("value", ["loud", True, (1.0, 2.0), b"1"])
def test_a_parameter_of_a_model_that_is_no_number_is_refused_by_its_name(value):
    with pytest.raises(InputError, match="parameter detection_threshold: must be a number"):
        Spotting.of({"detection_threshold": value})


@pytest.mark.parametrize("wrong", [{"threshold": 0}, {"threshold": 1.5}, {"average_ms": -1}, {"minimum_count": 0}])
def test_settings_that_cannot_be_are_refused(wrong):
    with pytest.raises(InputError, match=f"spotting.{next(iter(wrong))}"):
        Spotting(**wrong)
