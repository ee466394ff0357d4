"""Fronts of studies side by side, and what is said of studies that do not compare."""

from dataclasses import replace
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from nas.study.comparability import cautions, same_data, same_target, settings_that_differ, shared_metric
from nas.study.comparison import FrontsByCost, fronts_by_cost
from nas.study.costs import COSTS
from nas.study.overview import StudySummary
from nas.study.record import Record, State

WEIGHTS = COSTS["weights"]
STUDY = StudySummary(
    "one", "studies/one", "finished", "", {}, complete=9, seconds=1.0, metric="accuracy", test_score=0.9
)
CANDIDATES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=8)


def candidates(places: list[tuple[int, int]]) -> list[Record]:
    return [
        Record(i, State.COMPLETE, "", {}, {}, 0, profiled={"weights_bytes": cost}, val_metrics={"accuracy": score / 10})
        for i, (cost, score) in enumerate(places)
    ]


def compared(*studies: list[tuple[int, int]], comparable: bool = True) -> FrontsByCost:
    (fronts,) = fronts_by_cost([candidates(places) for places in studies], [(WEIGHTS, comparable)])
    return fronts


@given(CANDIDATES, CANDIDATES)
def test_a_step_has_the_best_candidate_of_each_study_within_its_cost(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    for cost, best in compared(one, other).steps():
        for places, record in zip((one, other), best, strict=True):
            scores = [score / 10 for spent, score in places if spent <= cost]
            assert (None if record is None else record.val_score) == max(scores, default=None)


@given(CANDIDATES, CANDIDATES)
def test_a_candidate_leads_if_no_other_of_any_study_beats_it(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    fronts, places = compared(one, other), {*one, *other}
    for record in (record for members in fronts.fronts for record in members):
        own = int(WEIGHTS.of(record) or 0), round(10 * (record.val_score or 0))
        beaten = any(cost <= own[0] and score >= own[1] and (cost, score) != own for cost, score in places)
        assert fronts.leads(record) is not beaten


def test_few_steps_of_many_keep_the_cheapest_and_the_dearest() -> None:
    fronts = compared([(i, i) for i in range(10)], [])
    shown = [cost for cost, _ in fronts.steps(4)]
    assert (shown[0], shown[-1], len(shown)) == (0.0, 9.0, 4)


def test_no_study_is_the_best_where_they_do_not_compare() -> None:
    fronts = compared([(1, 5)], [(1, 6)], comparable=False)
    ((_, records),) = fronts.steps()
    assert not fronts.best_of(records)
    assert not any(fronts.leads(record) for members in fronts.fronts for record in members)
    assert compared([(1, 5)], [(1, 6)]).best_of(records) == {1}


def test_what_differs_is_said() -> None:
    two = [STUDY, replace(STUDY, name="two")]
    said = {
        "data": "do not compare",
        "window": "rows of its own",
        "seed": "rows of its own",
        "budget_kb": "equal cost",
        "target": "different targets",
        "objective": "something else",
        "epochs": "in its own way",
    }
    for setting, words in said.items():
        (told,) = cautions(two, {setting: (1, 2)})
        assert told.startswith(f"{setting} differs: ")
        assert words in told
    assert not cautions(two, {"final_epochs": (1, 2)})
    both = cautions(two, {"budget_kb": (1, 2), "ram_kb": (1, 2)})
    assert both[0].startswith("budget_kb and ram_kb differ: ")


def test_data_and_space_are_judged_by_their_content_where_it_is_known() -> None:
    one = {"data": "d.npz", "space": "x.toml", "seed": 0, "data content": "d", "space content": "s"}
    other = one | {"data content": "e"}
    assert settings_that_differ(one, other) == ("data content",)
    assert not same_data(settings_that_differ(one, other))
    (told,) = cautions([STUDY, replace(STUDY, name="two")], {"data content": ("d", "e")})
    assert told.startswith("the content of the data differs: scores on other data do not compare")
    assert settings_that_differ(one, one | {"data": "copy.npz", "space": "copy.toml"}) == ()
    # What another seed, path or space explains is said once.
    assert settings_that_differ(one, other | {"seed": 1}) == ("seed",)
    assert settings_that_differ(one, other | {"data": "e.npz", "space": "y", "space content": "t"}) == ("data", "space")
    assert settings_that_differ(one, one | {"space content": "t"}) == ("space content",)
    # Earlier releases kept no digests.
    earlier = {"data": "d.npz", "space": "x.toml", "seed": 0}
    assert settings_that_differ(earlier, one) == settings_that_differ(earlier, other) == ()
    assert settings_that_differ(earlier, one | {"data": "e.npz"}) == ("data",)


def test_studies_on_other_data_or_for_other_targets_do_not_compare() -> None:
    for data, target in product(("data", "seed"), ("target", "budget_kb")):
        differing = {data, target}
        assert same_data(differing) is (data != "data")
        assert same_target(differing) is (target != "target")


def test_studies_with_different_metrics_are_compared_by_accuracy_which_is_said() -> None:
    other = replace(STUDY, name="two", metric="macro_f1")
    assert (shared_metric([STUDY, other]), shared_metric([other, other])) == ("accuracy", "macro_f1")
    (told,) = cautions([STUDY, other], {})
    assert "one by accuracy and two by macro-F1" in told


def test_searches_of_different_length_and_without_a_winner_are_said() -> None:
    told = cautions([STUDY, replace(STUDY, name="two", complete=20, test_score=None, state="running")], {})
    assert told == (
        "the searches are of different length: trained to the end are one 9 and two 20 candidates",
        "two has no winner yet (running)",
    )
    (kept,) = cautions([STUDY, replace(STUDY, name="two", seconds=None)], {})
    assert "of two only results.json is here" in kept


def test_no_metric_is_said_to_be_that_of_studies_of_different_tasks() -> None:
    studies = [STUDY, replace(STUDY, name="two", metric="rmse")]
    assert [text for text in cautions(studies, {}) if "only studies of classification have" in text]
    same = [replace(STUDY, metric="r2"), studies[1]]
    assert [text for text in cautions(same, {}) if "drawn by RMSE, which all have" in text]
