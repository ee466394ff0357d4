"""Edge Impulse: uploads, downloads and deployments against a stand-in of their endpoints, with its wrong answers."""

import dataclasses
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cbor2
import numpy as np
import pytest
from edge_impulse_stand_in import KEY, PROJECT, Fault, StandIn

import nas
from nas.data.acquisition import is_signed_by
from nas.data.source import load
from nas.errors import InputError
from nas.exporters.edge_impulse.client import Client, Patience

BUSY = (429, {"retry-after": "7"}, b"slow down")
BROKEN = (503, {}, b"<html>down</html>")
ROWS = np.random.default_rng(0).normal(size=(12, 8, 2)).astype(np.float32)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    stand_in = StandIn()
    monkeypatch.setenv("EI_API_KEY", KEY)
    monkeypatch.delenv("EI_HMAC_KEY", raising=False)
    monkeypatch.setenv("EI_API_ENDPOINT", f"{stand_in.url}/v1")
    monkeypatch.setenv("EI_INGESTION_ENDPOINT", stand_in.url)
    yield stand_in
    stand_in.close()


class Waits(list[float]):
    """A client that does not wait, and how long it would have."""

    def client(self, tries: int = 4) -> Client:
        return Client(Patience(tries=tries, timeout_s=20), sleep=self.append)


@pytest.fixture
def waits() -> Waits:
    return Waits()


def data(**more: Any) -> nas.Data:
    return nas.Data.from_arrays(
        ROWS, np.array(["run", "walk"] * 6), np.repeat(["anna", "bo"], 6),
        x_test=ROWS[:4] + 1, y_test=["run", "walk"] * 2, channel_names=["acc_x", "acc_y"],
        **{"sample_rate_hz": 50, **more},
    )  # fmt: skip


@pytest.mark.parametrize("form", ["json", "cbor"])
def test_windows_are_stored_with_class_part_group_and_signature(service, waits, monkeypatch, form):
    monkeypatch.setenv("EI_HMAC_KEY", "secret")
    result = nas.upload_to_edge_impulse(data(), form=form, device="NICLA", client=waits.client())
    assert result.counts == {"stored": 16, "known": 0, "failed": 0}
    assert result.signed
    rows = list(service.samples.values())
    assert [row["category"] for row in rows].count("testing") == 4
    assert {row["listed"]["label"] for row in rows} == {"run", "walk"}
    assert {(row["listed"]["metadata"] or {}).get("group") for row in rows} == {"anna", "bo", None}
    assert all(is_signed_by(row["content"], "secret") for row in rows)
    payload = rows[0]["message"]["payload"]
    assert payload["device_type"] == "NICLA"
    assert payload["interval_ms"] == 20
    assert payload["sensors"][0] == {"name": "acc_x", "units": "N/A"}
    sent = {np.asarray(row["message"]["payload"]["values"], np.float32).tobytes() for row in rows}
    assert {row.tobytes() for row in ROWS} <= sent  # no digit is lost


def test_a_repeated_upload_stores_nothing_twice(service, waits):
    nas.upload_to_edge_impulse(data(), client=waits.client())
    again = nas.upload_to_edge_impulse(data(), client=waits.client())
    assert again.counts == {"stored": 0, "known": 16, "failed": 0}
    assert len(service.samples) == 16


@pytest.mark.parametrize("fault", [BUSY, BROKEN, "cut", (500, {}, b"")], ids=["429", "503", "cut", "500"])
def test_an_upload_is_repeated_where_that_helps(service, waits, fault):
    service.faults = [fault, fault]
    result = nas.upload_to_edge_impulse(data(), client=waits.client())
    assert result.counts["stored"] == 16
    assert waits == ([7, 7] if fault == BUSY else [1, 2])


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ((401, {}, b""), "must accept the key, but refuses it, got HTTP 401; check EI_API_KEY"),
        ((403, {}, b""), "must accept the key"),
        ((413, {}, b""), "finds the request too large"),
        ((302, {"location": "https://elsewhere.example"}, b""), "got HTTP 302"),
        ((200, {}, b"<html>hello</html>"), "must answer with JSON, got <html>hello"),
        ((200, {}, b"[1]"), "must answer with a JSON object, got list"),
    ],
)
def test_what_does_not_get_better_is_told_in_one_line_at_once(service, waits, fault, words):
    service.faults = [fault]
    with pytest.raises(InputError) as refusal:
        nas.upload_to_edge_impulse(data(), client=waits.client())
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert len(service.asked) == 1
    assert not waits


@pytest.mark.parametrize("fault", [BUSY, BROKEN, "cut"], ids=["429", "503", "cut"])
def test_a_server_that_stays_away_is_given_up_in_one_line(service, waits, fault: Fault):
    service.faults = [fault] * 10
    with pytest.raises(
        InputError, match=r"must answer, but .* \(3 tries\); try again later; what was done so far is kept"
    ):
        nas.upload_to_edge_impulse(data(), client=waits.client(tries=3))
    assert len(service.asked) == 3


def test_a_failure_inside_of_a_200_is_told_sample_by_sample(service, waits):
    service.refuse = lambda name: "Too many samples in this plan" if name.startswith("walk") else None
    result = nas.upload_to_edge_impulse(data(), client=waits.client())
    assert result.counts == {"stored": 8, "known": 0, "failed": 8}
    assert result.reasons() == ["Too many samples in this plan (8 samples)"]
    service.faults = [{"success": False, "error": f"Project locked for {KEY}"}]
    service.refuse = lambda name: None
    locked = nas.upload_to_edge_impulse(data(), client=waits.client())
    assert "Project locked for ***" in locked.reasons()[0]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_an_answer_without_end_is_read_to_a_limit(service, waits, monkeypatch, packed):
    monkeypatch.setattr("nas.exporters.edge_impulse.answer.MOST_BYTES", 1_000_000)
    body = b" " * 5_000_000
    headers = {"content-encoding": "gzip"} if packed else {}
    service.faults = [(200, headers, gzip.compress(body) if packed else body)]
    with pytest.raises(InputError, match=r"api/training/files: must answer with at most 1,000,000 bytes, got more$"):
        nas.upload_to_edge_impulse(data(), client=waits.client())
    assert len(service.asked) == 1


def test_a_body_that_is_cut_counts_as_no_answer(service, waits):
    service.faults = [(200, {"content-length": "1000"}, b'{"success": true, "files": []}')]
    client = Client(Patience(timeout_s=0.5), sleep=waits.append)
    assert nas.upload_to_edge_impulse(data(), client=client).counts["stored"] == 16
    assert waits == [1]


def test_the_key_is_sent_in_a_header_and_shown_nowhere(service, waits, monkeypatch, capfd):
    client = waits.client()
    nas.upload_to_edge_impulse(data(), client=client)
    assert {headers["x-api-key"] for headers in service.headers} == {KEY}
    assert KEY not in repr(client) + "".join(capfd.readouterr()) + "".join(service.asked)
    monkeypatch.delenv("EI_API_KEY")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    with pytest.raises(InputError, match="EI_API_KEY: must hold the project's API key"):
        nas.upload_to_edge_impulse(data())
    monkeypatch.setenv("EI_API_KEY", "two words")
    with pytest.raises(InputError) as refusal:
        nas.upload_to_edge_impulse(data())
    assert "two words" not in str(refusal.value)


@pytest.mark.parametrize("answer", [f"<html>{'x' * 72}{KEY}</html>".encode(), f"[{KEY}".encode()])
def test_a_server_that_repeats_the_key_does_not_bring_it_into_a_message(service, waits, answer):
    service.faults = [(200, {}, answer)]
    with pytest.raises(InputError, match="must answer with JSON") as refusal:
        nas.upload_to_edge_impulse(data(), client=waits.client())
    assert KEY[:4] not in str(refusal.value)


@pytest.mark.parametrize("address", ["http://me:secret@edge.example", "https://me:secret@127.0.0.1:9"])
def test_a_password_in_an_address_is_not_shown(service, waits, monkeypatch, address):
    monkeypatch.setenv("EI_INGESTION_ENDPOINT", address)
    with pytest.raises(InputError) as refusal:
        nas.upload_to_edge_impulse(data(), client=waits.client(tries=1))
    assert "secret" not in str(refusal.value)


def test_the_key_goes_to_no_server_in_the_clear(service, monkeypatch):
    monkeypatch.setenv("EI_INGESTION_ENDPOINT", "http://edge.example")
    with pytest.raises(InputError, match="must begin with https://"):
        nas.upload_to_edge_impulse(data())


def test_rows_without_a_rate_and_tables_are_refused(service, waits):
    with pytest.raises(InputError, match="must tell its sample rate; give it with rate_hz"):
        nas.upload_to_edge_impulse(data(sample_rate_hz=None, kind="window"), client=waits.client())
    with pytest.raises(InputError, match="must be windows of a signal, got table rows"):
        nas.upload_to_edge_impulse("wine", client=waits.client())


def recordings(folder: Path) -> Path:
    for subject, (label, name) in enumerate([("run", "s1"), ("run", "s2"), ("walk", "s1"), ("walk", "s2")]):
        rows = [f"{20 * n},{n + subject},{-n}" for n in range(30)]
        path = folder / label / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(["time_ms,acc_x,acc_y", *rows]) + "\n")
    return folder


@pytest.mark.parametrize("form", ["json", "cbor"])
def test_what_was_uploaded_whole_comes_back_as_an_export_that_nas_reads(service, waits, tmp_path, form):
    source = recordings(tmp_path / "data")
    nas.upload_to_edge_impulse(str(source), whole=True, client=waits.client())
    files = nas.download_from_edge_impulse(tmp_path / "export", form=form, client=waits.client())
    assert files[-1].name == "info.labels"
    options = nas.DataOptions(window=10)
    before, after = load(str(source), options=options), load(str(tmp_path / "export"), options=options)
    assert after.class_names == before.class_names
    assert after.channel_names == before.channel_names
    assert after.sample_rate_hz == before.sample_rate_hz == 50
    order = [np.lexsort(part.x.reshape(len(part), -1).T) for part in (before.train, after.train)]
    np.testing.assert_array_equal(after.train.x[order[1]], before.train.x[order[0]])
    np.testing.assert_array_equal(after.train.y[order[1]], before.train.y[order[0]])


def test_a_server_that_repeats_its_first_page_ends_the_download(service, waits, tmp_path, monkeypatch):
    nas.upload_to_edge_impulse(data(), client=waits.client())
    monkeypatch.setattr("nas.exporters.edge_impulse.download._PAGE", 4)
    ask = Client.get
    monkeypatch.setattr(
        Client, "get", lambda client, path, **query: ask(client, path, **{**query, **({"offset": 0} if query else {})})
    )
    assert len(nas.download_from_edge_impulse(tmp_path, client=waits.client())) == 4 + 4 + 1


@pytest.mark.parametrize("form", ["json", "cbor"])
def test_a_downloaded_sample_holds_the_payload_that_the_server_has(service, waits, tmp_path, form):
    nas.upload_to_edge_impulse(data(), client=waits.client())
    payload = {
        "device_name": "ac:87", "device_type": "DISCO", "interval_ms": 10, "of_a_later_version": [1, {"a": None}],
        "sensors": [{"name": "x", "units": "m/s2"}, {"name": "y", "units": "m/s2"}], "values": [[1, 2.50], [-3, 1e-9]],
    }  # fmt: skip
    service.samples[1]["message"]["payload"] = payload
    files = nas.download_from_edge_impulse(tmp_path, form=form, client=waits.client())
    read = json.loads if form == "json" else cbor2.loads
    messages = [read(file.read_bytes()) for file in files[:-1]]
    held = [row["message"]["payload"] for row in service.samples.values()]
    assert sorted(str(message["payload"]) for message in messages) == sorted(map(str, held))


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        ({"id": "../../etc/passwd", "filename": "a"}, "must list samples"),
        ({"id": 1, "filename": "a", "structuredLabels": [{"startIndex": "x"}]}, "must have labels from a first to a"),
        ({"id": 1, "filename": "a", "structuredLabels": 7}, "must have labels from a first to a last sample"),
    ],
)
def test_a_damaged_list_of_samples_is_told_and_nothing_is_written_elsewhere(service, waits, tmp_path, listed, words):
    nas.upload_to_edge_impulse(data(), client=waits.client())
    service.faults = [None, {"success": True, "samples": [listed]}]  # type: ignore[list-item]
    with pytest.raises(InputError, match=words):
        nas.download_from_edge_impulse(tmp_path / "export", client=waits.client())
    assert {path.name for path in tmp_path.iterdir()} <= {"export"}


def test_an_interrupted_download_goes_on(service, waits, tmp_path):
    nas.upload_to_edge_impulse(data(), client=waits.client())
    service.faults = [None] * 6 + [(404, {}, b"gone")]  # type: ignore[list-item]
    with pytest.raises(InputError, match="HTTP 404"):
        nas.download_from_edge_impulse(tmp_path, client=waits.client())
    kept = len(list(tmp_path.rglob("*.json")))
    assert kept > 0
    service.asked.clear()
    files = nas.download_from_edge_impulse(tmp_path, client=waits.client())
    assert len(files) == 17
    assert sum("/raw-data/" in path for path in service.asked) == 16 - kept


def test_recordings_whose_parts_have_classes_keep_them(service, waits, tmp_path):
    rows = [f"{20 * n},{n},{'run' if n < 20 else 'walk'}" for n in range(40)]
    (tmp_path / "data").mkdir()
    for name in ("s1", "s2"):
        (tmp_path / "data" / f"{name}.csv").write_text("\n".join(["time_ms,acc_x,label", *rows]) + "\n")
    nas.upload_to_edge_impulse(str(tmp_path / "data"), whole=True, device="X", client=waits.client())
    assert service.samples[1]["listed"]["structuredLabels"][0] == {"startIndex": 0, "endIndex": 19, "label": "run"}
    nas.download_from_edge_impulse(tmp_path / "export", client=waits.client())
    found = load(str(tmp_path / "export"), options=nas.DataOptions(window=10, stride=10))
    assert found.class_names == ("run", "walk")
    assert np.bincount(found.train.y).tolist() == [2, 2]


def test_half_an_export_is_refused_with_the_file_that_is_not_there(service, waits, tmp_path):
    nas.upload_to_edge_impulse(data(), client=waits.client())
    files = nas.download_from_edge_impulse(tmp_path, client=waits.client())
    files[3].unlink()
    with pytest.raises(InputError, match=r"names a file that is not there: half an export, got .*; unpack the whole"):
        load(str(tmp_path))


@pytest.fixture(scope="module")
def tflite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from single_operators import Case, T, model_bytes

    pairs = [T((1, 8)), T((4, 8), scales=4).zeros(), T((4,), "int32", scale=0.25).zeros()]
    path = tmp_path_factory.mktemp("model") / "model.tflite"
    path.write_bytes(model_bytes(Case("FULLY_CONNECTED", pairs, [T((1, 4))], "FullyConnectedOptions")))
    return path


def test_a_model_is_uploaded_profiled_and_built(service, waits, tflite, tmp_path):
    blueprint = {"device": "cortex-m4f-80mhz"}
    found = nas.deploy_to_edge_impulse(tflite, blueprint=blueprint, folder=tmp_path, client=waits.client())
    assert service.model["modelFile"] == ("model.tflite", tflite.read_bytes())
    assert service.model["device"][1] == b"cortex-m4f-80mhz"
    assert service.saved["model"] == {"modelType": "classification", "labels": ["0", "1", "2", "3"]}
    assert service.built == {"engine": "tflite-eon", "modelType": "int8"}
    assert (tmp_path / "model-zip.zip").read_bytes() == b"PK the build"
    assert found.project == PROJECT
    assert found.model["profileInfo"]["int8"]["ram"] == 1234
    assert json.dumps(found.to_json())


def test_a_build_is_written_into_the_folder_whatever_the_model_is_called(service, waits, tflite, tmp_path):
    model = dataclasses.replace(nas.load(tflite), name="../../etc/model")
    found = nas.deploy_to_edge_impulse(model, folder=tmp_path / "out", client=waits.client())
    assert Path(found.file).parent == tmp_path / "out"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_job_that_fails_there_is_told_with_its_log(service, waits, tflite, tmp_path):
    service.job_fails = True
    with pytest.raises(InputError, match=r"the upload failed there, got Converting \.\.\. Unsupported operator"):
        nas.deploy_to_edge_impulse(tflite, folder=tmp_path, client=waits.client())
    assert not list(tmp_path.iterdir())


def test_a_cut_request_that_starts_a_job_is_not_repeated(service, waits, tflite, tmp_path):
    service.faults = [None, "cut"]  # type: ignore[list-item]
    with pytest.raises(InputError, match="look in Studio whether the job has begun"):
        nas.deploy_to_edge_impulse(tflite, folder=tmp_path, client=waits.client())
    assert service.asked.count(f"POST /v1/api/{PROJECT}/pretrained-model/upload") == 1


def test_a_key_without_a_project_and_a_refusal_are_told(service, waits, tflite, tmp_path):
    service.faults = [{"success": True, "projects": []}]
    with pytest.raises(InputError, match="must belong to a project"):
        nas.deploy_to_edge_impulse(tflite, folder=tmp_path, client=waits.client())
    service.faults = [{"success": False, "error": "No permission"}]
    with pytest.raises(InputError, match="must take the model, but refuses, got No permission"):
        nas.deploy_to_edge_impulse(tflite, folder=tmp_path, client=waits.client())
