"""PhysioNet's files: what the reader gives for bytes that the package wfdb 4.3.1 wrote, and for damaged ones."""

import numpy as np
import pytest

from nas.data.public.wfdb import Header, Signal, read_212, read_annotations, read_header
from nas.errors import InputError

HEADER = """r 2 360 3
r.dat 212 200(1024)/mV 12 0 -2048 5 0 V5
r.dat 212 200 11 1024 7 5 0 MLII
"""

# wfdb.wrann of these times with a text, a subtype, channels and numbers beside them, in all forms that it writes.
MARKS = bytes.fromhex(
    "037005fc2841464942000404ff1702f001f400ec0000cafd002001f8013000f000ec02006f0b009800f80000"
)  # fmt: skip
TIMES, CODES = [3, 7, 1030, 66000, 66001, 200000], [28, 1, 5, 8, 12, 38]


def test_samples_of_12_bits_are_read_with_their_sign() -> None:
    # By signal(5): low byte, high bits of the second and of the first, low byte of the second.
    pairs = [(-2048, 2047), (0, -1), (1, 1024)]
    content = b"".join(bytes([a & 0xFF, (a >> 8 & 15) | (b >> 8 & 15) << 4, b & 0xFF]) for a, b in pairs)
    header = read_header(HEADER, "r.hea")
    assert header == Header(360.0, 3, (Signal("V5", 200.0, 1024), Signal("MLII", 200.0, 1024)))
    samples = read_212(content, header, "r.dat")
    np.testing.assert_array_equal(samples, pairs)
    with pytest.raises(InputError, match=r"r.dat: must hold 6 samples, got 8 bytes"):
        read_212(content[:-1], header, "r.dat")


def test_annotations_are_those_that_were_written() -> None:
    times, codes = read_annotations(MARKS, 300_000, "r.atr")
    assert (times.tolist(), codes.tolist()) == (TIMES, CODES)


@pytest.mark.parametrize("end", range(0, len(MARKS), 2))
def test_annotations_that_end_early_are_refused(end: int) -> None:
    with pytest.raises(InputError, match=r"r.atr: must end with a mark"):
        read_annotations(MARKS[:end], 300_000, "r.atr")


def test_an_annotation_behind_the_record_is_refused() -> None:
    with pytest.raises(InputError, match="moments of its record"):
        read_annotations(MARKS, TIMES[-1], "r.atr")


def test_any_bytes_are_read_or_refused_in_one_line() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        content = rng.bytes(int(rng.integers(0, 60))) + b"\0\0"
        try:
            times, codes = read_annotations(content, 5000, "r.atr")
        except InputError:
            continue
        assert len(times) == len(codes)
        assert ((times >= 0) & (times < 5000)).all()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "must be the header of a record"),
        ("r 2 360\n", "must be the header of a record"),
        ("r 2 360 3\nr.dat 212 200 11 1024 0 0 0 V5\n", "must give signals"),
        ("r 0 360 3\n", "must give signals"),
        ("r 1 360 999999999\nr.dat 212 200 11 1024 0 0 0 V5\n", "must give signals"),
        ("r 1 nan 3\nr.dat 212 200 11 1024 0 0 0 V5\n", "must give signals"),
        ("r 1 360 3\nr.dat 212 nan 11 1024 0 0 0 V5\n", "must be the header of a record"),
        ("r 1 360 3\nr.dat 16 200 11 1024 0 0 0 V5\n", "must be of signals of format 212, got 16"),
    ],
)
def test_headers_of_other_records_are_refused(text: str, rule: str) -> None:
    with pytest.raises(InputError, match=rule):
        read_header(text, "r.hea")
