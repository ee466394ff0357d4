"""Loading data by name or path, and the sources that come with the package."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import RidgeClassifier

from nas.data.options import DataOptions
from nas.data.prepared import prepare
from nas.data.source import SOURCES, load
from nas.data.splits import split
from nas.errors import InputError


@pytest.mark.parametrize("name", list(SOURCES))
def test_every_source_splits_into_parts_with_every_class(name: str) -> None:
    splits = split(load(name, seed=1), 1)
    for part in splits.parts().values():
        if part.y.ndim == 1:  # targets of a regression have no classes
            assert set(part.y) == set(range(len(splits.class_names)))
        assert np.isfinite(part.x).all()


@pytest.mark.parametrize("name", list(SOURCES))
def test_the_same_seed_gives_the_same_data(name: str) -> None:
    assert split(load(name, seed=5), 5).digest == split(load(name, seed=5), 5).digest


@pytest.mark.parametrize("name", list(SOURCES))
def test_every_source_has_a_summary(name: str) -> None:
    assert (SOURCES[name].__doc__ or "").strip().partition("\n")[0].endswith(".")


def test_digits_are_those_of_scikit_learn() -> None:
    data = load("digits")
    np.testing.assert_array_equal(data.train.x[..., 0], load_digits().images)
    np.testing.assert_array_equal(data.train.y, load_digits().target)


def test_synthetic_data_have_many_subjects_and_change_with_the_seed() -> None:
    data = load("synthetic", seed=0)
    assert len(set(data.train.groups.tolist())) >= 24
    assert len(data.class_names) >= 6
    assert split(data, 0).digest != split(load("synthetic", seed=1), 0).digest


def test_synthetic_standing_subjects_measure_1_g_at_any_tilt_of_the_sensor() -> None:
    data = load("synthetic", seed=0)
    resting = data.train.x[data.train.y == data.class_names.index("standing"), :, :3].mean(axis=1)
    np.testing.assert_allclose(np.linalg.norm(resting, axis=1), 1.0, atol=0.2)
    assert resting.std(axis=0).max() > 0.1


@pytest.mark.parametrize("features", ["samples", "mean and spread"])
def test_a_linear_model_does_better_than_chance_on_synthetic_activities_but_not_well(features: str) -> None:
    data = prepare(split(load("synthetic", seed=0), 0))

    def flat(x: np.ndarray) -> np.ndarray:
        return x.reshape(len(x), -1) if features == "samples" else np.concatenate([x.mean(1), x.std(1)], axis=1)

    model = RidgeClassifier(alpha=100).fit(flat(data.train.x), data.train.y)
    accuracy = model.score(flat(data.test.x), data.test.y)
    assert (data.test.y == data.train.majority).mean() < accuracy < 0.7


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("synthetik", "did you mean synthetic"),
        ("nosuchdir", "nosuchdir: no such file or folder, and no data of this name"),
        ("nowhere/data.npz", "no such file or folder"),
        ("data.npz", "no such file or folder"),
        (str(Path(__file__)), "a folder of recordings or an .npz file"),
    ],
)
def test_a_missing_source_is_refused_with_the_reason(source: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load(source)


@pytest.mark.parametrize("source", ["synthetic", "data.npz"])
def test_an_option_that_does_not_apply_to_the_source_is_refused(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    np.savez("data.npz", x_train=np.zeros((4, 6, 2)), y_train=[0, 1, 0, 1])
    with pytest.raises(
        InputError, match=r"data.window applies only to .*a folder of recordings or a CSV or Excel file; leave it out"
    ):
        load(source, options=DataOptions(window=64))


@pytest.mark.parametrize(
    "wrong", [{"window": 0}, {"stride": -1}, {"rate_hz": 0}, {"rate_hz": float("nan")}, {"val_fraction": 0.9}]
)
def test_options_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match=f"data.{next(iter(wrong))}: must be"):
        DataOptions(**wrong)


def test_a_name_comes_before_a_folder_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wine").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load("wine").source == "wine"
    with pytest.raises(InputError, match="recordings"):
        load("./wine")
