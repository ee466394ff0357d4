"""The commands that build a model for a target, on TensorFlow Lite Micro and as plain C."""

import shlex
from collections.abc import Iterator

from nas.exporters.c_text import symbol
from nas.target.side_by_side import OnRuntime
from nas.target.target import Target

# Compilers of the cores whose plain C was measured; the host's own for any other.
_COMPILERS = {
    "avr": "avr-gcc -mmcu=atmega328p -Os",
    "rv32imc": "riscv64-unknown-elf-gcc -march=rv32imc -mabi=ilp32 -O2",
    "rv32ec": "riscv64-unknown-elf-gcc -march=rv32ec -mabi=ilp32e -O2",
}
_AVR_PARTS = {"arduino-mega": "atmega2560"}

# The project that suits a board, and what its tools call the board; CMake for any other.
BOARDS = {
    "arduino-nano-33-ble": ("arduino", "arduino:mbed_nano:nano33ble"),
    "arduino-portenta-h7": ("arduino", "arduino:mbed_portenta:envie_m7"),
    "arduino-zero": ("arduino", "arduino:samd:arduino_zero_native"),
    "arduino-uno-r4": ("arduino", "arduino:renesas_uno:minima"),
    "esp32-s3-devkitc-1": ("esp-idf", "esp32s3"),
    "esp32-devkitc": ("esp-idf", "esp32"),
    "esp32-c3-devkitm-1": ("esp-idf", "esp32c3"),
    "raspberry-pi-pico": ("pico-sdk", "pico"),
    "raspberry-pi-pico-2": ("pico-sdk", "pico2"),
    "nrf52840-dk": ("zephyr", "nrf52840dk/nrf52840"),
    "nrf5340-dk": ("zephyr", "nrf5340dk/nrf5340/cpuapp"),
    "nrf54l15-dk": ("zephyr", "nrf54l15dk/nrf54l15/cpuapp"),
}


def build_commands(on: OnRuntime, model: str, name: str) -> tuple[str, ...]:
    """Return the shell commands that export `model` under a name and compile it for a runtime's target."""
    name, target = symbol(name), on.target
    export = f"nas export {shlex.quote(model)} --name {name}"
    if on.runtime == "c":
        return f"{export} --format c -o firmware", f"cd firmware && {_compiler(target)} -c {name}.c"
    form, board = BOARDS.get(target.name, ("cmake", ""))
    folder = name if form == "arduino" else f"{name}_{form.replace('-', '_')}"
    steps = _BUILDS[form].format(name=name, folder=folder, board=board)
    return f"{export} --format {form} -o projects", *steps.split("\n")


_KINDS_OF_BOARDS = {
    "Arduino Nano 33 BLE": "arduino",
    "ESP32, ESP32-S3": "esp-idf",
    "Raspberry Pi Pico, Pico 2": "pico-sdk",
    "STM32, any other": "c",
    "Arduino Uno, Mega": "c",
    "nRF52840 and others on Zephyr": "zephyr",
    "this computer, as a test": "cmake",
}


def board_commands(model: str, name: str) -> Iterator[tuple[str, str]]:
    """Yield kinds of boards, each with the command that exports `model` for it under a name."""
    export = f"nas export {shlex.quote(model)} --name {symbol(name)}"
    for board, form in _KINDS_OF_BOARDS.items():
        yield board, f"{export} --format {form} -o {'firmware' if form == 'c' else 'projects'}"


def export_command(model: str, target: Target) -> str:
    """Return the command that exports `model`, a name or path, for a target, with the other formats in a comment."""
    suited, _ = BOARDS.get(target.name, ("c", ""))
    export = f"nas export {shlex.quote(model)} --format"
    if target.runtime == "c":
        return f"{export} c"
    others = ", ".join(sorted(set(_KINDS_OF_BOARDS.values()) - {suited}))
    return f"{export} {suited}  # or {others}"


_BUILDS = {
    "arduino": "cd projects\narduino-cli compile --fqbn {board} {folder}",
    "cmake": "cmake -S projects/{folder} -B build -DTFLM_DIR=tflm\ncmake --build build",
    "esp-idf": "cd projects/{folder}\nidf.py set-target {board} && idf.py build",
    "pico-sdk": "cmake -S projects/{folder} -B build -DPICO_BOARD={board}\ncmake --build build --target {name}_app",
    "zephyr": "cd projects\nwest build -p -b {board} {folder}",
}


def _compiler(target: Target) -> str:
    if target.core.startswith("cortex-"):
        return f"arm-none-eabi-gcc -mcpu={target.core} -mthumb -O2"
    command = _COMPILERS.get(target.core, "gcc -O2")
    return command.replace("atmega328p", _AVR_PARTS.get(target.name, "atmega328p"))
