"""A project of the Pico SDK for TFLM on RP2040 and RP2350, with Raspberry Pi's own TFLM."""

from nas.exporters.format import FORMATS, Files
from nas.exporters.project.main import Platform, board_main
from nas.exporters.project.readme import last_step, project_readme
from nas.exporters.project.sources import YOURS, Project, project_of, shared_sources
from nas.study.archive import Archive

LIBRARY = "https://github.com/raspberrypi/pico-tflmicro"

_PLATFORM = Platform(
    includes='\n#include "pico/stdlib.h"\n', entry="int main()", begin="  stdio_init_all();\n", wait="sleep_ms(1000);"
)


@FORMATS.register("pico-sdk")
def pico_sdk(archive: Archive) -> Files:
    """A project of the Pico SDK: a folder `<name>_pico_sdk` for the Raspberry Pi Pico and Pico 2."""
    project = project_of(archive, "pico-sdk")
    files = {
        **shared_sources(project),
        "main.cpp": board_main(project, _PLATFORM),
        "CMakeLists.txt": _lists(project),
        "README.md": project_readme(project, "Pico SDK project", _steps(project)),
    }
    return {f"{project.name}_pico_sdk/{file}": text for file, text in files.items()}


def _lists(project: Project) -> str:
    name = project.name
    return f"""\
{YOURS}
cmake_minimum_required(VERSION 3.16)
set(PICO_SDK_PATH "$ENV{{PICO_SDK_PATH}}" CACHE PATH "The folder of the Pico SDK")
set(PICO_TFLMICRO_PATH "${{CMAKE_CURRENT_LIST_DIR}}/pico-tflmicro" CACHE PATH "The folder of {LIBRARY}")
foreach(needed "${{PICO_SDK_PATH}}/external/pico_sdk_import.cmake" "${{PICO_TFLMICRO_PATH}}/CMakeLists.txt")
  if(NOT EXISTS "${{needed}}")
    message(FATAL_ERROR "${{needed}}: is not there; set PICO_SDK_PATH and PICO_TFLMICRO_PATH, see README.md")
  endif()
endforeach()
include("${{PICO_SDK_PATH}}/external/pico_sdk_import.cmake")  # before the project, since it chooses the compiler

project({name} C CXX ASM)
set(CMAKE_C_STANDARD 11)
set(CMAKE_CXX_STANDARD 17)
pico_sdk_init()
add_subdirectory("${{PICO_TFLMICRO_PATH}}" pico-tflmicro EXCLUDE_FROM_ALL)

# CMake keeps some names of targets to itself, such as "all" and "help", so no target is called by a model's name alone.
add_executable({name}_app main.cpp {" ".join(project.sources)})
set_target_properties({name}_app PROPERTIES OUTPUT_NAME {name})
target_link_libraries({name}_app pico_stdlib pico-tflmicro)
pico_enable_stdio_usb({name}_app 1)
pico_enable_stdio_uart({name}_app 1)
pico_add_extra_outputs({name}_app)
"""


def _steps(project: Project) -> str:
    name = project.name
    return f"""\
1. Once: install the Pico SDK, name its folder in the environment, and clone Raspberry Pi's TFLM into this folder:

        export PICO_SDK_PATH=~/pico-sdk
        git clone {LIBRARY}

2. In this folder; `pico2` is the board with RP2350:

        cmake -S . -B build -DPICO_BOARD=pico
        cmake --build build --parallel --target {name}_app
        cp build/{name}.uf2 /media/$USER/RPI-RP2/

   The last line needs the board connected with its button BOOTSEL held; on a Pico 2 the drive is `RP2350`.
3. On its serial port (115200) it shows `self-test: passed`, and once a second what it answers for an example
   that is made of noise.
4. {last_step(project, "main.cpp")}"""
