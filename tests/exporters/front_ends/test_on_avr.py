"""Front-ends in C on an AVR, whose `int` has 16 bits and whose constants lie in flash, in the simulator simavr."""

import re
import shutil
import subprocess

import pytest
from sound_archive import trained as trained_on_sound
from test_mel_listening import SAMPLES
from test_mel_listening import SETTINGS as MELS
from test_window_listening import CHANNELS, STEPS, trained
from test_window_listening import SETTINGS as WINDOWS

from nas.exporters.format import Destination, write
from nas.exporters.front_ends import mel as sound
from nas.exporters.front_ends import window
from nas.graph.builder import GraphBuilder
from nas.target.front_end import with_front_end
from nas.target.profiler import estimate
from nas.target.target import find_target

# An ATmega2560 has 8 KB of RAM. It sleeps without interrupts at the end, which ends the simulation.
PROGRAM = """
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include "checked_listen.h"
static int8_t output[CHECKED_OUTPUT_BYTES];
int main(void) {
  UCSR0B = 1 << TXEN0;
  const char *said = checked_listen_self_test(output) ? "right\\n" : "wrong\\n";
  for (; *said; ++said) {
    while (!(UCSR0A & (1 << UDRE0))) {}
    UDR0 = (uint8_t)*said;
  }
  for (volatile long i = 0; i < 2000; ++i) {}
  cli();
  sleep_enable();
  sleep_cpu();
  return 0;
}
"""
# Writes over the free RAM, makes a frame's or a window's features, and says how much of it is written anew.
STACK = """
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include "checked_listen.h"
#ifndef CHECKED_WINDOW_STEPS
static uint16_t features[CHECKED_CHANNELS_OF_FRAME];
#else
static int8_t features[CHECKED_INPUT_BYTES];
static int16_t samples[CHECKED_WINDOW_CHANNELS];
#endif
extern uint8_t __heap_start;
static void say(char c) {
  while (!(UCSR0A & (1 << UDRE0))) {}
  UDR0 = (uint8_t)c;
}
int main(void) {
  UCSR0B = 1 << TXEN0;
#ifdef CHECKED_WINDOW_STEPS
  for (int i = 0; i < CHECKED_WINDOW_STEPS; ++i) checked_front_end_take(samples, 1);
#else
  checked_front_end_state.filled = checked_front_end.window;
#endif
  volatile uint8_t *const end = (volatile uint8_t *)SP, *at;
  for (at = &__heap_start; at < end; ++at) *at = 0xc5;
#ifdef CHECKED_WINDOW_STEPS
  checked_front_end_input(features);
#else
  nas_front_end_frame(&checked_front_end, &checked_front_end_state, features);
#endif
  for (at = &__heap_start; *at == 0xc5; ++at) {}
  uint16_t used = (uint16_t)(end - at);
  say('=');
  for (uint16_t unit = 1000; unit; unit /= 10) say((char)('0' + used / unit % 10));
  say('\\n');
  for (volatile long i = 0; i < 2000; ++i) {}
  cli();
  sleep_enable();
  sleep_cpu();
  return 0;
}
"""
BUILD = ["avr-gcc", "-mmcu=atmega2560", "-Os", "-Wall", "-Wextra", "-Werror", "-o", "program.elf"]
# Constants in flash are GNU C's; another standard has them in RAM, with the same answers.
STANDARDS = ["gnu11", "c99"]


@pytest.fixture(autouse=True)
def _tools():
    missing = [tool for tool in ("avr-gcc", "simavr") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"no {' and no '.join(missing)}")


def built(folder, archive, standard, program=PROGRAM):
    """Export, and build the self-test from samples to the answer, or another program."""
    write(Destination(folder, name="checked"), archive, ["c"])
    (folder / "checked_listen_main.c").unlink()
    (folder / "program.c").write_text(program)
    sources = sorted(file.name for file in folder.glob("*.c") if not file.name.endswith("_main.c"))
    said = subprocess.run(
        [*BUILD, f"-std={standard}", *sources], cwd=folder, capture_output=True, text=True, check=False
    )
    assert said.stderr == ""
    return folder / "program.elf"


def ran(program, words="right|wrong"):
    """Return which words the program says in the simulator."""
    command = ["simavr", "-m", "atmega2560", "-f", "16000000", program]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    return re.findall(words, ended.stdout + ended.stderr)


@pytest.mark.parametrize("standard", STANDARDS)
@pytest.mark.parametrize("front_end", WINDOWS)
def test_windows_give_the_answer_of_python(make_archive, tmp_path, front_end, standard):
    assert ran(built(tmp_path, trained(make_archive, front_end), standard)) == ["right"]


@pytest.mark.parametrize("mel", MELS)
def test_sound_gives_the_answer_of_python(make_archive, tmp_path, mel):
    assert ran(built(tmp_path, trained_on_sound(make_archive, mel), "gnu11")) == ["right"]


def test_tables_of_a_front_end_count_as_what_an_avr_must_reach(make_archive, tmp_path):
    archive, board = trained_on_sound(make_archive, MELS[0]), find_target("arduino-mega")
    graph = GraphBuilder((24, 32))
    graph.flatten()
    for units in (40, 600, 3):
        graph.fully_connected(units)
    alone = estimate(graph.graph(), board)
    assert alone.supported
    found = with_front_end(alone, archive.front_end, (SAMPLES, 1), board)
    assert not found.supported
    assert "are more than the 63,488 that an AVR's addresses reach" in str(found.ops[-1].reason)


@pytest.mark.parametrize("front_end", [*WINDOWS, *MELS])
def test_the_stack_is_what_the_simulator_sees_and_little_more(make_archive, tmp_path, front_end):
    is_sound = front_end in MELS
    archive = (trained_on_sound if is_sound else trained)(make_archive, front_end)
    (used,) = ran(built(tmp_path, archive, "gnu11", STACK), r"=(\d{4})")
    promised = archive.front_end.cost((SAMPLES, 1) if is_sound else (STEPS, CHANNELS), "avr").stack_bytes
    assert 0 <= promised - int(used) < 100


def linked(folder, sources, *roots):
    """Return the bytes of flash and of static RAM that the linker gives functions and what they need."""
    kept = f"-Wl,--gc-sections,-e,{roots[0]}," + ",".join(f"-u,{name}" for name in roots[1:])
    sections = ["-std=gnu11", "-nostartfiles", "-ffunction-sections", "-fdata-sections", kept]
    subprocess.run([*BUILD, *sections, *sources], cwd=folder, check=True)
    said = subprocess.check_output(["avr-size", "program.elf"], cwd=folder, text=True)
    text, data, bss = map(int, said.splitlines()[1].split()[:3])
    return text + data, data + bss


@pytest.mark.parametrize("front_end", WINDOWS)
def test_the_linker_says_the_memory_of_windows(make_archive, tmp_path, front_end):
    archive = trained(make_archive, front_end)
    write(Destination(tmp_path, name="checked"), archive, ["c"])
    functions = [f"checked_{name}" for name in ("front_end_take", "front_end_input", "front_end_reset", "sample")]
    flash, ram = linked(tmp_path, window.compiled("checked", archive.front_end), *functions)
    promised = archive.front_end.cost((STEPS, CHANNELS), "avr")
    features = archive.front_end.shape((STEPS, CHANNELS))
    assert 0 <= promised.ram_bytes - ram - features[0] * features[1] < 16  # it aligns nothing, other cores do
    assert abs(promised.flash_bytes - flash) <= 16


@pytest.mark.parametrize("mel", MELS)
def test_the_linker_says_the_memory_of_sound(make_archive, tmp_path, mel):
    write(Destination(tmp_path, name="checked"), trained_on_sound(make_archive, mel), ["c"])
    sources = ["checked_listen.c", "checked.c", *sound.compiled("checked", mel)]
    flash, ram = linked(tmp_path, sources, "checked_hear", "checked_listen_reset")
    promised = mel.cost((SAMPLES, 1), "avr")
    assert 0 <= promised.ram_bytes - ram < 20  # six buffers
    assert abs(promised.flash_bytes - flash) <= 32
