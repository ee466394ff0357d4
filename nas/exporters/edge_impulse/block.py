"""The files of a custom learning block of Edge Impulse: its container, its parameters, and how to push it."""

import json
from collections.abc import Mapping
from typing import Any

_INSTALLED = "nas=={version}"
_DOCKERFILE = """\
# A search by nas as a custom learning block. Written by nas.
FROM python:3.11-slim
# Edge Impulse writes over /home and /data.
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends g++ cmake && rm -rf /var/lib/apt/lists/*
{copy}RUN pip install --no-cache-dir {package}
# There is no network while the block runs, and nothing of it may ask for a terminal.
ENV PYTHONUNBUFFERED=1 TF_CPP_MIN_LOG_LEVEL=2
ENTRYPOINT ["nas", "learning-block", "run"]
"""
_README = """\
# nas as a learning block of Edge Impulse

Finds the smallest accurate int8 network for the features of a project. Written by nas {version}.

    edge-impulse-blocks init                          # once: `Machine learning block`
    edge-impulse-blocks runner --download-data data/  # to try it here
    docker build -t nas-block .
    docker run --rm -v $PWD:/work nas-block --data-directory /work/data --out-directory /work/out --trials 20
    edge-impulse-blocks push

For windows of a signal, take the processing block `Raw data` and set `channels` to the number of sensor channels.
"""
_IGNORED = "data/\nout/\n.git/\n"


def block_files(version: str, wheel: str | None) -> Mapping[str, str]:
    """Return the contents of the block's files by name.

    Args:
        version: of nas.
        wheel: name of a wheel beside them that is installed; None to install the version from the package index.
    """
    copy = f"COPY {wheel} ./\n" if wheel else ""
    package = f"./{wheel}" if wheel else _INSTALLED.format(version=version)
    return {
        "Dockerfile": _DOCKERFILE.format(copy=copy, package=package),
        "parameters.json": json.dumps(_parameters(), indent=2) + "\n",
        "README.md": _README.format(version=version),
        ".dockerignore": _IGNORED,
    }


def _parameters() -> dict[str, Any]:
    info = {
        "name": "Neural architecture search",
        "description": "Finds the smallest accurate int8 network within a budget of weights.",
        "operatesOn": "other",
        "indRequiresGpu": False,
    }
    return {"version": 1, "type": "machine-learning", "info": info, "parameters": list(_entries())}


def _entries() -> list[dict[str, Any]]:
    def entry(param: str, kind: str, value: Any, name: str, text: str) -> dict[str, Any]:
        return {"name": name, "value": value, "type": kind, "help": text, "param": param}

    return [
        entry("budget-kb", "float", 16, "Budget in KB", "Limit of the network's weights; 1 KB = 1024 bytes."),
        entry("epochs", "int", 10, "Epochs", "Passes over the data for each candidate; finalists get more."),
        entry("learning-rate", "float", 0.004, "Learning rate", "Peak of the learning rate of each training."),
        entry("channels", "int", 0, "Channels", "Channels whose values alternate in a row; 0 for other features."),
        entry(
            "minutes",
            "float",
            20,
            "Minutes",
            "The search ends after so many minutes, or before the limit of a training.",
        ),
    ]
