"""Exported sources of several labels at once compile without a warning in C and C++, and name no class."""

import dataclasses
import subprocess

import numpy as np
import pytest
from compiled_sources import STRICT, compiled, compiled_main, in_c_and_cpp, texts_of

from nas.api.device_archive import device_archive
from nas.api.loading import load
from nas.data.prepared import Scaling
from nas.exporters.format import Destination, write
from nas.graph.builder import GraphBuilder
from nas.task.multi_label import MultiLabel

NAMES = ("hum", "rattle", "hiss")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A network with random weights, loaded from its `.tflite`; its last threshold is above every output."""
    from nas.model.deploy.convert import quantize
    from nas.model.deploy.fake_quantized import fake_quantize
    from nas.model.network.network import Network

    task, g = MultiLabel(thresholds=(0.5, 129 / 256, 0.999)), GraphBuilder((6,))
    task.head(g, 3)
    x = np.random.default_rng(1).normal(size=(300, 6)).astype(np.float32)
    tflite = quantize(fake_quantize(Network(g.graph(), seed=3), x, task.loss))
    path = tmp_path_factory.mktemp("model") / "shop.tflite"
    path.write_bytes(tflite)
    return dataclasses.replace(load(path), class_names=NAMES, scaling=Scaling((0.5,) * 6, (2.0,) * 6), task=task)


def test_thresholds_are_the_outputs_from_which_on_labels_hold(model, tmp_path):
    write(Destination(tmp_path, name="shop"), device_archive(model), ["c"])
    assert "#define SHOP_THRESHOLDS { 0, 1, 128 }" in (tmp_path / "shop.h").read_text()


def test_the_program_beside_it_checks_itself_and_tells_each_label(model, tmp_path):
    write(Destination(tmp_path, name="shop"), device_archive(model), ["c"])
    compiled(tmp_path, "gcc", "-std=c99", *STRICT, "shop_main.c", "shop.c", "-lm", "-o", "program")
    said = subprocess.run([tmp_path / "program"], capture_output=True, text=True, check=True).stdout.splitlines()
    p = model.predict(np.zeros((1, 6)))
    held = model.task.decided(p)[0]
    words = [f"{name}: {share:.3f}, {('no', 'yes')[h]}" for name, share, h in zip(NAMES, p[0], held, strict=True)]
    assert said == ["self-test: passed", *words]


@in_c_and_cpp
def test_the_header_for_tflm_compiles(model, compiler, tmp_path):
    write(Destination(tmp_path, name="shop"), device_archive(model), ["tflm"])
    main = '#include "model_data.h"\nint main(void) { static int8_t out[SHOP_LABELS]; return shop_has(out, 1); }\n'
    compiled_main(tmp_path, compiler, main, "model_data.c")


def test_projects_fill_probabilities_and_name_no_class(model, tmp_path):
    for form in ("arduino", "cmake", "firmware"):
        write(Destination(tmp_path / form, name="shop"), device_archive(model), [form])
    texts = texts_of(tmp_path)
    assert sum("shop_holds(probabilities[i]" in text for text in texts.values()) >= 4
    for path, text in texts.items():
        assert "CLASSES" not in text, path
        assert "class_names" not in text, path
