"""Edge Impulse's data acquisition format, against the rule that they publish and their own example."""

import dataclasses
import hashlib
import hmac
import json

import cbor2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.data.acquisition import Acquisition, is_signed_by, load_acquisition
from nas.errors import InputError

RECORDING = Acquisition(
    np.array([[-9.81, 0.03], [-9.83, 0.04]]), 10, ("accX", "accY"), ("m/s2", "m/s2"), "DISCO", "ac:87"
)


@pytest.mark.parametrize("form", ["json", "cbor"])
def test_a_signature_is_the_hmac_of_the_message_with_zeros_in_its_place(form):
    content = RECORDING.dump(form, "fed53116f20684c067774ebf9e7bcbdc")
    message = json.loads(content) if form == "json" else cbor2.loads(content)
    # Their published example: encode with zeros, sign, put the signature in their place, and encode again.
    blank = {**message, "signature": "".join(["0"] * 64)}
    encoded = json.dumps(blank, separators=(",", ":")).encode() if form == "json" else cbor2.dumps(blank)
    digest = hmac.new(b"fed53116f20684c067774ebf9e7bcbdc", msg=encoded, digestmod=hashlib.sha256).hexdigest()
    assert message["signature"] == digest
    assert message["protected"] == {"ver": "v1", "alg": "HS256"}
    assert is_signed_by(content, "fed53116f20684c067774ebf9e7bcbdc")


@pytest.mark.parametrize("form", ["json", "cbor"])
def test_a_changed_message_and_another_key_are_noticed(form):
    content = RECORDING.dump(form, "key")
    assert not is_signed_by(content, "other")
    assert not is_signed_by(content.replace(b"DISCO", b"CISCO"), "key")
    assert not is_signed_by(RECORDING.dump(form), "key")


def test_an_unsigned_message_says_so():
    message = json.loads(RECORDING.dump())
    assert message["protected"]["alg"] == "none"
    assert message["signature"] == "0" * 64
    assert message["payload"] == {
        "device_name": "ac:87",
        "device_type": "DISCO",
        "interval_ms": 10,
        "sensors": [{"name": "accX", "units": "m/s2"}, {"name": "accY", "units": "m/s2"}],
        "values": [[-9.81, 0.03], [-9.83, 0.04]],
    }


def test_what_nobody_named_is_left_out_or_as_the_format_has_it_and_one_sensor_gives_numbers_as_short_as_they_are():
    rows = np.array([[0.1], [-2.5], [1e-3]], np.float32)
    assert json.loads(Acquisition(rows, 0.5, ("audio",)).dump())["payload"] == {
        "device_type": "NAS",
        "interval_ms": 0.5,
        "sensors": [{"name": "audio", "units": "N/A"}],
        "values": [0.1, -2.5, 0.001],
    }
    assert load_acquisition(Acquisition(rows, 0.5, ("audio",)).dump(), "here").interval_ms == 0.5


def test_only_the_signature_takes_the_place_of_zeros():
    zeros = "0" * 64
    content = dataclasses.replace(RECORDING, device_name=zeros).dump("json", "key")
    assert json.loads(content)["payload"]["device_name"] == zeros
    assert is_signed_by(content, "key")


@pytest.mark.parametrize(
    "change",
    [
        {"signature": 3},
        {"signature": None},
        {"signature": "é" * 64},
        {"signature": "0" * 64},
        {"protected": ["HS256"]},
        {"protected": {"ver": "v1", "alg": "none"}},
    ],
)
def test_a_message_is_not_signed_unless_it_says_so_by_a_signature(change):
    message = json.loads(RECORDING.dump()) | {"protected": {"ver": "v1", "alg": "HS256"}} | change
    blank = json.dumps({**message, "signature": "0" * 64}, separators=(",", ":"), ensure_ascii=False).encode()
    if "protected" in change:  # the signature itself is right
        message["signature"] = hmac.new(b"key", blank, hashlib.sha256).hexdigest()
    assert not is_signed_by(json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode(), "key")


@given(
    st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=2, max_size=12),
    st.sampled_from(["json", "cbor"]),
    st.sampled_from([1, 2]),
)
def test_numbers_come_back_as_they_were(values, form, channels):
    rows = np.array(values[: len(values) // channels * channels], np.float32).reshape(-1, channels)
    names = tuple("ab"[:channels])
    found = load_acquisition(Acquisition(rows, 20.0, names).dump(form), "here")
    np.testing.assert_array_equal(found.values.astype(np.float32), rows)
    assert found.sensors == names
    assert found.interval_ms == 20


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[1]",
        b"\xff\xff",
        b'{"payload": 3}',
        b'{"payload": {"sensors": [{"name": "a"}], "interval_ms": "x", "values": [1]}}',
        b'{"payload": {"sensors": [{"name": "a"}, {"name": "b"}], "interval_ms": 1, "values": [1, 2, 3]}}',
        b'{"payload": {"sensors": [], "interval_ms": 1, "values": []}}',
        b'{"payload": {"sensors": [{"name": "a"}], "interval_ms": 0, "values": [1]}}',
    ],
)
def test_what_is_no_recording_is_refused_in_one_line(content):
    with pytest.raises(InputError) as refusal:
        load_acquisition(content, "sample.json")
    assert str(refusal.value).startswith("sample.json: must ")
    assert "\n" not in str(refusal.value)


def test_a_number_that_json_does_not_have_is_refused_in_one_line():
    endless = Acquisition(np.array([[1.0], [np.inf]]), 10, ("accX",))
    with pytest.raises(InputError, match="must hold finite numbers to be written as JSON"):
        endless.dump("json")
    assert load_acquisition(endless.dump("cbor"), "here").values[1, 0] == np.inf
