"""One known signal, written in every form and layout that people have: what is read can be compared with the truth.

A form writes the signal below a folder and returns the path to read. `FORMS` are read right without an option or with
those that the form names; `REFUSED` are refused in one line that says what to do.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

RATE_HZ = 50
WINDOW, STRIDE = 16, 8
SAMPLES = 40
CLASSES = ("run", "walk")
SUBJECTS = ("s1", "s2", "s3")
CHANNELS = ("acc_x", "acc_y")
Cells = list[list[str]]


@dataclass(frozen=True)
class Take:
    """One recording: its class, subject, and samples [time, channels] with four decimals."""

    label: str
    subject: str
    values: np.ndarray

    @property
    def part(self) -> str:
        return "test" if self.subject == SUBJECTS[-1] else "train"


def takes() -> list[Take]:
    """Return the signal: a recording for each class and subject, all different."""
    found = []
    for c, label in enumerate(CLASSES):
        for s, subject in enumerate(SUBJECTS):
            t = np.arange(SAMPLES) / RATE_HZ
            wave = [np.sin((3 + c) * t + s) - 0.2, 9.81 + s * np.cos((5 + c) * t)]
            found.append(Take(label, subject, np.round(np.stack(wave, axis=1), 4)))
    return found


def clock(fmt: Callable[[int], str], name: str = "time_ms") -> tuple[str, Callable[[int], str]]:
    return name, fmt


MS = clock(lambda n: str(20 * n))


def cells(take: Take, time: tuple[str, Callable[[int], str]] | None = MS, point: str = ".") -> Cells:
    """Return a header and the samples of a recording as text."""
    rows = [[f"{value:.4f}".replace(".", point) for value in row] for row in take.values]
    if time is None:
        return [list(CHANNELS), *rows]
    return [[time[0], *CHANNELS], *([time[1](n), *row] for n, row in enumerate(rows))]


def join(rows: Cells, delimiter: str = ",") -> str:
    return "\n".join(delimiter.join(row) for row in rows) + "\n"


def by_class(root: Path, text: Callable[[Take], str | bytes], end: str = ".csv") -> Path:
    """Write `<class>/<subject>.csv`."""
    for take in takes():
        put(root / take.label / f"{take.subject}{end}", text(take))
    return root


def put(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


@dataclass(frozen=True)
class Form:
    """A form of the signal.

    Attributes:
        write: writes it below a folder and returns the path to read.
        options: of `DataOptions`, beside window and stride.
        groups: whether the subjects are told; else the reader may find any groups or none.
        parts: whether the third subject is given as the test set.
        names: the channels' names that the form gives.
        rate: the rate that the form tells.
        note: a text that a note must hold, since something is assumed.
    """

    write: Callable[[Path], Path]
    options: dict[str, Any] = field(default_factory=dict)
    groups: bool = True
    parts: bool = False
    names: tuple[str, ...] = CHANNELS
    rate: float | None = RATE_HZ
    note: str = ""


def text_form(text: Callable[[Take], str | bytes], note: str = "", **more: Any) -> Form:
    return Form(lambda root: by_class(root, text), note=note, **more)


def whole(delimiter: str = ",", point: str = ".", **columns: Any) -> Cells:
    """Return one table of all recordings with a class, a subject and a time a row."""
    rows: Cells = []
    for take in takes():
        head, *body = cells(take, point=point)
        rows += [[take.label, take.subject, *row] for row in body]
    return [["activity", "subject", *head], *rows]


def one_file(name: str, text: Callable[[], str]) -> Callable[[Path], Path]:
    def write(root: Path) -> Path:
        put(root / name, text())
        return root / name

    return write


def train_and_test(root: Path) -> Path:
    head, *rows = whole()
    for part in ("train", "test"):
        put(root / f"{part}.csv", join([head, *(row for row in rows if (row[1] == "s3") == (part == "test"))]))
    return root


def frame() -> pd.DataFrame:
    head, *rows = whole()
    table = pd.DataFrame(rows, columns=head)
    return table.astype(dict.fromkeys(head[2:], float))


def workbook(root: Path) -> Path:
    frame().to_excel(root / "all.xlsx", index=False)
    return root / "all.xlsx"


def parquet(root: Path) -> Path:
    frame().to_parquet(root / "all.parquet")
    return root / "all.parquet"


def excel_folder(root: Path) -> Path:
    for take in takes():
        head, *rows = cells(take)
        (root / take.label).mkdir(exist_ok=True, parents=True)
        pd.DataFrame(rows, columns=head).astype(float).to_excel(root / take.label / f"{take.subject}.xlsx", index=False)
    return root


def tree(path: Callable[[Take], str]) -> Callable[[Path], Path]:
    """Write each recording at the path that `path` gives."""

    def write(root: Path) -> Path:
        for take in takes():
            put(root / path(take), join(cells(take)))
        return root

    return write


def listed(text: Callable[[list[tuple[str, str, str]]], bytes]) -> Callable[[Path], Path]:
    """Write `data/0.csv` ... and a `labels.csv` of (file, label, group)."""

    def write(root: Path) -> Path:
        rows = []
        for n, take in enumerate(takes()):
            put(root / "data" / f"{n}.csv", join(cells(take)))
            rows.append((f"data/{n}.csv", take.label, take.subject))
        put(root / "labels.csv", text(rows))
        return root

    return write


def edge_impulse(as_json: bool) -> Callable[[Path], Path]:
    def write(root: Path) -> Path:
        files = []
        for n, take in enumerate(takes()):
            part = {"train": "training", "test": "testing"}[take.part]
            name = f"{part}/{take.label}.4tgelq{n}a.ingestion-5d794bbc4d-7rc5s.{'json' if as_json else 'csv'}"
            put(root / name, acquired(take) if as_json else join(cells(take)))
            label = {"type": "label", "label": take.label}
            files.append({"path": name, "name": f"{take.label}.4tgelq{n}a", "category": part, "label": label})
        put(root / "info.labels", json.dumps({"version": 1, "files": files}))
        return root

    return write


def acquired(take: Take) -> str:
    sensors = [{"name": name, "units": "g"} for name in CHANNELS]
    payload = {"device_type": "X", "interval_ms": 20, "sensors": sensors, "values": take.values.tolist()}
    return json.dumps({"protected": {"ver": "v1", "alg": "none"}, "signature": "0", "payload": payload})


def plain_edge_impulse(root: Path) -> Path:
    for n, take in enumerate(takes()):
        part = {"train": "training", "test": "testing"}[take.part]
        put(root / part / f"{take.label}.4tgelq{n}a.csv", join(cells(take)))
    return root


def rows_of_subjects(root: Path) -> Path:
    """Write a file for each subject in which every row has its class."""
    for subject in SUBJECTS:
        own = [take for take in takes() if take.subject == subject]
        head, *_ = cells(own[0], time=None)
        rows = [[*row, take.label] for take in own for row in cells(take, time=None)[1:]]
        put(root / f"{subject}.csv", join([[*head, "label"], *rows]))
    return root


def gaps(root: Path) -> Path:
    """Write recordings on straight lines, so that a blank cell between two others has one right value."""
    for take in takes():
        head, *rows = cells(line(take))
        rows[5][1] = rows[6][1] = rows[9][2] = ""
        put(root / take.label / f"{take.subject}.csv", join([head, *rows]))
    return root


def line(take: Take) -> Take:
    slope = np.arange(SAMPLES)[:, None] * np.array([0.5, -0.25])
    return Take(take.label, take.subject, slope + take.values[:1].round(1))


def npz(**names: str) -> Callable[[Path], Path]:
    """Write the windows as arrays, under other keys where `names` gives them."""

    def write(root: Path) -> Path:
        x, y, groups = expected(takes())
        plain = {
            "x_train": x,
            "y_train": y,
            "group_train": groups,
            "sample_rate_hz": RATE_HZ,
            "channel_names": CHANNELS,
        }
        arrays = {names.get(key, key): value for key, value in plain.items()}
        np.savez(root / "data.npz", **arrays)
        return root / "data.npz"

    return write


def bytes_npz(root: Path) -> Path:
    x, y, groups = expected(takes())
    extra = np.array([{"made": "by us"}], dtype=object)
    np.savez(
        root / "data.npz", x_train=x, y_train=y.astype("S4"), group_train=groups.astype("S2"), info=extra,
        sample_rate_hz=RATE_HZ, channel_names=np.array(CHANNELS, dtype="S5"),
    )  # fmt: skip
    return root / "data.npz"


def expected(chosen: list[Take]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the windows, classes and groups of recordings."""
    x, y, groups = [], [], []
    for take in chosen:
        for start in range(0, SAMPLES - WINDOW + 1, STRIDE):
            x.append(take.values[start : start + WINDOW])
            y.append(take.label)
            groups.append(take.subject)
    return np.array(x, np.float32), np.array(y), np.array(groups)


def iso(n: int) -> str:
    return f"2024-05-01T12:00:{n * 20 // 1000:02}.{n * 20 % 1000:03}"


def midnight(n: int) -> str:
    return f"23:59:59.{600 + n * 20:03}" if n < 20 else f"00:00:00.{n * 20 - 400:03}"


def windows_1252(take: Take) -> bytes:
    return f"time_ms,acc_x,acc_y,température\n{''.join(f'{row},21.5{chr(10)}' for row in body(take))}".encode("cp1252")


def body(take: Take) -> Iterator[str]:
    return (",".join(row) for row in cells(take)[1:])


def with_units(take: Take) -> str:
    return join([["time [ms]", "acc_x [m/s2]", "acc_y [m/s2]"], *cells(take)[1:]])


PEOPLE = {"s1": "ann", "s2": "bo", "s3": "eve"}
NO_NAMES = {"s1": "up", "s2": "down", "s3": "left"}

FORMS: dict[str, Form] = {
    "commas": text_form(lambda take: join(cells(take))),
    "semicolons": text_form(lambda take: join(cells(take), ";"), "semicolon"),
    "semicolons, decimal comma": text_form(lambda take: join(cells(take, point=","), ";"), "decimal comma"),
    "tabs, decimal comma": text_form(lambda take: join(cells(take, point=","), "\t"), "decimal comma"),
    "tsv": Form(lambda root: by_class(root, lambda take: join(cells(take), "\t"), ".tsv"), note="tab"),
    "txt with blanks": Form(lambda root: by_class(root, lambda take: join(cells(take), "   "), ".txt"), note="blanks"),
    "blanks, decimal comma": text_form(lambda take: join(cells(take, point=","), "  "), "decimal comma"),
    "bars": text_form(lambda take: join(cells(take), "|"), "bar"),
    "quoted, decimal comma between semicolons": text_form(
        lambda take: join([[f'"{cell}"' for cell in row] for row in cells(take, point=",")], ";"), "decimal comma"
    ),
    "quoted, decimal comma between commas": text_form(
        lambda take: join([[f'"{cell}"' for cell in row] for row in cells(take, point=",")]), "decimal comma"
    ),
    "sep= line of Excel": text_form(lambda take: "sep=;\n" + join(cells(take, point=","), ";"), "decimal comma"),
    "UTF-8 with BOM, CRLF": text_form(lambda take: ("\ufeff" + join(cells(take)).replace("\n", "\r\n")).encode()),
    "UTF-16": text_form(lambda take: join(cells(take)).encode("utf-16"), "UTF-16"),
    "UTF-16 without BOM": text_form(lambda take: join(cells(take)).encode("utf-16-le"), "UTF-16"),
    "Latin-1": text_form(windows_1252, "Latin-1", names=(*CHANNELS, "température")),
    "comments": text_form(lambda take: "# made by a logger\n# v2\n" + join(cells(take)).replace("\n", "\n# mark\n", 3)),
    "numpy.savetxt's header": text_form(lambda take: "# " + join(cells(take)), "comment"),
    "trailing commas": text_form(lambda take: join([[*row, ""] for row in cells(take)])),
    "trailing commas below the header": text_form(
        lambda take: join([cells(take)[0], *([*row, ""] for row in cells(take)[1:])])
    ),
    "blank lines": text_form(lambda take: join(cells(take)).replace("\n", "\n\n", 9) + "\n \n"),
    "units in the header": text_form(with_units, names=("acc_x [m/s2]", "acc_y [m/s2]")),
    "units below the header": text_form(
        lambda take: join([["time", *CHANNELS], ["ms", "g", "g"], *cells(take)[1:]]),
        "units",
        names=("acc_x [g]", "acc_y [g]"),
    ),
    "lines above the header": text_form(
        lambda take: "Device: Logger 5\nFirmware 1.2\n\n" + join(cells(take)), "lines above the header"
    ),
    "no header": text_form(lambda take: join(cells(take, time=None)[1:]), names=(), rate=None),
    "an index without a name": text_form(
        lambda take: join([["", *CHANNELS], *([str(n), *row] for n, row in enumerate(cells(take, time=None)[1:]))]),
        "counts the rows",
        rate=None,
    ),
    "last line cut off": text_form(lambda take: join(cells(take)) + "800,1.2", "cut off"),
    "seconds": text_form(lambda take: join(cells(take, clock(lambda n: f"{n / 50:.2f}", "t"))), "unit of t: s"),
    "microseconds": text_form(lambda take: join(cells(take, clock(lambda n: str(20_000 * n), "time"))), "us"),
    "Unix seconds": text_form(
        lambda take: join(cells(take, clock(lambda n: f"{1714564800 + n / 50:.2f}", "timestamp"))), "Unix time in s"
    ),
    "Unix milliseconds": text_form(
        lambda take: join(cells(take, clock(lambda n: str(1714564800000 + 20 * n), "epoch"))), "Unix time in ms"
    ),
    "Unix microseconds": text_form(
        lambda take: join(cells(take, clock(lambda n: str(1714564800000000 + 20000 * n), "timestamp"))),
        "Unix time in us",
    ),
    "ISO times": text_form(lambda take: join(cells(take, clock(iso, "datetime"))), "such as 2024"),
    "ISO times with a zone": text_form(
        lambda take: join(cells(take, clock(lambda n: f"{iso(n)}+02:00", "timestamp"))), "such as 2024"
    ),
    "times of day": text_form(
        lambda take: join(cells(take, clock(lambda n: iso(n)[11:], "time"))), "such as 12:00:00.000"
    ),
    "European dates, decimal comma": text_form(
        lambda take: join(
            cells(take, clock(lambda n: f"31.12.2024 {iso(n)[11:].replace('.', ',')}", "Datum"), point=","), ";"
        ),
        "31.12.2024",
    ),
    "times with a full second at the start": text_form(
        lambda take: join(cells(take, clock(lambda n: iso(n)[11:].removesuffix(".000"), "time"))), "such as 12:00:00"
    ),
    "minutes and seconds": text_form(
        lambda take: join(cells(take, clock(lambda n: iso(n)[14:], "time"))), "such as 00:00.000"
    ),
    "times across midnight": text_form(
        lambda take: join(cells(take, clock(lambda n: midnight(n), "time"))), "23:59:59"
    ),
    "hours": text_form(lambda take: join(cells(take, clock(lambda n: f"{n / 50 / 3600:.12f}", "time_h")))),
    "a date and a time column": text_form(
        lambda take: join(
            [["date", "time", *CHANNELS], *([iso(n)[:10], iso(n)[11:], *row] for n, row in enumerate(rows(take)))]
        ),
        "2024-05-01",
    ),
    "a column of text": text_form(
        lambda take: join([[*cells(take)[0], "device"], *([*row, "watch"] for row in cells(take)[1:])]), "device"
    ),
    "columns in another order": Form(
        lambda root: by_class(
            root, lambda take: join([row if take.subject != "s2" else [row[0], *row[:0:-1]] for row in cells(take)])
        )
    ),
    "class/subject/recording": Form(tree(lambda take: f"{take.label}/{take.subject}/r1.csv")),
    "subject/class/recording": Form(tree(lambda take: f"{take.subject}/{take.label}/r1.csv"), note="<class>"),
    "subject_01/session/class": Form(tree(lambda take: f"{take.subject}/session1/{take.label}/r1.csv"), note="<class>"),
    "train/class, test/class": Form(
        tree(lambda take: f"{take.part}/{take.label}/{take.subject}.csv"), parts=True, note="parts"
    ),
    "Training/class, Testing/class": Form(
        tree(lambda take: f"{take.part.title()}ing/{take.label}/{take.subject}.csv".replace("Training", "Training")),
        parts=True,
        note="parts",
    ),
    "class/train, class/test": Form(
        tree(lambda take: f"{take.label}/{take.part}/{take.subject}.csv"), parts=True, note="parts"
    ),
    "train/subject/class": Form(
        tree(lambda take: f"{take.part}/{take.subject}/{take.label}/a.csv"), parts=True, note="parts"
    ),
    "Edge Impulse, CSV": Form(edge_impulse(False), groups=False, parts=True, note="Edge Impulse"),
    "Edge Impulse, JSON": Form(edge_impulse(True), groups=False, parts=True, note="Edge Impulse"),
    "Edge Impulse, names alone": Form(plain_edge_impulse, groups=False, parts=True, note="from the names of files"),
    "class in the file's name": Form(tree(lambda take: f"{take.label}_{take.subject}.csv"), note="names of files"),
    "subjects as folders by an expression, classes as files": Form(
        tree(lambda take: f"{PEOPLE[take.subject]}/{take.label}.csv"),
        options={"group_regex": "^([^/]+)/"},
        groups=False,
        note="names of files",
    ),
    "subject, class and take in the name": Form(
        tree(lambda take: f"{take.subject}-{take.label}-take1.csv"), note="names of files"
    ),
    "subjects as folders, class in the name": Form(
        tree(lambda take: f"{take.subject}/{take.label}_01.csv"), note="names of files"
    ),
    "labels.csv": Form(listed(lambda rows: join([["file", "label", "group"], *map(list, rows)]).encode())),
    "labels.csv: BOM, ;, capitals, backslashes": Form(
        listed(
            lambda rows: (
                "\ufeff"
                + join([["File", "LABEL", "Subject"], *([a.replace("/", "\\"), b, c] for a, b, c in rows)], ";")
            ).encode()
        )
    ),
    "labels.csv: UTF-16, tabs, names without ending": Form(
        listed(
            lambda rows: join([["filename", "class", "user"], *([a[:-4], b, c] for a, b, c in rows)], "\t").encode(
                "utf-16"
            )
        )
    ),
    "labels.csv with parts": Form(
        listed(
            lambda rows: join(
                [["file", "label", "group", "split"], *([*row, "test" if row[2] == "s3" else "train"] for row in rows)]
            ).encode()
        ),
        parts=True,
    ),
    "one CSV": Form(one_file("all.csv", lambda: join(whole())), note="label: column activity"),
    "one CSV, decimal comma": Form(one_file("all.csv", lambda: join(whole(point=","), ";")), note="decimal comma"),
    "one CSV, columns named": Form(
        one_file("all.txt", lambda: join([["what", "who", "when", *CHANNELS], *whole()[1:]], "\t")),
        options={"label_column": "what", "group_column": "WHO", "time_column": "when:ms"},
    ),
    "one CSV with a column of parts": Form(
        one_file(
            "all.csv",
            lambda: join([[*row, {"subject": "split", "s3": "Test"}.get(row[1], "train")] for row in whole()]),
        ),
        parts=True,
        note="parts: column split",
    ),
    "train.csv and test.csv": Form(train_and_test, parts=True, note="names of the files"),
    "one CSV without a header": Form(
        one_file("all.csv", lambda: join(whole()[1:])),
        options={"label_column": "1", "group_column": "2", "time_column": "3:ms"},
        names=(),
    ),
    "one workbook": Form(workbook, note="label: column activity"),
    "one Parquet file": Form(parquet, note="label: column activity"),
    "workbooks in folders of classes": Form(excel_folder),
    "npz": Form(npz()),
    "npz with capitals": Form(npz(x_train="X_train", y_train="Y_train"), note="X_train"),
    "npz of x, y and groups": Form(npz(x_train="x", y_train="y", group_train="groups"), note="array x"),
    "npz of bytes, objects beside": Form(bytes_npz),
    "group by a regular expression": Form(
        tree(lambda take: f"{take.label}/2024-{take.subject}x.csv"),
        options={"group_regex": "(?P<group>s[0-9])x"},
        note="--group-regex",
    ),
    "two levels, decided by a regular expression": Form(
        tree(lambda take: f"{take.label}/{PEOPLE[take.subject]}/a.csv"),
        options={"group_regex": "^[^/]+/([^/]+)/"},
        groups=False,
    ),
}


def rows(take: Take) -> Cells:
    return cells(take, time=None)[1:]


def pipe(root: Path) -> Path:
    import os

    by_class(root, lambda take: join(cells(take)))
    os.mkfifo(root / "run" / "x1.csv")
    return root


def device(root: Path) -> Path:
    by_class(root, lambda take: join(cells(take)))
    (root / "run" / "x1.csv").symlink_to("/dev/zero")
    return root


def outside(root: Path) -> Path:
    put(root / "secret.csv", "token\n")
    put(root / "in" / "labels.csv", "file,label\n../secret.csv,run\n")
    return root / "in"


def object_npz(root: Path) -> Path:
    x, y, groups = expected(takes())
    np.savez(root / "data.npz", x_train=x, y_train=y, group_train=groups.astype(object))
    return root / "data.npz"


def sheets(root: Path) -> Path:
    with pd.ExcelWriter(root / "all.xlsx") as book:
        frame().to_excel(book, sheet_name="one", index=False)
        frame().to_excel(book, sheet_name="two", index=False)
    return root / "all.xlsx"


def arrays(**given: Any) -> Callable[[Path], Path]:
    def write(root: Path) -> Path:
        x, y, _ = expected(takes())
        np.savez(root / "data.npz", **{"x_train": x, "y_train": y, **given})
        return root / "data.npz"

    return write


N = len(expected(takes())[0])

# Each form with a part of the message that names the fault, and the next step.
REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "comma between cells and within numbers": (
        lambda root: by_class(root, lambda take: join(cells(take, point=","))),
        "comma both between cells and within numbers.*semicolons",
    ),
    "steps of 1 without a unit": (
        lambda root: by_class(root, lambda take: join(cells(take, clock(str, "time")))),
        "1 Hz in s or 1000 Hz in ms; give time_column='time:s'",
    ),
    "two rates": (
        lambda root: by_class(
            root, lambda take: join(cells(take, clock(lambda n: str((10 if take.subject == "s2" else 20) * n), "t_ms")))
        ),
        "one rate, got 50 Hz in 4, such as .*; 100 Hz in 2, such as .*s2.csv; give rate_hz=50",
    ),
    "classes or subjects": (
        tree(lambda take: f"{take.label}/{NO_NAMES[take.subject]}/a.csv"),
        "down is in run and in walk; give group_regex",
    ),
    "classes or subjects as files": (
        tree(lambda take: f"{NO_NAMES[take.subject]}/{take.label}.csv"),
        "run.csv is in each; give group_regex",
    ),
    "all in one more folder": (
        tree(lambda take: f"data/{take.label}/{take.subject}.csv"),
        "must hold two folders of classes or more, got data; give the folder data itself",
    ),
    "classes that differ in capitals": (
        tree(
            lambda take: f"{take.part}/{take.label if take.part == 'train' else take.label.title()}/{take.subject}.csv"
        ),
        "class_names: must differ in more than capitals, got Run and Walk and run and walk",
    ),
    "files of another kind": (lambda root: by_class(root, lambda take: b"BLF", ".blf"), "got files ending in .blf"),
    "decimal points beside commas": (
        lambda root: by_class(
            root, lambda take: join([["t_ms", "a", "b"], *([str(20 * n), "1.003", "2,5"] for n in range(40))], ";")
        ),
        "must not have decimal points beside decimal commas, got 1.003",
    ),
    "hours and minutes or minutes and seconds": (
        lambda root: by_class(root, lambda take: join(cells(take, clock(lambda n: f"12:{n:02}", "time")))),
        "may hold hours and minutes, or minutes and seconds, got 12:00",
    ),
    "a blank group": (
        one_file("all.csv", lambda: join([*whole()[:5], ["run", "", *whole()[5][2:]], *whole()[6:]])),
        "all.csv:6: column subject must name the group of each row",
    ),
    "two words in the names": (
        tree(lambda take: f"{take.label}_{PEOPLE[take.subject]}.csv"),
        "must hold <class>/<group>.csv .*labels.csv",
    ),
    "subjects as folders, no class": (tree(lambda take: f"{take.subject}/{len(take.label)}.csv"), "labels.csv"),
    "a part and another folder": (
        tree(lambda take: f"{'extra' if take.subject == 's2' else take.part}/{take.label}/{take.subject}.csv"),
        "name parts, but extra does not; move",
    ),
    "only a test folder": (
        tree(lambda take: f"test/{take.label}/{take.subject}.csv"),
        "must have a folder of training",
    ),
    "a short line": (
        lambda root: by_class(root, lambda take: join(cells(take)).replace("\n20,", "\n20;", 1)),
        r"run/s1.csv:3: must have 3 cells like the first line, got 2",
    ),
    "text in a cell": (
        lambda root: by_class(root, lambda take: join(cells(take)).replace("\n20,", "\n20,x", 1)),
        r"run/s1.csv:3: column acc_x must be a finite number, got 'x",
    ),
    "thousands": (
        lambda root: by_class(root, lambda take: join([["t_ms", "a"], ["0", "1.000,5"], ["20", "1.001,5"]], ";")),
        "column a must be a finite number, got '1.000,5'",
    ),
    "units in the cells": (
        lambda root: by_class(root, lambda take: join([[*row[:2], f"{row[2]} g"] for row in cells(take)])),
        "column acc_y g must be a finite number|column acc_y must be a finite number, got '.* g'",
    ),
    "time that stands still": (
        lambda root: by_class(root, lambda take: join(cells(take, clock(lambda n: iso(n)[:19], "time")))),
        "s1.csv:3: time must increase.*time_column='none'",
    ),
    "day or month": (
        lambda root: by_class(
            root,
            lambda take: join(cells(take, clock(lambda n: f"{1 + n // 30:02}/0{2 + n % 2}/2024 10:00:{n:02}", "date"))),
        ),
        "may begin with the day or the month",
    ),
    "a pipe among the recordings": (pipe, "x1.csv: must be a regular file, got a pipe"),
    "a link to a device": (device, "x1.csv: must be a regular file, got a device"),
    "labels.csv naming a file outside": (outside, "labels.csv:2: must name a file in the folder of recordings"),
    "one CSV without classes": (
        one_file("all.csv", lambda: join(cells(takes()[0]))),
        "must have a column of classes or targets; give label_column='NAME', one of: time_ms, acc_x, acc_y",
    ),
    "two columns of classes": (
        one_file("all.csv", lambda: join([[*row, row[0]] for row in [["label", "a"], *whole()[1:]]])),
        "the label may be|must have",
    ),
    "two sheets": (sheets, "one sheet with cells, got one, two"),
    "a broken workbook": (one_file("all.xlsx", lambda: "PK"), "cannot be read as an Excel workbook"),
    "npz of objects": (object_npz, r"group_train: .*Python objects; save np.array\(group_train, dtype=str\)"),
    "npz of huge labels": (arrays(y_train=np.where(np.arange(N) % 2, 1e300, 2e300)), "y_train: .* below 2"),
    "npz of infinite labels": (arrays(y_train=np.where(np.arange(N) % 2, np.inf, 0)), "y_train: .*got inf"),
    "npz without features": (arrays(x_train=np.zeros((N, 0))), r"x_train: rows must have values, got shape \(24, 0\)"),
    "npz with class names alike": (arrays(class_names=["a", "a"]), "class_names: must differ"),
    "npz with an empty class name": (arrays(class_names=["a", ""]), "class_names: must not be empty"),
}
