"""`nas edge-impulse`: data uploaded to a project of Edge Impulse and downloaded from it, a model deployed there."""

from pathlib import Path
from typing import Any

import click

from nas.cli.options import json_option, studies_option
from nas.cli.study_options import data_choice, reader_options
from nas.cli.views.output import print_json, print_written
from nas.errors import InputError

EPILOG = """\b
Examples:
  export EI_API_KEY=ei_...      # Dashboard > Keys in Studio
  nas edge-impulse upload recordings/ --whole
  nas edge-impulse upload windows.npz --rate-hz 50 --form cbor
  nas edge-impulse download -o export/ && nas data export/
  nas edge-impulse deploy studies/mine --device cortex-m4f-80mhz
"""
_EVERY = 100
form_option = click.option(
    "--form", type=click.Choice(["json", "cbor"]), default="json", show_default=True, help="Form of the files."
)
project_option = click.option("--project", type=int, help="The project's number.  [default: the key's project]")


@click.group(epilog=EPILOG)
def command() -> None:
    """Exchange data and models with a project of Edge Impulse.

    The key comes from the variable EI_API_KEY or the system's keyring, never from a flag. Samples are signed if
    EI_HMAC_KEY is set. EI_API_ENDPOINT and EI_INGESTION_ENDPOINT name other servers. Requests are repeated where that
    helps; a command that was interrupted is repeated as it is. Each command takes --json.
    """


@command.command(epilog=EPILOG)
@click.argument("data")
@click.option("--whole", is_flag=True, help="Upload each recording of a folder whole, in place of windows.")
@form_option
@click.option("--device", default="NAS", show_default=True, help="Kind of the device that recorded the data.")
@reader_options
@json_option
def upload(data: str, whole: bool, form: str, device: str, as_json: bool, **options: Any) -> None:
    """Upload DATA, which is what `nas data` takes: labelled windows, or with --whole the recordings of a folder.

    Training and validation rows become training samples, test rows testing samples. A sample that the project holds
    already is not stored again.
    """
    from nas import upload_to_edge_impulse

    seen = 0

    def told(sent: object) -> None:
        nonlocal seen
        seen += 1
        if seen % _EVERY == 0:
            click.echo(f"{seen:,} samples", err=True)

    choice = data_choice(data, options, 0)
    assert choice is not None
    result = upload_to_edge_impulse(choice, whole=whole, form=form, device=device, told=told)
    if as_json:
        print_json(result.to_json())
    else:
        counts = result.counts
        signed = "signed" if result.signed else "not signed, since EI_HMAC_KEY is not set"
        click.echo(
            f"{counts['stored']:,} stored, {counts['known']:,} there already, {counts['failed']:,} failed; {signed}"
        )
    if result.failed:
        reasons = "; ".join(result.reasons())
        raise InputError(data, "must be stored whole, but the server refuses samples", got=reasons, hint="try again")


@command.command(epilog=EPILOG)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="Folder to write into.")
@form_option
@project_option
@json_option
def download(output: Path, form: str, project: int | None, as_json: bool) -> None:
    """Write a project's samples as an export: training/, testing/ and info.labels, which `nas data` reads."""
    from nas import download_from_edge_impulse

    files = download_from_edge_impulse(output, form=form, project=project)
    if as_json:
        print_json({"folder": str(output), "files": [str(file) for file in files]})
    else:
        print_written(output, len(files) - 1, "sample")


@command.command(epilog=EPILOG)
@click.argument("model")
@click.option("--device", help="Processor to profile for, by Edge Impulse's name.  [default: an overview]")
@click.option(
    "--build", default="zip", show_default=True, help="What to build, such as zip (C++) or arduino, or `none`."
)
@click.option("--engine", default="tflite-eon", show_default=True, help="tflite-eon, which compiles, or tflite.")
@project_option
@click.option("-o", "--output", type=click.Path(path_type=Path), default=".", help="Folder to write the build into.")
@studies_option
@json_option
def deploy(model: str, project: int | None, output: Path, studies: Path, as_json: bool, **options: Any) -> None:
    """Upload the int8 MODEL as one of your own, profile it there, and download a build of it.

    MODEL is a study, the folder of a training, a .nas.zip or a .tflite.
    """
    from nas import deploy_to_edge_impulse

    build = None if options["build"] == "none" else options["build"]
    blueprint = {"device": options["device"], "build": build, "engine": options["engine"]}
    result = deploy_to_edge_impulse(model, blueprint=blueprint, project=project, folder=output, root=studies)
    if as_json:
        print_json(result.to_json())
        return
    for line in result.lines():
        click.echo(line)
