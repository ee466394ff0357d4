"""The page of an evaluation: how good, where it fails, what quantization changed, and which threshold to choose."""

from collections.abc import Iterator
from typing import Any

from nas.evaluation.evaluation import Evaluation
from nas.reports import answers
from nas.reports import tables as report_tables
from nas.reports.evaluation import figures, tables
from nas.reports.gallery import gallery
from nas.reports.markup import Markup, details, element, join, note, page, section
from nas.reports.tiles import flash_tile, tile
from nas.reports.words import capitalized, interval, percent, size, whole
from nas.target.ram import ram_needed, ram_to_reserve
from nas.task.metrics import FEWEST_GROUPS, METRICS
from nas.text import counted


def render(evaluation: Evaluation) -> str:
    """Return the page's HTML; equal evaluations give equal text."""
    title = f"{evaluation.about.model}: evaluation"
    return page(title, _headline(evaluation), element("main", *_sections(evaluation)))


def _headline(evaluation: Evaluation) -> Markup:
    about = evaluation.about
    return element(
        "header",
        element("h1", about.model),
        element("p", _sentence(evaluation), class_="lead"),
        *(element("p", f"{capitalized(words)}.", class_="note") for words in about.notes),
        element("div", *_tiles(evaluation), class_="tiles"),
    )


def _sentence(evaluation: Evaluation) -> str:
    about = evaluation.about
    (name, share), *others = ((name, percent(s.metrics["accuracy"].value)) for name, s in evaluation.models.items())
    also = "".join(f", the {other} model {its}" for other, its in others)
    which = "all" if about.part == "all" else f"the {about.part} set"
    return (
        f"The {name} model classifies {share} of {whole(evaluation.rows)} {evaluation.inputs_are} ({which} of "
        f"{about.data}) correctly{also}. Always answering {about.class_names[about.majority]} would be correct for "
        f"{percent(evaluation.baseline['accuracy'])}."
    )


def _tiles(evaluation: Evaluation) -> Iterator[Markup]:
    for name, metric in METRICS.items():
        estimate = evaluation.main.metrics[name]
        spread = "no interval" if estimate.low is None else f"95 % interval {interval(estimate)}"
        before = evaluation.before if evaluation.int8 else None
        beside = f"; float model {percent(before.metrics[name].value)}" if before else ""
        constant = f"; baseline {percent(evaluation.baseline[name])}"
        yield tile(capitalized(metric.title), percent(estimate.value), f"{spread}{beside}{constant}")
    if evaluation.groups and len(evaluation.groups) > 1:
        worst = evaluation.groups[0]
        value = (worst.int8 or worst.before or {})["accuracy"]
        yield tile(
            "Worst group", percent(value), f"group {worst.name}, {counted(worst.rows, evaluation.inputs_are[:-1])}"
        )
    if evaluation.disagreement is not None:
        share = evaluation.disagreement.rows / evaluation.rows
        yield tile("Changed by quantization", percent(share), f"{whole(evaluation.disagreement.rows)} other answers")
    yield from _costs(evaluation.about.footprint or {})


def _costs(costs: Any) -> Iterator[Markup]:
    if not costs:
        return
    latency = costs["latency_ms"]
    beside = "for one inference" if latency is None else f"for one inference, about {latency:.1f} ms"
    yield tile(capitalized(ram_to_reserve(costs)), size(ram_needed(costs)), f"on {costs['target']}")
    yield flash_tile(costs, None)
    yield tile("Multiply-accumulates", whole(costs["macs"]), beside)


def _sections(evaluation: Evaluation) -> Iterator[Markup]:
    yield _metrics(evaluation)
    if len(evaluation.groups) > 1:
        yield _groups(evaluation)
    yield _confusion(evaluation)
    yield _curves(evaluation)
    yield _thresholds(evaluation)
    yield _calibration(evaluation)
    if evaluation.disagreement is not None:
        yield _disagreement(evaluation)
    if evaluation.main.answers.mistakes:
        yield _mistakes(evaluation)


def _metrics(evaluation: Evaluation) -> Markup:
    known = evaluation.main.metrics["accuracy"].low is not None
    intervals = (
        f"95 % intervals over {evaluation.drawn_from}."
        if known
        else f"No intervals: there are {evaluation.drawn_from}, {FEWEST_GROUPS} are needed."
    )
    about = evaluation.about
    counted_in = "in training" if about.trained_on else "among these rows"
    constant = f"The last column is a model that always answers {about.class_names[about.majority]}, the most frequent "
    return section("Metrics", note(f"{intervals} {constant}class {counted_in}."), tables.metrics(evaluation))


def _groups(evaluation: Evaluation) -> Markup:
    shown = min(len(evaluation.groups), tables.MOST_GROUPS)
    which = "the worst first" if shown == len(evaluation.groups) else f"the worst {shown} of {len(evaluation.groups)}"
    few = f"A group with few {evaluation.inputs_are} says little."
    few += " Below, smaller, the float model's." if len(evaluation.models) > 1 else ""
    return section(
        "Accuracy by group",
        note(f"For each group of rows (such as a subject or a recording), {which}. {few}"),
        tables.groups(evaluation),
    )


def _confusion(evaluation: Evaluation) -> Markup:
    names = evaluation.about.class_names
    (first, scores), *others = evaluation.models.items()
    below = [
        details(f"Confusion matrix of the {name} model", report_tables.confusion(each.confusion, names))
        for name, each in others
    ]
    return section(
        "Classes",
        note(f"{capitalized(evaluation.inputs_are)} by true class and by the class that the {first} model predicts."),
        report_tables.confusion(scores.confusion, names),
        note(_of_both(evaluation)),
        tables.classes(evaluation),
        *below,
    )


def _of_both(evaluation: Evaluation) -> str:
    names = list(evaluation.models)
    small = f" Below each figure, smaller, that of the {names[1]} model." if len(names) > 1 else ""
    return f"Each class against all others.{small}"


def _curves(evaluation: Evaluation) -> Markup:
    shown, known = len(figures.drawn(evaluation)), len(evaluation.about.class_names)
    which = "" if shown == known else f" Of {known} classes, the {shown} that are told apart worst."
    return section(
        "ROC and precision-recall curves",
        note(
            f"Each class against all others, as the threshold of its probability falls, of the "
            f"{next(iter(evaluation.models))} model.{which}"
        ),
        element("div", figures.roc(evaluation), figures.precision_recall(evaluation), class_="pair"),
    )


def _thresholds(evaluation: Evaluation) -> Markup:
    seconds, are = evaluation.about.seconds_per_row, evaluation.inputs_are
    alarms = (
        f"raises false alarms for this share of all other {are}. How many that is in an hour is not known: the data do "
        "not tell how much time passes from one to the next."
        if seconds is None
        else f"raises so many false alarms in an hour without the class, if it answers every {seconds:.3g} s."
    )
    kept = evaluation.main.answers.thresholds
    return section(
        "Thresholds",
        note(
            "A device that reports a class as soon as its probability reaches a threshold finds this share of the "
            f"class, and {alarms}"
        ),
        element("div", figures.detection(evaluation), figures.false_alarms(evaluation), class_="pair"),
        tables.thresholds(evaluation),
        note("The threshold of each class that detects the most with few false alarms:"),
        tables.quiet_thresholds(evaluation),
        *([_above(evaluation)] if len(kept) > 1 else []),
    )


def _above(evaluation: Evaluation) -> Markup:
    kept = evaluation.main.answers.thresholds
    return details(
        "Accuracy if answers of low probability are ignored",
        element("div", answers.threshold_curve(kept), answers.threshold_table(kept), class_="pair"),
    )


def _calibration(evaluation: Evaluation) -> Markup:
    errors = " and ".join(
        f"{percent(scores.calibration.expected_error)} ({name})" for name, scores in evaluation.models.items()
    )
    return section(
        "Calibration",
        note(
            "Whether answers of a probability of 80 % are right in 80 % of the cases. The expected calibration error, "
            f"the mean distance from the dashed line, is {errors}."
        ),
        element("div", figures.calibration(evaluation), tables.bins(evaluation), class_="pair"),
    )


def _disagreement(evaluation: Evaluation) -> Markup:
    found = evaluation.disagreement
    assert found is not None
    name = evaluation.about.tflite_is
    says = (
        f"The {name} model answers {whole(found.rows)} of {whole(evaluation.rows)} {evaluation.inputs_are} differently "
        f"from the float model: of these, {whole(found.only_float_right)} only the float model answers right, "
        f"{whole(found.only_int8_right)} only the {name} model. On average, the largest difference between their "
        f"probabilities is {percent(found.mean_difference)}."
    )
    return section(
        "What quantization changed",
        note(says),
        tables.pairs(evaluation) if found.pairs else "",
        details("Rows with the largest difference", tables.differences(evaluation)),
    )


def _mistakes(evaluation: Evaluation) -> Markup:
    about = evaluation.about
    return section(
        "Most confident mistakes",
        note(
            f"{capitalized(evaluation.inputs_are)} that the {next(iter(evaluation.models))} model assigns to a wrong "
            "class with the highest probability, at most a few of each pair of classes. Look at them for wrong labels, "
            "and for classes that the sensor cannot tell apart."
        ),
        join(
            gallery(
                evaluation.main.answers.mistakes, about.class_names, about.channel_names, evaluation.inputs_are, "row"
            )
        ),
    )
