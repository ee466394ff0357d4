"""A CMake project for TFLM: for this computer, or for a board with a toolchain file."""

import math

from nas.exporters.firmware import TFLM
from nas.exporters.format import FORMATS, Files
from nas.exporters.project.main import computer_main
from nas.exporters.project.readme import project_readme
from nas.exporters.project.sources import YOURS, Project, project_of, shared_sources
from nas.study.archive import Archive

# Files and folders of a build, and words that Ninja takes for a file of that name: no program can be called so.
_TAKEN = frozenset({"all", "clean", "cmakefiles", "edit_cache", "help", "makefile", "rebuild_cache", "test", "testing"})


@FORMATS.register("cmake")
def cmake(archive: Archive) -> Files:
    """A CMake project for TFLM: a folder `<name>_cmake` that builds a program and a test on this computer."""
    project = project_of(archive, "cmake")
    files = {
        **shared_sources(project, computer=True),
        "main.cpp": computer_main(project),
        "CMakeLists.txt": _lists(project),
        "README.md": project_readme(project, "CMake project", _steps(project), "its test tells whether it is right"),
    }
    return {f"{project.name}_cmake/{file}": text for file, text in files.items()}


def _lists(project: Project) -> str:
    name = project.name
    return f"""\
{YOURS}
cmake_minimum_required(VERSION 3.16)
project({name} C CXX)
set(CMAKE_C_STANDARD 11)
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release)
endif()

set(TFLM_DIR "" CACHE PATH "The folder that TFLM's create_tflm_tree.py has made; see README.md")
if(NOT EXISTS "${{TFLM_DIR}}/tensorflow/lite/micro/micro_interpreter.h")
  message(FATAL_ERROR "TFLM_DIR: must be a folder with TensorFlow Lite Micro, but is '${{TFLM_DIR}}'; see README.md")
endif()
file(GLOB_RECURSE TFLM_SOURCES CONFIGURE_DEPENDS
  "${{TFLM_DIR}}/tensorflow/*.cc" "${{TFLM_DIR}}/tensorflow/*.c" "${{TFLM_DIR}}/signal/*.cc" "${{TFLM_DIR}}/signal/*.c"
  "${{TFLM_DIR}}/third_party/*.cc" "${{TFLM_DIR}}/third_party/*.c")
add_library(nas_tflm STATIC ${{TFLM_SOURCES}})
# Structures have another size without TF_LITE_STATIC_MEMORY, so what uses the library must be compiled with it as well.
target_compile_definitions(nas_tflm PUBLIC TF_LITE_STATIC_MEMORY TF_LITE_DISABLE_X86_NEON)
if(NOT MSVC)  # as TFLM's own build: with exceptions, its planners do not compile
  target_compile_options(nas_tflm PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>)
endif()
target_include_directories(nas_tflm SYSTEM PUBLIC
  "${{TFLM_DIR}}" "${{TFLM_DIR}}/third_party/flatbuffers/include" "${{TFLM_DIR}}/third_party/gemmlowp"
  "${{TFLM_DIR}}/third_party/kissfft" "${{TFLM_DIR}}/third_party/ruy")
if(EXISTS "${{TFLM_DIR}}/third_party/cmsis_nn")  # a tree for an Arm processor
  target_compile_definitions(nas_tflm PUBLIC CMSIS_NN)
  target_include_directories(nas_tflm SYSTEM PUBLIC
    "${{TFLM_DIR}}/third_party/cmsis_nn" "${{TFLM_DIR}}/third_party/cmsis_nn/Include"
    "${{TFLM_DIR}}/third_party/cmsis/CMSIS/Core/Include")
endif()

# CMake keeps some names of targets to itself, such as "test" and "all", so no target is called by a model's name alone.
add_executable({name}_app main.cpp {" ".join(project.sources)})
set_target_properties({name}_app PROPERTIES OUTPUT_NAME {_program(name)})
target_link_libraries({name}_app PRIVATE nas_tflm)
if(UNIX)
  target_link_libraries({name}_app PRIVATE m)
endif()

enable_testing()
add_test(NAME self_test COMMAND {name}_app)
"""


def _program(name: str) -> str:
    """Return what the program of a model is called in the build's folder."""
    return f"{name}_app" if name.lower() in _TAKEN else name


def _steps(project: Project) -> str:
    name = project.name
    commit = project.archive.footprint.get("tflm")
    checkout = f" && git -C tflite-micro checkout {commit}" if commit else ""
    return f"""\
1. Once: get TFLM as a folder. This needs Linux or macOS, downloads what TFLM depends on, and takes minutes:

        git clone {TFLM}{checkout}
        pip install numpy pillow
        (cd tflite-micro && python3 tensorflow/lite/micro/tools/project_generation/create_tflm_tree.py ../tflm)

2. Build the program and run its test, which compares an answer with the right one:

        cmake -S {name}_cmake -B build -DTFLM_DIR=$PWD/tflm
        cmake --build build --parallel
        ctest --test-dir build

{_run(project)}

For a board, make the tree with its kernels, for instance
`--makefile_options="TARGET=cortex_m_generic OPTIMIZED_KERNEL_DIR=cmsis_nn TARGET_ARCH=cortex-m4"`, give CMake the
toolchain's file (`-DCMAKE_TOOLCHAIN_FILE=...`), and put your own `main` in place of `main.cpp`, which reads a file."""


def _run(project: Project) -> str:
    program, hearing = _program(project.name), project.hearing
    if project.windows is not None:
        return f"""\
3. Run it. Without a file it answers a window of noise. A file holds values in the units of the training data as text,
   {project.archive.row_shape[1]:,} of each step in time, between spaces, commas or line ends.

        build/{program} recording.csv"""
    if hearing is not None:
        return f"""\
3. Run it. Without a file it hears a window of noise. A file holds samples of 16 bits of one channel,
   {hearing.rate_hz:,} a second, without a head:

        ffmpeg -i sound.wav -ar {hearing.rate_hz} -ac 1 -f s16le sound.raw
        build/{program} sound.raw"""
    return f"""\
3. Run it. Without a file it answers an example that is made of noise. A file holds one input as text, channels last:
   {math.prod(project.archive.input_shape):,} numbers between spaces, commas or line ends.

        build/{program} input.csv"""
