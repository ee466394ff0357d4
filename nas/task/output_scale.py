"""How the outputs of a deployed regression become values in the units of its targets."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OutputScale:
    """What brings each dequantized output of a model to the units of its target: output * std + mean."""

    mean: tuple[float, ...]
    std: tuple[float, ...]

    @property
    def is_unit(self) -> bool:
        """Whether outputs are in units by themselves."""
        return all(std == 1 for std in self.std) and not any(self.mean)
