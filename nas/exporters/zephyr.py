"""A Zephyr application for TFLM, with the TFLM module of Zephyr itself."""

from nas.exporters.format import FORMATS, Files
from nas.exporters.project.main import Platform, board_main
from nas.exporters.project.readme import last_step, project_readme
from nas.exporters.project.sources import YOURS, Project, project_of, shared_sources
from nas.study.archive import Archive

_PLATFORM = Platform(
    includes="\n#include <zephyr/kernel.h>\n", entry="int main(void)", begin="", wait="k_msleep(1000);"
)


@FORMATS.register("zephyr")
def zephyr(archive: Archive) -> Files:
    """A Zephyr application: a folder `<name>_zephyr` for any board of Zephyr's, with its module of TFLM."""
    project = project_of(archive, "zephyr")
    files = {
        **shared_sources(project, computer=True),
        "main.cpp": board_main(project, _PLATFORM),
        "CMakeLists.txt": _lists(project),
        "prj.conf": f"""\
{YOURS}
CONFIG_CPP=y
CONFIG_STD_CPP17=y
CONFIG_REQUIRES_FULL_LIBC=y
CONFIG_STDOUT_CONSOLE=y
CONFIG_TENSORFLOW_LITE_MICRO=y
CONFIG_MAIN_STACK_SIZE=4096
""",
        "cmsis_nn.conf": f"{YOURS}\n# For Cortex-M: Arm's kernels.\nCONFIG_TENSORFLOW_LITE_MICRO_CMSIS_NN_KERNELS=y\n",
        "README.md": project_readme(project, "Zephyr application", _steps(project)),
    }
    return {f"{project.name}_zephyr/{file}": text for file, text in files.items()}


def _lists(project: Project) -> str:
    return f"""\
{YOURS}
cmake_minimum_required(VERSION 3.20.0)
find_package(Zephyr REQUIRED HINTS $ENV{{ZEPHYR_BASE}})
project({project.name})

# Zephyr does not support the locks that C++ puts around static variables, and one thread needs none.
set(NO_THREADSAFE_STATICS $<TARGET_PROPERTY:compiler-cpp,no_threadsafe_statics>)
zephyr_compile_options($<$<COMPILE_LANGUAGE:CXX>:${{NO_THREADSAFE_STATICS}}>)
target_sources(app PRIVATE main.cpp {" ".join(project.sources)})
"""


def _steps(project: Project) -> str:
    return f"""\
1. Once, in your Zephyr workspace, since its module of TFLM is not fetched by default:

        west config manifest.project-filter -- +tflite-micro
        west update

2. Build and run; on an emulated board, and on one of yours, here with a Cortex-M and Arm's kernels:

        west build -p -b qemu_x86 {project.name}_zephyr -t run
        west build -p -b nrf52840dk/nrf52840 {project.name}_zephyr -- -DEXTRA_CONF_FILE=cmsis_nn.conf
        west flash

3. The console shows `self-test: passed`, and once a second what it answers for an example that is made of
   noise. `Ctrl-A X` ends the emulator.
4. {last_step(project, "main.cpp")}"""
