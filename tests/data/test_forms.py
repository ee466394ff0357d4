"""Every form and layout of the same signal is read right, or refused in one line that says what to do."""

from pathlib import Path

import forms
import numpy as np
import pytest

from nas.data.dataset import Dataset, Part
from nas.data.options import DataOptions
from nas.data.source import load
from nas.errors import InputError


def read(path: Path, **options: object) -> Dataset:
    form = {} if path.suffix == ".npz" else {"window": forms.WINDOW, "stride": forms.STRIDE}
    return load(str(path), options=DataOptions(**form, **options))


def as_set(x: np.ndarray, labels: list[str], groups: list[str]) -> set[tuple[object, ...]]:
    return {
        (label, group, rows[:, :2].round(4).tobytes()) for rows, label, group in zip(x, labels, groups, strict=True)
    }


def rows_of(part: Part, data: Dataset, grouped: bool) -> set[tuple[object, ...]]:
    groups = part.groups.tolist() if grouped else [""] * len(part)
    return as_set(part.x, [data.class_names[c] for c in part.y], groups)


@pytest.mark.parametrize("name", forms.FORMS)
def test_a_form_of_the_signal_is_read_right(name: str, tmp_path: Path) -> None:
    form = forms.FORMS[name]
    data = read(form.write(tmp_path), **form.options)
    assert data.class_names == forms.CLASSES
    assert data.channel_names == form.names
    assert data.sample_rate_hz == form.rate
    chosen = {
        part: [take for take in forms.takes() if not form.parts or take.part == part]
        for part in (("train", "test") if form.parts else ("train",))
    }
    assert set(data.parts()) == set(chosen)
    for part, takes in chosen.items():
        x, y, groups = forms.expected(takes)
        found = data.parts()[part]
        truth = as_set(x, y.tolist(), groups.tolist() if form.groups else [""] * len(y))
        assert len(found) == len(x)
        assert rows_of(found, data, form.groups) == truth
    assert any(form.note in note for note in data.notes) or not form.note


@pytest.mark.parametrize("name", forms.REFUSED)
def test_a_form_that_cannot_be_read_is_refused_with_the_next_step(name: str, tmp_path: Path) -> None:
    write, message = forms.REFUSED[name]
    with pytest.raises(InputError, match=message) as caught:
        read(write(tmp_path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "classes"),
    [
        ("{label}/{person}.csv", "folders"), ("{person}/{label}.csv", "files"),
        ("train/{label}/{person}.csv", "folders"), ("{label}/{person}/rec1.csv", "outer folders"),
        ("{person}/{label}/rec1.csv", "inner folders"),
    ],
)  # fmt: skip
def test_words_for_activities_tell_classes_from_people_and_that_is_told(
    path: str, classes: str, tmp_path: Path
) -> None:
    for take in forms.takes():
        name = path.format(label=take.label, person=forms.PEOPLE[take.subject])
        forms.put(tmp_path / name, forms.join(forms.cells(take)))
    data = read(tmp_path)
    x, y, groups = forms.expected(forms.takes())
    assert rows_of(data.train, data, True) == as_set(x, y.tolist(), [forms.PEOPLE[group] for group in groups])
    (told,) = [note for note in data.notes if "other way round" in note]
    assert f"{classes} taken for classes (run, walk)" in told
    # What the note says for the other order reads that order.
    other = read(tmp_path, group_regex=told.rpartition("'")[0].rpartition("'")[2])
    assert set(other.class_names) == set(forms.PEOPLE.values())


def test_samples_missing_between_two_others_are_interpolated_and_told(tmp_path: Path) -> None:
    data = read(forms.gaps(tmp_path))
    x, y, groups = forms.expected([forms.line(take) for take in forms.takes()])
    assert rows_of(data.train, data, True) == as_set(x, y.tolist(), groups.tolist())
    assert "samples that were missing, interpolated: 18" in data.notes


def test_no_window_holds_a_longer_gap(tmp_path: Path) -> None:
    for take in forms.takes():
        head, *rows = forms.cells(take)
        for row in rows[18:24]:
            row[1] = ""
        forms.put(tmp_path / take.label / f"{take.subject}.csv", forms.join([head, *rows]))
    data = read(tmp_path)
    assert len(data.train) == 12  # 18 samples before the gap and 16 behind it: one window each
    assert np.isfinite(data.train.x).all()
    assert any("no window" in note for note in data.notes)


def test_windows_with_rows_of_two_classes_are_dropped_and_told(tmp_path: Path) -> None:
    data = read(forms.rows_of_subjects(tmp_path))
    # 80 rows a subject, of which the first 40 are run; windows that begin at 32 hold both.
    assert [int((data.train.groups == subject).sum()) for subject in forms.SUBJECTS] == [8, 8, 8]
    assert "windows with rows of several classes or of none, dropped: 3" in data.notes
    assert len(set(forms.expected(forms.takes())[1])) == len(data.class_names)


def test_a_class_called_none_is_a_class(tmp_path: Path) -> None:
    rows = [[*row[:4], row[4]] for row in forms.whole()[1:]]
    named = [["none" if row[0] == "run" else "NA", *row[1:]] for row in rows]
    forms.put(tmp_path / "all.csv", forms.join([forms.whole()[0], *named]))
    assert read(tmp_path / "all.csv").class_names == ("NA", "none")


def test_rows_of_a_table_without_times_are_examples(tmp_path: Path) -> None:
    lines = ["a,b,label", *(f"{n},{n * n / 7:.3f},{'xy'[n % 2]}" for n in range(8)), "9,,x"]
    (tmp_path / "rows.csv").write_text("\n".join(lines))
    data = load(str(tmp_path / "rows.csv"))
    np.testing.assert_allclose(data.train.x, [[n, round(n * n / 7, 3)] for n in range(8)], rtol=1e-6)
    assert data.train.y.tolist() == [0, 1] * 4
    assert "rows with blank cells left out: 1" in data.notes


def test_a_folder_of_a_class_may_be_a_link(tmp_path: Path) -> None:
    forms.by_class(tmp_path / "real", lambda take: forms.join(forms.cells(take)))
    (tmp_path / "data").mkdir()
    for label in forms.CLASSES:
        (tmp_path / "data" / label).symlink_to(tmp_path / "real" / label)
    (tmp_path / "data" / "run" / "again").symlink_to(tmp_path / "data")
    data = read(tmp_path / "data")
    assert (len(data.train), data.class_names) == (forms.N, forms.CLASSES)


def test_a_cell_of_200_000_characters_is_refused_in_one_line(tmp_path: Path) -> None:
    forms.put(tmp_path / "run" / "s1.csv", f't_ms,a\n0,1\n20,"{"9" * 200_000}x"\n')
    with pytest.raises(InputError, match=r"s1\.csv:3: column a must be a finite number"):
        read(tmp_path)


@pytest.mark.parametrize("times", [("0", "1e300"), ("-1.7e308", "1.7e308"), ("0", "5e-324"), ("1e400", "2e400")])
def test_extreme_times_are_refused_in_one_line(times: tuple[str, str], tmp_path: Path) -> None:
    forms.put(tmp_path / "run" / "s1.csv", f"time_s,a\n{times[0]},1\n{times[1]},2\n")
    with pytest.raises(InputError, match=r"must give a rate|must be a finite number|must increase"):
        read(tmp_path)


def test_a_rate_of_1e9_is_refused(tmp_path: Path) -> None:
    forms.by_class(tmp_path, lambda take: forms.join(forms.cells(take)))
    with pytest.raises(InputError, match=r"rate_hz: must be at most 100 times .*50 Hz, got 1e\+09"):
        read(tmp_path, rate_hz=1e9)


def test_labels_from_a_device_are_refused(tmp_path: Path) -> None:
    forms.by_class(tmp_path, lambda take: forms.join(forms.cells(take)))
    with pytest.raises(InputError, match=r"/dev/null: must be a regular file, got a device"):
        read(tmp_path, labels="/dev/null")


def test_a_column_that_does_not_exist_is_refused_with_the_nearest(tmp_path: Path) -> None:
    forms.put(tmp_path / "all.csv", forms.join(forms.whole()))
    with pytest.raises(InputError, match="must have the column of label_column, got 'activiti'; did you mean activity"):
        read(tmp_path / "all.csv", label_column="activiti")


def test_rows_of_train_csv_and_test_csv_are_examples_of_these_parts(tmp_path: Path) -> None:
    for part, rows in (("train", 8), ("test", 4)):
        lines = ["a,b,subject,Activity", *(f"{n},{n / 4},{n % 3},{'xy'[n % 2]}" for n in range(rows))]
        (tmp_path / f"{part}.csv").write_text("\n".join(lines))
    data = load(str(tmp_path))
    assert (data.train.x.tolist(), data.test.y.tolist()) == ([[n, n / 4] for n in range(8)], [0, 1, 0, 1])
    assert data.train.groups.tolist() == [str(n % 3) for n in range(8)]
