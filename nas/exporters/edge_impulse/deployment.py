"""Our `.tflite` in a project of Edge Impulse, as a model of one's own: profiled there, and built for a target."""

import time
from dataclasses import dataclass
from typing import Any

from nas.errors import InputError
from nas.exporters.edge_impulse.answer import RefusedError
from nas.exporters.edge_impulse.client import Client

_ENGINES = ("tflite-eon", "tflite")
"""How they run the model: compiled, or interpreted."""


@dataclass(frozen=True, slots=True)
class Blueprint:
    """What is built of a model.

    Attributes:
        tflite: content of the file, int8.
        name: of the file.
        labels: a class an output.
        rate_hz: of the signal that windows are cut from; None for other rows.
        window: samples in a window; None for other rows.
        device: name of the processor to profile for; None for an overview of some.
        build: the target of the build, such as `zip`, a C++ library, or `arduino`; None to build nothing.
        engine: `tflite-eon` or `tflite`.
    """

    tflite: bytes
    name: str
    labels: tuple[str, ...]
    rate_hz: float | None = None
    window: int | None = None
    device: str | None = None
    build: str | None = "zip"
    engine: str = "tflite-eon"

    def __post_init__(self) -> None:
        if self.engine not in _ENGINES:
            raise InputError("--engine", "must be tflite-eon or tflite", got=self.engine)


def project_of(client: Client) -> int:
    """Return the number of the project that the key belongs to."""
    projects: Any = client.get("/api/projects").get("projects")
    try:
        return int(projects[0]["id"])
    except (TypeError, LookupError, ValueError):
        hint = "take a project's key, not a user's or an organization's"
        raise InputError("EI_API_KEY", "must belong to a project", got=str(projects)[:80], hint=hint) from None


def profile_there(client: Client, project: int, model: Blueprint) -> dict[str, Any]:
    """Upload a model and return what the project says of it: its tensors, and memory and time by device."""
    base = f"/api/{project}/pretrained-model"
    form = {"modelFileName": model.name, "modelFileType": "tflite"} | ({"device": model.device} if model.device else {})
    file = {"modelFile": (model.name, model.tflite, "application/octet-stream")}
    _finish(client, project, client.post(f"{base}/upload", data=form, files=file), "the upload")
    _finish(client, project, client.post(f"{base}/profile"), "the profiling")
    found = client.get(base).get("model")
    if not isinstance(found, dict):
        raise InputError(base, "must tell of the uploaded model", got=str(found)[:80])
    return found


def build_there(client: Client, project: int, model: Blueprint) -> bytes:
    """Say what the uploaded model takes and gives, build it for the target, and return the file."""
    window = None if model.rate_hz is None or model.window is None else round(1000 * model.window / model.rate_hz)
    source = {"inputType": "other"}
    if window is not None:
        source = {"inputType": "time-series", "frequencyHz": model.rate_hz, "windowLengthMs": window}  # type: ignore[dict-item]
    learned = {"modelType": "classification", "labels": list(model.labels)}
    client.post(f"/api/{project}/pretrained-model/save", json={"input": source, "model": learned})
    asked = {"engine": model.engine, "modelType": "int8"}
    job = client.post(f"/api/{project}/jobs/build-ondevice-model", query={"type": model.build}, json=asked)
    _finish(client, project, job, "the build")
    return client.download(
        f"/api/{project}/deployment/download", type=model.build, modelType="int8", engine=model.engine
    )


def _finish(client: Client, project: int, started: dict[str, Any], what: str) -> None:
    """Wait for a job to end well.

    Raises:
        InputError: it fails, which is told with the last lines of its log, or takes too long.
    """
    if not isinstance(started.get("id"), int):
        raise InputError(f"project {project}", f"must start a job for {what}", got=str(started)[:80])
    number, end = started["id"], time.monotonic() + client.patience.job_s
    while time.monotonic() < end:
        job = client.get(f"/api/{project}/jobs/{number}/status").get("job")
        if isinstance(job, dict) and job.get("finished"):
            if job.get("finishedSuccessful"):
                return
            hint = "Studio shows the job's whole log"
            raise InputError(f"project {project}", f"{what} failed there", got=_log(client, project, number), hint=hint)
        client.sleep(client.patience.poll_s)
    rule = f"must end {what} within {client.patience.job_s:g} s"
    raise InputError(f"project {project}", rule, hint="look at the job in Studio")


def _log(client: Client, project: int, number: int) -> str:
    try:
        lines = client.get(f"/api/{project}/jobs/{number}/stdout").get("stdout") or []
    except (InputError, RefusedError):
        return "no log"
    texts = [str(line.get("data", "")).strip() for line in lines if isinstance(line, dict)]
    return " ".join([text for text in texts if text][-2:]) or "no log"
