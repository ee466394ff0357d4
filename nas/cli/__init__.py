"""The command line: flags, a call of a function of `nas`, text or JSON, and one line on failure.

Each verb is a module of `verbs/` that is imported only when it is used, so that `nas --help` stays quick.
"""

import difflib
import importlib
import os
import shlex
import signal
import sys
from typing import NamedTuple

import click

from nas import __version__
from nas.cli.failure import unexpected
from nas.cli.signals import Interruption, interruptible
from nas.errors import InputError, flags_shown


class Verb(NamedTuple):
    """A command: its help in a line, and the functions of `nas` that it calls."""

    help: str
    calls: tuple[str, ...]


VERBS = {
    "search": Verb(
        "Search a space for the best model that fits.",
        ("check_search", "define_study", "limits_in_words", "open_study", "search", "show_study", "start_search"),
    ),
    "sweep": Verb("Search a grid of studies: data, budgets, targets, seeds.", ("sweep",)),
    "attach": Verb("Follow a search that runs in the background.", ("follow_search", "show_study")),
    "stop": Verb("End a search that runs in the background.", ("stop_search",)),
    "spaces": Verb("List search spaces, or describe one.", ("list_spaces", "describe_space", "find_target")),
    "targets": Verb("List targets, or describe one.", ("list_targets", "find_target")),
    "data": Verb(
        "Describe a data source: shapes, classes, groups, split, what looks wrong.",
        ("list_data", "describe_data", "save_data"),
    ),
    "estimate": Verb("Print the footprint of an architecture before training.", ("find_target", "estimate")),
    "profile": Verb(
        "Print the footprint of a .tflite file.",
        ("find_target", "list_targets", "compare", "advise", "check_limits", "write_memory_map"),
    ),
    "features": Verb("Compute the features of a sound or of windows, as a device does.", ("features",)),
    "specs": Verb(
        "List specifications of models, or what one may hold.", ("list_specs", "describe_spec", "list_spec_keys")
    ),
    "train": Verb("Train a model of your own, or go on with its training.", ("train",)),
    "quantize": Verb("Compare a model by every scheme of quantization, and show where it hurts.", ("quantize",)),
    "convert": Verb("Convert a model to .tflite and ONNX, and check what comes out.", ("convert",)),
    "edge-impulse": Verb(
        "Exchange data and models with a project of Edge Impulse.",
        ("upload_to_edge_impulse", "download_from_edge_impulse", "deploy_to_edge_impulse"),
    ),
    "learning-block": Verb(
        "Write a search as a learning block of Edge Impulse, or run one.",
        ("write_learning_block", "run_learning_block"),
    ),
    "benchmark": Verb("Measure models on this computer: latency, accuracy, memory.", ("benchmark",)),
    "ui": Verb("Open the MLflow UI on the studies.", ("open_ui", "ui_command")),
    "report": Verb("Write a study's HTML report.", ("list_studies", "report")),
    "studies": Verb(
        "List studies, or show, compare or delete some.",
        ("list_studies", "show_study", "compare_studies", "write_comparison", "delete_study", "open_study"),
    ),
    "archive": Verb(
        "Write a study's winner as one .nas.zip, or show, verify or extract one.",
        ("archive", "archive_front", "open_archive", "extract_archive"),
    ),
    "evaluate": Verb(
        "Evaluate a model: float and int8, classes, groups, curves, thresholds.",
        ("evaluate", "write_evaluation", "archive_evaluation", "open_archive"),
    ),
    "predict": Verb("Give a model's answers for rows or recordings, window by window, as CSV.", ("predict",)),
    "classify": Verb(
        "Say which class begins when in recordings, before the microphone, or before a camera.",
        ("classify", "listen", "load", "spotting_of", "watch"),
    ),
    "summarize": Verb("Print what a model is: layers, shapes, parameters, quantization.", ("summarize",)),
    "view": Verb("Write a page that shows a model, or open Netron on it.", ("view", "open_netron")),
    "view-audio": Verb(
        "Show a sound as a network hears it, with the front-end's settings as sliders.", ("view_audio", "serve_audio")
    ),
    "tensorboard": Verb("Open TensorBoard on trainings.", ("open_tensorboard", "tensorboard_command")),
    "doctor": Verb("Say whether a search can run here, and what is missing.", ("doctor",)),
    "completion": Verb("Print the script that lets a shell complete commands.", ()),
    "export": Verb("Write a model for a firmware: .tflite, C sources, model card.", ("export", "export_baseline")),
    "params": Verb("Read or set parameters in the metadata of a .tflite file.", ("params", "set_params")),
}


class LazyVerbs(click.Group):
    """A group that knows its verbs' names and one-line helps without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"nas.cli.verbs.{cmd_name.replace('-', '_')}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if (option := {"help": "--help", "version": "--version"}.get(args[0])) is not None:
            ctx.fail(f"No such command {args[0]!r}. Did you mean 'nas {option}'?")
        near = difflib.get_close_matches(args[0], VERBS, n=1)
        if args[0] not in VERBS and near:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, verb.help) for name, verb in VERBS.items()])


@click.group(cls=LazyVerbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def group() -> None:
    """Find the most accurate int8 network that fits a microcontroller.

    Example: nas search --space cnn_timeseries --budget-kb 6
    """
    click.get_current_context().with_resource(flags_shown())


def main() -> None:
    """Run the command line; exit codes: 0 done, 1 wrong input, 2 usage, 130 after Ctrl-C, 143 after SIGTERM."""
    try:
        with interruptible():
            # With standalone_mode off, click returns the exit code of --help and --version, and None from a verb.
            sys.exit(group.main(prog_name="nas", standalone_mode=False) or 0)
    except InputError as error:
        click.echo(f"nas: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of the output, such as `head`, has ended; Python would complain again when it closes the output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        # A folder that cannot be written, a full disk: a traceback would not help the user.
        click.echo(f"nas: {error.filename or 'files'}: {error.strerror or error}", err=True)
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort) as end:
        # click wraps a KeyboardInterrupt.
        cause = end if isinstance(end, Interruption) else end.__cause__
        interruption = cause if isinstance(cause, Interruption) else Interruption(signal.SIGINT)
        click.echo(f"nas: interrupted; {interruption.kept or 'everything finished so far is kept'}", err=True)
        sys.exit(interruption.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as error:
        click.echo(f"nas: {unexpected(error, shlex.join(sys.argv))}", err=True)
        sys.exit(1)
