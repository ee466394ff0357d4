"""An ESP-IDF project for TFLM on the ESP32 family, with Espressif's own TFLM and kernels."""

from nas.exporters.format import FORMATS, Files
from nas.exporters.project.main import Platform, board_main
from nas.exporters.project.readme import last_step, project_readme
from nas.exporters.project.sources import YOURS, Project, project_of, shared_sources
from nas.study.archive import Archive

_PLATFORM = Platform(
    includes="\n#include <freertos/FreeRTOS.h>\n#include <freertos/task.h>\n",
    entry='extern "C" void app_main(void)',
    begin="",
    wait="vTaskDelay(pdMS_TO_TICKS(1000));",
)


@FORMATS.register("esp-idf")
def esp_idf(archive: Archive) -> Files:
    """An ESP-IDF project: a folder `<name>_esp_idf` for boards of the ESP32 family, with Espressif's TFLM."""
    project = project_of(archive, "esp-idf")
    sources = {**shared_sources(project), "main.cpp": board_main(project, _PLATFORM)}
    listed = " ".join(f'"{source}"' for source in ("main.cpp", *project.sources))
    files = {
        **{f"main/{file}": text for file, text in sources.items()},
        "main/CMakeLists.txt": f"""\
{YOURS}
idf_component_register(SRCS {listed} INCLUDE_DIRS ".")
""",
        "main/idf_component.yml": f"""\
{YOURS}
dependencies:
  espressif/esp-tflite-micro: "^1.3.0"
""",
        "CMakeLists.txt": f"""\
{YOURS}
cmake_minimum_required(VERSION 3.16)
include($ENV{{IDF_PATH}}/tools/cmake/project.cmake)
project({project.name})
""",
        "sdkconfig.defaults": f"{YOURS}\n# The interpreter's stack does not fit into the default of 3,584 bytes.\n"
        "CONFIG_ESP_MAIN_TASK_STACK_SIZE=8192\n",
        "README.md": project_readme(project, "ESP-IDF project", _steps(project)),
    }
    return {f"{project.name}_esp_idf/{file}": text for file, text in files.items()}


def _steps(project: Project) -> str:
    return f"""\
1. Once: install ESP-IDF 5 and set its environment, `. $IDF_PATH/export.sh`. TFLM needs no installation: the build
   fetches the component `espressif/esp-tflite-micro` with Espressif's kernels.
2. In this folder, with the chip's name in place of `esp32s3`:

        idf.py set-target esp32s3
        idf.py build
        idf.py -p /dev/ttyUSB0 flash monitor

3. The monitor shows `self-test: passed`, and once a second what it answers for an example that is made of
   noise. `Ctrl-]` ends it.
4. {last_step(project, "main/main.cpp")}"""
