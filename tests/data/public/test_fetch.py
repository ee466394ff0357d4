"""Fetching public data sets, from a local server with the layout of theirs."""

import gzip
import hashlib
import io
import json
import struct
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from click.testing import CliRunner
from PIL import Image

from nas.cli.verbs import data as data_verb
from nas.data.public.catalog import PUBLIC, PublicSet, Source
from nas.data.public.download import download
from nas.data.public.fetch import fetch
from nas.data.public.sets import mit_bih as mit_bih_set
from nas.data.public.unpack import unpack
from nas.data.source import load
from nas.errors import InputError

RNG = np.random.default_rng(0)


class Server:
    """Files by name, and how they are sent: `cuts` are the bytes after which a connection breaks, once each."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.cuts: list[int] = []
        self.ranges = True
        self.asked: list[str | None] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        asked = request.headers.get("Range")
        self.asked.append(asked)
        content = self.files.get(request.path.lstrip("/").replace("%20", " "))
        if content is None:
            request.send_error(404)
            return
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self.ranges else 0
        request.send_response(206 if start else 200)
        request.send_header("Content-Length", str(len(content) - start))
        request.end_headers()
        end = start + self.cuts.pop(0) if self.cuts else len(content)
        request.wfile.write(content[start:end])
        request.close_connection = True


@pytest.fixture
def server() -> Iterator[Server]:
    served = Server()
    thread = threading.Thread(target=served.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield served
    served.http.shutdown()
    thread.join()
    served.http.server_close()


def source(content: bytes, name: str = "file.bin") -> Source:
    return Source(f"https://example.invalid/{name}", len(content), hashlib.sha256(content).hexdigest())


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in files.items():
            pack.writestr(name, content)
    return buffer.getvalue()


def tarred(files: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as pack:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            pack.addfile(info, io.BytesIO(content))
        for name, target in (links or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            pack.addfile(info)
    return buffer.getvalue()


def idx(array: np.ndarray) -> bytes:
    return gzip.compress(struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes())


def idx_set() -> dict[str, bytes]:
    y_train, y_test = np.arange(40, dtype=np.uint8) % 10, np.arange(20, dtype=np.uint8) % 10
    return {
        "train-images-idx3-ubyte.gz": idx(RNG.integers(0, 256, (40, 28, 28)).astype(np.uint8)),
        "train-labels-idx1-ubyte.gz": idx(y_train),
        "t10k-images-idx3-ubyte.gz": idx(RNG.integers(0, 256, (20, 28, 28)).astype(np.uint8)),
        "t10k-labels-idx1-ubyte.gz": idx(y_test),
    }


def cifar10() -> dict[str, bytes]:
    def batch(count: int) -> bytes:
        return b"".join(bytes([n % 10]) + RNG.bytes(3072) for n in range(count))

    files = {f"cifar-10-batches-bin/data_batch_{n}.bin": batch(10) for n in range(1, 6)}
    return {"cifar-10-binary.tar.gz": tarred({**files, "cifar-10-batches-bin/test_batch.bin": batch(20)})}


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(RNG.integers(0, 256, (30, 30, 3)).astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def rock_paper_scissors() -> dict[str, bytes]:
    def pack(folder: str) -> bytes:
        return zipped({f"{folder}/{label}/{n}.png": picture() for label in ("rock", "paper") for n in range(4)})

    return {"rps.zip": pack("rps"), "rps-test-set.zip": pack("rps-test-set")}


def clip() -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, RNG.integers(-900, 900, 1600).astype(np.int16), 16000, format="WAV")
    return buffer.getvalue()


def speech_commands() -> dict[str, bytes]:
    speakers = ("0a7c2a8d", "1b4c9b89", "2d6c3924", "3f6c3924")
    files = {f"./{word}/{speaker}_nohash_0.wav": clip() for word in ("yes", "no") for speaker in speakers}
    files["./_background_noise_/tap.wav"] = clip()
    for name, speaker in (("validation_list.txt", speakers[2]), ("testing_list.txt", speakers[3])):
        files[f"./{name}"] = "".join(f"{word}/{speaker}_nohash_0.wav\n" for word in ("yes", "no")).encode()
    return {"speech_commands_v0.02.tar.gz": tarred(files)}


def uci_har() -> dict[str, bytes]:
    files = {}
    for part, rows in (("train", 12), ("test", 6)):
        for signal in ("total_acc", "body_acc", "body_gyro"):
            for axis in "xyz":
                numbers = "\n".join("  " + "  ".join(f"{v:.7e}" for v in RNG.normal(size=128)) for _ in range(rows))
                name = f"UCI HAR Dataset/{part}/Inertial Signals/{signal}_{axis}_{part}.txt"
                files[name] = numbers.encode()
        files[f"UCI HAR Dataset/{part}/y_{part}.txt"] = "\n".join(str(n % 6 + 1) for n in range(rows)).encode()
        files[f"UCI HAR Dataset/{part}/subject_{part}.txt"] = "\n".join(str(n // 6) for n in range(rows)).encode()
    return {"UCI HAR Dataset.zip": zipped(files)}


def wisdm() -> dict[str, bytes]:
    lines = []
    for user in range(1, 5):
        for activity in ("Walking", "Jogging"):
            for n in range(300):
                x, y, z = RNG.normal(size=3)
                lines.append(f"{user},{activity},{10**12 * user + 50_000_000 * (n + 1)},{x:.2f},{y:.2f},{z:.2f};")
    lines[5] = lines[5].replace(";", ",;") + lines[6]  # two records in a line, and a comma too many
    lines[6] = "33,Jogging,1,,;"
    return {"WISDM_ar_latest.tar.gz": tarred({"WISDM_ar_v1.1/WISDM_ar_v1.1_raw.txt": "\n".join(lines).encode()})}


def mit_bih() -> dict[str, bytes]:
    """Records of 4 s with a normal and a ventricular beat; the leads stand as in record 114, MLII second."""
    files = {}
    head = "{0} 2 360 1440\n{0}.dat 212 200 11 1024 0 0 0 V5\n{0}.dat 212 200 11 1024 0 0 0 MLII\n# 51 F\n"
    beats = struct.pack("<5H", 1 << 10 | 500, 5 << 10 | 400, 28 << 10 | 1, 1 << 10 | 500, 0)  # the last is cut off
    for name in (path for names in mit_bih_set._RECORDS.values() for path in names.split()):
        files |= {f"{name}.hea": head.format(name).encode(), f"{name}.dat": RNG.bytes(4320), f"{name}.atr": beats}
    listed = "".join(f"{hashlib.sha256(content).hexdigest()} {name}\n" for name, content in files.items())
    folder = "mit-bih-arrhythmia-database-1.0.0"
    packed = zipped({f"{folder}/{name}": content for name, content in files.items()})
    return {"SHA256SUMS.txt": listed.encode(), f"{folder}.zip": packed}


def pamap2() -> dict[str, bytes]:
    """Three people who walk and lie, with a heart rate in each eleventh sample, time between, and a lost packet."""
    files = {}
    for person in (101, 102, 103):
        activity = np.repeat([0, 4, 0, 1], [20, 300, 20, 300])
        values = RNG.normal(size=(len(activity), 54))
        values[:, 0], values[:, 1] = 5 + np.arange(len(activity)) / 100, activity
        values[np.arange(len(activity)) % 11 != 0, 2] = np.nan
        values[100:102, 3:20] = np.nan
        lines = "\n".join(" ".join(f"{value:.6g}" for value in row) for row in values).replace("nan", "NaN")
        files[f"PAMAP2_Dataset/Protocol/subject{person}.dat"] = lines.encode()
    inner = zipped(files | {"PAMAP2_Dataset/Optional/subject101.dat": b"not read"})
    return {"pamap2+physical+activity+monitoring.zip": zipped({"readme.pdf": b"x", "PAMAP2_Dataset.zip": inner})}


def toy_car() -> dict[str, bytes]:
    def name(domain: str, part: str, kind: str, number: int) -> str:
        return f"ToyCar/{part}/section_00_{domain}_{part}_{kind}_{number:04}_car_A1_spd_28V_mic_1.wav"

    train = [name(domain, "train", "normal", n) for n in range(4) for domain in ("source", "target")]
    test = [name("target", "test", kind, n) for n in range(3) for kind in ("normal", "anomaly")]
    files = {path: clip() for path in (*train, *test)}
    return {"dev_ToyCar.zip": zipped(files | {"ToyCar/attributes_00.csv": b"x"})}


# Files of each set with its layout, and the rows of each part that they give.
LAYOUTS: dict[str, tuple[Callable[[], dict[str, bytes]], dict[str, int], dict[str, object]]] = {
    "cifar10": (cifar10, {"train": 50, "test": 20}, {"shape": (32, 32, 3)}),
    "fashion_mnist": (idx_set, {"train": 40, "test": 20}, {"shape": (28, 28, 1)}),
    "mit_bih": (mit_bih, {"train": 44, "test": 44}, {"shape": (504, 1)}),
    "mnist": (idx_set, {"train": 40, "test": 20}, {"shape": (28, 28, 1)}),
    "pamap2": (pamap2, {"train": 18}, {"shape": (128, 31)}),
    "rock_paper_scissors": (rock_paper_scissors, {"train": 8, "test": 8}, {"shape": (30, 30, 3)}),
    "speech_commands": (speech_commands, {"train": 4, "val": 2, "test": 2}, {"shape": (1600, 1)}),
    "toy_car": (toy_car, {"train": 8, "test": 6}, {"shape": (1600, 1)}),
    "uci_har": (uci_har, {"train": 12, "test": 6}, {"shape": (128, 9)}),
    "wisdm": (wisdm, {"train": 24}, {"shape": (128, 3)}),
}


def as_served(name: str, files: dict[str, bytes]) -> PublicSet:
    """The set with the sizes and digests of the files that the test serves."""
    known = PUBLIC[name]
    return replace(known, sources=tuple(replace(source(files[s.name]), url=s.url) for s in known.sources))


@pytest.mark.parametrize("name", PUBLIC)
def test_a_set_is_fetched_and_read_from_a_server_with_its_layout(
    name: str, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, rows, more = LAYOUTS[name]
    server.files = make()
    monkeypatch.setitem(PUBLIC._load(), name, as_served(name, server.files))
    fetched = fetch(name, tmp_path / "sets" / name, server.url)
    data = load(fetched.data)
    assert {part: len(each) for part, each in data.parts().items()} == rows
    assert data.train.x.shape[1:] == more["shape"]
    origin = json.loads((Path(fetched.folder) / "SOURCE.json").read_text())
    assert origin["licence"] == PUBLIC[name].licence
    assert sorted(path.name for path in (tmp_path / "sets").iterdir()) == [name]
    asked = len(server.asked)
    assert fetch(name, tmp_path / "sets" / name, server.url) == fetched
    assert len(server.asked) == asked


@pytest.mark.parametrize("name", PUBLIC)
def test_a_set_says_its_licence_whom_to_cite_and_its_split(name: str) -> None:
    known = PUBLIC[name]
    assert known.licence
    assert known.cite
    assert known.split
    for each in known.sources:
        assert each.size_bytes is None or each.sha256 is not None
        assert each.md5 is None or len(bytes.fromhex(each.md5)) == 16
        assert each.listed is None or each.listed in {other.name for other in known.sources}
        assert each.sha256 is None or len(bytes.fromhex(each.sha256)) == 32


@pytest.mark.parametrize("ranges", [True, False])
def test_a_broken_download_goes_on_where_it_was(ranges: bool, server: Server, tmp_path: Path) -> None:
    content = RNG.bytes(300_000)
    server.files, server.cuts, server.ranges = {"file.bin": content}, [100_000, 150_000], ranges
    assert download(source(content), tmp_path, server.url).read_bytes() == content
    if ranges:
        assert server.asked == [None, "bytes=100000-", "bytes=250000-"]


def test_what_an_interrupted_run_left_is_not_downloaded_again(server: Server, tmp_path: Path) -> None:
    content = RNG.bytes(1000)
    server.files = {"file.bin": content}
    (tmp_path / "file.bin.part").write_bytes(content[:700])
    assert download(source(content), tmp_path, server.url).read_bytes() == content
    assert server.asked == ["bytes=700-"]


def test_a_file_with_another_digest_is_deleted_and_refused(server: Server, tmp_path: Path) -> None:
    content = RNG.bytes(1000)
    server.files = {"file.bin": content[::-1]}
    with pytest.raises(InputError, match="must have the SHA-256"):
        download(source(content), tmp_path, server.url)
    assert list(tmp_path.iterdir()) == []


def test_a_file_with_another_md5_is_refused_where_no_other_digest_is_known(server: Server, tmp_path: Path) -> None:
    server.files = {"file.bin": b"whole"}
    # echo -n whole | md5sum
    known = Source("https://example.invalid/file.bin", md5="356c9ee60e9da05301adc3bd96f6b383")
    assert download(known, tmp_path, server.url).read_bytes() == b"whole"
    server.files = {"file.bin": b"other"}
    with pytest.raises(InputError, match="must have the MD5 "):
        download(known, tmp_path / "other", server.url)


def test_a_server_that_sends_more_than_the_file_is_cut_off(server: Server, tmp_path: Path) -> None:
    content = RNG.bytes(1000)
    server.files = {"file.bin": content * 2}
    with pytest.raises(InputError, match="sends more than the 1,000 bytes"):
        download(source(content), tmp_path, server.url)


def test_a_server_that_has_no_such_file_is_told_in_one_line(server: Server, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be downloaded, got status 404"):
        download(source(b"x"), tmp_path, server.url)
    assert len(server.asked) == 1


def test_other_addresses_than_http_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file.bin").write_bytes(b"x")
    with pytest.raises(InputError, match="must begin with http"):
        download(source(b"x"), tmp_path / "new", f"file://{tmp_path}")


@pytest.mark.parametrize("name", ["../out.txt", "/tmp/out.txt", "a/../../out.txt", "..\\out.txt"])
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_no_name_leads_out_of_the_folder(name: str, pack: Callable[[dict[str, bytes]], bytes], tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.write_bytes(pack({"fine.txt": b"x", name: b"x"}))
    with pytest.raises(InputError, match="leads out of the folder"):
        unpack(archive, tmp_path / "in", 1000)
    assert {path.name for path in tmp_path.rglob("*.txt")} == {"fine.txt"}


def test_links_are_left_out(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.write_bytes(tarred({"a.txt": b"x"}, {"link": "/etc/passwd"}))
    unpack(archive, tmp_path / "in", 1000)
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["a.txt"]


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_an_archive_that_holds_more_than_the_set_is_refused(
    pack: Callable[[dict[str, bytes]], bytes], tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    archive.write_bytes(pack({"a": bytes(600), "b": bytes(600)}))
    with pytest.raises(InputError, match="holds more than 1,000 bytes"):
        unpack(archive, tmp_path / "in", 1000)


def test_a_zip_file_that_lies_about_a_size_is_stopped(tmp_path: Path) -> None:
    content = bytearray(zipped({"a": bytes(5000)}))
    # The size in the directory, 24 bytes behind its signature, and in front of the file, 22 behind.
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = content.index(signature) + offset
        content[at : at + 4] = struct.pack("<I", 10)
    archive = tmp_path / "archive"
    archive.write_bytes(content)
    with pytest.raises(InputError):
        unpack(archive, tmp_path / "in", 1000)


def test_a_damaged_archive_is_refused_and_leaves_no_folder(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.files = {"cifar-10-binary.tar.gz": cifar10()["cifar-10-binary.tar.gz"][:-200]}
    monkeypatch.setitem(PUBLIC._load(), "cifar10", as_served("cifar10", server.files))
    with pytest.raises(InputError, match="cannot be unpacked"):
        fetch("cifar10", tmp_path / "set", server.url)
    assert not (tmp_path / "set").exists()


def test_beats_are_those_of_the_file_and_a_record_that_differs_from_its_list_is_refused(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.files = mit_bih()
    monkeypatch.setitem(PUBLIC._load(), "mit_bih", as_served("mit_bih", server.files))
    data = load(fetch("mit_bih", tmp_path / "set", server.url).data)
    assert [data.class_names[y] for y in data.train.y[:4]] == ["N", "V", "N", "V"]
    assert sorted(set(data.parts()["test"].groups)) == sorted(mit_bih_set._RECORDS["test"].split())
    server.files["SHA256SUMS.txt"] = server.files["SHA256SUMS.txt"].replace(b" 100.dat", b" 100.dot")
    monkeypatch.setitem(PUBLIC._load(), "mit_bih", as_served("mit_bih", server.files))
    with pytest.raises(InputError, match=r"100.dat: must be listed in SHA256SUMS.txt"):
        fetch("mit_bih", tmp_path / "other", server.url)


def test_clips_of_the_toy_car_are_normal_or_not_and_no_group_is_in_two_parts(tmp_path: Path) -> None:
    (tmp_path / "dev_ToyCar.zip").write_bytes(toy_car()["dev_ToyCar.zip"])
    PUBLIC["toy_car"].arrange(tmp_path, tmp_path / "set")
    data = load(str(tmp_path / "set/sounds"))
    assert (data.task, data.class_names) == ("anomaly", ("normal", "anomaly"))
    assert data.test is not None
    assert data.test.y.tolist().count(1) == 3
    assert not set(data.train.groups) & set(data.test.groups)


def test_heart_rate_holds_until_the_next_one_and_lost_packets_stay_blank(tmp_path: Path) -> None:
    (tmp_path / "pamap2+physical+activity+monitoring.zip").write_bytes(
        pamap2()["pamap2+physical+activity+monitoring.zip"]
    )
    PUBLIC["pamap2"].arrange(tmp_path, tmp_path / "set")
    table = pd.read_csv(tmp_path / "set/recordings/subject102.csv")
    assert table.heart_rate.notna().all()
    assert (table.heart_rate[2:13].nunique(), table.heart_rate[2:14].nunique()) == (1, 2)  # rows 22 to 33 of the file
    assert list(np.flatnonzero(table.hand_acc_x.isna())) == [80, 81]
    assert set(table.activity) == {"walking", "lying"}


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="must be empty, or hold this data set"):
        fetch("mnist", tmp_path)


def test_the_verb_tells_size_and_licence_before_it_downloads(server: Server, tmp_path: Path) -> None:
    run = CliRunner().invoke(data_verb.command, ["fetch", "mnist", "-o", str(tmp_path / "m"), "--mirror", server.url])
    assert "download: 12 MB; digests: known" in run.stderr
    assert f"licence: {PUBLIC['mnist'].licence}" in run.stderr
    assert isinstance(run.exception, InputError)  # the server has no such file


def test_the_verb_lists_all_sets() -> None:
    run = CliRunner().invoke(data_verb.command, ["fetch", "--json"])
    assert [each["name"] for each in json.loads(run.stdout)] == list(PUBLIC)
