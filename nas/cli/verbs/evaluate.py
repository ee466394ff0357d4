"""`nas evaluate`: a model's figures on its test set or on other data, float and int8 side by side."""

from pathlib import Path
from typing import Any

import click

from nas.cli.options import json_option, studies_option
from nas.cli.study_options import reader_options
from nas.cli.views.output import print_json, print_view
from nas.errors import InputError

EPILOG = """\b
Examples:
  nas evaluate mine
  nas evaluate mine --part val -o evaluation/
  nas evaluate model.tflite --data recordings/ --target nucleo-f411re
  nas evaluate best.nas.zip --data recordings/ --update-archive
  nas evaluate models/gesture --data new.npz --rows-per-class 200 --json
"""


@click.command(epilog=EPILOG)
@click.argument("model")
@click.option(
    "--data", help="Other data: a name, a file or a folder.  [default: the data that the model was trained on]"
)
@click.option(
    "--part",
    type=click.Choice(["train", "val", "test", "all"]),
    help="Rows to evaluate.  [default: test; of other data without a test part, all]",
)
@click.option(
    "--weights",
    type=click.Path(path_type=Path),
    help="Evaluate the float model with these weights: a checkpoint, a .keras or a .weights.h5 file.",
)
@click.option("--rows-per-class", type=click.IntRange(1), help="At most so many rows of each class, drawn at random.")
@click.option(
    "--float/--no-float", "with_float", default=True, help="Evaluate the float model beside the .tflite.  [default: on]"
)
@click.option("--target", help="Show what the model costs on this target as well (see `nas targets`).")
@click.option("--seed", type=click.IntRange(0, 2**31), help="Seed of drawn rows, and of a split of other data.")
@click.option("-o", "--folder", type=click.Path(path_type=Path, file_okay=False), help="Write page and pictures there.")
@click.option("--update-archive", is_flag=True, help="Add page, pictures and figures to MODEL, a .nas.zip.")
@reader_options
@studies_option
@json_option
def command(
    model: str,
    data: str | None,
    folder: Path | None,
    studies: Path,
    update_archive: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Evaluate MODEL: scores with intervals, by class and group, curves, thresholds, and what quantization changed.

    MODEL is a study's name or folder, the folder of a training, an archive, a .tflite or a .keras file. Without --data,
    it is evaluated on the test rows of the data that it was trained on; a study counts how often that happens.

    With -o, evaluation.html, evaluation.json and pictures (SVG) are written into a folder.
    """
    from nas import DataOptions, archive_evaluation, evaluate, open_archive, write_evaluation
    from nas.cli.views.evaluation import view

    if update_archive and not model.endswith(".nas.zip"):
        hint = f"write one with nas archive {model}"
        raise InputError("--update-archive", "MODEL must be a .nas.zip", got=model, hint=hint)
    if update_archive:
        open_archive(model)  # a wrong one is refused now, not after the evaluation
    names = ("weights", "part", "rows_per_class", "with_float", "target", "seed")
    settings: Any = {name: options.pop(name) for name in names}
    settings = {name: value for name, value in settings.items() if value is not None}
    found = evaluate(model, data=data, options=DataOptions(**options), root=studies, **settings)
    files = [] if folder is None else [str(path) for path in write_evaluation(found, folder)]
    files += [str(archive_evaluation(found, model))] if update_archive else []
    if as_json:
        print_json(found.to_json() | {"files": files})
        return
    print_view(view(found))
    click.echo("\n".join(["", *files]) if files else "\nfor the page, the pictures and all figures: -o FOLDER")
