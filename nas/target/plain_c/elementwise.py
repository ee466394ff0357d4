"""Operators on each value in plain C: tables of 256 entries, sums and products, softmax."""

from collections.abc import Callable, Iterator, Sequence

from nas.target.plain_c.arithmetic import (
    HIGH,
    LOW,
    activation_range,
    clamped,
    float32,
    logistic_table,
    multiply,
    quantize_multiplier,
    quantized,
    softmax_scaling,
    stored_shift,
    table,
    tanh_table,
)
from nas.target.plain_c.hard_swish import hard_swish_table
from nas.target.plain_c.model import Operator, Tensor
from nas.target.plain_c.step import (
    LOWERINGS,
    Alias,
    InexpressibleError,
    Lowered,
    Step,
    Struct,
    array,
    int8_only,
    name_of,
    require,
    same_size,
    title_of,
)


def _relu(op: Operator) -> list[int]:
    source, target = op.input(0), op.output
    scaled = quantize_multiplier(float32(source.scale / target.scale))
    least = max(LOW, target.zero_point + quantized(0, target.scale))
    return table(lambda value: clamped(target.zero_point + multiply(value - source.zero_point, *scaled), least, HIGH))


def _relu6(op: Operator) -> list[int]:
    source = op.input(0)
    least, most = source.zero_point, source.zero_point + quantized(6, source.scale)
    return table(lambda value: clamped(value, least, min(most, HIGH)))


def _leaky_relu(op: Operator) -> list[int]:
    source, target = op.input(0), op.output
    alpha = float32(float32(source.scale * float32(op.options["alpha"])) / target.scale)
    require(alpha >= 0, "has a negative slope")
    below, above = quantize_multiplier(alpha), quantize_multiplier(float32(source.scale / target.scale))

    def output(value: int) -> int:
        offset = value - source.zero_point
        return target.zero_point + multiply(offset, *(above if offset >= 0 else below))

    return table(output)


def _requantized(op: Operator) -> list[int]:
    source, target = op.input(0), op.output
    scaled = quantize_multiplier(source.scale / target.scale)
    return table(lambda value: target.zero_point + multiply(value - source.zero_point, *scaled))


def _hard_swish(op: Operator) -> list[int]:
    source, target = op.input(0), op.output
    try:
        return hard_swish_table(source.scale, source.zero_point, target.scale, target.zero_point)
    except ValueError as error:
        raise InexpressibleError(f"cannot be computed: {error}") from error


TABLES: dict[str, Callable[[Operator], list[int]]] = {
    "RELU": _relu,
    "RELU6": _relu6,
    "LEAKY_RELU": _leaky_relu,
    "LOGISTIC": lambda op: logistic_table(op.input(0).scale, op.input(0).zero_point),
    "TANH": lambda op: tanh_table(op.input(0).scale, op.input(0).zero_point),
    "HARD_SWISH": _hard_swish,
    "QUANTIZE": _requantized,
}


_CURVES = ("LOGISTIC", "TANH", "HARD_SWISH")


@LOWERINGS.register(*TABLES)
def looked_up(op: Operator) -> Iterator[Lowered]:
    """Lower a function of single values to its table, to bounds, or to nothing."""
    source, target = op.input(0), op.output
    int8_only(source, target)
    same_size(source, target)
    entries = TABLES[op.kind](op)
    if entries == list(range(LOW, HIGH + 1)):
        yield Alias(source, target)
        return
    # A curve is looked up even where its numbers only bound values, so that its size is known before training.
    is_bound = op.kind not in _CURVES and _is_clamp(entries)
    yield _bounds(op, min(entries), max(entries)) if is_bound else _look_up(op, entries)


def _is_clamp(entries: Sequence[int]) -> bool:
    """Say whether a table only bounds values."""
    low, high = min(entries), max(entries)
    return all(entry == clamped(value, low, high) for value, entry in enumerate(entries, LOW))


def _look_up(op: Operator, entries: Sequence[int]) -> Step:
    name = name_of(op)
    return Step(
        name=name,
        title=title_of(op),
        kernels=("look_up",),
        constants=(array("int8_t", f"{name}_table", entries),),
        call=f"look_up({{in0}}, {{out}}, {op.output.size}, {name}_table);",
        inputs=(op.input(0),),
        output=op.output,
        in_place=(0,),
    )


def _bounds(op: Operator, low: int, high: int) -> Step:
    call = f"clamp({{in0}}, {{out}}, {op.output.size}, {low}, {high});"
    return Step(
        name_of(op), title_of(op), ("clamp",), (), call, (op.input(0),), op.output, in_place=(0,), bounds=(low, high)
    )


@LOWERINGS.register("ADD", "SUB")
def add(op: Operator) -> Iterator[Step]:
    """Lower a sum or a difference."""
    a, b, out = op.input(0), op.input(1), op.output
    int8_only(a, b, out)
    twice = 2 * max(a.scale, b.scale)
    scaled = [quantize_multiplier(scale / twice) for scale in (a.scale, b.scale)]
    result = quantize_multiplier(twice / ((1 << 20) * out.scale))
    require(twice / ((1 << 20) * out.scale) < 1, "has an output scale that is too small for its inputs")
    low, high = activation_range(op.options["fused_activation_function"], out.scale, out.zero_point)
    constants = {
        "zero_point_a": a.zero_point,
        "zero_point_b": b.zero_point,
        "out_zero_point": out.zero_point,
        "low": low,
        "high": high,
        "multiplier_a": scaled[0][0],
        "multiplier_b": scaled[1][0],
        "multiplier": result[0],
        "shift_a": stored_shift(scaled[0][1]),
        "shift_b": stored_shift(scaled[1][1]),
        "shift": stored_shift(result[1]),
        "sign_b": -1 if op.kind == "SUB" else 1,
    }
    yield _pairwise(op, "add", constants, result[1] >= 0)


@LOWERINGS.register("MUL")
def multiplied(op: Operator) -> Iterator[Step]:
    """Lower a product."""
    a, b, out = op.input(0), op.input(1), op.output
    int8_only(a, b, out)
    multiplier, shift = quantize_multiplier(a.scale * b.scale / out.scale)
    low, high = activation_range(op.options["fused_activation_function"], out.scale, out.zero_point)
    constants = {
        "zero_point_a": a.zero_point,
        "zero_point_b": b.zero_point,
        "out_zero_point": out.zero_point,
        "low": low,
        "high": high,
        "multiplier": multiplier,
        "shift": stored_shift(shift),
    }
    yield _pairwise(op, "multiply", constants, shift >= 0)


def _pairwise(op: Operator, kernel: str, constants: dict[str, int], scales_up: bool) -> Step:
    """Return a step on two inputs, one of which may be repeated along some axes."""
    name, a, b, out = name_of(op), op.input(0), op.input(1), op.output
    *outer, (count, step_a, step_b) = repeats(a, b, out)
    place_a, place_b, place_out, length = "{in0}", "{in1}", "{out}", out.size
    loops, indent = [], ""
    for letter, (side, jump_a, jump_b) in zip("ijkl", outer, strict=False):
        length //= side
        loops.append(f"{indent}for (int {letter} = 0; {letter} < {side}; ++{letter})")
        indent += "  "
        place_a += f" + {letter} * {jump_a}" if jump_a else ""
        place_b += f" + {letter} * {jump_b}" if jump_b else ""
        place_out += f" + {letter} * {length}"
    call = f"{indent}{kernel}(&{name}, {place_a}, {step_a}, {place_b}, {step_b}, {place_out}, {count});"
    whole = tuple(i for i, tensor in enumerate((a, b)) if tensor.size == out.size)
    return Step(
        name=name,
        title=title_of(op),
        kernels=(kernel,),
        constants=(Struct(f"{kernel}_constants", name, constants),),
        call="\n".join([*loops, call]),
        inputs=(a, b),
        output=out,
        in_place=whole,
        scales_up=scales_up,
    )


def repeats(a: Tensor, b: Tensor, out: Tensor) -> list[tuple[int, int, int]]:
    """Return loops, the outer first, as (count, step of a, step of b); a step of 0 repeats a value."""
    rank = len(out.shape)
    for tensor in (a, b):
        sides = (1,) * (rank - len(tensor.shape)) + tensor.shape
        fits = len(sides) == rank and all(own in (1, side) for own, side in zip(sides, out.shape, strict=True))
        require(fits, "has an input that does not repeat to its output")
    steps_a, steps_b = (_steps(tensor, rank) for tensor in (a, b))
    loops: list[tuple[int, int, int]] = []
    for side, step_a, step_b in zip(out.shape, steps_a, steps_b, strict=True):
        if side == 1:
            continue
        if loops and loops[-1][1] == side * step_a and loops[-1][2] == side * step_b:
            loops[-1] = (loops[-1][0] * side, step_a, step_b)
        else:
            loops.append((side, step_a, step_b))
    if not loops or loops[-1][1] > 1 or loops[-1][2] > 1:
        loops.append((1, 1, 1))
    require(len(loops) <= 5, "repeats its inputs along too many axes")
    return loops


def _steps(tensor: Tensor, rank: int) -> list[int]:
    """Return the bytes from one entry to the next along each axis, 0 where the tensor has one entry only."""
    shape = (1,) * (rank - len(tensor.shape)) + tensor.shape
    steps, size = [], 1
    for side in reversed(shape):
        steps.append(0 if side == 1 else size)
        size *= side
    return steps[::-1]


@LOWERINGS.register("SOFTMAX")
def softmax(op: Operator) -> Iterator[Step]:
    """Lower the probabilities of classes."""
    source, target, name = op.input(0), op.output, name_of(op)
    int8_only(source, target)
    same_size(source, target)
    require((target.scale, target.zero_point) == (1 / 256, -128), "has an output that is not quantized by 1/256")
    require(source.shape[-1] < 4096, "has more than 4095 classes")
    try:
        multiplier, shift, least = softmax_scaling(op.options["beta"], source.scale)
    except ValueError as error:
        require(False, f"cannot be computed: {error}")
    classes = source.shape[-1]
    values = {"rows": source.size // classes, "classes": classes, "multiplier": multiplier}
    values |= {"shift": shift, "least": max(least, -256)}
    yield Step(
        name=name,
        title=title_of(op),
        kernels=("softmax",),
        constants=(Struct("softmax_shape", name, values),),
        call=f"softmax(&{name}, {{in0}}, {{out}});",
        inputs=(source,),
        output=target,
        in_place=(0,),
    )
