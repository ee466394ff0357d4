"""The report's sections on the winner: how good it is and where it errs, what it is, and what it needs."""

from collections.abc import Iterator

from nas.exporters.build_commands import build_commands
from nas.reports import answers, tables
from nas.reports.anomalies import on_scores
from nas.reports.architecture import architecture
from nas.reports.errors import on_targets
from nas.reports.gallery import gallery
from nas.reports.labels import on_labels
from nas.reports.markup import Markup, details, element, join, note, section, table
from nas.reports.memory_map.page import buffers, picture
from nas.reports.memory_map.words import how_memory_is_used, where_buffers_lie
from nas.reports.steps import boards_of
from nas.reports.view import ReportView
from nas.reports.words import capitalized, scored
from nas.study.answers import Answers, Threshold
from nas.study.decision import sentence
from nas.study.hand_made import RULE
from nas.study.result import Trained
from nas.study.scores import in_cross_validation, on_test_set, uses_of_test_set
from nas.study.tested import Tested
from nas.study.verdict import verdict
from nas.target.side_by_side import OnRuntime, cost_rows
from nas.task.task import metric_title


def on_test_rows(view: ReportView, winner: Trained, tested: Tested) -> Iterator[Markup]:
    """Yield the sections on the test set."""
    if winner.hand_made is not None or winner.hand_made_missing:
        yield _comparison(winner, tested)
    if tested.task.main_metric != "accuracy":
        has_labels = tested.answers is not None and tested.answers.labels
        other = on_scores if tested.task.reconstructs else on_labels if has_labels else on_targets
        yield from other(view, winner, tested)
        return
    kept = tested.answers
    if kept is not None and len(kept.groups) > 1:
        yield _groups(view, kept, winner.metric)
    yield _confusion(view, winner, tested)
    if kept is not None and kept.mistakes:
        yield _mistakes(view, kept)
    if kept is not None and len(kept.thresholds) > 1:
        yield _thresholds(view, kept.thresholds)


def _comparison(winner: Trained, tested: Tested) -> Markup:
    rule = f"The hand-made network was not searched; a fixed rule made it: {RULE}."
    made = winner.hand_made
    if made is None or made.tested is None:
        return section("Compared with a hand-made network", note(f"{rule} {winner.hand_made_missing}"))
    cut = (
        ""
        if made.epochs == winner.epochs
        else f", for {made.epochs} epochs in place of {winner.epochs} for lack of time"
    )
    return section(
        "Compared with a hand-made network",
        element("p", verdict(winner), class_="lead"),
        note(
            f"{rule} It was trained by the same recipe and on the same rows as the winner{cut}, and is tested likewise."
        ),
        tables.comparison(winner, tested, made, made.tested),
    )


def _groups(view: ReportView, kept: Answers, metric: str) -> Markup:
    title = metric_title(metric)
    shown = min(len(kept.groups), answers.MOST_GROUPS)
    which = "the worst first" if shown == len(kept.groups) else f"the worst {shown} of {len(kept.groups)}"
    return section(
        f"{capitalized(on_test_set(metric))} by group",
        note(
            f"The int8 model's {title} for each group of the test set (such as a subject or a recording), {which}. No "
            f"group of the test set took part in training. A group with few {view.inputs_are} says little."
        ),
        answers.groups(kept.groups, metric, view.inputs_are),
    )


def _confusion(view: ReportView, winner: Trained, tested: Tested) -> Markup:
    return section(
        "Confusion matrix",
        note(
            f"Test {view.inputs_are} by true class and by the class that the winner's int8 model predicts. "
            + uses_of_test_set(winner)
        ),
        tables.confusion(tested.confusion, view.class_names),
        *tables.scores(winner, tested),
    )


def _mistakes(view: ReportView, kept: Answers) -> Markup:
    return section(
        "Most confident mistakes",
        note(
            f"Test {view.inputs_are} that the int8 model assigns to a wrong class with the highest probability, at "
            "most a few of each pair of classes. Look at them for wrong labels, and for classes that the sensor cannot "
            "tell apart."
        ),
        gallery(kept.mistakes, view.class_names, view.channel_names, view.inputs_are),
    )


def _thresholds(view: ReportView, thresholds: tuple[Threshold, ...]) -> Markup:
    return section(
        "Accuracy above a confidence threshold",
        note(
            "If the device keeps only answers of at least some probability and ignores the others, fewer "
            f"{view.inputs_are} get an answer, and more of these answers are right. Of the int8 model on the test set."
        ),
        element("div", answers.threshold_curve(thresholds), answers.threshold_table(thresholds), class_="pair"),
    )


def network(view: ReportView) -> Iterator[Markup]:
    """Yield the sections on the winner's network and its memory."""
    footprint = view.footprint
    assert footprint is not None
    yield section(
        "Architecture",
        note(
            "The winner's operators from the input down. A box is filled by the bytes of the operator's output, the "
            "line at its foot by the bytes of its weights, each compared with the largest."
        ),
        architecture(footprint),
        details("Operators", tables.operators(footprint)),
    )
    yield section(
        "Memory map",
        note(how_memory_is_used(footprint)),
        picture(footprint),
        details(f"Buffers in {where_buffers_lie(footprint)}", buffers(footprint)),
    )


def runtimes(view: ReportView) -> Iterator[Markup]:
    """Yield the section that compares TFLM and plain C; none without a winner."""
    if not view.runtimes or view.footprint is None:
        return
    found = view.runtimes
    reasons = [note(f"Not on {one.title}: {one.reason}.") for one in found if one.reason]
    yield section(
        "On TensorFlow Lite Micro and as plain C",
        note(
            f"The same network, with the same int8 results, on {view.footprint.target}: interpreted by TFLM, or "
            "written as a C program of its own. Below are the commands that build each. The exported sources for TFLM "
            "register int8 kernels alone, which with CMSIS-NN takes less code than stated."
        ),
        table(["", *(one.title for one in found)], [list(row) for row in cost_rows(found)], text_columns=3),
        _unknown_latency(view),
        *reasons,
        *(_commands(view, one) for one in found if one.footprint),
    )


def _unknown_latency(view: ReportView) -> Markup:
    """Say how to learn the latency where the target does not tell; empty if it is known."""
    if any(one.footprint and one.footprint.latency_ms is not None for one in view.runtimes):
        return Markup("")
    board = next(iter(boards_of(view.runtimes[0].target.name)), "BOARD")
    command = f"nas profile {view.result.folder}/best/model.tflite --target {board}"
    return note(f"The latency depends on a board's clock. To estimate it, name a board: {command}")


def _commands(view: ReportView, one: OnRuntime) -> Markup:
    lines = build_commands(one, f"{view.result.folder}/best/model.tflite", view.result.study)
    return join(element("p", f"{capitalized(one.title)}:"), element("pre", "\n".join(lines)))


def finals(winner: Trained) -> Iterator[Markup]:
    """Yield the section on why the winner won; none if nothing is known of the finals."""
    why = sentence(winner)
    if not why:
        return
    about = (
        "The search ranks candidates by one short training each. The best of them are then trained again, longer, once "
        "for each fold of a cross-validation; the best mean over the folds decides. So the winner need not be on the "
        "front above, which shows the scores of the search."
    )
    yield section(
        "Why this candidate won",
        element("p", why, class_="lead"),
        note(about),
        tables.finalists(winner),
        note(winner.why_ended_early) if winner.ended_early else "",
        _trainings(winner) if winner.finals else "",
    )


def _trainings(winner: Trained) -> Markup:
    """Fold up the final trainings, with the spread of the winner's."""
    std, count = winner.fold_std, len(winner.fold_scores)
    spread = note(
        f"Each final training holds out another fold and has a seed of its own. The winner's "
        f"{in_cross_validation(winner.metric)}: {scored(winner.metric, winner.cross_validated_score)} over {count} "
        f"folds, standard deviation {scored(winner.metric, std)}."
    )
    return details("Final trainings (cross-validation)", join(spread if std is not None else "", tables.finals(winner)))
