"""The keys of `results.json`: those of a result that is made here, each with what the code says of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from generated.markdown import code, prose, sentence, table
from nas.space.architecture import Architecture
from nas.space.blocks.dense import Dense
from nas.study.finals import Finalist
from nas.study.model_spec_keys import keys_of
from nas.study.record import Record, State
from nas.study.result import Result, RungCorrelation, Trained
from nas.study.tested import Tested
from nas.target.footprint import Totals
from nas.target.profiler import estimate
from nas.target.ram import Arena
from nas.target.target import find_target
from nas.task.metrics import Estimate

WORDS = {
    "trials": "number of trials in all",
    "trial": "number of its trial, from 0",
    "states.*": "number of trials that are `complete`, `over_budget`, `pruned` (stopped early), `duplicate`, `failed`",
    "best": "the winner; null if no candidate fitted, or the finals have not ended yet",
    "costs": "the costs by which the front goes: the objective's own",
    "front": "the Pareto front of complete candidates by the study's metric and these costs, the cheapest first",
    "rungs": "an entry for each rung at which the search stops candidates early",
    "epochs": "epochs of the training that made the model",
    "digest": "short hash of the network, by which all documents name it",
    "val_accuracy": "accuracy of the int8 model on the validation rows, 0 to 1; null for regression",
    "val_metrics.*": "each metric of the int8 model on the validation rows",
    "val_score": "the study's metric of the int8 model on the validation rows",
    "float_val_metrics": "each metric on the validation rows before quantization; empty for classes",
    "task": "`classification`, `multi-label`, `regression` or `anomaly`",
    "test_score": "the study's metric of the int8 model on the test rows; null without a test",
    "float_test_score": "likewise before quantization",
    "baseline_score": "likewise of the best constant answer: a class, or the mean of the training targets",
    "test_accuracy": "accuracy of the int8 model on the test rows; null without a test",
    "float_test_accuracy": "accuracy on the test rows before quantization",
    "baseline_accuracy": "accuracy on the test rows of always answering the class that is most frequent in training",
    "baseline_metrics.*": "each metric of that baseline",
    "simple_metrics": "of anomaly detection, the metrics of k-means and a Gaussian with as many bytes; else empty",
    "test_metrics.*.value": "each metric of the int8 model on the test rows",
    "float_test_metrics.*.value": "each metric before quantization",
    "*.low": "lower end of its 95 % interval; null with fewer than five test groups",
    "*.high": "upper end of its 95 % interval; null likewise",
    "test_accuracy_interval": "the 95 % interval of `test_accuracy`, as [low, high]; null with fewer than five groups",
    "float_test_accuracy_interval": "likewise of `float_test_accuracy`",
    "intervals_drawn_from": "what the intervals are over, such as `9 groups`, or `200 rows` if there are no groups",
    "test_groups": "the int8 model's accuracy by group of the test rows, the worst first",
    "architecture": "the network as `nas estimate --architecture` reads it",
    "architecture.space": "name of the space",
    "architecture.input_shape": "shape of a row of data",
    "architecture.outputs": "number of classes, of targets or of labels",
    "architecture.blocks": "the blocks in order: their kind as `block`, and their dimensions",
    "cross_validated_accuracy": "mean accuracy over the folds of the finals, each held out once",
    "cross_validated_score": "the same for the study's metric; the best one wins",
    "fold_scores": "the study's metric on each of these folds",
    "fold_std": "standard deviation of `fold_scores`",
    "hand_made": "a network that was not searched, trained and tested as the winner was; null without one",
    "finalists": "the best candidates of the search, the best first, with what they reached in the finals",
    "versions.*": "versions of nas and of the libraries that the figures depend on",
    "file_bytes": "bytes of the `.tflite`",
    "arena_bytes": "bytes of the arena that TFLM uses: head and tail",
    "arena_head_bytes": "bytes of activations and scratch buffers, which share memory over time",
    "arena_tail_bytes": "bytes that live as long as the interpreter",
    "arena_min_bytes": "the smallest arena that works; reserve this",
    "flash_bytes": "bytes of the model file and of the runtime's code",
    "macs": "multiply-accumulates of an inference",
    "latency_ms": "estimated time of an inference; null for a core without a clock",
    "energy_uj": "estimated energy of an inference; null where the power is not known",
}  # fmt: skip
"""What no docstring says of a key alone. A star stands for any name; a key is looked up whole, then by its end."""

_OWN = {"": Result, "rungs[]": RungCorrelation, "best.finalists[]": Finalist}
"""The class whose docstring describes the keys below a place; everywhere else they are those of a candidate."""


def results() -> str:
    """Return a table of every key of `results.json`."""
    rows = ((code(path), sentence(prose(_meaning(path).replace("None", "null")))) for path in paths(_example()))
    return table(("key", "means"), rows)


def paths(document: Any, place: str = "") -> Iterator[str]:
    """Yield the path of every key in a document: `best.trial`, `front[].macs`; `*` stands for the name of a metric."""
    if isinstance(document, list):
        yield from paths(document[0], f"{place}[]") if document else ()
    elif isinstance(document, Mapping) and not place.endswith("blocks[]"):
        for key, value in list(document.items())[: 1 if _is_named(place) else None]:
            path = f"{place}.{'*' if _is_named(place) else key}".lstrip(".")
            if not (isinstance(value, Mapping) and (_is_named(path) or path.endswith("*"))):
                yield path
            yield from paths(value, path)


def _is_named(place: str) -> bool:
    """Return whether the keys below are names of metrics, states or libraries."""
    return place.endswith(("metrics", "states", "versions"))


def _meaning(path: str) -> str:
    """Return what a key means; KeyError for one that nothing describes, so that the site cannot leave one out."""
    parent, _, name = path.rpartition(".")
    if parent in _OWN and name != "trial" and (text := _texts(_OWN[parent]).get(name)):
        return text
    end = path.removeprefix("best.").removeprefix("hand_made.").removeprefix("front[].")
    texts = {**_texts(Totals), **_texts(Arena), **_texts(Record), **WORDS}
    return next(texts[known] for known in (end, f"*.{name}", name) if known in texts)


def _texts(kind: type) -> dict[str, str]:
    """Return what a dataclass says of each of its fields."""
    return {key.name: key.description for key in keys_of("", kind)}


def _example() -> dict[str, Any]:
    """Return the document of a result in which nothing is missing; only its keys are looked at."""
    architecture = Architecture("mlp_tabular", (13,), 3, (Dense(),))
    record = Record(
        0, State.COMPLETE, "", {}, architecture.to_json(), 0,
        profiled=estimate(architecture.lower(), find_target("cortex-m4")).summary(),
        val_metrics={"accuracy": 1.0}, versions={"nas": ""},
    )  # fmt: skip
    metrics = {"accuracy": Estimate(1.0, 0.9, 1.0)}
    tested = Tested(metrics, metrics, {"accuracy": 0.4}, ((1,),), "9 groups")
    hand_made = Trained(record, tested=tested)
    winner = Trained(record, finalists=(Finalist(0),), tested=tested, hand_made=hand_made)
    states = dict.fromkeys(State, 0)
    return Result("", "", 0.0, states, winner, (record,), (RungCorrelation(2, 0, None),)).to_json()
