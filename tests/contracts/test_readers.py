"""What holds for every reader of data; a new reader needs a sample here, and no other test for this."""

import io
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from nas.api.data import load_data
from nas.cli.verbs import data as data_verb
from nas.cli.verbs import search as search_verb
from nas.data.dataset import Dataset
from nas.data.options import READER_OPTIONS, DataOptions
from nas.data.source import READERS, Reader, load
from nas.errors import InputError
from nas.study.study import Study

X = np.arange(4 * 8 * 2).reshape(4, 8, 2)
OPTIONS = {
    "window": 8, "stride": 8, "rate_hz": 50.0, "labels": "labels.csv", "channels_first": True,
    "label_column": "label", "group_column": "group", "time_column": "time", "group_regex": "(.*)",
    "classes": "a,b", "unknown_share": 0.1, "silence_share": 0.1,
    "image_size": "8", "image_fit": "cover", "image_color": "grey",
}  # fmt: skip

Write = Callable[[Path, bytes | None], Path]


def write_npz(folder: Path, spoiled: bytes | None) -> Path:
    path = folder / "data.npz"
    if spoiled is None:
        np.savez(path, x_train=X, y_train=[0, 1, 0, 1])
    else:
        path.write_bytes(spoiled)
    return path


def write_table_file(folder: Path, spoiled: bytes | None) -> Path:
    path = folder / "rows.csv"
    lines = ["a,b,label,group"]
    for number, (values, label) in enumerate(zip(X, "abab", strict=True)):
        lines += [f"{a},{b},{label},s{number}" for a, b in values.tolist()]
    path.write_bytes("\n".join(lines).encode() if spoiled is None else spoiled)
    return path


def write_folder(folder: Path, spoiled: bytes | None) -> Path:
    for number, (values, label) in enumerate(zip(X, "abab", strict=True)):
        path = folder / label / f"s{number}.csv"
        path.parent.mkdir(exist_ok=True)
        np.savetxt(path, values, delimiter=",")
    if spoiled is not None:
        path.write_bytes(spoiled)
    return folder


def write_audio(folder: Path, spoiled: bytes | None) -> Path:
    for number, (values, label) in enumerate(zip(X, "abab", strict=True)):
        path = folder / label / f"s{number}.wav"
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, values[:, 0].astype(np.int16), 16000)
    if spoiled is not None:
        path.write_bytes(spoiled)
    return folder


def write_pictures(folder: Path, spoiled: bytes | None) -> Path:
    for number, (values, label) in enumerate(zip(X, "abab", strict=True)):
        path = folder / label / f"picture{number}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(values.astype(np.uint8)).save(path)
    if spoiled is not None:
        path.write_bytes(spoiled)
    return folder


# Each writes the rows X, or their first channel, of two classes in turns, in its reader's format, or `spoiled` in place
# of what it wrote last.
WRITERS: dict[str, Write] = {
    "audio": write_audio, "folder": write_folder, "npz": write_npz, "pictures": write_pictures,
    "table_file": write_table_file,
}  # fmt: skip
# What a reader makes of X, and the type of its numbers, if that is not X as float32.
READ = {"audio": X[..., :1].astype(np.int16), "pictures": X[..., np.newaxis].astype(np.uint8)}


def applicable(reader: Reader, **values: object) -> DataOptions:
    return DataOptions(**{name: value for name, value in values.items() if name in reader.options})


def read(name: str, path: Path) -> Dataset:
    return load(str(path), options=applicable(READERS[name], window=8, stride=8))


def test_every_reader_has_a_sample() -> None:
    assert set(WRITERS) == set(READERS)


@pytest.mark.parametrize("name", READERS)
def test_a_reader_reads_the_rows_of_its_format(name: str, tmp_path: Path) -> None:
    data = read(name, WRITERS[name](tmp_path, None))
    order = data.train.x[:, 0, 0].reshape(len(X), -1)[:, 0].argsort()
    expected = READ.get(name, X.astype(np.float32))
    np.testing.assert_array_equal(data.train.x[order], expected)
    assert data.train.x.dtype == expected.dtype
    assert data.train.y[order].tolist() == [0, 1, 0, 1]
    assert len(data.class_names) == 2


@pytest.mark.parametrize("name", READERS)
def test_a_reader_alone_accepts_its_format(name: str, tmp_path: Path) -> None:
    path = WRITERS[name](tmp_path, None)
    accepting = [other for other, reader in READERS.items() if reader.accepts(path)]
    assert [other for other in accepting if other == name or not READERS[other].any_folder] == [name]


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("spoiled", [b"", b"\0\xff\n", b"no,data\nhere\n"])
def test_damaged_data_are_refused_in_one_line(name: str, spoiled: bytes, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(name, WRITERS[name](tmp_path, spoiled))
    assert "\n" not in str(caught.value)


class Trap:
    """An object that leaves a mark where it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.mark,)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("in_array", [False, True])
def test_no_reader_unpickles_what_a_file_holds(name: str, in_array: bool, tmp_path: Path) -> None:
    mark, buffer = tmp_path / "mark", io.BytesIO()
    if in_array:
        np.savez(buffer, x_train=np.array([Trap(mark)] * 4), y_train=[0, 1, 0, 1])
    else:
        pickle.dump(Trap(mark), buffer)
    (tmp_path / "data").mkdir()
    with pytest.raises(InputError):
        read(name, WRITERS[name](tmp_path / "data", buffer.getvalue()))
    assert not mark.exists()


def test_the_trap_of_these_tests_works(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Trap(tmp_path / "mark")))
    assert (tmp_path / "mark").exists()


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("option", READER_OPTIONS)
def test_a_reader_gets_only_the_options_that_apply_to_it(name: str, option: str, tmp_path: Path) -> None:
    assert READERS[name].options <= set(READER_OPTIONS)
    path = WRITERS[name](tmp_path, None)
    options = DataOptions(**{option: OPTIONS[option]})
    try:
        load(str(path), options=options)
        refused = False
    except InputError as error:
        refused = f"data.{option} applies only to" in str(error)
    assert refused == (option not in READERS[name].options)


def test_a_reader_of_some_folders_is_asked_before_one_of_all_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = load("wine")
    some = Reader(lambda path: path.is_dir(), lambda *_: expected, "a folder of pictures", "FOLDER", "Pictures.")
    monkeypatch.setitem(READERS._load(), "zzz", some)
    assert load(str(write_folder(tmp_path, None))) is expected


@pytest.mark.parametrize("option", READER_OPTIONS)
def test_every_option_of_readers_is_a_flag_of_nas_data_and_nas_search(option: str) -> None:
    for command in (data_verb.describe, search_verb.command):
        assert option in {parameter.name for parameter in command.params}


def test_a_search_reads_its_recordings_by_all_options_of_readers(tmp_path: Path) -> None:
    folder = tmp_path / "rows"
    folder.mkdir()
    for i in range(6):
        np.savetxt(folder / f"{i}.csv", X[0], delimiter=",")
    listed = [f"{i}.csv,{label},s{i}" for i, label in enumerate("xyxyxy")]
    (tmp_path / "mine.csv").write_text("\n".join(["file,label,group", *listed]) + "\n")
    options = {"window": 4, "stride": 2, "labels": str(tmp_path / "mine.csv")}
    study = Study(space="cnn_timeseries", data=str(folder), budget_kb=6, **options)
    splits = load_data(study)
    assert splits.class_names == ("x", "y")
    assert splits.input_shape == (4, 2)
    # Of 8 samples, windows of 4 begin at 0, 2 and 4, in each of the six recordings.
    assert sum(map(len, splits.parts().values())) == 18


def test_labels_are_part_of_a_study_s_definition_only_where_they_are_given() -> None:
    without = Study(space="mlp_tabular", budget_kb=2)
    assert "labels" not in without.definition()
    assert replace(without, labels="mine.csv").definition()["labels"] == "mine.csv"
