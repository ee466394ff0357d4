"""The instruction fits: written from the recorded counts, and right for models that they have not seen."""

import re
from pathlib import Path

import numpy as np
import pytest
from table_generators import FOLDER, generator

from nas import _native
from nas.graph.graph import Graph, Op, Tensor
from nas.target.instruction_errors import INSTRUCTION_ERRORS

MACHINES = (
    *("m0p_ref", "m3_ref", "m4r_ref", "m7_ref", "m33_ref"),
    *("m0p_nn", "m3_nn", "m4r_nn", "m7_nn", "m33_nn", "m55r_nn"),
)
# Operators for which CMSIS-NN has several kernels, or whose loops run unlike those of a convolution.
KINDS = ("x_dwm", "x_dw2", "x_ap", "x_gap1", "x_gap2", "x_perm", "x_fc3d")


def rows(table: str) -> dict[int, list[float]]:
    found = re.findall(r"\{0x(\w+), \{([^}]*)\}, \{[^}]*\}, \{[^}]*\}\}", table)
    return {int(key, 16): [float(n) for n in numbers.split(",")] for key, numbers in found}


def test_the_table_is_the_one_that_the_counts_give(shared: Path) -> None:
    instructions = generator("instructions")
    want, got = rows(instructions.fit_table(shared / "truth")), rows(instructions.TABLE.read_text())
    assert got.keys() == want.keys()
    for key, weights in want.items():
        assert got[key] == pytest.approx(weights, rel=1e-4, abs=1e-6), hex(key)


@pytest.mark.parametrize("machine", MACHINES)
def test_whole_integer_models_held_out_are_predicted_within_a_few_percent(shared: Path, machine: str) -> None:
    instructions = generator("instructions")
    runs, kernels = instructions.read_runs(shared / "truth", machine), instructions.read_kernels(machine)
    errors = []
    for part in ({0, 1}, {2, 3}, {4, 5}, {6, 7}):
        held = [run for run in runs if run.fold in part and not run.single and not run.is_float]
        kept = [sample for run in runs if run not in held for sample in run.samples]
        fits = instructions.fit([*kept, *kernels])
        for run in held:
            got = instructions.predict_run(run, fits)
            if got is not None:
                errors.append(abs(got - run.instructions) / run.instructions)
    assert len(errors) >= 50
    assert np.median(errors) < 0.02
    assert np.percentile(errors, 90) < 0.05


@pytest.mark.parametrize("machine", ["m0p_nn", "m4r_nn", "m55r_nn"])
def test_a_kind_of_operator_is_predicted_from_the_branches_of_its_kernel_alone(shared: Path, machine: str) -> None:
    instructions = generator("instructions")
    runs, kernels = instructions.read_runs(shared / "truth", machine), instructions.read_kernels(machine)
    for kind in KINDS:
        held = [run for run in runs if run.kind == kind]
        kept = [sample for run in runs if run.kind != kind for sample in run.samples]
        fits = instructions.fit([*kept, *kernels])
        assert held
        for run in held:
            assert instructions.predict_run(run, fits) == pytest.approx(run.instructions, rel=0.1), run.file


@pytest.mark.parametrize("machine", ["m0p_ref", "m3_nn", "m33_ref"])
def test_each_kind_of_operator_held_out_is_predicted_within_ten_percent_in_nine_of_ten_cases(
    shared: Path, machine: str
) -> None:
    instructions = generator("instructions")
    core = instructions.MACHINES[machine][1]
    runs, kernels = instructions.read_runs(shared / "truth", machine), instructions.read_kernels(machine)
    by_operator, _ = instructions.held_out(runs, kernels, core)
    assert len(by_operator) > 40
    for name, errors in by_operator.items():
        assert np.percentile([error.beyond_timer for error in errors], 90) < 0.1, name
        if not name.startswith("SHAPE"):  # some 130 instructions, by a timer that steps once in 40 or 50
            assert np.percentile([error.recorded for error in errors], 90) < 0.1, name


@pytest.mark.parametrize(("core", "step"), [("cortex-m4", 40.0), ("cortex-m33", 50.0), ("cortex-m55", 31.25)])
def test_a_recorded_count_leaves_open_what_readings_of_its_timer_can_come_from(core: str, step: float) -> None:
    left_open = generator("counted").left_open
    random = np.random.default_rng(3)
    for count in (7, 40, 100, 131, 147, 200, 999):
        for runs in (1, 3, 16):
            begins = random.uniform(0, step, runs)
            recorded = float(np.mean(np.floor((begins + count) / step))) * step
            least, most = left_open(recorded, core)
            assert least <= count <= most
            assert most - least <= 2 * step


@pytest.mark.parametrize("machine", ["m0p_nn", "m4r_ref", "m4r_nn", "m55r_nn"])
def test_the_core_gives_what_the_fits_give(shared: Path, machine: str) -> None:
    instructions = generator("instructions")
    kernels, core, _ = instructions.MACHINES[machine]
    fits, _ = instructions.fit_machine(shared / "truth", machine)
    for run in instructions.read_runs(shared / "truth", machine):
        folder = "external" if run.file.startswith("seed_") else "models"
        measured = _native.profile((shared / "truth" / folder / run.file).read_bytes(), kernels, core)
        if len(measured.ops) == len(run.samples):  # a run can lack the operators that took no time
            want = instructions.predict_run(run, fits)
            assert measured.totals.instructions == (want if want is None else pytest.approx(want, rel=1e-4)), run.file
            assert not any(op.extrapolated for op in measured.ops), run.file


def test_the_errors_that_users_are_told_are_those_of_the_report() -> None:
    report = (FOLDER / "instructions.md").read_text()
    percents = r"\| ([\d.]+) % \| ([\d.]+) % \| ([\d.]+) % "
    found = re.findall(rf"\| (Cortex-M[\d+]+), (.*?) \| \d+ {percents}\| \d+ {percents}\|", report)
    kernels = {"reference kernels": "reference", "CMSIS-NN": "cmsis_nn"}
    stated = {
        (core.lower().replace("+", "plus"), kernels[kind]): pytest.approx(
            (float(integers) / 100, float(floats) / 100), abs=1e-4
        )
        for core, kind, _, integers, _, _, floats, _ in found
    }
    assert stated == INSTRUCTION_ERRORS


def float_net(share_of_zero_weights: float = 0, activation: str = "RELU") -> bytes:
    """A dense float network: 200 inputs, 300 units with an activation, 10 outputs."""
    keras = pytest.importorskip("keras")
    tf = pytest.importorskip("tensorflow")
    rng = np.random.default_rng(0)
    first, second = rng.normal(0, 1, (200, 300)), rng.normal(0, 1, (300, 10))
    second[rng.random(second.shape) < share_of_zero_weights] = 0
    layers = [keras.Input((200,), batch_size=1), keras.layers.Dense(300, activation.lower()), keras.layers.Dense(10)]
    model = keras.Sequential(layers)
    model.set_weights([first, rng.normal(5, 5, 300), second, np.zeros(10)])
    return bytes(tf.lite.TFLiteConverter.from_keras_model(model).convert())


def late_share(model: bytes, core: str = "cortex-m3") -> float:
    """The share of the last layer's products that a routine without a floating-point unit carries to the end."""
    terms = _native.work(model, "reference", core)[-1].terms
    return terms[1] / terms[0]


@pytest.mark.filterwarnings("ignore:.*experimental_preserve_all_tensors")
def test_the_zeros_after_a_relu_are_those_of_an_inference_on_random_inputs() -> None:
    """Oracle: LiteRT's own activations, on standard normal inputs."""
    interpreter = pytest.importorskip("ai_edge_litert.interpreter")
    model = float_net()
    runner = interpreter.Interpreter(model_content=model, experimental_preserve_all_tensors=True)
    runner.allocate_tensors()
    rows = np.random.default_rng(1).normal(size=(20, 1, 200)).astype(np.float32)
    hidden = next(d["index"] for d in runner.get_tensor_details() if tuple(d["shape"]) == (1, 300))
    shares = []
    for row in rows:
        runner.set_tensor(runner.get_input_details()[0]["index"], row)
        runner.invoke()
        shares.append(np.count_nonzero(runner.get_tensor(hidden)) / 300)
    assert min(shares) > 0.5  # the biases are above zero
    assert late_share(model) == pytest.approx(np.mean(shares), abs=4 * np.std(shares))


def test_products_with_a_weight_of_zero_end_early_as_well() -> None:
    assert late_share(float_net(0.8)) == pytest.approx(0.2 * late_share(float_net()), rel=0.1)


def test_without_a_relu_nothing_ends_early() -> None:
    assert late_share(float_net(activation="LINEAR")) == 1


def test_a_network_without_weights_is_given_some() -> None:
    """Before training half of what a ReLU gives is zero."""
    tensors = (
        Tensor("input", (1, 200), "float32"),
        Tensor("weights", (300, 200), "float32", constant=True),
        Tensor("hidden", (1, 300), "float32"),
        Tensor("more", (10, 300), "float32", constant=True),
        Tensor("output", (1, 10), "float32"),
    )
    first = Op("FULLY_CONNECTED", (0, 1), (2,), {"activation": "RELU"})
    graph = Graph(tensors, (first, Op("FULLY_CONNECTED", (2, 3), (4,), {})), (0,), (4,))
    terms = _native.work(graph, "reference", "cortex-m0plus")[-1].terms
    assert terms[1] / terms[0] == pytest.approx(0.5, abs=0.12)


def test_a_core_with_a_floating_point_unit_does_not_look_at_the_values() -> None:
    model = float_net()
    assert len(_native.work(model, "reference", "cortex-m4")[-1].terms) == 3
    assert len(_native.work(model, "reference", "cortex-m3")[-1].terms) == 4


def depthwise(channels: int, multiplier: int, kernel: int = 5, dilation: int = 1) -> Graph:
    outputs = channels * multiplier
    tensors = (
        Tensor("input", (1, 16, 16, channels)),
        Tensor("weights", (1, kernel, kernel, outputs), constant=True, scales=outputs),
        Tensor("bias", (outputs,), "int32", constant=True, scales=outputs),
        Tensor("output", (1, 16, 16, outputs)),
    )
    options = {"padding": "SAME", "dilation": (dilation, dilation)}
    return Graph(tensors, (Op("DEPTHWISE_CONV_2D", (0, 1, 2), (3,), options),), (0,), (3,))


def average_pool(window: tuple[int, int]) -> Graph:
    tensors = (Tensor("input", (1, 12, 12, 10)), Tensor("output", (1, 13 - window[0], 13 - window[1], 10)))
    op = Op("AVERAGE_POOL_2D", (0,), (1,), {"padding": "VALID", "filter": window, "stride": (1, 1)})
    return Graph(tensors, (op,), (0,), (1,))


def test_a_depthwise_convolution_takes_the_path_that_the_library_chooses_for_it() -> None:
    def path(graph: Graph, core: str) -> tuple[str, str]:
        row = _native.work(graph, "cmsis_nn", core)[0]
        return row.kind, row.path

    assert path(depthwise(8, 1, kernel=3), "cortex-m4") == ("DEPTHWISE_CONV_2D", "3x3")
    assert path(depthwise(8, 1), "cortex-m4") == ("DEPTHWISE_CONV_2D", "")
    assert path(depthwise(8, 1), "cortex-m0plus") == ("DEPTHWISE_CONV_2D", "any window")
    assert path(depthwise(8, 1, kernel=3, dilation=2), "cortex-m4") == ("DEPTHWISE_CONV_2D", "any window")
    assert path(depthwise(8, 4), "cortex-m4") == ("DEPTHWISE_CONV_2D", "multiplier of 4")
    assert path(depthwise(8, 3), "cortex-m4") == ("DEPTHWISE_CONV_2D", "any window")
    assert path(depthwise(1, 8), "cortex-m55") == ("CONV_2D", "")


def test_a_tap_more_adds_to_an_average_what_its_channels_cost() -> None:
    """With DSP instructions, arm_avgpool_s8 adds channel after channel: QADD and its loads, stores and loop."""
    counts = []
    for width in (2, 3, 4):
        op = _native.estimate(average_pool((2, width)), "cmsis_nn", "cortex-m4").ops[0]
        counts.append((op.instructions or 0) / (12 - 1) / (13 - width) / 10)
    steps = np.diff(counts) / 2  # each step adds two taps
    assert 4 < steps[0] < 12
    assert steps[1] == pytest.approx(steps[0], rel=0.1)


def test_a_shape_unlike_all_that_were_counted_is_marked() -> None:
    def marked(window: tuple[int, int], kernels: str) -> bool:
        return _native.estimate(average_pool(window), kernels, "cortex-m4").ops[0].extrapolated

    assert not marked((2, 2), "reference")
    assert marked((8, 8), "reference")  # TFLM's own average was counted with windows of 2x2 only
    assert not marked((8, 8), "cmsis_nn")
