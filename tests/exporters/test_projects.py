"""Configures and builds the projects for TFLM by CMake, against stand-ins for TFLM and the SDKs, and runs them."""

import os
import re
import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest
import rooms
from front_end_archives import behind_front_end, detector_behind
from sound_archive import trained
from tflm_stand_in import EXAMPLE, STRICT, write_files, write_tflm

from nas.api.device_archive import device_archive
from nas.data.prepared import Scaling
from nas.errors import InputError
from nas.exporters.format import FORMATS, Destination, write
from nas.exporters.front_ends.beside_model import with_known_answer
from nas.exporters.front_ends.fixed_point import noise
from nas.exporters.front_ends.window_input import noise_example
from nas.model.deploy.tflite_model import TfliteModel
from nas.signal.mel import Mel
from nas.signal.spectrum import Spectrum
from nas.signal.statistics import Statistics
from nas.study.archive import Example, Quantization
from nas.target.profiler import profile
from nas.target.target import find_target
from nas.task.anomaly import Anomaly
from nas.task.multi_label import MultiLabel
from nas.task.reconstruction import RECONSTRUCTIONS

MODEL = rooms.ROOT / "native" / "fuzz" / "corpus" / "cnn_timeseries.tflite"

# TFLM's planners do not compile with exceptions: their operator delete is private.
LIBRARY = """
#if defined(__cpp_exceptions)
#error "TFLM is built without exceptions"
#endif
extern const int version;
const int version = 1;
"""
# Waiting for a second ends the programs, which would classify for ever.
PICO = {
    "sdk/external/pico_sdk_import.cmake": """
        function(pico_sdk_init)
          add_library(pico_stdlib INTERFACE)
          target_include_directories(pico_stdlib INTERFACE "${PICO_SDK_PATH}/include")
        endfunction()
        function(pico_enable_stdio_usb)
        endfunction()
        function(pico_enable_stdio_uart)
        endfunction()
        function(pico_add_extra_outputs)
        endfunction()""",
    "sdk/include/pico/stdlib.h": "#include <stdlib.h>\nstatic inline bool stdio_init_all() { return true; }\n"
    "static inline void sleep_ms(unsigned ms) { exit(ms == 1000 ? 0 : 9); }\n",
    "sdk/tflm/CMakeLists.txt": """
        project(pico-tflmicro)
        add_library(pico-tflmicro INTERFACE)
        target_compile_definitions(pico-tflmicro INTERFACE ARDUINO=1)
        target_include_directories(pico-tflmicro SYSTEM INTERFACE "${TFLM}")""",
}
ZEPHYR = {
    "sdk/ZephyrConfig.cmake": """
        enable_language(C CXX)
        add_library(compiler-cpp INTERFACE)
        set_target_properties(compiler-cpp PROPERTIES no_threadsafe_statics -fno-threadsafe-statics)
        macro(zephyr_compile_options)
          add_compile_options(${ARGV})
        endmacro()
        file(WRITE "${CMAKE_BINARY_DIR}/empty.c" "typedef int empty;")
        add_executable(app "${CMAKE_BINARY_DIR}/empty.c")
        target_include_directories(app SYSTEM PRIVATE "${TFLM}" "$ENV{ZEPHYR_BASE}/include")
        target_link_libraries(app PRIVATE m)""",
    "sdk/include/zephyr/kernel.h": "#include <stdlib.h>\ninline void k_msleep(int ms) { exit(ms == 1000 ? 0 : 9); }\n",
}
ESP_IDF = {
    "sdk/tools/cmake/project.cmake": """
        macro(project name)
          _project(${name} C CXX)
          add_subdirectory(main)
        endmacro()
        function(idf_component_register)
          cmake_parse_arguments(GIVEN "" "" "SRCS;INCLUDE_DIRS" ${ARGN})
          add_executable(app ${GIVEN_SRCS} "$ENV{IDF_PATH}/start.cpp")
          target_include_directories(app PRIVATE ${GIVEN_INCLUDE_DIRS})
          target_include_directories(app SYSTEM PRIVATE "${TFLM}" "$ENV{IDF_PATH}/include")
          target_link_libraries(app PRIVATE m)
        endfunction()""",
    "sdk/start.cpp": 'extern "C" void app_main(void);\nint main() { app_main(); }\n',
    "sdk/include/freertos/FreeRTOS.h": "#define pdMS_TO_TICKS(ms) ((ms) / 10)\n",
    "sdk/include/freertos/task.h": "#include <stdlib.h>\ninline void vTaskDelay(int t) { exit(t == 100 ? 0 : 9); }\n",
}
SDKS = {"cmake": {}, "pico-sdk": PICO, "zephyr": ZEPHYR, "esp-idf": ESP_IDF}
PROGRAMS = {"cmake": "{name}", "pico-sdk": "{name}", "zephyr": "app", "esp-idf": "main/app"}


@pytest.fixture(scope="module")
def build(tmp_path_factory, make_archive):
    """Writes a project and builds it as its README says; returns what runs the program, and where all is."""
    if shutil.which("cmake") is None or shutil.which("g++") is None:
        pytest.skip("no cmake and g++ to build the project with")

    def built(format_name, called="my_study", archive=None, example=EXAMPLE, generator=None, **fields):
        root = tmp_path_factory.mktemp("projects")
        archive = archive or make_archive(example=EXAMPLE, tflite=MODEL.read_bytes(), **fields)
        write(root, archive, [format_name])
        write_tflm(root / "tflm", example)
        write_files(root, {"tflm/tensorflow/lite/version.cc": LIBRARY, **SDKS[format_name]})
        sdk = str(root / "sdk")
        env = {**os.environ, "PICO_SDK_PATH": sdk, "ZEPHYR_BASE": sdk, "IDF_PATH": sdk}
        options = {
            **dict.fromkeys(("TFLM_DIR", "TFLM"), root / "tflm"),
            "PICO_TFLMICRO_PATH": root / "sdk" / "tflm",
            "CMAKE_C_FLAGS": " ".join(STRICT),
            "CMAKE_CXX_FLAGS": " ".join(STRICT),
        }
        source = root / f"{called}_{format_name.replace('-', '_')}"
        given = [f"-D{key}={value}" for key, value in options.items()]
        configure = ["cmake", "-S", source, "-B", root / "build", "--no-warn-unused-cli", *given]
        configure += ["-G", generator] if generator else []
        for command in (configure, ["cmake", "--build", root / "build"]):
            ran = subprocess.run(command, env=env, check=False, capture_output=True, text=True)
            assert ran.returncode == 0, ran.stdout + ran.stderr
            assert "CMake Warning" not in ran.stderr

        def run(*words, offset=0, needed=0, stateful=0):
            settings = {"OFFSET": str(offset), "NEEDED": str(needed), "STATEFUL": str(stateful)}
            program = root / "build" / PROGRAMS[format_name].format(name=called)
            return subprocess.run([program, *words], env=settings, check=False, capture_output=True, text=True)

        run.root = root
        return run

    return built


@pytest.fixture(scope="module")
def on_computer(build):
    return build("cmake")


@pytest.mark.parametrize("name", SDKS)
def test_a_project_builds_without_a_warning_checks_itself_and_prints_classes_and_scores(build, name):
    run = build(name)
    ran = run()
    expected = ["self-test: passed", "walk: 0.000", "sit: 0.996", "lie: 0.488", "answer: sit"]
    assert (ran.returncode, ran.stdout.splitlines()) == (0, expected)
    wrong = run(offset=2)
    assert (wrong.stdout + wrong.stderr).startswith("self-test: wrong answer")


def test_a_recurrent_model_begins_anew_for_each_input(build):
    run = build("cmake", ops=("RESHAPE", "UNIDIRECTIONAL_SEQUENCE_LSTM", "SLICE", "FULLY_CONNECTED", "SOFTMAX"))
    ran = run(stateful=1)
    assert (ran.returncode, ran.stdout.splitlines()[0]) == (0, "self-test: passed")


def test_a_project_of_several_labels_prints_their_probabilities_and_those_that_hold(build):
    # The outputs are -128, 127 and -3: probabilities of 0, 255/256 and 125/256, which the last label's threshold is.
    task = MultiLabel(thresholds=(0.25, 0.75, 125 / 256))
    run = build("cmake", task=task, ops=("CONV_2D", "MEAN", "FULLY_CONNECTED", "LOGISTIC"))
    lines = ["self-test: passed", "walk: 0.000", "sit: 0.996", "lie: 0.488"]
    assert run().stdout.splitlines() == [*lines, "holds: sit", "holds: lie"]
    assert run(offset=-1).stdout.splitlines() == [*lines[:3], "lie: 0.484", "holds: sit"]


@pytest.mark.parametrize("name", RECONSTRUCTIONS)
def test_a_project_of_a_detector_tells_the_score_of_a_whole_row_and_the_answer(build, make_archive, name):
    part, row = RECONSTRUCTIONS[name], np.resize(EXAMPLE.input, RECONSTRUCTIONS[name].row_shape((16, 2)))
    given_again = part.target(row[None])[0]
    example = replace(EXAMPLE, output=tuple((given_again // 2).tolist()))
    archive = make_archive(
        task=Anomaly(threshold=1.0, constant_threshold=1.0, reconstruction=name),
        example=example, tflite=MODEL.read_bytes(),
    )  # fmt: skip
    steps = np.subtract(example.output, archive.output.zero_point) - (given_again - archive.input.zero_point)
    score = archive.input.scale**2 * np.mean(steps**2)
    run = build("cmake", archive=archive, example=example)
    assert run().stdout.splitlines() == ["self-test: passed", f"score: {score:.3f}", "answer: anomaly"]
    file = run.root / "row.txt"
    for values, code in ((row.size, 1), (row.size - 2, 3)):  # the stand-in runs no row but its own
        file.write_text(" ".join(["0"] * values))
        assert run(file).returncode == code


HEARD = Mel(window_size_ms=20, window_step_ms=20, filterbank_n_channels=8)
COEFFICIENTS = Mel(window_size_ms=20, window_step_ms=20, filterbank_n_channels=16, mfcc_coefficients=8)


MOTION = [Statistics(segments=2), Spectrum(bands=16)]


def moved(make_archive, front_end):
    """A model of 64 steps of two sensors behind a front-end."""
    rows = np.random.default_rng(3).normal(0, [1, 40], (40, 64, 2)).astype(np.float32)
    return behind_front_end(make_archive(), front_end.fitted(rows), rows, 50.0)


@pytest.fixture(scope="module")
def hearing(make_archive):
    """A model of 80 ms of sound, what it hears of the noise of the self-test, and the scores that it gives for that."""
    return heard_by(make_archive, HEARD)


def heard_by(make_archive, mel):
    archive = trained(make_archive, mel, 1280)
    rows = archive.scaling.apply(mel.apply(noise(1280)[None, :, None]))
    model = TfliteModel(archive.tflite)
    features = model.quantize(rows.reshape(1, *model.row_shape))
    outputs = model.run(features)[0].tolist()
    scores = [(output - archive.output.zero_point) * archive.output.scale for output in outputs]
    return archive, Example(tuple(features.ravel().tolist()), tuple(outputs)), scores


def shown(scores):
    names = ("walk", "sit", "lie")
    return [*(f"{name}: {score:.3f}" for name, score in zip(names, scores, strict=True))]


@pytest.mark.parametrize("name", SDKS)
def test_a_project_of_sound_checks_itself_from_samples_to_the_answer_and_hears_what_python_hears(build, hearing, name):
    archive, example, scores = hearing
    run = build(name, archive=archive, example=example)
    ran = run()
    best = ("walk", "sit", "lie")[scores.index(max(scores))]
    heard = ["at 80 ms"] if name == "cmake" else []
    expected = ["self-test: passed", *heard, *shown(scores), f"answer: {best}"]
    assert (ran.returncode, ran.stdout.splitlines()) == (0, expected)
    wrong = run(offset=2)
    assert (wrong.stdout + wrong.stderr).startswith("self-test: wrong answer")


@pytest.mark.parametrize(("name", "front_end"), [*dict.fromkeys(SDKS, MOTION[0]).items(), ("cmake", MOTION[1])])
def test_a_project_of_windows_checks_itself_from_values_to_the_answer(build, make_archive, name, front_end):
    archive = moved(make_archive, front_end)
    example = noise_example(archive, archive.front_end)
    run = build(name, archive=archive, example=example)
    ran = run()
    scores = [(output - archive.output.zero_point) * archive.output.scale for output in example.output]
    best = ("walk", "sit", "lie")[scores.index(max(scores))]
    moments = ["at 1.28 s"] if name == "cmake" else []
    expected = ["self-test: passed", *moments, *shown(scores), f"answer: {best}"]
    assert (ran.returncode, ran.stdout.splitlines()) == (0, expected)
    wrong = run(offset=2)
    assert (wrong.stdout + wrong.stderr).startswith("self-test: wrong answer")


@pytest.mark.parametrize("front_end", [MOTION[0], HEARD])
def test_a_project_of_a_detector_tells_the_score_of_samples_by_features_that_it_keeps(build, front_end):
    is_sound, chance = front_end == HEARD, np.random.default_rng(3)
    rows = chance.normal(0, [1, 40], (40, 64, 2)).astype(np.float32)
    if is_sound:
        rows = chance.normal(0, 3000, (40, 1280, 1)).astype(np.int16)
    model = detector_behind(front_end.fitted(rows), rows, 16000.0 if is_sound else 50.0)
    archive = with_known_answer(replace(device_archive(model), name="my_study"))
    score, answer = told_by(archive)
    moment = "at 80 ms" if is_sound else "at 1.28 s"
    ran = build("cmake", archive=archive, example=archive.example)()
    assert ran.stdout.splitlines() == ["self-test: passed", moment, f"score: {score:.3f}", f"answer: {answer}"]


def told_by(archive):
    """The score of the example of an archive of a detector, and what it is."""
    zeros = archive.output.zero_point - archive.input.zero_point
    apart = np.subtract(archive.example.output, archive.example.input) - zeros
    score = archive.input.scale**2 * np.mean(apart**2)
    return score, "anomaly" if score > archive.task.threshold else "normal"


def test_the_program_for_a_computer_reads_the_values_of_sensors(build, make_archive, tmp_path):
    archive = moved(make_archive, MOTION[0])
    run = build("cmake", archive=archive, example=noise_example(archive, archive.front_end))
    values = noise(128).reshape(64, 2) / archive.front_end.sample_factors
    recording = tmp_path / "recording.csv"
    recording.write_text("".join(f"{a!r}, {b!r}\n" for a, b in values.tolist()))
    assert run(recording).stdout == run().stdout
    recording.write_text("".join(f"{a!r}, {b!r}\n" for a, b in values[1:].tolist()))
    assert (run(recording).returncode, run(tmp_path / "missing.csv").returncode) == (3, 3)
    recording.write_text("".join(f"{a / 2!r} {b / 2!r}\n" for a, b in values.tolist()))
    assert run(recording).returncode == 1  # the stand-in for TFLM fails with other features than the noise's


@pytest.mark.parametrize("front_end", MOTION)
def test_the_sketch_for_a_firmware_compiles_with_a_front_end_of_windows(make_archive, tmp_path, front_end):
    if shutil.which("g++") is None:
        pytest.skip("no g++ to compile the sketch with")
    write(tmp_path, moved(make_archive, front_end), ["tflm", "firmware"])
    write_tflm(tmp_path)
    (program,) = re.findall(r"```cpp\n(.*?)```", (tmp_path / "README.md").read_text(), re.DOTALL)
    (tmp_path / "main.cc").write_text(program)
    subprocess.run(["g++", "-std=c++17", *STRICT, "-fsyntax-only", "-I.", "main.cc"], cwd=tmp_path, check=True)


@pytest.mark.parametrize("name", [*SDKS, "arduino"])
def test_a_readme_of_windows_says_what_the_sensor_must_give_and_lists_the_front_end(make_archive, tmp_path, name):
    written = write(tmp_path, moved(make_archive, MOTION[1]), [name])
    (readme,) = (path.read_text() for path in written if path.name == "README.md")
    assert "- Window: 64 steps in time of 2 channels" in readme
    assert {"spectrum.c", "windows.c", "model_front_end.c", "model_front_end.h"} <= {path.name for path in written}
    assert "model_front_end.c" in readme
    assert "read_input" not in readme


def test_a_project_of_cepstral_coefficients_checks_itself_from_samples_to_the_answer(build, make_archive):
    archive, example, scores = heard_by(make_archive, COEFFICIENTS)
    lines = build("cmake", archive=archive, example=example)().stdout.splitlines()
    assert lines[:-1] == ["self-test: passed", "at 80 ms", *shown(scores)]


def test_the_program_for_a_computer_hears_a_file_of_samples(build, hearing, tmp_path):
    archive, example, scores = hearing
    run = build("cmake", archive=archive, example=example)
    sound = tmp_path / "sound.raw"
    sound.write_bytes(noise(1280).tobytes())
    assert run(sound).stdout.splitlines()[1:-1] == ["at 80 ms", *shown(scores)]
    sound.write_bytes(noise(1280)[:-1].tobytes())
    assert (run(sound).returncode, run(tmp_path / "missing.raw").returncode) == (3, 3)
    sound.write_bytes((noise(1280) // 2).tobytes())  # the stand-in for TFLM fails with other features than the noise's
    assert run(sound).returncode == 1


@pytest.mark.parametrize("name", [*SDKS, "arduino"])
def test_a_readme_of_sound_says_what_the_microphone_must_give_and_lists_the_front_end(hearing, tmp_path, name):
    written = write(tmp_path, hearing[0], [name])
    (readme,) = (path.read_text() for path in written if path.name == "README.md")
    assert "`int16_t`) of one microphone, 16,000 a second" in readme
    assert "1,280 samples (0.08 s), of which the front-end makes 4 frames of 8 numbers" in readme
    assert {"front_end.c", "model_front_end.c", "model_listen.c"} <= {path.name for path in written}
    assert "model_front_end.c" in readme
    assert "read_input" not in readme


def test_a_front_end_that_c_cannot_express_is_refused_and_left_out_where_only_files_are_written(hearing, tmp_path):
    record = hearing[0].record
    both = {**record.architecture, "front_end": replace(HEARD, quantize_dynamic_scale_enable=True).to_json()}
    archive = replace(hearing[0], trained=replace(hearing[0].trained, record=replace(record, architecture=both)))
    with pytest.raises(InputError, match="must have a fixed range"):
        write(tmp_path, archive, ["cmake"])
    assert not list(tmp_path.iterdir())
    assert "my_study_quantize_all" in FORMATS["tflm"](archive)["model_data.h"]
    assert "model_listen.c" not in FORMATS["tflm"](archive)


def test_names_that_c_cannot_have_are_no_hindrance(build):
    names = ('say "hi"', "\N{LATIN SMALL LETTER U WITH DIAERESIS}ber??/", "two\nlines \\")
    scaling = Scaling((0.5,) * 32, (3.0,) * 32)
    table = {"input_shape": (1, 32), "scaling": scaling, "channel_names": ()}
    ran = build("cmake", "while_model", **table, name="while", class_names=names, output=Quantization(0.1, 127))()
    rest = ['say "hi": -25.500', f"{names[1]}: 0.000", "two", "lines \\: -13.000", f"answer: {names[1]}"]
    assert ran.stdout.splitlines() == ["self-test: passed", *rest]


@pytest.mark.parametrize("generator", ["Unix Makefiles", "Ninja"])
@pytest.mark.parametrize("called", ["test", "all", "help", "Testing", "install", "nas_tflm"])
def test_names_that_a_build_keeps_for_itself_are_no_hindrance(build, called, generator):
    if shutil.which({"Ninja": "ninja"}.get(generator, "make")) is None:
        pytest.skip(f"no {generator}")
    run = build("cmake", called, name=called, generator=generator)
    assert subprocess.run(["ctest", "--test-dir", run.root / "build"], check=False, capture_output=True).returncode == 0
    (program,) = re.findall(r"build/(\w+) input.csv", (run.root / f"{called}_cmake" / "README.md").read_text())
    assert program.removesuffix("_app") == called
    ran = subprocess.run([run.root / "build" / program], env={}, check=False, capture_output=True, text=True)
    assert ran.stdout.splitlines()[0] == "self-test: passed"


def test_a_project_of_the_pico_sdk_may_be_called_as_cmake_calls_its_own_targets(build):
    run = build("pico-sdk", "help", name="help")
    assert run().stdout.splitlines()[0] == "self-test: passed"
    (target,) = re.findall(r"--target (\w+)", (run.root / "help_pico_sdk" / "README.md").read_text())
    command = ["cmake", "--build", run.root / "build", "--target", target]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize("offset", [-2, 2])
def test_the_test_of_the_cmake_project_fails_for_a_wrong_answer(on_computer, offset):
    command = ["ctest", "--test-dir", on_computer.root / "build"]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    env = {**os.environ, "OFFSET": str(offset)}
    assert subprocess.run(command, check=False, capture_output=True, env=env).returncode != 0
    assert "wrong answer" in on_computer(offset=offset).stderr


def test_the_program_for_a_computer_reads_one_input_from_a_file(on_computer, make_archive, tmp_path):
    archive = make_archive()
    steps = [value - archive.input.zero_point for value in EXAMPLE.input]
    means, stds = archive.scaling.mean * 16, archive.scaling.std * 16
    raw = [s * archive.input.scale * std + mean for s, std, mean in zip(steps, stds, means, strict=True)]
    lines = [",".join(map(str, raw[i : i + 2])) for i in range(0, 32, 2)]
    good = tmp_path / "good.csv"
    good.write_text("\n".join(lines) + "\n")
    ran = on_computer(good)
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (0, "answer: sit")
    for text in ("", "1 2 3", "\n".join([*lines, "4"]), "\n".join(["word", *lines]), "\n".join(lines[:-1]) + "\nx,1"):
        bad = tmp_path / "bad.csv"
        bad.write_text(text)
        assert on_computer(bad).returncode == 3
    assert on_computer(tmp_path / "missing.csv").returncode == 3


def test_the_arena_of_a_computer_is_the_one_that_tflm_needs_there_and_a_margin(on_computer):
    needed = profile(MODEL.read_bytes(), find_target("host")).to_json()["arena"]["min"] + 1024
    assert on_computer(needed=needed).returncode == 0
    ran = on_computer(needed=needed + 1)
    assert (ran.returncode, ran.stderr) == (1, "model: the arena is too small, or the library lacks an operator\n")


def test_the_cmake_project_says_what_it_lacks(build, on_computer, tmp_path):
    source = on_computer.root / "my_study_cmake"
    ran = subprocess.run(["cmake", "-S", source, "-B", tmp_path], check=False, capture_output=True, text=True)
    assert ran.returncode != 0
    assert "TFLM_DIR: must be a folder with TensorFlow Lite" in " ".join(ran.stderr.split())


@pytest.mark.parametrize("name", SDKS)
def test_a_project_s_readme_has_its_commands_and_what_the_model_is_given(make_archive, tmp_path, name):
    written = write(tmp_path, make_archive(tflite=MODEL.read_bytes()), [name])
    (readme,) = (path.read_text() for path in written if path.name == "README.md")
    build_with = {
        "cmake": "cmake --build build",
        "pico-sdk": "cmake --build build",
        "zephyr": "west build -p -b",
        "esp-idf": "idf.py build",
    }
    assert build_with[name] in readme
    assert "5,200 + 1,024 bytes" in readme
    assert "| acc\\_y | -3 | 20 |" in readme or "| acc_y | -3 | 20 |" in readme


@pytest.mark.parametrize("name", [*SDKS, "arduino"])
def test_a_folder_of_somebody_else_is_refused_unless_forced(make_archive, tmp_path, name):
    archive = make_archive(tflite=MODEL.read_bytes())
    (folder,) = {file.split("/")[0] for file in FORMATS[name](archive)}
    strange = tmp_path / folder / "notes.txt"
    strange.parent.mkdir()
    strange.write_text("mine")
    with pytest.raises(InputError, match=r"must be a folder that nas has written.*notes\.txt.*force=True"):
        write(tmp_path, archive, [name])
    assert list(strange.parent.iterdir()) == [strange]
    for _ in range(2):
        write(Destination(tmp_path, force=True), archive, [name])
    assert write(tmp_path, archive, [name])
    assert strange.read_text() == "mine"


def test_only_operators_whose_tensors_are_all_int8_are_registered_for_int8_alone(make_archive):
    archive = make_archive()
    facts = archive.footprint
    assert "AddConv2D(tflite::Register_CONV_2D_INT8());" in FORMATS["tflm"](archive)["model_ops.h"]
    assert "AddMean();" in FORMATS["tflm"](archive)["model_ops.h"]
    # The output of the second convolution is int16; the first one needs the same registration.
    tensors = [{**one, "dtype": "int16"} if one["index"] == 3 else one for one in facts["tensors"]]
    ops = FORMATS["tflm"](make_archive(footprint={**facts, "tensors": tensors}))["model_ops.h"]
    assert "AddConv2D();" in ops
    assert "AddMaxPool2D(tflite::Register_MAX_POOL_2D_INT8());" in ops


@pytest.mark.parametrize("name", SDKS)
def test_a_model_that_a_project_cannot_express_is_refused_with_the_formats_that_can(tmp_path, make_archive, name):
    footprint = {**make_archive().footprint, "resource_variables": 2}
    with pytest.raises(InputError, match=rf"format {name}: cannot express .* variables.*; take formats='tflm'"):
        write(tmp_path, make_archive(footprint=footprint), [name])
    assert list(tmp_path.iterdir()) == []
