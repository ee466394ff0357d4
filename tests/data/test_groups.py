"""Groups from the names of files: one group for every name that may mean the same subject."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.data.groups import expression_for, groups_of, matched_groups
from nas.errors import InputError

CLASSES = ("walk", "Stairs_Up", "sitting")


def write_subject(number: int, style: int) -> str:
    return (f"p{number:02d}", f"P{number}", f"p_{number}", f"p-{number:03d}")[style]


def write_name(subject: str, label: str, take: int, form: int) -> str:
    """The name of one recording as somebody might write it."""
    label = (label, label.upper(), label.replace("_", "-"), label.replace("_", ""))[take % 4]
    return (
        f"{label}_{subject}_take{take}", f"{subject}_{label}_{take}", f"{label}-{subject}", f"{subject}.{label}.{take}",
        f"{take}_{label} {subject}", f"rec{take}-{subject}-{label}",
    )[form]  # fmt: skip


RECORDINGS = st.tuples(
    st.integers(1, 12), st.integers(0, 3), st.sampled_from(CLASSES), st.integers(1, 5), st.integers(0, 5)
)


@given(st.lists(RECORDINGS, min_size=1, max_size=20))
def test_a_subject_is_one_group_however_class_take_delimiters_and_capitals_are_written(
    recordings: list[tuple[int, int, str, int, int]],
) -> None:
    names = [
        write_name(write_subject(number, style), label, take, form) for number, style, label, take, form in recordings
    ]
    found = groups_of(names, [label for _, _, label, _, _ in recordings])
    numbers = [number for number, *_ in recordings]
    assert len(set(zip(numbers, found, strict=True))) == len(set(numbers)) == len(set(found)), names


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("sub_07_trial2", "sub_07"), ("sub_07", "sub_07"), ("acc_exp01_user12", "user12"), ("S02E1", "S02"),
        ("subject-A_left", "subject-A"), ("anna3-left", "anna3"), ("anna", "anna"), ("anna_left", "anna_left"),
        ("anna_take2", "anna"), ("07 trial", "07"), ("p1.walk.2", "p1"), ("s1_p05", "p05"), ("rec_3", "rec_3"),
        ("2024-05-01_12-30", "2024-05-01"), ("0a7c2a8d_nohash_1", "0a7c2a8d"), ("recUser01", "User01"),
    ],
)  # fmt: skip
def test_the_group_of_a_single_name(name: str, group: str) -> None:
    assert groups_of([name], ["swim"]) == [group]


@pytest.mark.parametrize("name", ["walking_p02", "p02_walk", "WALKS-p02", "p02 Walked", "walk_p02_walk"])
def test_forms_of_a_class_s_word_are_no_part_of_the_group(name: str) -> None:
    assert groups_of([name], ["walking"]) == ["p02"]


def test_words_of_three_letters_mean_the_class_and_shorter_ones_do_not() -> None:
    assert groups_of(["run_7", "running_8"], ["running", "run"]) == ["7", "8"]
    assert groups_of(["s_go_1"], ["gos"]) == ["s_go_1"]


def test_a_word_that_only_begins_like_the_class_stays() -> None:
    assert groups_of(["walker_1", "run_2"], ["walk", "run"]) == ["walker_1", "2"]


def test_of_two_letters_for_people_the_one_with_more_numbers_names_the_subject() -> None:
    names = [f"s{session}_p{subject}" for session in (1, 2) for subject in range(1, 6)]
    assert groups_of(names, ["walk"] * 10) == ["p1", "p2", "p3", "p4", "p5"] * 2


@pytest.mark.parametrize(
    ("people", "sessions", "form"),
    [
        (4, 6, "p{}_s{}"),
        (4, 4, "P{}-S{}"),
        (3, 10, "p{}_s{}"),
        (4, 6, "id{}_s{}"),
        (5, 2, "s{}_p{}"),
        (4, 6, "xP{}Step1_s{}"),
    ],
)
def test_letters_that_cross_are_refused_with_an_expression_for_each(people: int, sessions: int, form: str) -> None:
    pairs = [(person, session) for person in range(1, people + 1) for session in range(1, sessions + 1)]
    names = [form.format(*pair) for pair in pairs]
    with pytest.raises(InputError, match="may each be the person") as error:
        groups_of(names, ["walk"] * len(names))
    assert "\n" not in str(error.value)
    numbers = [
        [int(re.sub(r"\D", "", group)) for group in matched_groups([f"p9s9/{name}.csv" for name in names], expression)]
        for expression in str(error.value).split("'")[1::2]
    ]
    assert sorted(numbers) == sorted([[person for person, _ in pairs], [session for _, session in pairs]])


@pytest.mark.parametrize("form", ["vp{}_s{}", "pp{}_s{}", "user{}_s{}", "subject{}_p{}_s{}"])
def test_clear_words_for_people_come_before_letters_whatever_their_numbers(form: str) -> None:
    pairs = [(person, session) for person in range(4) for session in range(6)]
    found = groups_of([form.format(*pair, pair[1]) for pair in pairs], ["walk"] * 24)
    assert [int(re.sub(r"\D", "", group)) for group in found] == [person for person, _ in pairs]


def test_of_two_letters_the_larger_groups_are_taken_where_the_others_lie_in_them() -> None:
    names = [f"p{number // 3}_s{number}" for number in range(12)]
    assert groups_of(names, ["walk"] * 12) == [f"p{number // 3}" for number in range(12)]
    one_person = [f"p1_s{number}" for number in range(4)]
    assert groups_of(one_person, ["walk"] * 4) == ["s0", "s1", "s2", "s3"]


@pytest.mark.parametrize(
    "form",
    [
        "{}_2024-03-0{}",
        "{}_2024030{}",
        "2024-03-0{1}_{0}",
        "{}_0{}.03.2024",
        "{} 2024-03-0{}T10-20-30",
        "{}_2024_03_0{}",
    ],
)
def test_days_in_names_are_no_part_of_the_group(form: str) -> None:
    pairs = [(person, day) for person in ("anna", "bo") for day in range(1, 6)]
    assert (
        groups_of([form.format(*pair) for pair in pairs] * 2, ["walk"] * 10 + ["run"] * 10)
        == [person for person, _ in pairs] * 2
    )


def test_days_are_groups_where_names_tell_nothing_else() -> None:
    names = ["phone_2024-03-01", "phone_2024-03-02", "walk_2024-03-01"]
    assert groups_of(names[:2], ["walk"] * 2) == names[:2]
    assert groups_of(names[2:], ["walk"]) == ["2024-03-01"]


def test_two_words_before_numbers_are_people_if_both_occur_with_several_numbers_and_classes() -> None:
    names = [f"{person}_{take}" for person in ("anna", "bo") for take in (1, 2)]
    assert groups_of(names * 2, ["walk"] * 4 + ["run"] * 4) == ["anna", "anna", "bo", "bo"] * 2
    assert groups_of(names, ["walk", "walk", "run", "run"]) == names


def test_words_before_a_number_are_people_if_several_differ() -> None:
    names = ["anna_1", "anna_2", "bo_1", "bo_2", "eve_1"]
    assert groups_of(names, ["walk"] * 5) == ["anna", "anna", "bo", "bo", "eve"]
    assert groups_of(["data_1", "data_2", "data_3"], ["walk"] * 3) == ["data_1", "data_2", "data_3"]


def test_a_class_that_is_a_number_is_left_out_where_all_its_files_have_it_at_one_place() -> None:
    assert groups_of(["1_7", "1_8", "2_7", "2_8"], ["1", "1", "2", "2"]) == ["7", "8", "7", "8"]
    assert groups_of(["1_1", "2_1", "3_1", "1_2", "2_2"], ["1", "1", "1", "2", "2"]) == ["1", "2", "3", "1", "2"]


@given(st.lists(st.text(), min_size=1, max_size=5), st.text())
def test_any_name_gets_a_group_that_depends_on_nothing_but_names_and_labels(names: list[str], label: str) -> None:
    found = groups_of(names, [label] * len(names))
    assert found == groups_of(names, [label] * len(names))
    assert all(found) or not all(names)


def test_a_regular_expression_names_the_group_in_the_path() -> None:
    paths = ["walk/xA1-9.csv", "run/xB2-9.csv"]
    assert matched_groups(paths, r"x(\w)") == ["A", "B"]
    assert matched_groups(paths, r"(x)\w(?P<group>\d)") == ["1", "2"]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(p", "must be a regular expression: missing ), unterminated subpattern"),
        (r"p\d+", "must hold a group in parentheses"),
        (r"(p\d+)", "must match every recording; 1 do not match '(p\\\\d+)', got run/anna.csv"),
        (r"(p?)", "must match every recording; 2 do not match"),
    ],
)
def test_a_regular_expression_that_does_not_name_every_group_is_refused(pattern: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        matched_groups(["walk/p1.csv", "run/anna.csv"], pattern)
    assert message in str(error.value)


def test_groups_of_a_folder_span_the_classes_although_file_names_begin_with_the_class(tmp_path: Path) -> None:
    from nas.data.options import DataOptions
    from nas.data.source import load

    for label in ("walk", "run"):
        for subject in range(3):
            path = tmp_path / label / f"{label}_p{subject}_take1.csv"
            path.parent.mkdir(exist_ok=True)
            path.write_text("a,b\n" + "\n".join(f"{i % 7},{i % 5}" for i in range(20)))
    data = load(str(tmp_path), options=DataOptions(window=8)).train
    assert {g: set(data.y[data.groups == g].tolist()) for g in set(data.groups.tolist())} == {
        "p0": {0, 1}, "p1": {0, 1}, "p2": {0, 1}
    }  # fmt: skip


@pytest.mark.parametrize("form", ["{label}/left_{name}.csv", "{label}/{name}_left.csv", "d/{label}/a-b {name}.x.csv"])
def test_an_expression_is_found_that_names_subjects_who_did_several_classes(form: str) -> None:
    pairs = [(name, label) for name in ("anna", "bo", "eve") for label in ("walk", "run")]
    paths = [form.format(name=name, label=label) for name, label in pairs]
    expression = expression_for(paths, [label for _, label in pairs])
    assert expression is not None
    assert matched_groups(paths, expression) == [name for name, _ in pairs]


def test_no_expression_is_found_where_no_word_spans_classes() -> None:
    assert (
        expression_for(["walk/a.csv", "walk/b.csv", "run/c.csv", "run/d.csv"], ["walk", "walk", "run", "run"]) is None
    )
    assert expression_for([], []) is None


def test_subjects_whom_the_names_hide_are_mended_by_the_command_of_the_verdict(tmp_path: Path) -> None:
    import numpy as np

    from nas.data.describe import describe
    from nas.data.options import DataOptions
    from nas.data.source import load

    people = ("anna", "bo", "cy", "di", "eve", "flo")
    for number, (person, label) in enumerate((p, c) for p in people for c in ("walk", "run")):
        path = tmp_path / label / f"phone_{person}_{'ab'[number % 2]}{label[0]}.csv"
        path.parent.mkdir(exist_ok=True)
        np.savetxt(path, np.random.default_rng(number).normal(size=(40, 3)), delimiter=",", header="x,y,z", comments="")
    before = describe(load(str(tmp_path), options=DataOptions(window=8)), 0, DataOptions(window=8))
    [finding] = [finding for finding in before.findings if finding.kind == "one_class_groups"]
    options = DataOptions(window=8, **finding.options)
    after = load(str(tmp_path), options=options)
    assert set(after.train.groups.tolist()) == set(people)
    assert "one_class_groups" not in {finding.kind for finding in describe(after, 0, options).findings}


@pytest.mark.parametrize(
    ("names", "told"),
    [(("rec0", "rec1"), True), (("001", "002"), True), (("anna", "bo", "eve"), False), (("s1", "s2"), False)],
)
def test_groups_that_are_numbers_of_files_are_told(tmp_path: Path, names: tuple[str, ...], told: bool) -> None:
    import numpy as np

    from nas.data.describe import describe
    from nas.data.options import DataOptions
    from nas.data.source import load

    for label in ("rest", "run"):
        for number, name in enumerate(names):
            file = tmp_path / label / f"{name}_1.csv" if name.isalpha() else tmp_path / label / f"{name}.csv"
            file.parent.mkdir(exist_ok=True)
            rows = np.random.default_rng(number).normal(size=(300, 2))
            file.write_text("\n".join(["a,b", *(f"{a:.4f},{b:.4f}" for a, b in rows)]))
    options = DataOptions(window=16)
    found = describe(load(str(tmp_path), options=options), 0, options).findings
    assert ("numbered_files" in {finding.kind for finding in found}) == told
