"""Front-end and network in C, from samples to the answer, against Python on the same samples."""

import dataclasses
import shutil
import subprocess

import numpy as np
import pytest
from heard_in_c import STRICT, heard_in_c
from sound_archive import SAMPLES, regression, sounds, trained

from nas.errors import InputError
from nas.exporters.format import FORMATS, Destination, write
from nas.exporters.front_ends.fixed_point import as_input
from nas.exporters.front_ends.hearing import factors
from nas.exporters.front_ends.mel import compiled
from nas.model.deploy.tflite_model import TfliteModel
from nas.signal.mel import Mel
from nas.target.front_end import with_front_end
from nas.target.profiler import profile
from nas.target.target import find_target

SETTINGS = [
    Mel(window_size_ms=25, window_step_ms=20, filterbank_n_channels=12),
    Mel(
        window_size_ms=20, window_step_ms=10, filterbank_n_channels=10, pcan_enable=False, frequencies_are_channels=True
    ),
    Mel(filterbank_n_channels=8, pcan_enable=False, noise_reduction_enable=False, dc_notch_filter_enable=True),
    Mel(filterbank_n_channels=20, mfcc_coefficients=10),
    Mel(
        window_size_ms=25,
        window_step_ms=10,
        filterbank_n_channels=20,
        pcan_enable=False,
        mfcc_coefficients=11,
        frequencies_are_channels=True,
    ),
]
COEFFICIENTS = SETTINGS[3:]


@pytest.mark.parametrize("mel", SETTINGS)
def test_samples_give_the_answers_of_python_to_the_bit(make_archive, tmp_path, mel):
    if shutil.which("gcc") is None:
        pytest.skip("no gcc to compile with")
    archive, clips = trained(make_archive, mel), sounds(40)
    write(Destination(tmp_path, name="hears"), archive, ["c"])
    found, model = heard_in_c(tmp_path, clips), TfliteModel(archive.tflite)
    rows = archive.scaling.apply(mel.apply(clips[..., None])).reshape(40, *model.row_shape)
    np.testing.assert_array_equal(found, model.run(model.quantize(rows)))
    assert len(set(map(tuple, found.tolist()))) > 1


@pytest.mark.parametrize("mel", SETTINGS)
def test_every_feature_becomes_the_int8_that_python_gives_it(make_archive, mel):
    archive = trained(make_archive, mel)
    channels = len(archive.scaling.mean)
    numbers = np.arange(-32768, 32768) if mel.mfcc_coefficients else np.arange(65536)
    every = np.repeat(numbers[:, None], channels, 1)
    model = TfliteModel(archive.tflite)
    scaled = archive.scaling.apply(every.astype(np.float32))
    different = (as_input(every, factors(archive)) != model.quantize(scaled)).sum()
    assert different <= channels  # float32 may round a tie otherwise


@pytest.mark.parametrize("mel", SETTINGS)
def test_every_format_writes_a_model_with_a_front_end_and_names_its_features(make_archive, tmp_path, mel):
    archive = dataclasses.replace(trained(make_archive, mel), channel_names=("microphone",))
    for name in FORMATS:
        if name != "keras":  # of a float model, which is not made here
            assert write(Destination(tmp_path / name, name="hears"), archive, [name])
    card = (tmp_path / "card" / "model_card.md").read_text()
    assert ("| microphone |" in card) is not mel.frequencies_are_channels


HEARS_ALL = """
#include <stdio.h>
#include "hears_listen.h"
int main(void) {
  int16_t samples[77];
  int8_t output[HEARS_OUTPUT_BYTES];
  if (!hears_listen_self_test(output)) return 3;
  for (size_t count; (count = fread(samples, sizeof(int16_t), 77, stdin)) > 0;) {
    for (size_t at = 0; at < count;) {
      int answered;
      at += hears_process_samples(samples + at, count - at, output, &answered);
      if (answered) fwrite(output, 1, sizeof output, stdout);
    }
  }
  return 0;
}
"""


@pytest.mark.parametrize(("mel", "hop"), [(SETTINGS[0], 1), (SETTINGS[1], 3)])
def test_hop_by_hop_each_answer_is_python_s_for_the_newest_window(make_archive, tmp_path, mel, hop):
    if shutil.which("gcc") is None:
        pytest.skip("no gcc to compile with")
    archive = dataclasses.replace(trained(make_archive, mel, padding="valid"), streaming=hop)
    write(Destination(tmp_path, name="hears"), archive, ["c"])
    (tmp_path / "program.c").write_text(HEARS_ALL)
    sources = ["program.c", "hears_listen.c", *compiled("hears", mel), "hears.c"]
    subprocess.run(["gcc", *STRICT, *sources, "-lm", "-o", "program"], cwd=tmp_path, check=True)
    samples, model, frames = sounds(1, 9000), TfliteModel(archive.tflite), mel.frames(SAMPLES)
    ended = subprocess.run([tmp_path / "program"], input=samples.tobytes(), capture_output=True, check=True)
    heard = archive.scaling.apply(mel.apply(samples[..., None]))[0]
    step = hop + hop % 2  # the pooling takes every other row
    ends = range(-(-frames // step) * step, len(heard) + 1, step)
    rows = np.stack([heard[end - frames : end] for end in ends]).reshape(len(ends), *model.row_shape)
    expected = model.run(model.quantize(rows))
    np.testing.assert_array_equal(np.frombuffer(ended.stdout, np.int8).reshape(expected.shape), expected)


def listened(archive, tmp_path):
    """The lines that the program beside the model prints of some sounds."""
    if shutil.which("gcc") is None:
        pytest.skip("no gcc to compile with")
    write(Destination(tmp_path, name="hears"), archive, ["c"])
    sources = ["hears_listen_main.c", "hears_listen.c", *compiled("hears", archive.front_end), "hears.c"]
    subprocess.run(["gcc", *STRICT, *sources, "-lm", "-o", "listen"], cwd=tmp_path, check=True)
    ended = subprocess.run([tmp_path / "listen"], input=sounds(4).tobytes(), capture_output=True, check=True)
    return ended.stdout.decode().splitlines()


def test_the_program_beside_it_compiles_and_prints_classes(make_archive, tmp_path):
    first, *_ = listened(trained(make_archive, SETTINGS[0]), tmp_path)
    assert first.split(": ")[0] == "0.24 s"
    assert first.split(": ")[1] in ("walk", "sit", "lie")


def test_the_program_of_a_regression_prints_the_values_of_its_targets(make_archive, tmp_path):
    archive = regression(trained(make_archive, SETTINGS[0]))
    model, mel = TfliteModel(archive.tflite), archive.front_end
    heard = mel.window + (mel.frames(SAMPLES) - 1) * mel.step
    row = archive.scaling.apply(mel.apply(sounds(1)[..., None]))
    (outputs,) = model.run(model.quantize(row.reshape(1, *model.row_shape))).astype(int) - archive.output.zero_point
    values = archive.task.answers(outputs * archive.output.scale)
    lines = listened(archive, tmp_path)
    expected = [f"{heard / 16000:.2f} s: {name}" for name in archive.class_names]
    assert [line.rpartition(" ")[0] for line in lines[:3]] == expected
    np.testing.assert_allclose([float(line.split(" ")[-1]) for line in lines[:3]], values, rtol=1e-5)


@pytest.mark.parametrize("core", ["cortex-m0plus", "cortex-m4"])
@pytest.mark.parametrize("mel", [*SETTINGS[:2], *COEFFICIENTS])
def test_the_linker_says_the_ram_and_within_a_few_bytes_the_flash_of_the_front_end(make_archive, tmp_path, core, mel):
    if shutil.which("arm-none-eabi-gcc") is None:
        pytest.skip("no arm-none-eabi-gcc to link with")
    write(Destination(tmp_path, name="hears"), trained(make_archive, mel), ["tflm"])
    sources = ["model_listen.c", *compiled("model", mel)]
    roots = "-Wl,--gc-sections,-e,hears_hear,-u,hears_listen_reset"
    link = ["-nostartfiles", "-ffunction-sections", "-fdata-sections", roots, "-O2", "-mthumb", f"-mcpu={core}"]
    subprocess.run(["arm-none-eabi-gcc", *link, *sources, "-o", "it.elf"], cwd=tmp_path, check=True)
    said = subprocess.check_output(["arm-none-eabi-size", "it.elf"], cwd=tmp_path, text=True)
    text, data, bss = map(int, said.splitlines()[1].split()[:3])
    promised = mel.cost((SAMPLES, 1), core)
    assert promised.ram_bytes == data + bss
    assert abs(promised.flash_bytes - text - data) <= 16


def test_the_linker_says_the_static_ram_of_front_end_and_network_together(make_archive, tmp_path):
    if shutil.which("arm-none-eabi-gcc") is None:
        pytest.skip("no arm-none-eabi-gcc to link with")
    mel, target = SETTINGS[0], find_target("cortex-m4", "c")
    archive = trained(make_archive, mel)
    write(Destination(tmp_path, name="hears"), archive, ["c"])
    roots = "-Wl,--gc-sections,-e,hears_process_samples,-u,hears_listen_reset"
    link = ["-nostartfiles", "-ffunction-sections", "-fdata-sections", roots, "-O2", "-mthumb", "-mcpu=cortex-m4"]
    sources = ["hears.c", "hears_listen.c", *compiled("hears", mel)]
    subprocess.run(["arm-none-eabi-gcc", *link, *sources, "-o", "it.elf"], cwd=tmp_path, check=True)
    said = subprocess.check_output(["arm-none-eabi-size", "it.elf"], cwd=tmp_path, text=True)
    _, data, bss = map(int, said.splitlines()[1].split()[:3])
    promised = with_front_end(profile(archive.tflite, target), mel, (SAMPLES, 1), target)
    own = promised.detail
    # The caller has the output and the stack; linkers align what is beside one another to 4 or 8 bytes.
    assert abs(data + bss - (promised.ram_bytes - own.output - own.stack)) < 8


def test_a_dynamic_range_and_several_microphones_are_not_written_as_c(make_archive, tmp_path):
    archive = trained(make_archive, SETTINGS[0])

    def refused(mel, shape):
        architecture = {**archive.record.architecture, "front_end": mel.to_json(), "input_shape": shape}
        record = dataclasses.replace(archive.record, architecture=architecture)
        other = dataclasses.replace(archive, trained=dataclasses.replace(archive.trained, record=record))
        with pytest.raises(InputError) as error:
            write(Destination(tmp_path, name="hears"), other, ["c"])
        return str(error.value)

    dynamic = dataclasses.replace(SETTINGS[0], quantize_dynamic_scale_enable=True)
    assert "must have a fixed range" in refused(dynamic, [SAMPLES, 1])
    assert "must have one microphone" in refused(SETTINGS[0], [SAMPLES, 2])
