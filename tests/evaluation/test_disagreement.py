"""Where float and int8 answers differ: equal to a search through all rows."""

import numpy as np
import pytest
from evaluation_sample import sample
from hypothesis import given, settings
from hypothesis import strategies as st

from nas.evaluation.disagreement import MOST_ROWS, disagree


@settings(max_examples=25)
@given(st.integers(0, 1000))
def test_rows_with_another_answer_are_counted_by_their_pair_of_classes(seed):
    part, before, after = sample(seed)
    found = disagree(before, after, part)
    pairs = [(int(b.argmax()), int(a.argmax())) for b, a in zip(before, after, strict=True)]
    other = [(pair, y) for pair, y in zip(pairs, part.y, strict=True) if pair[0] != pair[1]]
    assert found.rows == len(other)
    assert {(one.before, one.after): one.rows for one in found.pairs} == {
        pair: sum(each == pair for each, _ in other) for pair, _ in other
    }
    assert [one.rows for one in found.pairs] == sorted((one.rows for one in found.pairs), reverse=True)
    assert found.only_float_right == sum(pair[0] == y for pair, y in other)
    assert found.only_int8_right == sum(pair[1] == y for pair, y in other)


def test_the_rows_with_the_largest_difference_come_first():
    part, before, after = sample(1)
    found = disagree(before, after, part)
    differences = np.abs(before - after).max(1)
    assert [one.largest for one in found.largest] == pytest.approx(sorted(differences, reverse=True)[:MOST_ROWS])
    assert found.mean_difference == pytest.approx(differences.mean())
    for one in found.largest:
        assert one.largest == pytest.approx(differences[one.row])
        assert (one.true, one.group) == (part.y[one.row], part.groups[one.row])
        assert (one.before, one.after) == (before[one.row].argmax(), after[one.row].argmax())
        assert one.confidence_before == before[one.row].max()


def test_equal_answers_do_not_disagree():
    part, before, _ = sample(2)
    found = disagree(before, before, part)
    assert (found.rows, found.pairs, found.mean_difference) == (0, (), 0.0)
