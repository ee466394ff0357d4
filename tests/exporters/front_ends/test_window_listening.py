"""Front-ends of windows and networks in C, from values of sensors to the answer, against Python on the same windows."""

import dataclasses
import shutil
import subprocess

import numpy as np
import pytest
from front_end_archives import behind_front_end

import nas
from nas.exporters.format import FORMATS, Destination, write
from nas.exporters.front_ends.fixed_point import as_input
from nas.exporters.front_ends.window import compiled
from nas.exporters.front_ends.window_input import input_factors
from nas.exporters.parameters import with_parameters
from nas.model.deploy.tflite_model import TfliteModel
from nas.signal.spectrum import Spectrum
from nas.signal.statistics import Statistics
from nas.target.front_end import with_front_end
from nas.target.profiler import profile
from nas.target.target import find_target

STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Werror", "-O2"]
STEPS, CHANNELS, COUNT = 90, 3, 60
SETTINGS = [
    Statistics(segments=4, skewness=True, kurtosis=True),
    Statistics(rms=False, minimum=False, maximum=False, crest_factor=False),
    Spectrum(frame_size=32, bands=12),
    Spectrum(bands=20, scale="mel", log=False),
]
PROGRAM = """
#include <stdio.h>
#include "moves_listen.h"
int main(void) {
  static float values[STEPS * CHANNELS];
  int8_t output[MOVES_OUTPUT_BYTES];
  if (!moves_listen_self_test(output)) return 3;
  while (fread(values, sizeof(float), STEPS * CHANNELS, stdin) == STEPS * CHANNELS) {
    int answers = 0;
    moves_listen_reset();
    for (size_t step = 0; step < STEPS; ++step) {
      int16_t samples[CHANNELS];
      int answered;
      for (size_t c = 0; c < CHANNELS; ++c) samples[c] = moves_sample(values[step * CHANNELS + c], c);
      if (moves_process_samples(samples, 1, output, &answered) != 1) return 4;
      answers += answered;
    }
    if (answers != 1) return 5;
    fwrite(output, 1, sizeof output, stdout);
  }
  return 0;
}
"""


def windows() -> np.ndarray:
    """Motions of several kinds about a constant acceleration, some of them beyond the range of the first ones."""
    chance = np.random.default_rng(5)
    time = np.arange(STEPS)[None, :, None] * chance.uniform(0.05, 2, (COUNT, 1, CHANNELS))
    loud = chance.uniform(0.01, 3, (COUNT, 1, CHANNELS)) * [1, 0.02, 40]
    noise = chance.normal(0, 0.1, (COUNT, STEPS, CHANNELS)) * [1, 0.02, 40]
    return (np.sin(time) * loud + noise + [1, 0, -20]).astype(np.float32)


def trained(make_archive, front_end):
    return behind_front_end(make_archive(), front_end.fitted(windows()[:40]), windows(), 50.0)


def device_input(archive, rows):
    fitted = archive.front_end
    return as_input(fitted.compute(fitted.samples(rows)), input_factors(fitted, archive.scaling, archive.input))


def program(folder, archive, sources, front_end):
    if shutil.which("gcc") is None:
        pytest.skip("no gcc to compile with")
    write(Destination(folder, name="moves"), archive, ["c"])
    own = "spectrum.c" if isinstance(front_end, Spectrum) else "statistics.c"
    files = [*sources, "moves_listen.c", "moves_front_end.c", own, "windows.c", "moves.c"]
    sizes = [f"-DSTEPS={STEPS}", f"-DCHANNELS={CHANNELS}"]
    command = ["gcc", *STRICT, *sizes, *files, "-lm", "-o", "program"]
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert built.stderr == ""
    return folder / "program"


@pytest.mark.parametrize("front_end", SETTINGS)
def test_values_give_the_answers_of_python_to_the_bit(make_archive, tmp_path, front_end):
    archive, rows = trained(make_archive, front_end), windows()
    (tmp_path / "program.c").write_text(PROGRAM)
    built = program(tmp_path, archive, ["program.c"], front_end)
    ended = subprocess.run([built], input=rows.tobytes(), capture_output=True, check=True)
    model = TfliteModel(archive.tflite)
    given = device_input(archive, rows).reshape(COUNT, *model.row_shape)
    found = np.frombuffer(ended.stdout, np.int8).reshape(COUNT, 3)
    np.testing.assert_array_equal(found, model.run(given))
    assert len(set(map(tuple, found.tolist()))) > 1


@pytest.mark.parametrize("front_end", SETTINGS)
def test_every_feature_becomes_the_int8_that_scaling_and_quantization_give_it(make_archive, front_end):
    archive, rows = trained(make_archive, front_end), windows()
    model = TfliteModel(archive.tflite)
    given = device_input(archive, rows).reshape(COUNT, *model.row_shape)
    usual = model.quantize(archive.scaling.apply(archive.front_end.apply(rows)).reshape(given.shape))
    different = given != usual
    assert different.mean() < 0.001  # float32 may round a tie otherwise
    assert np.abs(given.astype(int) - usual)[different].max(initial=0) <= 1


def test_the_program_beside_it_reads_numbers_and_prints_answers(make_archive, tmp_path):
    archive = trained(make_archive, SETTINGS[0])
    built = program(tmp_path, archive, ["moves_listen_main.c"], SETTINGS[0])
    lines = "".join(f"{a:.5f}, {b:.5f}, {c:.5f}\n" for a, b, c in windows()[:2].reshape(-1, CHANNELS).tolist())
    ended = subprocess.run([built], input=lines, capture_output=True, text=True, check=True)
    times, answers = zip(*(line.split(" s: ") for line in ended.stdout.splitlines()), strict=True)
    assert [float(time) for time in times] == [1.8, 2.7, 3.6]  # windows of 90 steps at 50 Hz, 45 apart
    assert set(answers) <= {"walk", "sit", "lie"}


@pytest.mark.parametrize("front_end", SETTINGS[::2])
def test_every_format_writes_a_model_with_a_front_end_and_names_its_features(make_archive, tmp_path, front_end):
    archive = dataclasses.replace(trained(make_archive, front_end), channel_names=("x", "y", "z"))
    for name in FORMATS:
        if name != "keras":  # of a float model, which is not made here
            assert write(Destination(tmp_path / name, name="moves"), archive, [name])
    card = (tmp_path / "card" / "model_card.md").read_text()
    assert f"| y {front_end.values[-1]} |" in card


@pytest.mark.parametrize("front_end", SETTINGS[::2])
def test_a_lone_file_gets_its_front_end_back_from_its_parameters(make_archive, tmp_path, front_end):
    archive = with_parameters(trained(make_archive, front_end))
    (tmp_path / "moves.tflite").write_bytes(archive.tflite)
    model = nas.load(tmp_path / "moves.tflite")
    assert (model.front_end, model.input_shape, model.sample_rate_hz) == (archive.front_end, (STEPS, CHANNELS), 50)
    usual = TfliteModel(archive.tflite)
    features = archive.scaling.apply(archive.front_end.apply(windows())).reshape(COUNT, *usual.row_shape)
    np.testing.assert_array_equal(model.predict(windows()), usual.predict(features))
    profiled = nas.profile(tmp_path / "moves.tflite", target="cortex-m4")
    assert profiled.ram_bytes > archive.front_end.cost((STEPS, CHANNELS), "cortex-m4").ram_bytes


@pytest.mark.parametrize("front_end", SETTINGS[::2])
def test_the_linker_says_the_ram_of_the_front_end_beside_the_arena(make_archive, tmp_path, front_end):
    if shutil.which("arm-none-eabi-gcc") is None:
        pytest.skip("no arm-none-eabi-gcc to link with")
    archive, target = trained(make_archive, front_end), find_target("cortex-m4", "tflm")
    write(Destination(tmp_path, name="moves"), archive, ["tflm"])
    roots = "-Wl,--gc-sections,-e,moves_front_end_take,-u,moves_front_end_input,-u,moves_front_end_reset"
    link = ["-nostartfiles", "-ffunction-sections", "-fdata-sections", roots, "-O2", "-mthumb", "-mcpu=cortex-m4"]
    sources = compiled("model", front_end)
    subprocess.run(["arm-none-eabi-gcc", *link, *sources, "-o", "it.elf"], cwd=tmp_path, check=True)
    said = subprocess.check_output(["arm-none-eabi-size", "it.elf"], cwd=tmp_path, text=True)
    _, data, bss = map(int, said.splitlines()[1].split()[:3])
    alone = profile(archive.tflite, target)
    promised = with_front_end(alone, archive.front_end, (STEPS, CHANNELS), target)
    # The features are written into the arena. Linkers align the end of the RAM to 8 bytes.
    assert 0 <= promised.ram_bytes - alone.ram_bytes - data - bss < 8
