"""Which data a model is trained on: their source, how they are read, and how they are divided."""

from dataclasses import dataclass, field

from nas.data.options import DataOptions
from nas.data.source import load
from nas.data.splits import Splits, split


@dataclass(frozen=True, slots=True)
class DataChoice:
    """Data as a study or a specification names them.

    Attributes:
        source: name of a data source, or path of a file or folder.
        options: how files become rows.
        seed: of the split, and of simulated data.
    """

    source: str
    options: DataOptions = field(default_factory=DataOptions)
    seed: int = 0

    def splits(self) -> Splits:
        """Read the data and divide them into training, validation and test rows; equal choices divide alike.

        Raises:
            InputError: the data cannot be read, or a search refuses them.
        """
        return split(load(self.source, seed=self.seed, options=self.options), self.seed, self.options)
