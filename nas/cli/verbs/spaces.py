"""`nas spaces`: list search spaces, or describe one."""

from typing import Any

import click

from nas.cli.views.output import json_option, print_json
from nas.errors import InputError
from nas.space.dims import show
from nas.space.file import load_space, space_names
from nas.space.space import Space
from nas.text import percent

EPILOG = """\b
Examples:
  nas spaces
  nas spaces cnn_timeseries --budget-kb 6 --target cortex-m4
  nas spaces ./mine.toml --input-shape 100,3 --classes 4 --budget-kb 2
"""


@click.command(epilog=EPILOG)
@click.argument("name", required=False)
@click.option("--budget-kb", type=float, help="Tell how much of a random sample has weights within this.")
@click.option("--ram-kb", type=float, help="The same with a limit of the arena.")
@click.option("--target", default="cortex-m4", show_default=True, help="Target whose memory rules hold.")
@click.option("--input-shape", help="Shape of a row, such as 128,6; that of the space's own data by default.")
@click.option("--classes", type=int, help="Number of classes; that of the space's own data by default.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the sample.")
@json_option
def command(
    name: str | None,
    budget_kb: float | None,
    ram_kb: float | None,
    target: str,
    input_shape: str | None,
    classes: int | None,
    seed: int,
    as_json: bool,
) -> None:
    """List search spaces, or describe one: its dimensions, its size, how much of it fits."""
    if name is None:
        listing = [_entry(load_space(known)) for known in space_names()]
        if as_json:
            print_json(listing)
        else:
            click.echo(
                "\n".join(
                    f"{entry['name']:16} {entry['members']:.1e} members  {entry['description']}" for entry in listing
                )
            )
        return
    space = load_space(name)
    document = {**_entry(space), "dimensions": dimensions(space)}
    if budget_kb is not None or ram_kb is not None:
        shape, outputs = row_shape(space, input_shape, classes)
        document["budget"] = _fit(space, shape, outputs, target, budget_kb, ram_kb, seed)
    if as_json:
        print_json(document)
    else:
        click.echo(describe(document))


def dimensions(space: Space) -> list[dict[str, Any]]:
    """Return every dimension: its stage, name, values, and the condition under which it matters."""
    return [
        {
            "stage": stage.name,
            "name": name,
            "values": show(dim),
            "when": {other: list(values) for other, values in stage.when.get(name, {}).items()},
        }
        for stage in space.stages
        for name, dim in ([("count", stage.count)] if len(stage.count.values) > 1 else []) + list(stage.dims.items())
    ]


def describe(document: dict[str, Any]) -> str:
    """Return a space as text."""
    lines = [
        f"{document['name']}: {document['description']}",
        f"input {document['input']}, default data {document['data']}, {document['members']:.3e} members",
    ]
    for dim in document["dimensions"]:
        when = ", ".join(f"{other} is {' or '.join(map(str, values))}" for other, values in dim["when"].items())
        lines.append(f"  {dim['stage'] + '.' + dim['name']:20} {dim['values']}{'  if ' + when if when else ''}")
    if "budget" in document:
        fit = document["budget"]
        lines.append(
            f"within {fit['limits']} on {fit['target']}, for rows {tuple(fit['input_shape'])} and "
            f"{fit['classes']} classes: {percent(fit['fitting'] / fit['drawn'])} of {fit['drawn']} random members"
        )
    return "\n".join(lines)


def row_shape(space: Space, input_shape: str | None, classes: int | None) -> tuple[tuple[int, ...], int]:
    """Return the shape of a row and the number of classes: as given, else those of the space's own data."""
    try:
        given = tuple(int(n) for n in input_shape.split(",")) if input_shape else None
    except ValueError:
        raise InputError("--input-shape", "must be whole numbers with commas", got=repr(input_shape)) from None
    if given is not None and min(given) < 1:
        raise InputError("--input-shape", "must be positive", got=input_shape)
    if classes is not None and classes < 1:
        raise InputError("--classes", "must be positive", got=classes)
    if given is not None and classes is not None:
        return given, classes
    from nas.data.source import load

    dataset = load(space.data)
    return given or dataset.train.x.shape[1:], classes or len(dataset.class_names)


def _entry(space: Space) -> dict[str, Any]:
    return {
        "name": space.name,
        "description": space.description,
        "input": space.input,
        "data": space.data,
        "members": space.members,
    }


def _fit(
    space: Space,
    shape: tuple[int, ...],
    outputs: int,
    target: str,
    budget_kb: float | None,
    ram_kb: float | None,
    seed: int,
) -> dict[str, Any]:
    from nas.study.feasibility import share
    from nas.target.budget import Budget, to_bytes
    from nas.target.target import find_target

    budget = Budget(to_bytes(budget_kb, "--budget-kb"), to_bytes(ram_kb, "--ram-kb"))
    found = share(space, shape, outputs, find_target(target), budget, seed=seed)
    words = [f"{kb:g} KB of {what}" for kb, what in ((budget_kb, "weights"), (ram_kb, "arena")) if kb is not None]
    return {
        "limits": " and ".join(words),
        "target": target,
        "input_shape": list(shape),
        "classes": outputs,
        "drawn": found.drawn,
        "fitting": found.fitting,
    }
