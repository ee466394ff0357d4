"""The evaluation of a study's winner on the test rows, beside what is simpler."""

from collections.abc import Mapping

import numpy as np

from nas.arrays import Array
from nas.data.prepared import Prepared
from nas.data.simple_detectors import simple_detectors
from nas.model.answers import look_at
from nas.model.chosen_rows import choose_rows
from nas.study.tasks import WINNER, EvaluationTask, HoldOut
from nas.study.tested import Tested


def evaluate_winner(task: EvaluationTask, data: Prepared) -> Tested:
    """Evaluate the winner on the test rows: the int8 model as deployed, and the float network that it came from."""
    from nas.model.deploy.tflite_model import TfliteModel, float_outputs
    from nas.model.network.network import Network
    from nas.model.weights import load_weights

    network = Network(task.architecture.lower())
    load_weights(network, task.weights)
    part, learns = data.test, task.architecture.task

    def tallies(answers: Array) -> Array:
        return learns.tallies(answers, part.y, part.groups, task.architecture.outputs)

    outputs, read = TfliteModel(task.tflite).answered(part.x, learns)
    answers = learns.answers(outputs, read)
    before = learns.answers(learns.deployed(float_outputs(network, learns.read(part.x))), part.x)
    counts, grouped = tallies(answers), part.groups is not None
    return Tested(
        metrics=learns.estimates(counts, grouped=grouped),
        float_metrics=learns.estimates(tallies(before), grouped=grouped),
        baseline_metrics=learns.scores(learns.baseline(data.train.y, part.y, task.architecture.outputs, answers)),
        confusion=learns.confusion(counts.sum(0)),
        resampled_unit=learns.drawn_from(counts, grouped=grouped),
        simple_metrics=_simple_metrics(task, data) if task.whose == WINNER else {},
        answers=look_at(learns, answers, learns.confidence(outputs), part, data.scaling, task.architecture.outputs),
    )


def _simple_metrics(task: EvaluationTask, data: Prepared) -> Mapping[str, Mapping[str, float]]:
    """Return the metrics of simple detectors on the test rows, beside a network that detects anomalies."""
    learns = task.architecture.task
    if not learns.reconstructs:
        return {}
    rows, found = choose_rows(HoldOut(), data, learns), {}
    for detector in simple_detectors(rows.train.x, task.architecture.lower().weights_bytes):
        val, test = (np.stack([detector.scores(part.x)] * 2, axis=1) for part in (data.val, data.test))
        judge = learns.calibrated(val, data.val.y)
        found[detector.title] = judge.scores(judge.tally(test, data.test.y, task.architecture.outputs))
        # What a distance explains is not defined.
        found[detector.title].pop("explained")
    return found
