"""What a list of studies says of each."""

from nas.study.overview import StudySummary

PLACE = ("mine", "studies/mine", "done", "nas search", {})


def test_a_study_without_a_trained_candidate_tells_its_trials() -> None:
    assert dict(StudySummary(*PLACE, trials=3).found()) == {"trials": "3, 0 of them complete"}


def test_a_study_tells_the_figures_of_its_best_candidate() -> None:
    figures = {"weights_bytes": 2048, "macs": 12345, "flash_bytes": 30720, "latency_ms": 1.234}
    study = StudySummary(*PLACE, trials=9, complete=8, best=4, metric="accuracy", val_score=0.912, figures=figures)
    found = dict(study.found())
    assert found["best so far"] == "trial 4"
    assert found["validation accuracy"] == "91.2 %"
    assert (found["weights"], found["MACs"], found["flash"]) == ("2,048 B", "12,345", "30.0 KB")
    assert found["latency, estimated"] == "1.23 ms"


def test_figures_that_are_not_known_are_told_as_such() -> None:
    found = dict(StudySummary(*PLACE, trials=9, complete=8, best=4, metric="accuracy", val_score=0.912).found())
    assert found["MACs"] == found["weights"] == "-"
    assert "latency, estimated" not in found
