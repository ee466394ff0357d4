"""What a run works on: a study's definition, with all that the definition names."""

from dataclasses import dataclass, field

from nas.data.splits import Splits
from nas.space.dims import Chooser, Value
from nas.space.space import Space
from nas.study.candidate import Candidate, examine
from nas.study.feasibility import shrink
from nas.study.recipe import Recipe
from nas.study.study import Study
from nas.target.budget import Budget
from nas.target.target import Target


@dataclass(frozen=True, slots=True)
class Problem:
    """A study's definition, and the space, the target and the data that it names. It never changes during a run.

    Attributes:
        recipe: the study's; where it leaves open whether classes are weighed, they are if balanced accuracy is its
            metric.
    """

    study: Study
    space: Space
    target: Target
    splits: Splits
    budget: Budget = field(init=False)
    recipe: Recipe = field(init=False)

    def __post_init__(self) -> None:
        task = self.space.task
        metric = task.metric_of(self.study.metric, self.splits.train.y, self.splits.val.y)
        object.__setattr__(self, "budget", self.study.budget(self.target, self.splits.task))
        object.__setattr__(self, "recipe", self.study.recipe.weighing(metric == task.balanced_curve))

    @property
    def outputs(self) -> int:
        """Number of outputs that networks of the rows themselves have; see `Task.outputs_for`."""
        return self.space.task.outputs(self.splits.train.y, self.splits.class_names, self.splits.input_shape)

    def sample(self, chooser: Chooser) -> Candidate:
        """Let `chooser` pick a candidate from the space, and estimate its footprint."""
        architecture = self.space.sample(chooser, self.splits.input_shape, self.outputs)
        return examine(architecture, self.target, self.budget)

    def starts(self) -> list[dict[str, Value]]:
        """Return the space's known good candidates, shrunk to the budget, if the study begins with them."""
        shape, outputs = self.splits.input_shape, self.outputs
        known = self.space.starts if self.study.starts else ()
        shrunk = [shrink(self.space, params, shape, outputs, self.target, self.budget) for params in known]
        return [params for params in shrunk if params is not None]

    def identity(self) -> dict[str, object]:
        """Return what must be the same when a study is resumed: definition, contents of the space and of the data."""
        return {**self.study.definition(), "space content": self.space.digest, "data content": self.splits.digest}
