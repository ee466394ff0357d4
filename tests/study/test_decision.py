"""Why a winner won: the sentence must follow from the scores, whatever the time allowed."""

import pytest

from nas.study.decision import by_rank, sentence, why_won
from nas.study.finals import Final, Finalist
from nas.study.record import Record, State
from nas.study.result import Trained


def record(trial: int, score: float = 0.9, weights: int = 3000) -> Record:
    return Record(
        trial=trial,
        state=State.COMPLETE,
        digest="d",
        params={},
        architecture={},
        seed=1,
        profiled={"weights_bytes": weights},
        val_metrics={"accuracy": score},
        values=(score,),
        history={"loss": (1.0,)},
    )


def winner(trial: int, *finalists: Finalist) -> Trained:
    return Trained(record(trial), finalists=finalists)


LEADER = Finalist(7, 0.92, 3000, (0.90, 0.91, 0.914), 0.908)
SECOND = Finalist(12, 0.916, 3000, (0.91, 0.912, 0.914), 0.912)
NOT_RUN = Finalist(3, 0.9, 3000)


def test_a_winner_that_did_not_lead_the_search_is_set_beside_the_one_that_did() -> None:
    assert why_won(winner(12, LEADER, SECOND)) == (
        "trial 12 won: best mean accuracy of 3-fold cross-validation, 91.2 %, of the 2 finalists; "
        "trial 7, ahead in the search by 0.4 points, reached 90.8 %"
    )


def test_it_is_said_how_many_of_the_best_could_not_be_compared() -> None:
    told = why_won(winner(12, LEADER, SECOND, NOT_RUN))
    assert ", of the 2 finalists; " in told
    assert told.endswith("; 1 of the 3 best candidates could not be compared")


def test_of_one_finalist_alone_no_comparison_is_claimed() -> None:
    told = why_won(winner(7, LEADER, NOT_RUN))
    assert "time to cross-validate only this one of the 2 best candidates" in told
    assert "best mean" not in told


def test_a_winner_that_led_the_search_too_is_set_beside_the_second() -> None:
    assert why_won(winner(12, SECOND, LEADER)).endswith("; trial 7 is second with 90.8 %")


def test_without_a_cross_validation_the_search_s_score_decided() -> None:
    assert why_won(winner(3, NOT_RUN)) == (
        "trial 3 won: best score in the search, validation accuracy 90.0 %; no candidate was cross-validated"
    )


def test_a_smaller_network_that_wins_with_a_lower_accuracy_is_said_to_win_by_its_size() -> None:
    large = Finalist(7, 0.92, 6000, (0.915,) * 3, 0.905)
    told = why_won(winner(12, large, SECOND))
    assert "which weighs accuracy against size" in told
    assert "91.2 % with 3,000 B of weights; trial 7 reached 91.5 % with 6,000 B of weights" in told


def test_equal_means_are_said_to_be_equal() -> None:
    twin = Finalist(20, 0.91, 3100, SECOND.fold_scores, SECOND.final_score)
    assert why_won(winner(12, SECOND, twin)).endswith(
        "trial 20 is second with 91.2 % too; of equal ones the smaller wins, then the earlier"
    )


def test_studies_of_earlier_releases_are_explained_by_their_folds_alone() -> None:
    entries = tuple({"trial": t, "val_score": s, "val_accuracy": s} for t, s in ((7, 0.8), (12, 0.9), (7, 0.9)))
    told = why_won(Trained(record(12), entries))
    assert "90.0 %, of the 2 finalists; trial 7 is second with 85.0 %" in told


def test_nothing_is_said_where_nothing_is_known() -> None:
    assert sentence(Trained(record(1))) == ""


def test_a_finalist_has_the_folds_of_its_own_trial_in_their_order() -> None:
    folds = [Final(record(7, 0.8), 1), Final(record(12, 0.1), 0), Final(record(7, 0.6), 0)]
    one = Finalist.of(record(7, 0.95, weights=1234), folds)
    assert (one.val_score, one.weights_bytes, one.fold_scores) == (0.95, 1234, (0.6, 0.8))
    assert one.final_score == pytest.approx(0.7)


def test_the_winner_ranks_first_and_those_without_a_cross_validation_have_no_rank() -> None:
    assert [one.trial for one in by_rank(winner(12, LEADER, NOT_RUN, SECOND))] == [12, 7]


def test_finalists_survive_the_way_to_json_and_back() -> None:
    trained = winner(12, LEADER, SECOND)
    assert Trained.from_json(trained.to_json()) == trained


def test_of_the_only_finalist_no_choice_is_claimed() -> None:
    told = why_won(winner(7, LEADER))
    assert told == ("trial 7 won: it is the only finalist; in 3-fold cross-validation its mean accuracy is 90.8 %")
    assert sentence(winner(7, LEADER)) == f"T{told[1:]}."
