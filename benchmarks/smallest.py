"""How small the written .tflite files are, whether they compute the same, and how low plans of the arena are.

    python benchmarks/smallest.py --models FOLDER > benchmarks/smallest.md

FOLDER holds .tflite files for the plans; `--nets`, `--members`, `--converted` and `--inputs` set how many of each.
"""

import argparse
import statistics
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from tflite_micro.python.tflite_micro import runtime

from nas.graph.graph import Graph
from nas.model.deploy.arena_plan import with_less_ram
from nas.model.deploy.convert import convert
from nas.model.deploy.fake_quantized import fake_quantize
from nas.model.deploy.packing import pack
from nas.model.deploy.slim import slim
from nas.model.network.network import Network
from nas.space.dims import RandomChooser
from nas.space.file import load_space, space_names
from nas.target.plan import plan_of
from nas.target.profiler import estimate, profile
from nas.target.target import find_target

SHAPES = {"window": (128, 9), "image": (28, 28, 1), "table": (30,)}
CLASSES = 6
SMALLEST, LARGEST = 2048, 8192  # bytes of weights
ARENA = 1 << 20
TYPES = {"int8": schema.TensorType.INT8, "int32": schema.TensorType.INT32}
ACTIVATIONS = {"NONE": 0, "RELU": 1}
OPTIONS = {
    "CONV_2D": "Conv2DOptions", "DEPTHWISE_CONV_2D": "DepthwiseConv2DOptions", "MAX_POOL_2D": "Pool2DOptions",
    "AVERAGE_POOL_2D": "Pool2DOptions", "FULLY_CONNECTED": "FullyConnectedOptions", "SOFTMAX": "SoftmaxOptions",
}  # fmt: skip


def members(name: str, limits: tuple[int, int] = (0, 1 << 40)) -> Iterator[Graph]:
    """Yield random members of a space with weights within limits."""
    space, chooser = load_space(name), RandomChooser(1)
    while True:
        graph = space.sample(chooser, SHAPES[space.input], CLASSES).lower()
        if limits[0] <= graph.weights_bytes <= limits[1]:
            yield graph


def by_converter(graph: Graph, seed: int) -> bytes:
    """Return TensorFlow's own file of a network with random weights."""
    rng = np.random.default_rng(seed)
    network = Network(graph)
    network.set_weights([rng.uniform(0.05, 0.5, w.shape).astype(w.dtype) for w in network.get_weights()])
    return convert(fake_quantize(network, rng.normal(size=(16, *network.input_shape)).astype(np.float32)))


def by_hand(graph: Graph, rng: np.random.Generator) -> bytes:
    """Return a file with the graph's tensors and operators, and random numbers; in no time, unlike the converter."""
    model, main = schema.ModelT(), schema.SubGraphT()
    model.version, model.subgraphs, model.buffers, model.operatorCodes = 3, [main], [schema.BufferT()], []
    main.tensors, main.operators = [], []
    main.inputs, main.outputs = list(graph.inputs), list(graph.outputs)
    positive = {t for op in graph.ops for t in op.outputs if op.options.get("activation") == "RELU"}
    positive |= {op.outputs[0] for op in graph.ops if op.kind == "SOFTMAX"}
    for i, tensor in enumerate(graph.tensors):
        written = schema.TensorT()
        written.shape, written.type, written.buffer = list(tensor.shape), TYPES[tensor.dtype], 0
        scales = tensor.scales or (tensor.elements if tensor.dtype == "int32" else 0)
        quantization = schema.QuantizationParametersT()
        quantization.scale = rng.random(scales).astype(np.float32)
        zero = 0 if tensor.constant else -128 if i in positive else int(rng.integers(-128, 128))
        quantization.zeroPoint = np.full(scales, zero, np.int64)
        written.quantization = quantization
        if tensor.constant:
            written.buffer = len(model.buffers)
            model.buffers.append(schema.BufferT(data=rng.integers(0, 256, tensor.bytes, np.uint8)))
        main.tensors.append(written)
    kinds = list(dict.fromkeys(op.kind for op in graph.ops))
    for kind in kinds:
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, kind)
        model.operatorCodes.append(code)
    for op in graph.ops:
        written = schema.OperatorT()
        written.opcodeIndex, written.inputs, written.outputs = kinds.index(op.kind), list(op.inputs), list(op.outputs)
        name = OPTIONS[op.kind]
        written.builtinOptionsType = getattr(schema.BuiltinOptions, name)
        options = written.builtinOptions = getattr(schema, f"{name}T")()
        options.fusedActivationFunction = ACTIVATIONS[op.options.get("activation", "NONE")]
        if "stride" in op.options:
            options.strideH, options.strideW = op.options["stride"]
            options.padding = int(op.options["padding"] == "VALID")
        if "filter" in op.options:
            options.filterHeight, options.filterWidth = op.options["filter"]
            quantization = main.tensors[op.inputs[0]].quantization
            main.tensors[op.outputs[0]].quantization = quantization
        if op.kind == "DEPTHWISE_CONV_2D":
            options.depthMultiplier = 1
            main.tensors[op.inputs[1]].quantization.quantizedDimension = 3
        if op.kind == "SOFTMAX":
            options.beta = 1.0
        main.operators.append(written)
    return pack(model)


def micro(tflite: bytes) -> runtime.Interpreter:
    return runtime.Interpreter.from_bytes(tflite, arena_size=ARENA)


def outputs(tflite: bytes, rows: np.ndarray) -> list[np.ndarray]:
    interpreter, found = micro(tflite), []
    for row in rows:
        interpreter.set_input(row, 0)
        interpreter.invoke()
        found.append(interpreter.get_output(0).copy())
    return found


def by_litert(tflite: bytes, rows: np.ndarray) -> list[np.ndarray]:
    kernels = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter, found = Interpreter(model_content=tflite, experimental_op_resolver_type=kernels), []
    interpreter.allocate_tensors()
    (inputs,), (result,) = interpreter.get_input_details(), interpreter.get_output_details()
    for row in rows:
        interpreter.set_tensor(inputs["index"], row)
        interpreter.invoke()
        found.append(interpreter.get_tensor(result["index"]).copy())
    return found


def equal(a: list[np.ndarray], b: list[np.ndarray]) -> bool:
    return len(a) == len(b) > 0 and all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def files(nets: int, inputs: int) -> None:
    print("## File size over weights\n")
    print(f"{nets} random members of the spaces with 2 to 8 KB of weights. Outputs are compared with those of the")
    print(
        f"converter's own file: {inputs:,} random inputs in TFLM (`tflite-micro`), 20 in LiteRT's built-in kernels.\n"
    )
    print("| space | weights | converter's file | written file | over weights | TFLM | LiteRT |")
    print("|---|---|---|---|---|---|---|")
    ratios: dict[str, list[float]] = {}
    for name in space_names():
        chosen = members(name, (SMALLEST, LARGEST))
        for seed in range(nets // len(space_names())):
            graph = next(chosen)
            whole = by_converter(graph, seed)
            small = slim(whole)
            shape = graph.tensors[graph.inputs[0]].shape
            rows = np.random.default_rng(seed).integers(-128, 128, (inputs, *shape), np.int8)
            same = equal(outputs(whole, rows), outputs(small, rows))
            accepted = equal(by_litert(whole, rows[:20]), by_litert(small, rows[:20]))
            ratio = len(small) / graph.weights_bytes
            ratios.setdefault(name, []).append(ratio)
            words = ["equal" if ok else "DIFFERENT" for ok in (same, accepted)]
            row = (name, f"{graph.weights_bytes:,}", f"{len(whole):,}", f"{len(small):,}", f"{ratio:.2f}", *words)
            print(f"| {' | '.join(row)} |", flush=True)
    everything = [ratio for found in ratios.values() for ratio in found]
    parts = ", ".join(f"{name} {statistics.median(found):.2f}" for name, found in ratios.items())
    print(f"\nMedian: {statistics.median(everything):.2f} ({parts}).\n")


def estimates(count: int, converted: int) -> None:
    print("## The size before training\n")
    print("Members of each space whose file had exactly the estimated bytes: written with random numbers in place of")
    print("weights, and by TensorFlow's converter from a network with random weights.\n")
    print("| space | random numbers | through the converter |\n|---|---|---|")
    target, rng = find_target("cortex-m4"), np.random.default_rng(0)
    for name in space_names():
        chosen = members(name)
        right = 0
        for _ in range(count):
            graph = next(chosen)
            right += len(slim(by_hand(graph, rng))) == estimate(graph, target).file_bytes
        exact = 0
        for seed in range(converted):
            graph = next(chosen)
            exact += len(slim(by_converter(graph, seed))) == estimate(graph, target).file_bytes
        print(f"| {name} | {right} of {count} | {exact} of {converted} |", flush=True)
    print()


def plans(folder: Path) -> None:
    print("## Plans of the arena\n")
    target = find_target("host")
    found = {path.stem: path.read_bytes() for path in sorted(folder.glob("*.tflite"))}
    results = {name: plan_of(model, target) for name, model in found.items()}
    lower = {name: plan for name, plan in results.items() if plan.bytes < plan.greedy_bytes}
    optimal = sum(plan.optimal for plan in results.values())
    bound = sum(plan.bytes == plan.least_bytes for plan in results.values())
    worse = sum(plan.bytes > plan.greedy_bytes for plan in results.values())
    greedy = sum(plan.greedy_bytes > plan.least_bytes for plan in results.values())
    print(
        f"{len(results)} models on `{target.name}`; TFLM's greedy plan is above what lives at once in {greedy}. Plans"
    )
    print(f"by search: {optimal} optimal ({bound} reach the bound, for the others all plans were tried), {len(lower)}")
    print(f"lower than the greedy one, {worse} higher.\n")
    print(
        "Models to which a plan or an order of operators is written, since it saves more RAM (the smallest arena that"
    )
    print("works) than the file grows by. TFLM: the outputs of 100 random inputs with it and without.\n")
    print("| model | head, greedy | head, searched | bound | RAM before | RAM after | file grows by | TFLM |")
    print("|---|---|---|---|---|---|---|---|")
    for name, model in found.items():
        small = slim(model)
        planned = with_less_ram(small, target)
        if planned == small:
            continue
        plan, before, after = results[name], profile(small, target), profile(planned, target)
        numbers = (plan.greedy_bytes, plan.bytes, plan.least_bytes, before.ram_bytes, after.ram_bytes)
        cells = [name, *(f"{n:,}" for n in (*numbers, len(planned) - len(small)))]
        print(f"| {' | '.join(cells)} | {_agrees(small, planned)} |", flush=True)


def _agrees(small: bytes, planned: bytes) -> str:
    details = Interpreter(model_content=small).get_input_details()
    if len(details) != 1:
        return "several inputs"
    kind, shape = details[0]["dtype"], details[0]["shape"]
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(100, *shape)) if kind == np.float32 else rng.integers(-128, 128, (100, *shape))
    try:
        before, after = (outputs(file, numbers.astype(kind)) for file in (small, planned))
    except RuntimeError:
        return "refused"
    return "equal" if equal(before, after) else "DIFFERENT"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", type=Path)
    for name, default in {"nets": 30, "members": 500, "converted": 20, "inputs": 1000}.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    print("# The smallest `.tflite`\n\nWritten by `benchmarks/smallest.py`.\n")
    files(options.nets, options.inputs)
    estimates(options.members, options.converted)
    if options.models:
        plans(options.models)


if __name__ == "__main__":
    main()
