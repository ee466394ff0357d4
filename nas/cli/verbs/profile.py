"""`nas profile`: the footprint of one or more `.tflite` files on one or more targets."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import click

from nas.cli.options import json_option, runtime_option, streaming_option, targets_option
from nas.cli.views.output import print_json, print_view, width
from nas.errors import InputError

if TYPE_CHECKING:
    from nas import Check, Comparison, Footprint

EPILOG = """\b
Examples:
  nas profile model.tflite --target arduino-nano-33-ble
  nas profile studies/mine --target arduino-nano-33-ble
  nas profile model.tflite --target all
  nas profile model.tflite --target arduino-uno --runtime c
  nas profile steps.tflite --target nucleo-f411re --runtime c --streaming 4
  nas profile models/ other.tflite --target nucleo-f411re,raspberry-pi-pico
  nas profile model.tflite --memory-map map.html
  nas profile model.tflite --target cortex-m4-reference --json
  nas profile models/ --target nucleo-f411re --check --ram-kb 64 --latency-ms 20
\b
Exit codes:
  0  every FILE was profiled, and runs; with --check it fits as well
  1  a FILE cannot be read or does not run; with --check also if it exceeds
     a limit, or has operators that are not known. All else is printed before
  2  a flag is wrong
"""

_LIMITS = {
    "budget_kb": "Limit of the weights for --check; 1 KB = 1024 bytes.",
    "ram_kb": "Limit of the arena (plain C: of all RAM) for --check; the target's by default.",
    "flash_kb": "Limit of model plus code for --check; the target's by default.",
    "macs_k": "Limit of multiply-accumulates for --check, in thousands.",
    "latency_ms": "Limit of the latency for --check, in milliseconds; for boards with a latency.",
}
_MOST_NAMED = 3

Limits: TypeAlias = Mapping[str, float | None]
F = TypeVar("F", bound=Callable[..., Any])


def _limit_options(command: F) -> F:
    for name, words in reversed(_LIMITS.items()):
        command = click.option(f"--{name.replace('_', '-')}", name, type=float, help=words)(command)
    return command


@click.command(epilog=EPILOG)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@targets_option
@runtime_option
@streaming_option
@click.option(
    "--memory-map",
    metavar="MAP",
    help="Draw which bytes of the arena each tensor occupies while each operator runs, into MAP: .svg, .html or .txt.",
)
@click.option("--check", is_flag=True, help="Exit with 1 if a FILE does not fit the target, or a limit below.")
@_limit_options
@json_option
def command(
    files: tuple[str, ...],
    target: str,
    runtime: str | None,
    streaming: int | None,
    memory_map: str | None,
    check: bool,
    as_json: bool,
    **limits: float | None,
) -> None:
    """Print what each FILE costs on a target: weights, arena, flash, MACs and latency.

    For one file on one target, it also prints the operators, the tensors at the arena's peak, and advice with its
    savings. The name or folder of a study stands for its winner, any other folder for the .tflite files in it; several
    files or targets give a line each, and --json a list. A FILE is a .tflite or a .nas.zip; it has at most 256 MB, and
    is no pipe or device.
    """
    from nas import compare, find_target, list_targets

    if not check and any(limit is not None for limit in limits.values()):
        raise click.UsageError("Limits are for --check; give it as well.")
    names = [each.name for each in list_targets()] if target == "all" else target.split(",")
    targets = [find_target(name.strip(), runtime, streaming or 0) for name in names]
    rows = compare(files, targets)
    several = len(rows) > 1 or (Path(files[0]).is_dir() and not rows[0].study)
    if several and memory_map is not None:
        raise click.UsageError("--memory-map draws one file on one target.")
    checks = [_check(row, limits) if check else None for row in rows]
    if several:
        _print_comparison(rows, checks, as_json)
    else:
        _print_profile(rows[0], checks[0], memory_map, as_json)
    _end(rows, checks)


def _check(row: "Comparison", limits: Limits) -> "Check | None":
    from nas import check_limits

    return None if isinstance(row.result, InputError) else check_limits(row.result, row.target, **limits)


def _print_profile(row: "Comparison", check: "Check | None", memory_map: str | None, as_json: bool) -> None:
    from nas import advise
    from nas.cli.views.advice import advice_view
    from nas.cli.views.footprint import view

    if isinstance(row.result, InputError):
        raise row.result
    if memory_map is not None:
        from nas import write_memory_map  # with all that reports need

        click.echo(f"wrote {write_memory_map(row.result, Path(memory_map))}", err=True)
    advice = advise(row.file, row.target)
    if as_json:
        print_json({**_document(row, check), "advice": [piece.to_json() for piece in advice]})
        return
    print_view(view(row.result, row.target))
    if advice:
        print_view(advice_view(advice, row.target))


def _print_comparison(rows: "Sequence[Comparison]", checks: "Sequence[Check | None]", as_json: bool) -> None:
    from nas.cli.views.comparison import comparison

    if as_json:
        print_json([_document(row, check) for row, check in zip(rows, checks, strict=True)])
    else:
        print_view(comparison(rows, width()))


def _document(row: "Comparison", check: "Check | None") -> dict[str, Any]:
    if isinstance(row.result, InputError):
        return {"file": row.file, "target": row.target.name, "error": str(row.result)}
    return {**row.result.to_json(), **({} if check is None else {"check": check.to_json()})}


def _end(rows: "Sequence[Comparison]", checks: "Sequence[Check | None]") -> None:
    """End with one line that names what is wrong, if anything is."""
    results = [row.result for row in rows]
    unreadable = [row.file for row in rows if isinstance(row.result, InputError)]
    refused = [row.file for row, result in zip(rows, results, strict=True) if _is_refused(result)]
    unfit = [
        f"{row.file} on {row.target.name}: {'; '.join(check.problems)}"
        for row, check in zip(rows, checks, strict=True)
        if check is not None and not check.passes and not _is_refused(row.result)
    ]
    lines = [
        *_line(unreadable, ": must hold a valid .tflite file"),
        *_line(refused, ": does not run, for the reasons given"),
        *_line(unfit, "", "; "),
    ]
    if lines:
        place, _, rest = "; ".join(lines).partition(": ")
        raise InputError(place, rest)


def _is_refused(result: "Footprint | InputError") -> bool:
    return not isinstance(result, InputError) and result.refused


def _line(items: Sequence[str], words: str, between: str = ", ") -> Iterator[str]:
    """Yield one sentence on the items, the first of which are named."""
    named = list(dict.fromkeys(items))
    if named:
        more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
        yield between.join(named[:_MOST_NAMED]) + more + words
