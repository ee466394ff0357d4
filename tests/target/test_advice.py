"""Advice is right when the model that follows it costs what was promised: TensorFlow's converter is the oracle."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nas.errors import InputError
from nas.graph.graph import Graph, Op, Tensor
from nas.target.advice import Advice, advise
from nas.target.advice.order import lower_peak
from nas.target.advice.tflite import read_graph
from nas.target.advice.wellformed import is_wellformed
from nas.target.footprint import Footprint, Totals
from nas.target.profiler import estimate, estimate_many, profile
from nas.target.target import find_target

TARGETS = ("host", "cortex-m4", "cortex-m4-reference", "cortex-m55")


def piece(model: bytes, rule: str, target: str = "cortex-m4") -> Advice:
    (found,) = (advice for advice in advise(model, find_target(target)) if advice.rule == rule)
    return found


def rules(model: bytes) -> set[str]:
    return {advice.rule for advice in advise(model, find_target("cortex-m4"))}


def costs(footprint: Footprint) -> dict[str, float | None]:
    return {
        "weights_bytes": footprint.weights_bytes,
        "arena_bytes": footprint.detail.used,
        "arena_min_bytes": footprint.ram_bytes,
        "code_bytes": footprint.flash.code,
        "macs": footprint.macs,
        "latency_ms": footprint.latency_ms,
    }


@pytest.fixture(scope="module")
def converted() -> dict[str, bytes]:
    """One network in the forms that advice is about, each converted by TensorFlow."""
    keras = pytest.importorskip("keras")

    layers = keras.layers

    shape1, shape2 = (64, 3), (1, 64, 3)
    one = (layers.Conv1D, 5, layers.MaxPooling1D, 2)
    two = (layers.Conv2D, (1, 5), layers.MaxPooling2D, (1, 2))
    return {
        "open batch, 1-D": convert(network((None, *shape1), *one)),
        "1-D": convert(network((1, *shape1), *one)),
        "2-D": convert(network((1, *shape2), *two)),
        "norm behind": convert(network((1, *shape2), *two, norm="behind")),
        "norm before": convert(network((1, *shape2), *two, norm="before")),
        "float": convert(network((1, *shape2), *two), quantized=False),
        "float ends": convert(network((1, *shape2), *two), ends="float32"),
    }


def network(shape: tuple[int | None, ...], conv: Any, kernel: Any, pool: Any, size: Any, norm: str = "") -> Any:
    keras = pytest.importorskip("keras")

    layers = keras.layers
    inputs = x = keras.Input(batch_shape=shape)
    for filters in (8, 12):
        x = conv(filters, kernel, padding="same")(x)
        x = layers.BatchNormalization()(x) if norm == "before" else x
        x = layers.ReLU()(x)
        x = layers.BatchNormalization()(x) if norm == "behind" else x
        x = pool(size)(x)
    return keras.Model(inputs, layers.Dense(5, activation="softmax")(layers.Flatten()(x)))


def convert(model: Any, *, quantized: bool = True, ends: str = "int8") -> bytes:
    from nas.model.runtime import quiet, tf

    rng = np.random.default_rng(0)
    model.set_weights([rng.uniform(0.05, 0.5, w.shape).astype(w.dtype) for w in model.get_weights()])
    spec = tf.TensorSpec(model.input_shape, "float32")
    function = tf.function(lambda x: model(x, training=False), autograph=False).get_concrete_function(spec)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function], model)
    converter.experimental_lower_to_saved_model = False
    if quantized:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = getattr(tf, ends)
        shape = (1, *model.input_shape[1:])
        converter.representative_dataset = lambda: ([rng.normal(size=shape).astype("float32")] for _ in range(4))
    with quiet():
        return bytes(converter.convert())


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("fixed_batch", "open batch, 1-D", "1-D"),
        ("flat_conv2d", "1-D", "2-D"),
        ("folded_batch_norm", "norm behind", "norm before"),
        ("full_int8", "float", "2-D"),
        ("int8_ends", "float ends", "2-D"),
    ],
)
def test_a_model_that_follows_advice_costs_what_was_promised(
    converted: dict[str, bytes], rule: str, before: str, after: str, target: str
) -> None:
    advice = piece(converted[before], rule, target)
    board = find_target(target)
    was, then = costs(profile(converted[before], board)), costs(profile(converted[after], board))
    assert advice.after == then
    assert advice.saves == {key: was[key] - then[key] for key in was if was[key] != then[key]}  # type: ignore[operator]


@pytest.mark.parametrize("target", TARGETS)
def test_all_advice_together_leads_to_the_model_that_follows_all_of_it(
    converted: dict[str, bytes], target: str
) -> None:
    together = piece(converted["open batch, 1-D"], "together", target)
    assert together.after == piece(converted["2-D"], "without_softmax", target).after


def test_a_good_model_gets_no_advice_but_on_its_softmax(converted: dict[str, bytes]) -> None:
    assert rules(converted["2-D"]) == rules(converted["norm before"]) == {"without_softmax"}


PAIRS = {
    "kws_49x10_ds_s_f32": "kws_49x10_ds_s",
    "ts_128x6_residual_f32": "ts_128x6_residual",
    "ts_128x9_sep_bn_gap_f32": "ts_128x9_sep_bn_gap",
    "im_32x32x3_c3_f32": "im_32x32x3_c3",
}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("before", "after"), PAIRS.items())
def test_full_int8_costs_what_tflm_recorded_for_the_int8_model(
    shared: Path, before: str, after: str, target: str
) -> None:
    models = shared / "truth" / "models"
    advice = piece((models / f"{before}.tflite").read_bytes(), "full_int8", target)
    assert advice.after == costs(profile(models / f"{after}.tflite", find_target(target)))


def test_a_refused_model_has_nothing_to_save_from(shared: Path) -> None:
    advice = piece((shared / "truth" / "models" / "ts_128x3_p2_drange.tflite").read_bytes(), "full_int8")
    assert advice.saves is None
    assert "TFLM refuses" in (advice.note or "")


def all_models(shared: Path) -> Iterator[Path]:
    yield from sorted((shared / "truth").rglob("*.tflite"))


def test_what_is_read_for_advice_costs_what_the_file_costs(shared: Path) -> None:
    target = find_target("cortex-m4")
    for file in all_models(shared):
        footprint = profile(file, target)
        graph = read_graph(file.read_bytes(), footprint)
        assert graph is not None
        assert costs(estimate(graph, target)) == costs(footprint), file.name


def test_every_number_is_a_difference_of_figures_and_every_other_piece_says_why(shared: Path) -> None:
    for file in all_models(shared):
        for advice in advise(file.read_bytes(), find_target("arduino-nano-33-ble")):
            if advice.saves is None:
                assert advice.note, f"{file.name}: {advice.rule}"
            else:
                assert any(saving > 0 for saving in advice.saves.values())


def branches() -> Graph:
    """A network of two branches, both large and then small; best is to finish one before the other."""
    tensors = [Tensor("input", (1, 1, 32, 4))]
    ops = []

    def step(source: int, length: int) -> int:
        tensors.append(Tensor("filter", (1, 1), "int32", constant=True, scales=0))
        tensors.append(Tensor("x", (1, length)))
        ops.append(Op("RESHAPE", (source, len(tensors) - 2), (len(tensors) - 1,)))
        return len(tensors) - 1

    large_1, large_2 = step(0, 4000), step(0, 3000)
    small_1, small_2 = step(large_1, 40), step(large_2, 30)
    tensors.append(Tensor("sum", (1, 70)))
    ops.append(Op("CONCATENATION", (small_1, small_2), (len(tensors) - 1,)))
    return Graph(tuple(tensors), tuple(ops), (0,), (len(tensors) - 1,))


def totals(graph: Graph) -> Totals:
    return estimate_many([graph], find_target("cortex-m4"))[0]


def arenas(graphs: list[Graph]) -> list[int]:
    return [each.ram_bytes for each in estimate_many(graphs, find_target("cortex-m4"))]


def every_order(graph: Graph) -> Iterator[Graph]:
    """All orders of a graph's operators in which nothing is read before it is written, by trying each permutation."""
    known = set(graph.inputs) | {i for i, t in enumerate(graph.tensors) if t.constant}
    for ops in permutations(graph.ops):
        written = set(known)
        if all(set(op.inputs) <= written and not written.update(op.outputs) for op in ops):
            yield replace(graph, ops=ops)


def test_the_order_proposed_has_the_lowest_arena_of_all() -> None:
    change = lower_peak(branches(), totals)
    assert change is not None
    assert change.graph is not None
    assert arenas([change.graph]) == [min(arenas(list(every_order(branches()))))] < arenas([branches()])


def test_a_proposed_order_reads_nothing_before_it_is_written() -> None:
    change = lower_peak(branches(), totals)
    assert change is not None
    assert change.graph is not None
    written = set(change.graph.inputs) | {i for i, t in enumerate(change.graph.tensors) if t.constant}
    for op in change.graph.ops:
        assert set(op.inputs) <= written
        written |= set(op.outputs)


def test_the_message_names_the_operators_that_move_in_their_new_order() -> None:
    graph = branches()
    change = lower_peak(graph, totals)
    assert change is not None
    assert change.graph is not None
    order = [graph.ops.index(op) for op in change.graph.ops]
    first, last = (pick(place for place, i in enumerate(order) if place != i) for pick in (min, max))
    moved = ", ".join(str(i) for i in order[first : last + 1])
    assert f"run operators {first} to {last} in the order {moved}, whose peak is lower" in change.message


def test_orders_that_begin_with_too_large_a_peak_are_not_planned() -> None:
    planned = []

    def counted(graph: Graph) -> Totals:
        planned.append(graph)
        return totals(graph)

    lower_peak(branches(), counted)
    assert len(planned) < len(list(every_order(branches())))


def test_the_best_order_is_left_as_it_is() -> None:
    best = min(every_order(branches()), key=lambda graph: arenas([graph]))
    assert lower_peak(best, totals) is None


def test_a_stripped_file_saves_the_bytes_that_are_gone(shared: Path) -> None:
    from nas.model.deploy.slim import slim

    model = (shared / "truth" / "models" / "kws_49x10_ds_s.tflite").read_bytes()
    (advice,) = (a for a in advise(model, find_target("cortex-m4"), slim) if a.rule == "stripped_file")
    assert advice.saves is not None
    assert advice.saves["file_bytes"] == len(model) - len(slim(model))
    assert not any(a.rule == "stripped_file" for a in advise(slim(model), find_target("cortex-m4"), slim))


def test_a_file_that_cannot_be_written_anew_is_profiled_all_the_same(shared: Path) -> None:
    def fail(model: bytes) -> bytes:
        raise RuntimeError("no")

    model = (shared / "truth" / "models" / "kws_49x10_ds_s.tflite").read_bytes()
    (advice,) = (a for a in advise(model, find_target("cortex-m4"), fail) if a.rule == "stripped_file")
    assert advice.saves is None
    assert advice.note == "the file could not be written anew: no"


@settings(max_examples=300)
@given(st.data())
def test_advice_on_any_bytes_that_can_be_profiled_ends_well(shared: Path, data: st.DataObject) -> None:
    names = ("models/ts_128x3_inception", "models/ts_128x9_nonebatch", "external/seed_CarSensor_reduced_float16")
    model = bytearray((shared / "truth" / f"{data.draw(st.sampled_from(names))}.tflite").read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        model[data.draw(st.integers(0, min(len(model), 6000) - 1))] = data.draw(st.integers(0, 255))
    try:
        profile(bytes(model), find_target("cortex-m4"))
    except InputError:
        return
    for advice in advise(bytes(model), find_target("cortex-m4")):
        assert advice.saves is not None or advice.note


def test_operators_that_read_what_is_not_written_are_not_examined() -> None:
    loop = Graph(
        (Tensor("input", (1, 4)), Tensor("a", (1, 4)), Tensor("b", (4, 1))),
        (Op("RESHAPE", (2,), (1,)), Op("RESHAPE", (1,), (2,))),
        (0,),
        (1,),
    )
    assert not is_wellformed(loop)
