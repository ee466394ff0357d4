"""The best candidates, kept up to date: the same as those of ranking all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.optimizer.judge import Judge
from nas.optimizer.leaders import Leaders
from nas.study.costs import front
from nas.study.objectives import OBJECTIVES, ObjectiveContext
from nas.study.record import Record, State
from nas.target.budget import Budget

POINTS = st.lists(st.tuples(st.integers(0, 8), st.integers(1, 8)), max_size=30)


def complete(trial: int, score: int, size: int) -> Record:
    facts = {"weights_bytes": size}
    return Record(*(trial, State.COMPLETE, f"{trial}", {}, {}, 0), profiled=facts, val_metrics={"accuracy": score / 8})


@pytest.mark.parametrize("name", ["accuracy", "weighted", "pareto-weights"])
@given(points=POINTS, count=st.integers(1, 5), pieces=st.integers(1, 7))
def test_the_leaders_are_those_of_ranking_all_candidates(
    name: str, points: list[tuple[int, int]], count: int, pieces: int
) -> None:
    objective = OBJECTIVES[name]
    judge = Judge(objective, ObjectiveContext(8, 0.7), "accuracy", Budget())
    records = [complete(trial, *point) for trial, point in enumerate(points)]
    leaders = Leaders(judge, count)
    for end in range(0, len(records), pieces):
        leaders.among(records[:end])
    eligible = front(records, objective.costs) if objective.is_pareto else records
    ranked = sorted(eligible, key=lambda record: objective.order(record, judge.score(record)))
    assert leaders.among(records) == ranked[:count]
