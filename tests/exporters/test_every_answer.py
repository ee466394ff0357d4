"""What holds for the answers of every task in exported files; a new task needs no test of its own for this."""

import dataclasses

import pytest
from compiled_sources import compiled, in_c_and_cpp
from learned_tasks import learned

from nas.exporters.answers.answers import ANSWERS, answers_of
from nas.exporters.c_array import data_header
from nas.exporters.c_code import header_text
from nas.exporters.model_card import model_card
from nas.space.architecture import Architecture
from nas.study.archive import Archive
from nas.task.task import TASKS

PLAIN_C = """
#include <stdio.h>
#include "wise.h"
void print(const int8_t *input, const int8_t *output) {
  static const char *const names[] = { %(names)s };
%(printed)s}
const int8_t *wise_listen_input(void);  // of what is behind a front-end
void print_at(double seconds, const int8_t *output) {
  static const char *const names[] = { %(names)s };
%(printed_at)s}
"""
TFLM = """
#include <stdio.h>
#include "model_data.h"
int read(const int8_t* kept, const int8_t* output, float* %(array)s) {
%(read)s}
void use(const int8_t* kept, const int8_t* output) {
%(used)s
}
int smooth(float* %(array)s) {
%(begin)s  for (int i = 0; i < WISE_%(count)s; ++i) {
    %(array)s[i] = %(array)s[i] + 1;%(each)s
  }
  return %(result)s;
}
static int wise_smooth(float* %(array)s) { return smooth(%(array)s); }
const char* const wise_%(names_of)s[] = { %(names)s };
void tell(float* %(array)s) {
  %(before)swise_smooth(%(array)s);%(behind)s
}
"""
FLAGS = ["-fsyntax-only", "-Wall", "-Wextra", "-Werror", *(f"-Wno-unused-{w}" for w in ("parameter", "variable"))]
FLAGS += ["-Wno-unused-but-set-variable", "-Wno-unused-function"]


@pytest.fixture
def archive(name, make_archive):
    """The winner of a study of the task."""
    made, task = make_archive(), learned(name)
    architecture = Architecture("mine", (16, 2), 3, (), task).to_json()
    record = dataclasses.replace(made.record, architecture=architecture)
    return dataclasses.replace(made, task=task, trained=dataclasses.replace(made.found, record=record))


def pieces(archive: Archive) -> dict[str, str]:
    answers = answers_of(archive)
    smoothing = answers.smoothing("wise")
    before, behind = answers.told("wise", lambda word, text: f'printf("{word} %s", {text});')
    return {
        "names": ", ".join(f'"{name}"' for name in answers.listed), "names_of": answers.names,
        "array": answers.array, "count": answers.count, "printed": answers.printed("wise"),
        "printed_at": answers.printed_at("wise", "%.2f", "seconds"),
        "read": answers.read("wise"), "used": answers.used("wise"),
        "begin": smoothing.begin, "each": smoothing.each, "result": smoothing.result,
        "before": before, "behind": behind,
    }  # fmt: skip


def test_every_task_has_answers():
    assert set(ANSWERS) == set(TASKS)


@in_c_and_cpp
@pytest.mark.parametrize("name", ANSWERS)
def test_what_plain_c_prints_compiles_beside_its_header_without_a_warning(archive, compiler, tmp_path):
    (tmp_path / "wise.h").write_text(header_text("wise", archive, {"OUTPUT_BYTES": 3}, functions="", scaling=""))
    file = "main.c" if compiler[0] == "gcc" else "main.cc"
    (tmp_path / file).write_text(PLAIN_C % pieces(archive))
    compiled(tmp_path, *compiler, *FLAGS, file)


@pytest.mark.parametrize("name", ANSWERS)
def test_what_projects_do_with_outputs_compiles_beside_their_header_without_a_warning(archive, tmp_path):
    (tmp_path / "model_data.h").write_text(data_header(archive, "wise"))
    (tmp_path / "main.cc").write_text(TFLM % pieces(archive))
    compiled(tmp_path, "g++", "-std=c++17", *FLAGS, "main.cc")


@pytest.mark.parametrize("name", ANSWERS)
def test_a_card_says_what_the_model_is_for_what_it_answers_and_what_it_does_not_know(archive):
    answers, card = answers_of(archive), model_card(archive)
    assert f"An int8 TensorFlow Lite model {answers.title}, found by" in card
    assert f"- output: {answers.formula()}\n" in card
    for heading in (answers.section(), f"## {answers.figures_are}\n", f"## Limits of use\n\n{answers.limits()}\n"):
        assert heading.startswith("## ")
        assert heading in card
    assert all(line.startswith(("- ", "  ")) for line in answers.limits().splitlines())


@pytest.mark.parametrize("name", ANSWERS)
def test_words_are_there_and_names_are_as_many_as_the_values(archive):
    answers = answers_of(archive)
    words = [answers.are, answers.does, answers.gives, answers.returned, answers.shows, answers.each]
    assert all(isinstance(word, str) and word for word in words)
    assert answers.meaning("wise").endswith(".")
    assert len(answers.listed) == (1 if answers.keeps_input else 3)
    assert answers.smoothed_windows >= 1
