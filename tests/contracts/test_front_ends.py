"""What holds for every front-end; an addition needs no test of its own for this."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from nas.arrays import Floats
from nas.data.dataset import Dataset, Part
from nas.data.prepared import prepare
from nas.data.splits import Splits, split
from nas.errors import InputError
from nas.signal.device_cost import DeviceCost
from nas.signal.front_end import FRONT_ENDS, FrontEnd, read_front_end
from nas.signal.kind import Kind, as_input
from nas.signal.raw import RAW
from nas.space.architecture import Architecture
from nas.space.blocks.dense import Dense

SHAPES = {Kind.TABLE: (20,), Kind.WINDOW: (1000, 3), Kind.IMAGE: (12, 12, 1)}


def rows(kind: Kind, count: int = 6) -> Floats:
    return np.random.default_rng(0).normal(2, 3, (count, *SHAPES[kind])).astype(np.float32)


def accepted(front_end: FrontEnd) -> list[Kind]:
    """The kinds of rows that a front-end takes; it refuses the others by an InputError."""
    kinds = []
    for kind, shape in SHAPES.items():
        try:
            front_end.shape(shape)
        except InputError:
            continue
        kinds.append(kind)
    return kinds


CASES = [(name, kind) for name in FRONT_ENDS for kind in accepted(FRONT_ENDS[name]())]


def test_every_front_end_takes_some_kind_of_row() -> None:
    assert {name for name, _ in CASES} == set(FRONT_ENDS)


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_features_have_the_shape_and_names_that_were_announced(name: str, kind: Kind) -> None:
    front_end = FRONT_ENDS[name]().fitted(rows(kind))
    features = front_end.apply(rows(kind))
    assert features.shape == (6, *front_end.shape(SHAPES[kind]))
    assert features.dtype == np.float32
    names = tuple(f"c{i}" for i in range(SHAPES[kind][-1]))
    assert len(front_end.channel_names(names)) in (0, features.shape[-1])


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_the_same_rows_give_the_same_features(name: str, kind: Kind) -> None:
    x = rows(kind)
    one, two = (FRONT_ENDS[name]().fitted(x).apply(x) for _ in range(2))
    assert one.tobytes() == two.tobytes()
    assert x.tobytes() == rows(kind).tobytes()


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_the_features_of_a_row_depend_on_no_other_row(name: str, kind: Kind) -> None:
    x = rows(kind)
    front_end = FRONT_ENDS[name]().fitted(x)
    together = front_end.apply(x)
    for i in range(len(x)):
        np.testing.assert_array_equal(front_end.apply(x[i : i + 1])[0], together[i])


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_the_cost_is_a_whole_number_or_unknown(name: str, kind: Kind) -> None:
    macs = FRONT_ENDS[name]().macs(SHAPES[kind])
    assert macs is None or (isinstance(macs, int) and macs >= 0)


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_training_features_are_scaled_to_mean_0_and_std_1_by_the_training_rows_alone(name: str, kind: Kind) -> None:
    x, y = rows(kind, 90), np.tile([0, 1], 45)
    groups = np.repeat(np.arange(9), 10)
    splits = split(Dataset("here", Part(x, y, groups), ("a", "b")), 0)
    data = prepare(splits, FRONT_ENDS[name]())
    axes = tuple(range(data.train.x.ndim - 1))
    np.testing.assert_allclose(data.train.x.mean(axis=axes, dtype=np.float64), 0, atol=1e-5)
    std = data.train.x.std(axis=axes, dtype=np.float64)
    np.testing.assert_allclose(std[std > 0], 1, atol=1e-4)
    assert (std > 0).any()
    assert prepare(moved(splits), FRONT_ENDS[name]()).scaling == data.scaling


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_what_is_learned_from_training_rows_is_kept(name: str, kind: Kind) -> None:
    front_end, x = FRONT_ENDS[name](), rows(kind)
    fitted = front_end.fitted(x)
    assert fitted.fitted(x * 100) == fitted == type(front_end)(**front_end.learned(x))


def moved(splits: Splits) -> Splits:
    """The same training rows beside other validation and test rows."""
    val, test = (replace(part, x=part.x * 3 + 5) for part in (splits.val, splits.test))
    return replace(splits, val=val, test=test)


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_an_architecture_keeps_its_front_end_in_json(name: str) -> None:
    (kind, *_) = accepted(FRONT_ENDS[name]())
    front_end = FRONT_ENDS[name]().fitted(rows(kind))
    assert read_front_end(front_end.to_json(), "here") == front_end
    architecture = Architecture("mine", SHAPES[kind], 3, (Dense(),), front_end=front_end)
    assert Architecture.from_json(architecture.to_json()) == architecture
    assert architecture.lower().tensors[0].shape[1:] == as_input(front_end.shape(SHAPES[kind]))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("raw", "here: must be a table with the key front_end"),
        ({"front_end": "row"}, "unknown front-end 'row'; did you mean raw"),
        ({"front_end": "raw", "width": 3}, "unknown key 'width'"),
    ],
)
def test_a_wrong_front_end_is_refused(data: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_front_end(data, "here")


@dataclass(frozen=True, slots=True)
class Halved(FrontEnd):
    """Every second sample of a window."""

    offset: int = 0

    def shape(self, row_shape: tuple[int, ...]) -> tuple[int, ...]:
        return ((row_shape[0] - self.offset + 1) // 2, *row_shape[1:])

    def apply(self, x: Floats) -> Floats:
        return x[:, self.offset :: 2]

    def channel_names(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return names

    def macs(self, row_shape: tuple[int, ...]) -> int | None:
        return None

    def cost(self, row_shape: tuple[int, ...], core: str) -> DeviceCost:
        return DeviceCost()


@pytest.fixture
def halved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FRONT_ENDS._load(), "halved", Halved)


@pytest.mark.usefixtures("halved")
def test_the_network_behind_another_front_end_reads_its_features_and_has_another_digest() -> None:
    fronts = (RAW, Halved(), Halved(offset=1))
    raw, even, odd = (Architecture("mine", (1000, 3), 4, (Dense(),), front_end=f) for f in fronts)
    assert even.lower().tensors[0].shape == odd.lower().tensors[0].shape == (1, 1, 500, 3)
    assert len({raw.digest(), even.digest(), odd.digest()}) == 3
    assert "front_end" not in raw.to_json()
    assert Architecture.from_json(odd.to_json()) == odd
