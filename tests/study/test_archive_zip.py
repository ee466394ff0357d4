"""Archives as files: written whole, read back, and refused in one line whatever is done to them."""

import errno
import os
import random
import zipfile
import zlib
from pathlib import Path

import pytest
import zip_mutants

from nas.errors import InputError
from nas.study import archive_zip
from nas.study.archive_zip import Contents, extract, pack, read_archive, write_archive

MEMBERS = {
    "spec.toml": 'name = "mine"\n' + "".join(f"# line {i}\n" for i in range(60)),
    "architecture.json": "{}",
    "tflite/int8.tflite": random.Random(0).randbytes(3000),
    "soft_labels.npy": bytes(100_000),
    "figures/history.svg": "<svg></svg>",
    "source/größe.py": "def build(spec): ...\n",
    "empty": b"",
}
CONTENTS = Contents("mine", "winner", MEMBERS, {"val_accuracy": 0.9}, "0123456789abcdef")


def content(name: str) -> bytes:
    found = MEMBERS[name]
    return found.encode() if isinstance(found, str) else found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_archive(tmp_path / "mine.nas.zip", CONTENTS)


def refusal(file: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_archive(file)
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith(str(file))
    return line


def test_every_member_comes_back_as_it_was(file: Path) -> None:
    archive = read_archive(file)
    assert archive.members == {name: content(name) for name in MEMBERS}
    assert archive.manifest.name == "mine"
    assert archive.manifest.about == {"val_accuracy": 0.9}
    assert archive.manifest.mlflow_run_id == "0123456789abcdef"


def test_python_s_zipfile_reads_the_same_members_and_finds_no_fault(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["manifest.json", *sorted(MEMBERS)]
        assert all(archive.read(name) == content(name) for name in MEMBERS)


def test_equal_contents_give_equal_bytes_whenever_and_in_whatever_order_they_are_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = pack(CONTENTS)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    again = Contents("mine", "winner", dict(reversed(MEMBERS.items())), CONTENTS.about, CONTENTS.mlflow_run_id)
    assert pack(again) == first


def test_an_archive_that_zipfile_packed_again_is_read(file: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.nas.zip"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            stored = zipfile.ZIP_STORED if name == "soft_labels.npy" else None  # zeros pack like a bomb
            new.writestr(name, old.read(name), stored)
    assert read_archive(again).members == read_archive(file).members


SOUND = zip_mutants.archived(zip_mutants.whole(random.Random(1)))
HOSTILE = list(zip_mutants.hostile(random.Random(1)))
DAMAGED = list(zip_mutants.damaged(SOUND, random.Random(2)))
DAMAGED_OWN = list(zip_mutants.damaged(pack(CONTENTS), random.Random(3)))


def test_the_archive_that_the_mutants_are_made_of_is_sound(tmp_path: Path) -> None:
    (tmp_path / "sound.nas.zip").write_bytes(SOUND)
    assert list(read_archive(tmp_path / "sound.nas.zip").members)[2] == "tflite/int8.tflite"


@pytest.mark.parametrize("mutants", [HOSTILE, DAMAGED, DAMAGED_OWN], ids=["hostile", "damaged", "damaged own"])
def test_hundreds_of_mutants_are_refused_in_one_line_and_nothing_is_written(
    mutants: list[tuple[str, bytes]], tmp_path: Path
) -> None:
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    file, before = inside / "mutant.nas.zip", set(tmp_path.rglob("*"))
    lines: dict[str, str] = {}
    for what, mutant in mutants:
        file.write_bytes(mutant)
        try:
            extract(read_archive(file), inside / "out")
        except InputError as error:
            lines[what] = str(error)
    assert [what for what, _ in mutants if what not in lines] == []
    assert [line for line in lines.values() if "\n" in line or not line.startswith(str(file))] == []
    assert set(tmp_path.rglob("*")) == {*before, file}
    assert len(mutants) >= 200


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("name b'../escaped'", "'../escaped': must be a relative path inside the archive"),
        ("name b'/tmp/escaped'", "'/tmp/escaped': must be a relative path inside the archive, not an absolute one"),
        ("name b'..\\\\escaped'", "must be a relative path inside the archive"),
        ("a name twice", "'weights.npz': must be there once"),
        ("names equal but for case", "'Weights.NPZ': must be there once"),
        ("a link", "link: must be a regular file, got a link"),
        ("flag 0", "x: must not be encrypted"),
        ("method 93", "x: must be stored or deflated, got compression method 93"),
        ("a bomb that its header admits", "bomb: must unpack to at most 200 times its size"),
        ("a bomb whose header tells of 1000 bytes", "bomb: must unpack to 1,000 bytes, as its entry says, got more"),
        ("data before the first member", "must be an archive of nas"),
        ("another archive before it", "must have one directory"),
        ("data between members and directory", "must hold nothing between its members and its directory"),
        ("a member over another", "figures/history.svg: must begin where the member before it ends"),
        ("b'weights.npz' missing", "'weights.npz': must be there"),
        ("b'weights.npz' not named", "weights.npz: must be named in manifest.json"),
        ("b'weights.npz' changed", "weights.npz: must have the SHA-256 digest"),
        ("no member", "must be an archive of nas"),
    ],
)
def test_a_refusal_names_the_member_and_what_is_wrong(what: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "x.nas.zip").write_bytes(dict(HOSTILE)[what])
    assert words in refusal(tmp_path / "x.nas.zip")


def test_an_archive_of_a_later_format_tells_which_nas_opens_it(tmp_path: Path) -> None:
    members = zip_mutants.whole(random.Random(0))
    later = zip_mutants.manifest(members, format=2, versions={"nas": "3.1.0"}, signature="of a kind to come")
    (tmp_path / "later.nas.zip").write_bytes(zip_mutants.zipped([later, *members]))
    line = refusal(tmp_path / "later.nas.zip")
    assert "got 2; open it with nas 3.1.0 or a later one" in line


class Counted:
    """A decompressor that counts what all of its kind have unpacked."""

    unpacked = 0
    made = staticmethod(zlib.decompressobj)

    def __init__(self, bits: int) -> None:
        self._stream = self.made(bits)

    def decompress(self, data: bytes, most: int = 0) -> bytes:
        content = self._stream.decompress(data, most)
        Counted.unpacked += len(content)
        return content

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def test_a_bomb_is_not_unpacked_further_than_its_header_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zlib.decompressobj", Counted)
    (tmp_path / "x.nas.zip").write_bytes(dict(HOSTILE)["a bomb whose header tells of 1000 bytes"])
    assert "bomb: must unpack to 1,000 bytes" in refusal(tmp_path / "x.nas.zip")
    assert 0 < Counted.unpacked < 100_000


@pytest.mark.parametrize("name", ["nowhere.nas.zip", "folder", "pipe"])
def test_what_is_no_file_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    refusal(tmp_path / name)


@pytest.mark.parametrize("name", ["../outside.py", "/etc/passwd", "a\\b", "aux.py", "MANIFEST.json", "x/", "a\nb"])
def test_a_member_that_reading_would_refuse_is_not_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must be"):
        write_archive(tmp_path / "x.nas.zip", Contents("x", "winner", {name: b""}))
    assert list(tmp_path.iterdir()) == []


def test_an_archive_may_hold_as_many_bytes_as_reading_takes_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_zip, "MOST_MEMBER_BYTES", 1000)
    write_archive(tmp_path / "full.nas.zip", Contents("x", "winner", {"a": bytes(600), "b": bytes(400)}))
    with pytest.raises(InputError, match="must have at most 1,000 bytes, got 1,001"):
        write_archive(tmp_path / "over.nas.zip", Contents("x", "winner", {"a": bytes(600), "b": bytes(401)}))
    assert [path.name for path in tmp_path.iterdir()] == ["full.nas.zip"]


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full when a file that `write_atomic` writes has to reach it."""

    def fail(number: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("nas.files.os.fsync", fail)


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"mine\.nas\.zip: .*got No space left on device") as caught:
        write_archive(tmp_path / "mine.nas.zip", CONTENTS)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_archive_that_was_there(file: Path, request: pytest.FixtureRequest) -> None:
    before = file.read_bytes()
    request.getfixturevalue("full_disk")
    with pytest.raises(InputError):
        write_archive(file, Contents("other", "winner", {"a": bytes(1000)}))
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert file.read_bytes() == before


def test_extracting_gives_each_member_as_a_file(file: Path, tmp_path: Path) -> None:
    paths = extract(read_archive(file), tmp_path / "new" / "out")
    assert {str(p.relative_to(tmp_path / "new" / "out")): p.read_bytes() for p in paths} == {
        name: content(name) for name in MEMBERS
    }
    assert sorted(p for p in (tmp_path / "new").rglob("*") if p.is_file()) == sorted(paths)


def test_an_empty_folder_is_filled_and_one_that_holds_something_is_refused(file: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    extract(read_archive(file), tmp_path / "out")
    with pytest.raises(InputError, match="must be a new or an empty folder"):
        extract(read_archive(file), tmp_path / "out")


def test_a_full_disk_while_extracting_leaves_nothing(
    file: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    archive = read_archive(file)
    request.getfixturevalue("full_disk")
    with pytest.raises(InputError, match="No space left"):
        extract(archive, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
