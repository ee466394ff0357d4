"""The contract of what exported files say and do with a model's outputs, and the registry of it for all tasks."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from nas.registry import Registry
from nas.study.archive import Archive
from nas.task.task import Task, name_of

T = TypeVar("T", bound=Task)

Printing: TypeAlias = Callable[[str, str], str]
"""Returns the statements that print a word, and a text that an expression gives."""


@dataclass(frozen=True, slots=True)
class Smoothing:
    """The lines of C++ that make an answer of means of outputs; all are empty where the means are the answer.

    Attributes:
        begin: before the loop over the means.
        each: in it, behind mean number `i`.
        result: what the function returns: an expression.
    """

    begin: str = ""
    each: str = ""
    result: str = "0"


@dataclass(frozen=True, slots=True)
class Answers(ABC, Generic[T]):
    """What exported files say and do with the outputs of a model that has learned a task.

    Life cycle: a subclass is registered under the name of its task; `answers_of` makes one for an archive, whose
    methods return pieces of files. Names in C begin with `prefix`, macros with the same in capitals. In pieces, `input`
    and `output` are the model's int8 tensors, and the array called `array` holds what is read from them.

    Attributes:
        archive: the model.
        task: what it has learned.
        count: the macro of the number of values in `array`, without its prefix; `size` is that of int8 outputs.
        names: the array of their names.
        are: what each belongs to, in the plural.
        array: what an array of all values is called.
        does: what a program does with an input.
        gives: what a program gives for an input.
        returned: what functions that answer return.
        shows: what the program beside plain C prints of an input.
        keeps_input: whether an answer needs the input too, which TFLM may overwrite while it runs.
        smoothed_windows: how many windows in a row programs average over unless told otherwise.
        greatest_is_answer: whether the greatest output is the answer.
    """

    count: ClassVar[str]
    names: ClassVar[str]
    are: ClassVar[str]
    array: ClassVar[str]
    does: ClassVar[str]
    gives: ClassVar[str]
    returned: ClassVar[str]
    shows: ClassVar[str]
    keeps_input: ClassVar[bool] = False
    smoothed_windows: ClassVar[int] = 1
    greatest_is_answer: ClassVar[bool] = False

    archive: Archive
    task: T

    @property
    def size(self) -> str:
        """The macro of the number of int8 outputs, without its prefix."""
        return self.count

    @property
    def row(self) -> str:
        """The macro of the number of values that a row has, without its prefix; the model reads the first of them."""
        return "INPUT_BYTES"

    @property
    def about_row(self) -> str:
        """What is given beside what the model reads, as a list in Markdown; empty for nothing."""
        return ""

    @property
    @abstractmethod
    def each(self) -> str:
        """What a value is, in words."""

    @property
    def listed(self) -> tuple[str, ...]:
        """The names of the values."""
        return self.archive.class_names

    @abstractmethod
    def meaning(self, prefix: str) -> str:
        """Return what an output is, as the rest of a sentence that begins with "An output is"."""

    def constants(self) -> Mapping[str, str]:
        """Return the macros of what brings outputs to answers, without their prefix, as C text.

        Raises:
            InputError: this C cannot express the model's answers.
        """
        return {}

    def functions(self, prefix: str) -> str:
        """Return the C functions that bring outputs to answers, an empty line behind each; empty if there are none."""
        return ""

    @abstractmethod
    def read(self, prefix: str) -> str:
        """Return the lines of C++ that fill `array` from `output`, and return what `returned` says."""

    @abstractmethod
    def used(self, prefix: str) -> str:
        """Return the lines of C++ in a sketch, indented by four, that make an answer of `output` to be used there."""

    def smoothing(self, prefix: str) -> Smoothing:
        """Return how the means of several `array` become an answer."""
        return Smoothing()

    def told(self, prefix: str, printing: Printing) -> tuple[str, str]:
        """Return how a program tells the answer of means: what stands before the call that computes them, and behind.

        The lines behind it begin with a line end; there are none where the values are the answer.
        """
        return "", ""

    @abstractmethod
    def printed(self, prefix: str) -> str:
        """Return the lines of C that print the answer of `input` and `output`; the values' names are in `names`."""

    @abstractmethod
    def printed_at(self, prefix: str, time_format: str, time: str) -> str:
        """Return the lines of C that print the answer of `output`, and its time, behind a front-end.

        Args:
            prefix: what names begin with.
            time_format: how `printf` writes the time.
            time: the variable that holds it.
        """

    @property
    @abstractmethod
    def title(self) -> str:
        """What the model is for, as the rest of a sentence that begins with "A model"."""

    @property
    def figures_are(self) -> str:
        """What the figures of tests are, as the title of a section of the card."""
        return "Accuracy"

    @abstractmethod
    def section(self) -> str:
        """Return the section of the card on answers, in Markdown; only for a model that a study has found."""

    @abstractmethod
    def formula(self) -> str:
        """Return what an int8 output means, as a formula in Markdown."""

    @abstractmethod
    def limits(self) -> str:
        """Return the limits of use that follow from what the model answers, as a list in Markdown."""

    @property
    def dequantized(self) -> str:
        """What an int8 output is as a real number, as a formula."""
        return f"(int8 - ({self.archive.output.zero_point})) * {self.archive.output.scale:.9g}"


ANSWERS: Registry[type[Answers[Any]]] = Registry("kind of answer", "nas.exporters.answers")


def answers_of(archive: Archive) -> Answers[Any]:
    """Return what exported files say and do with the outputs of an archive's model."""
    return ANSWERS[name_of(archive.task)](archive, archive.task)
