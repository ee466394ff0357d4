"""What a firmware must feed a model with, in words."""

from collections.abc import Iterator

from nas.exporters.answers.answers import answers_of
from nas.exporters.c_text import comment
from nas.exporters.camera import takes_frames, told_camera
from nas.exporters.front_ends.hearing import Hearing, windows_of, written_hearing
from nas.exporters.markdown import escape, table
from nas.signal.window_front_end import WindowFrontEnd
from nas.study.archive import Archive


def model_input(archive: Archive, header: str = "model_data.h") -> str:
    """Return what a firmware must feed the model with: shape, rate, units, and the scaling of each channel."""
    return _given(archive, header, _output(archive))


def rows_given(archive: Archive, header: str) -> str:
    """Return what `model_input` does, without what the model makes of it."""
    return _given(archive, header)


def _given(archive: Archive, header: str, *more: str) -> str:
    """Return what is given, and more lines; where no front-end computes features, the scaling too."""
    hearing, windows = written_hearing(archive), windows_of(archive)
    if hearing is not None:
        return "\n".join((*_sound(archive, hearing), *more))
    if windows is not None:
        return "\n".join((*_windows(archive, windows), *more))
    facts = "\n".join((*_facts(archive, header), *more))
    if not archive.is_scaled:
        return facts
    return f"{facts}\n\n{table(('channel', 'mean', 'standard deviation'), _scaling(archive))}"


def _facts(archive: Archive, header: str) -> Iterator[str]:
    yield f"- Shape, batch first: {', '.join(map(str, archive.input_shape))}; channels are the last axis."
    if about := answers_of(archive).about_row:
        yield about
    if archive.sample_rate_hz is not None:
        yield f"- Sample rate: {archive.sample_rate_hz:g} Hz."
    if not archive.is_scaled:
        yield (
            "- Values: scaled already, as those that the model was trained with; it came without its scaling. "
            f"`quantize_all` in `{header}` only quantizes them."
        )
    elif archive.units_scale:
        factors = ", ".join(f"{factor:.9g}" for factor in archive.units_scale)
        word = "units_scale" if header == "model_data.h" else "UNITS_SCALE"
        yield f"- Units: the sensor's whole numbers times {factors} (`{word}` in `{header}`), one a channel."
    else:
        yield "- Units: those of the data that the study was given; a sensor in another unit or range gives nonsense."
    if takes_frames(archive):
        yield f"- A camera's frame: {told_camera(archive)}"
    if archive.is_scaled:
        yield f"- Scaling: (value - mean) / standard deviation; `quantize_all` in `{header}` does it."


def _sound(archive: Archive, hearing: Hearing) -> Iterator[str]:
    mel, rate_hz = hearing.mel, hearing.rate_hz
    yield f"- Sound: samples of 16 bits (`int16_t`) of one microphone, {rate_hz:,} a second, in pieces of any length."
    frames = f"{hearing.frames} frames of {mel.numbers} numbers"
    yield (
        f"- Window: {hearing.samples:,} samples ({hearing.samples / rate_hz:g} s), "
        f"of which the front-end makes {frames}: {mel.window_size_ms} ms each, every {mel.window_step_ms} ms."
    )
    yield f"- Answers: for the newest window, every {hearing.hop} frames ({hearing.hop * mel.window_step_ms} ms)."
    yield "- Loudness: as in the training data; another gain of the microphone gives other features."
    shape = ", ".join(map(str, archive.input_shape))
    yield f"- The network's input, batch first: {shape}; int8, which the front-end writes."


def _windows(archive: Archive, front_end: WindowFrontEnd) -> Iterator[str]:
    steps, channels = archive.row_shape
    named = ", ".join(map(escape, archive.channel_names)) or "in the order of the training data"
    yield f"- Window: {steps:,} steps in time of {channels:,} channels: {named}."
    if archive.sample_rate_hz is not None:
        yield f"- Sample rate: {archive.sample_rate_hz:g} Hz."
    yield "- Units: those of the data that the study was given; a sensor in another unit or range gives nonsense."
    frames, values = front_end.shape(archive.row_shape)
    name = front_end.to_json()["front_end"]
    yield f"- Front-end: `{name}`, which makes {frames:,} x {values:,} features of a window, the network's int8 input."
    yield f"- Answers: for the newest window, every {max(1, steps // 2):,} steps."


def _output(archive: Archive) -> str:
    answers = answers_of(archive)
    best = ", the largest is the answer" if answers.greatest_is_answer else ""
    names = ", ".join(f"{i} {escape(name)}" for i, name in enumerate(answers.listed))
    return f"- Output: {answers.each}{best}: {names}."


def _scaling(archive: Archive) -> Iterator[tuple[str, str, str]]:
    names = archive.feature_names or tuple(map(str, range(archive.input_shape[-1])))
    for name, mean, std in zip(names, archive.scaling.mean, archive.scaling.std, strict=True):
        yield comment(name), f"{mean:.6g}", f"{std:.6g}"
