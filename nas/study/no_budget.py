"""The error for a study that needs a budget of the weights and has none."""

from nas.errors import InputError


class NoBudgetError(InputError):
    """A study has an objective that needs a budget of the weights, and neither a budget nor a board."""

    def __init__(self, objective: str) -> None:
        super().__init__(
            "--budget-kb",
            f"must be given for the {objective} objective",
            hint="or give a board as --target (see `nas targets`), or take --objective accuracy",
        )
