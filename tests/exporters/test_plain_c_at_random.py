"""Random members of all spaces, and models changed at random, through plain C: no warning, no error, TFLM's answers."""

import itertools
import shutil

import graph_files
import numpy as np
import pytest
from graph_files import damaged, file_of
from plain_c_batch import answers, rows_for, tflm_answers, written

from nas.errors import InputError
from nas.space.dims import RandomChooser
from nas.space.file import space_names

SHAPES = {"window": (64, 3), "image": (12, 12, 2), "table": (11,)}
pytestmark = pytest.mark.skipif(shutil.which("gcc") is None, reason="no gcc to compile plain C with")


def members(count, seed, odd=False):
    """Return files of random members of the spaces, in turn."""
    rng = np.random.default_rng(seed)
    drawn = graph_files.members(space_names(), rng, RandomChooser(seed), lambda kind, _: SHAPES[kind], (7, 4000))
    return [file_of(graph, rng, odd) for graph in itertools.islice(drawn, count)]


def assert_as_tflm(files, folder, *flags):
    rng, models = np.random.default_rng(5), [written(tflite, f"net{i}") for i, tflite in enumerate(files)]
    rows = [rows_for(model, 3, rng) for model in models]
    for tflite, model, own, given in zip(files, models, answers(models, rows, folder, *flags), rows, strict=True):
        np.testing.assert_array_equal(own, tflm_answers(tflite, model.network, given))


def test_random_members_compile_without_a_warning_run_clean_and_answer_as_tflm_does(tmp_path):
    assert_as_tflm(members(18, seed=1), tmp_path)


def test_members_with_scales_and_activations_that_no_training_gives_do_too(tmp_path):
    assert_as_tflm(members(9, seed=2, odd=True), tmp_path)


def test_they_do_so_by_the_arithmetic_of_a_core_without_a_multiplier(tmp_path):
    assert_as_tflm(members(9, seed=6), tmp_path, "-D__riscv")  # and not __riscv_mul, which tells of a multiplier


def test_a_damaged_file_is_refused_or_gives_c_that_stays_within_its_memory(tmp_path):
    rng, models = np.random.default_rng(3), []
    for tflite in members(6, seed=4):
        for _ in range(60):
            try:
                models.append(written(damaged(tflite, rng), f"net{len(models)}"))
                break
            except InputError:
                continue
    assert models
    answers(models, [rows_for(model, 1, rng) for model in models], tmp_path)
