"""The model card: what is known of a model, how it was made, and what it must not be used for."""

import hashlib
from collections.abc import Iterator, Mapping
from statistics import fmean
from typing import Any

from nas.errors import InputError
from nas.exporters.answers.answers import answers_of
from nas.exporters.build_commands import build_commands
from nas.exporters.format import FORMATS, Files
from nas.exporters.markdown import escape, facts, table
from nas.exporters.model_card_inputs import front_end_flash, front_end_rows, inputs
from nas.exporters.on_tflm import is_on_tflm
from nas.study.archive import Archive
from nas.study.decision import sentence
from nas.study.result import Trained
from nas.study.scores import in_validation, on_test_set, uses_of_test_set, validated
from nas.study.verdict import verdict
from nas.target.side_by_side import OnRuntime, cost_rows, side_by_side
from nas.target.target import find_target
from nas.task.metrics import Estimate
from nas.task.task import find_metric, metric_title, score_text, task_of


@FORMATS.register("card")
def card(archive: Archive) -> Files:
    """A model card in Markdown."""
    return {"model_card.md": model_card(archive)}


def model_card(archive: Archive) -> str:
    """Return the card in Markdown: results first, then how the model is used, then how it was made."""
    sections = (_head, _accuracy, _answers, _footprint, _runtimes, inputs, _architecture, _data, _training, _limits)
    return "\n\n".join(text for section in sections if (text := section(archive))) + "\n"


def _head(archive: Archive) -> str:
    record = archive.record
    note = f"{archive.command_note}\n\n" if archive.command_note else ""
    digest = hashlib.sha256(archive.tflite).hexdigest()
    return f"""# {escape(archive.name)}

An int8 TensorFlow Lite model {answers_of(archive).title}, found by neural architecture search:
trial {record.trial}, architecture `{record.digest}`. Reproduce with:

    {" ".join(archive.command.split())}

{note}- model.tflite: {len(archive.tflite):,} bytes, SHA-256 `{digest}`{_carried(archive)}"""


def _carried(archive: Archive) -> str:
    carried = archive.parameters
    if carried.left_out:
        return f"\n- parameters in its metadata: none, since {carried.left_out}"
    if not carried.keys:
        return ""
    return f"\n- parameters in its metadata: {', '.join(map(escape, carried.keys))}; {carried.bytes:,} of the bytes"


def _accuracy(archive: Archive) -> str:
    trained, record = archive.found, archive.record
    lines = "\n".join(f"- {name}: {value}" for name, value in validated(trained))
    before = trained.metric if record.float_val_metrics else "accuracy"
    why = "".join(f"{words}\n\n" for words in [sentence(trained)] if words)
    return f"""## {answers_of(archive).figures_are}

{why}All figures are of int8 models, except where it says before quantization.

{lines}
- {in_validation(before)} before quantization: {score_text(before, record.float_val_score_of(before))}
{_tested(trained)}{_compared(trained)}{_last_training(archive)}"""


def _answers(archive: Archive) -> str:
    return answers_of(archive).section()


def _compared(trained: Trained) -> str:
    made = trained.hand_made
    if made is None or made.tested is None:
        return ""
    main, costs = made.tested.task.main_metric, made.record.profiled or {}
    reached = score_text(main, made.tested.metrics[main].value)
    return f"""
A hand-made network, which was not searched but trained and tested likewise, has a {on_test_set(main)}
of {reached} with {costs.get("weights_bytes", 0):,} bytes of weights and {costs.get("macs", 0):,} MACs.
{verdict(trained)}
"""


def _tested(trained: Trained) -> str:
    tested = trained.tested
    if tested is None:
        return ""
    head = ("", "int8", "95 % interval", "float", "95 % interval", f"always {tested.task.constant}")
    rows = [
        (
            on_test_set(metric),
            *_with_interval(metric, int8),
            *_with_interval(metric, tested.float_metrics[metric]),
            score_text(metric, tested.baseline_metrics[metric]),
        )
        for metric, int8 in tested.metrics.items()
    ]
    return f"""
{table(head, rows)}

{uses_of_test_set(trained)} {tested.method_words}
"""


def _with_interval(metric: str, estimate: Estimate) -> tuple[str, str]:
    return score_text(metric, estimate.value), find_metric(metric).interval_text(estimate.low, estimate.high)


def _last_training(archive: Archive) -> str:
    if archive.found.epochs is None:
        return ""
    inputs = archive.inputs_are
    compared = f"""
The cross-validated figure is the mean over the folds of the finals, each for {inputs} held out of the training."""
    early = f"\n{archive.found.why_ended_early}" if archive.found.ended_early else ""
    return f"""
The winner was trained once more, for {archive.found.epochs} epochs on training and validation {inputs} together; that
model is in this folder, and was evaluated on the test set. The validation figure is that of the shorter training in the
search.{compared if archive.found.finals else ""}{early}"""


def _footprint(archive: Archive) -> str:
    print_ = archive.footprint
    flash, limits = print_["flash"], archive.budget
    parts = f"{_stored(archive)} {flash['model']:,} + code {flash['code']:,}{front_end_flash(print_)} bytes"
    rows = [
        ("weights", "bytes of all constant tensors", f"{print_['weights_bytes']:,}"),
        ("model file", f"bytes{'; it stays in flash as it is' * is_on_tflm(archive)}", f"{print_['file_bytes']:,}"),
        *_ram(print_),
        *front_end_rows(print_),
        ("flash", parts, f"{print_['flash_bytes']:,}"),
        ("MACs", f"multiply-accumulates of one {_answer(print_)}", f"{print_['macs']:,}"),
        ("latency", f"milliseconds of one {_answer(print_)}, estimated", _latency(print_["latency_ms"])),
    ]
    return f"""## Footprint

On target `{print_["target"]}` {_KERNELS[print_["kernels"]]}.

{table(("", "", "value"), rows, text=2)}

Operators: {", ".join(archive.op_kinds)}.

Budget:

{facts(limits) or "- none"}"""


MODEL = "model.tflite"
_KERNELS = {"cmsis_nn": "with CMSIS-NN kernels", "reference": "with reference kernels", "plain_c": "as plain C"}


def _answer(facts: Mapping[str, Any]) -> str:
    """Return what figures of time are of: of a streaming network, the hop that an answer takes."""
    hop = facts.get("hop")
    return "inference" if hop is None else f"answer, for {hop['rows']:,} new rows of a window of {hop['window']:,}"


def _stored(archive: Archive) -> str:
    return "model" if is_on_tflm(archive) else "constants"


def _ram(facts: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the rows on RAM: TFLM's arena, or the parts of plain C's."""
    arena, ram = facts["arena"], facts.get("ram")
    if ram is None:
        yield "arena to reserve", "bytes; the smallest that works", f"{arena['min']:,}"
        yield "arena used", f"head {arena['head']:,} + tail {arena['tail']:,} bytes", f"{facts['arena_bytes']:,}"
        return
    parts = f"static {ram['static']:,} + input and output {ram['input_output']:,} + stack {ram['stack']:,} bytes"
    yield "RAM", parts, f"{arena['min']:,}"


def _runtimes(archive: Archive) -> str:
    """Return the model on both runtimes, with the commands; empty for a target that cannot be found again."""
    try:
        target = find_target(str(archive.footprint["target"]))
    except InputError:
        return ""
    found = side_by_side(archive.tflite, target)
    if not found:
        return ""
    lines = table(("", *(one.title for one in found)), cost_rows(found), text=3)
    reasons = "".join(f"\n\nNot on {one.title}: {escape(one.reason)}." for one in found if one.reason)
    built = "\n\n".join(
        f"{one.title}:\n\n" + "\n".join(f"    {line}" for line in build_commands(one, MODEL, archive.name))
        for one in found
        if one.footprint
    )
    return f"""## On TensorFlow Lite Micro and as plain C

On target `{target.name}`. Both give the same int8 results.{_registrations(found)}

{lines}{reasons}

The commands that build it, in this folder (the README of a project says what it needs):

{built}"""


def _registrations(found: tuple[OnRuntime, ...]) -> str:
    if all(one.footprint is None or one.footprint.kernels != "cmsis_nn" for one in found):
        return ""
    return """ TFLM's code is that of its general registrations:
the exported sources register int8 kernels alone, which takes some 20 KB less for a convolutional network."""


def _architecture(archive: Archive) -> str:
    architecture = archive.record.architecture
    lines = []
    for i, block in enumerate(architecture["blocks"], start=1):
        settings = ", ".join(f"{key} {value}" for key, value in block.items() if key != "block")
        lines.append(f"{i}. {escape(block['block'])}: {escape(settings or 'no settings')}")
    return f"## Architecture\n\nFrom the search space `{architecture['space']}`:\n\n" + "\n".join(lines)


def _data(archive: Archive) -> str:
    return f"## Data\n\n{facts(archive.data) or '- not described'}"


def _training(archive: Archive) -> str:
    record = archive.record
    main = task_of(archive.found.metric).main_metric
    metric, key = (main, "val_accuracy") if main == "accuracy" else (archive.found.metric, "val_score")
    head = ("trial", "seed", "epochs", f"{metric_title(metric)} on the fold")
    rows = [(f["trial"], f["seed"], f["epochs"], score_text(metric, f[key])) for f in archive.found.finals]
    finals = (
        f"Final trainings (cross-validation), by {in_validation(metric)}:\n\n{table(head, rows)}\n\n" if rows else ""
    )
    if archive.found.teachers:
        curve = task_of(archive.found.metric).curve
        reached = score_text(curve, fmean(teacher["val_accuracy"] for teacher in archive.found.teachers))
        finals += f"Their soft labels come from teachers with a mean {in_validation(curve)} of {reached}.\n\n"
    seconds = {stage: round(spent, 2) for stage, spent in record.seconds.items()}
    return f"""## Training

Seed {record.seed}. Recipe:

{facts(archive.recipe.settings())}

{finals}Seconds of each stage, and versions of the libraries:

{facts({"seconds": seconds, "version": record.versions})}"""


def _memory_limits(archive: Archive) -> str:
    if not is_on_tflm(archive):
        return """\
The static RAM and the constants are exact; code, stack and latency are estimates, fitted to programs that were
  compiled. Another compiler, or other options, give other figures."""
    return """\
The memory figures are those of the TensorFlow Lite Micro version that nas reproduces; another version may differ
  by some bytes. Stack, interpreter and op resolver come on top of the arena."""


def _limits(archive: Archive) -> str:
    return f"""## Limits of use

{answers_of(archive).limits()}
- It expects input scaled and quantized as stated here, and nothing else.
- {_memory_limits(archive)}
- It has not been assessed for uses in which a mistake harms someone."""


def _latency(value: float | None) -> str:
    return "not known" if value is None else f"{value:.3f}"
