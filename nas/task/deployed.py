"""What the files and the predictions of a deployed model tell of its task."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from nas.arrays import Array
from nas.codec import Place, from_data, to_data


class Deployed:
    """The side of a task that files, predictions and messages show; a task is a dataclass that derives from it.

    Attributes:
        truth: what is known of rows, as messages call it; `needs` is the rule for rows that models are judged on.
        answer_column: the column of tables for what a row is answered to be; empty where answers are numbers alone.
        facts_key: the key of documents under which `facts` stand; empty for a task that answers without any.
        names_key: the key of the names of outputs among the parameters of a `.tflite`.
        names_are: what these names are of, in the plural.
        output_is: what documents call an output of a deployed model; empty where its last operator decides, which makes
            it a `probability` or a `logit`.
    """

    __slots__ = ()

    truth: ClassVar[str] = "classes"
    needs: ClassVar[str]
    answer_column: ClassVar[str] = ""
    facts_key: ClassVar[str] = ""
    names_key: ClassVar[str] = "class_names"
    names_are: ClassVar[str] = "classes"
    output_is: ClassVar[str] = ""

    def found(self, predicted: Array, names: Sequence[str]) -> list[list[str]]:
        """Return which of the names each row is answered with, for what is predicted of it; nothing for numbers."""
        return []

    def class_shares(self, predicted: Array) -> Array:
        """Return how far each class is answered, 0 to 1, for what is predicted [n, classes] of one class at a time."""
        return predicted

    def figures(self, predicted: Array, names: Sequence[str]) -> tuple[tuple[str, ...], list[list[Any]]]:
        """Return the columns of a table of what is predicted [n, k], and its cells, row by row."""
        return tuple(names), predicted.tolist()

    def facts(self) -> Any:
        """Return what brings a deployed model's outputs to answers, such as thresholds, as documents hold it."""
        return to_data(self)

    @classmethod
    def from_facts(cls, facts: object, place: Place) -> Self:
        """Return the task that `facts` tell; InputError at its place for anything else."""
        return from_data(cls, facts, place)

    def parameters(self) -> Mapping[str, Any]:
        """Return the facts as parameters of a `.tflite`, each key with its kind."""
        return {}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any], outputs: int, inputs: int) -> Self | None:
        """Return the task whose facts a model's parameters are; None if they are none.

        Args:
            parameters: by key, without their kinds.
            outputs: number of the model's outputs.
            inputs: number of the values that it reads.
        """
        return None

    def name_count(self, outputs: int) -> int:
        """Return how many names a model with this number of outputs has."""
        return outputs
