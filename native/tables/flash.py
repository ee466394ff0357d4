"""Fit the bytes of code that operators share to linked sizes, and report the errors of the fit.

    python native/tables/flash.py ../shared/truth [--write]

An operator has code of its own, and code that it shares with others: each shared part counts once, if any operator of
the model needs it. Which parts an operator needs is stated here, after what its sources call; their sizes are fitted
to all linked firmwares (non-negative least squares on relative error). Errors are those of leaving each op set out of
the fit.
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
# In the order of the columns of the core's table: file of the linked sizes, title. Every second is CMSIS-NN.
FIRST, MORE = "codesize.json", "codesize_more.json"
BUILDS = {
    "m4_ref_mix": (FIRST, "Cortex-M4, reference kernels"),
    "m4_nn_mix": (FIRST, "Cortex-M4, CMSIS-NN"),
    "m0p_ref_mix": (MORE, "Cortex-M0+, reference kernels"),
    "m0p_nn_mix": (MORE, "Cortex-M0+, CMSIS-NN"),
    "m7_ref_mix": (MORE, "Cortex-M7, reference kernels"),
    "m7_nn_mix": (MORE, "Cortex-M7, CMSIS-NN"),
    "m33_ref_mix": (MORE, "Cortex-M33, reference kernels"),
    "m33_nn_mix": (MORE, "Cortex-M33, CMSIS-NN"),
}

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
    "1x1 products": "CONV_2D FULLY_CONNECTED",
    "logarithms": "LOGISTIC TANH LOG_SOFTMAX",
    "differences of floats": "SOFTMAX LOGISTIC TANH CONV_2D DEPTHWISE_CONV_2D TRANSPOSE_CONV",
}
# Parts that only some builds have, by a piece of their names: CMSIS-NN has a softmax of its own, and lets a dense layer
# of three axes run as a 1x1 convolution; only M0+ subtracts floats by a routine.
ONLY = {"fixed-point exponentials": "ref", "1x1 products": "nn", "differences of floats": "m0p"}
# Bytes of routines of newlib-nano and libgcc 12.2 as they are linked: logf, and __aeabi_fsub.
ROUTINES: Mapping[str, Mapping[str, int]] = {
    "logarithms": {"m4": 657, "m0p": 892, "m7": 668, "m33": 661},
    "differences of floats": {"m0p": 804},
}
FIXED = "fixed"
TIE = 0.03  # of a part to its size on another core, beside one firmware's relative error


def parts_of(ops: Iterable[str], build: str) -> set[str]:
    """Return the parts that the operators' code is made of."""
    ops = set(ops)
    there = {name for name in SHARED if ONLY.get(name, "") in build}
    shared = {name for name in there if ops & set(SHARED[name].split())}
    return {FIXED, *(f"op {op}" for op in ops), *shared, *({"any"} if ops else ())}


def firmwares(sizes: Mapping[str, Any], build: str) -> list[tuple[frozenset[str], int, bool]]:
    """Return the op set and bytes of each linked firmware, and whether it is a model's."""
    over = sizes["over_base_set"][build]
    alone = sizes.get("over_empty_core", {}).get(build, over)
    core, base, flash = alone["core_no_ops"]["flash"], frozenset(over["base_set"]), over["base_flash"]
    rows = [(frozenset[str](), core, False), (base, flash, False)]
    increments = alone.get("op_increment") or over["single_increment"]
    rows += [(frozenset({op}), core + more, False) for op, more in increments.items()]
    for op, more in over["marginal"].items():
        rows.append((base - {op}, flash - more, False) if op in base else (base | {op}, flash + more, False))
    rows += [(frozenset(row["ops"]), row["flash"], True) for row in alone["opsets"]]
    return rows


Rows = Sequence[tuple[frozenset[str], int, bool]]


def fit(rows: Rows, build: str, other: Mapping[str, float] | None = None) -> dict[str, float]:
    """Return the bytes of each part.

    `other` are another core's, of which more was linked: what the rows leave open, and operators that they lack, are
    as there, in the proportion of the builds. The sizes of ROUTINES are held to, as one firmware is.
    """
    made_of = [parts_of(ops, build) for ops, _, _ in rows]
    parts = sorted({*set().union(*made_of), *(part for part in other or () if ONLY.get(part, "") in build)})
    bytes_ = np.array([size for _, size, _ in rows], float)
    design = np.array([[part in needed for part in parts] for needed in made_of], float) / bytes_[:, None]
    wanted = np.ones(len(bytes_))
    known = {name: sizes[build.split("_")[0]] for name, sizes in ROUTINES.items() if ONLY.get(name, "") in build}
    ties = np.array([part in known for part in parts], float)
    sizes = np.array([known.get(part, 0) for part in parts], float)
    if other is not None:
        scale = bytes_.sum() / sum(predict(ops, build, other) for ops, _, _ in rows)
        sizes = np.where(ties > 0, sizes, [scale * other.get(part, 0.0) for part in parts])
        ties = np.where(ties > 0, ties, TIE)
    design = np.vstack([design, np.diag(ties) / bytes_.mean()])
    found = nnls(design, np.append(wanted, ties * sizes / bytes_.mean()), maxiter=10000)[0]
    return dict(zip(parts, found, strict=True))


def predict(ops: Iterable[str], build: str, sizes: Mapping[str, float]) -> float:
    return sum(sizes.get(part, 0.0) for part in parts_of(ops, build))


def errors(rows: Rows, build: str, other: Mapping[str, float] | None = None) -> list[tuple[float, frozenset[str], int]]:
    """Return the relative error of each model's op set, with all its firmwares left out of the fit."""
    result = []
    for ops, size, of_model in dict.fromkeys(rows):
        if of_model:
            sizes = fit([row for row in rows if row[0] != ops], build, other)
            result.append((predict(ops, build, sizes) / size - 1, ops, size))
    return result


def report(rows: Rows, build: str, other: Mapping[str, float] | None) -> str:
    wrong = [abs(error) * 100 for error, _, _ in errors(rows, build, other)]
    sizes = fit(rows, build, other)
    fitted = [abs(predict(ops, build, sizes) / size - 1) * 100 for ops, size, of_model in rows if of_model]
    lines = [
        f"## {BUILDS[build][1]}",
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
    builds = list(by_build.values())
    shared = ["any", *SHARED]
    ops = sorted({part[3:] for sizes in builds for part in sizes if part.startswith("op ")})

    def columns(part: str) -> str:
        return ", ".join(f"{sizes.get(part, 0):.0f}" for sizes in builds)

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
            f"const CodeSize kFixedCode = {{{{{columns(FIXED)}}}}};",
            "const CodeSize kSharedCode[] = {",
            *(f"    {{{{{columns(name)}}}}},  // {name}" for name in shared),
            "};",
            "const size_t kSharedCodeCount = sizeof(kSharedCode) / sizeof(kSharedCode[0]);",
            "const KernelCode kKernelCode[] = {",
            *(f'    {{"{op}", 0x{mask(op):05x}, {{{{{columns("op " + op)}}}}}}},' for op in ops),
            "};",
            "// clang-format on",
            "const size_t kKernelCodeCount = sizeof(kKernelCode) / sizeof(kKernelCode[0]);",
            "",
            "}  // namespace nas",
            "",
        ]
    )


INTRODUCTION = """# Code of the runtime and its kernels

Written by `python native/tables/flash.py ../shared/truth --write`. Bytes of linked firmware without the model: release
build, core -Os, kernels -O2, gcc 12.2, newlib-nano. Parts are what a least-squares fit makes of the linked sizes; only
their sums over an op set are measured. The M3 and the M55 were not linked: they take the M4's figures.
"""


def linked(truth: Path) -> dict[str, Rows]:
    """Return the firmwares of each build."""
    files = {file: json.loads((truth / file).read_text()) for file in (FIRST, MORE)}
    return {build: firmwares(files[file], build) for build, (file, _) in BUILDS.items()}


def fit_all(truth: Path) -> tuple[str, str]:
    """Return the native table and the report."""
    rows = linked(truth)
    others = {build: other_of(build, rows) for build in BUILDS}
    texts = [report(rows[build], build, others[build]) for build in BUILDS]
    table = table_text({build: fit(rows[build], build, others[build]) for build in BUILDS})
    return table, "\n".join([INTRODUCTION, *texts])


def other_of(build: str, rows: Mapping[str, Rows]) -> dict[str, float] | None:
    """Return the fit of the M4's build with the same kernels, None for the M4 itself."""
    if BUILDS[build][0] == FIRST:
        return None
    m4 = "m4_nn_mix" if "_nn_" in build else "m4_ref_mix"
    return fit(rows[m4], m4)


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
