"""Fit the bytes of code that operators share to linked sizes, and report the errors of the fit.

    python native/tables/flash.py ../shared/truth [--write]

An operator has code of its own, and code that it shares with others: each shared part counts once, if any operator of
the model needs it. Which parts an operator needs is stated here; their sizes are fitted to all linked firmwares
(non-negative least squares on relative error). Errors are those of leaving each op set out of the fit.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import nnls

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "native" / "src" / "flash_table.cc"
REPORT = Path(__file__).with_suffix(".md")
BUILDS = {"m4_ref_mix": "reference kernels", "m4_nn_mix": "CMSIS-NN"}

# What operators share, by what the code is for.
_MULTIPLIER = (
    "ABS ADD AVERAGE_POOL_2D BATCH_MATMUL CONV_2D DEPTHWISE_CONV_2D DIV FULLY_CONNECTED HARD_SWISH LEAKY_RELU LOGISTIC "
    "LOG_SOFTMAX MAX_POOL_2D MEAN MUL PRELU QUANTIZE REDUCE_MAX RELU RSQRT SOFTMAX SUB SUM SVDF TANH TRANSPOSE_CONV"
)
SHARED: Mapping[str, str] = {
    "quantized multipliers": _MULTIPLIER,
    "activation ranges": "ADD AVERAGE_POOL_2D CONV_2D DEPTHWISE_CONV_2D DIV FULLY_CONNECTED MAX_POOL_2D MUL SUB "
    "TRANSPOSE_CONV",
    "double arithmetic": _MULTIPLIER + " DEQUANTIZE RELU6 ELU LOG_SOFTMAX",
    "exponentials": "SOFTMAX LOGISTIC TANH ELU LOG_SOFTMAX",
    "fixed-point exponentials": "SOFTMAX LOGISTIC TANH LOG_SOFTMAX",
    "pools": "MAX_POOL_2D AVERAGE_POOL_2D",
    "convolutions": "CONV_2D DEPTHWISE_CONV_2D TRANSPOSE_CONV",
    "matrix products": "CONV_2D TRANSPOSE_CONV",
    "weights": "CONV_2D DEPTHWISE_CONV_2D FULLY_CONNECTED TRANSPOSE_CONV",
    "dense products": "FULLY_CONNECTED BATCH_MATMUL SVDF",
    "reductions": "MEAN SUM REDUCE_MAX",
    "broadcasts": "ADD MUL SUB DIV MAXIMUM MINIMUM",
    "sums": "ADD SUB",
    "padding": "PAD PADV2",
    "scalings": "ADD SUB MUL LEAKY_RELU QUANTIZE RELU",
}
FIXED = "fixed"


def parts_of(ops: Iterable[str]) -> set[str]:
    """Return the parts that the operators' code is made of."""
    ops = set(ops)
    shared = {name for name, needed in SHARED.items() if ops & set(needed.split())}
    return {FIXED, *(f"op {op}" for op in ops), *shared, *({"any"} if ops else ())}


def firmwares(sizes: Mapping[str, Any], build: str) -> list[tuple[frozenset[str], int, bool]]:
    """Return the op set and bytes of each linked firmware, and whether it is a model's."""
    alone, over = sizes["over_empty_core"][build], sizes["over_base_set"][build]
    core, base, flash = alone["core_no_ops"]["flash"], frozenset(over["base_set"]), over["base_flash"]
    rows = [(frozenset[str](), core, False), (base, flash, False)]
    rows += [(frozenset({op}), core + more, False) for op, more in alone["op_increment"].items()]
    for op, more in over["marginal"].items():
        rows.append((base - {op}, flash - more, False) if op in base else (base | {op}, flash + more, False))
    rows += [(frozenset(row["ops"]), row["flash"], True) for row in alone["opsets"]]
    return rows


def fit(rows: Sequence[tuple[frozenset[str], int, bool]]) -> dict[str, float]:
    parts = sorted(set().union(*(parts_of(ops) for ops, _, _ in rows)))
    made_of = [parts_of(ops) for ops, _, _ in rows]
    design = np.array([[part in needed for part in parts] for needed in made_of], float)
    bytes_ = np.array([size for _, size, _ in rows], float)
    return dict(zip(parts, nnls(design / bytes_[:, None], np.ones(len(rows)), maxiter=10000)[0], strict=True))


def predict(ops: Iterable[str], sizes: Mapping[str, float]) -> float:
    return sum(sizes.get(part, 0.0) for part in parts_of(ops))


def errors(rows: Sequence[tuple[frozenset[str], int, bool]]) -> list[tuple[float, frozenset[str], int]]:
    """Return the relative error of each model's op set, with all its firmwares left out of the fit."""
    result = []
    for ops, size, of_model in dict.fromkeys(rows):
        if of_model:
            sizes = fit([row for row in rows if row[0] != ops])
            result.append((predict(ops, sizes) / size - 1, ops, size))
    return result


def report(rows: Sequence[tuple[frozenset[str], int, bool]], title: str) -> str:
    found = errors(rows)
    wrong = [abs(error) * 100 for error, _, _ in found]
    sizes = fit(rows)
    fitted = [abs(predict(ops, sizes) / size - 1) * 100 for ops, size, of_model in rows if of_model]
    lines = [
        f"## Cortex-M4, {title}",
        "",
        "| op sets of models | mean | worst |",
        "|---|---|---|",
        f"| left out of the fit ({len(wrong)} different) | {np.mean(wrong):.2f} % | {max(wrong):.2f} % |",
        f"| in the fit ({len(fitted)}) | {np.mean(fitted):.2f} % | {max(fitted):.2f} % |",
        "",
        "| part | bytes |",
        "|---|---|",
        *(f"| {part} | {size:.0f} |" for part, size in sorted(sizes.items(), key=lambda row: -row[1]) if size >= 1),
        "",
    ]
    return "\n".join(lines)


def table_text(by_build: Mapping[str, Mapping[str, float]]) -> str:
    """Return the source of the native core's table; a row's mask says which shared parts it needs."""
    reference, cmsis_nn = (by_build[build] for build in BUILDS)
    shared = ["any", *SHARED]
    ops = sorted(part[3:] for part in set(reference) | set(cmsis_nn) if part.startswith("op "))

    def pair(part: str) -> str:
        return f"{reference.get(part, 0):.0f}, {cmsis_nn.get(part, 0):.0f}"

    def mask(op: str) -> int:
        return 1 + sum(1 << shared.index(name) for name, needed in SHARED.items() if op in needed.split())

    return "\n".join(
        [
            "// Written by native/tables/flash.py; do not edit.",
            '#include "flash_table.h"',
            "",
            "namespace nas {",
            "",
            "// clang-format off",
            f"const CodeSize kFixedCode = {{{pair(FIXED)}}};",
            "const CodeSize kSharedCode[] = {",
            *(f"    {{{pair(name)}}},  // {name}" for name in shared),
            "};",
            "const size_t kSharedCodeCount = sizeof(kSharedCode) / sizeof(kSharedCode[0]);",
            "const KernelCode kKernelCode[] = {",
            *(f'    {{"{op}", 0x{mask(op):05x}, {{{pair("op " + op)}}}}},' for op in ops),
            "};",
            "// clang-format on",
            "const size_t kKernelCodeCount = sizeof(kKernelCode) / sizeof(kKernelCode[0]);",
            "",
            "}  // namespace nas",
            "",
        ]
    )


INTRODUCTION = """# Code of the runtime and its kernels

Written by `python native/tables/flash.py ../shared/truth --write`. Bytes of linked firmware without the model:
Cortex-M4F, release build, core -Os, kernels -O2, gcc 12.2, newlib-nano. Parts are what a least-squares fit makes of the
linked sizes; only their sums over an op set are measured.
"""


def fit_all(truth: Path) -> tuple[str, str]:
    """Return the native table and the report."""
    sizes = json.loads((truth / "codesize.json").read_text())
    rows = {build: firmwares(sizes, build) for build in BUILDS}
    texts = [report(rows[build], title) for build, title in BUILDS.items()]
    return table_text({build: fit(rows[build]) for build in BUILDS}), "\n".join([INTRODUCTION, *texts])


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    table, text = fit_all(options.truth)
    print(text)
    if options.write:
        TABLE.write_text(table)
        REPORT.write_text(text)


if __name__ == "__main__":
    main(sys.argv[1:])
