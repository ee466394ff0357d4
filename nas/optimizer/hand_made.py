"""The training and the test of the hand-made network, beside which a study's winner is shown."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from nas.optimizer.clock import Clock
from nas.optimizer.dispatcher import Dispatcher
from nas.optimizer.executor.executor import Failed
from nas.optimizer.problem import Problem
from nas.optimizer.timing import MARGIN, OVERHEAD_SECONDS
from nas.seeds import derive
from nas.space.architecture import Architecture
from nas.study.hand_made import NOT_WANTED, hand_made
from nas.study.result import Trained
from nas.study.tasks import HAND_MADE, AllButTest, EvaluationTask, TrainingOutcome, TrainingTask

_NO_FIT = "No such network fits the budget."
NO_TIME = "There was no time to train it too."


@dataclass(frozen=True, slots=True)
class Rival:
    """Trains the hand-made network as the winner is trained, beside it if there are workers for both.

    It never costs the winner anything: with one worker it is trained after the winner, if there is time.
    """

    problem: Problem
    dispatcher: Dispatcher
    clock: Clock

    def train(self, winner: TrainingTask) -> tuple[TrainingOutcome | Failed, TrainingOutcome | Failed]:
        """Perform the winner's last training and this network's, and return both answers."""
        member = self._member()
        ended = self.dispatcher.perform(self._tasks(winner, member))
        answers = dict(ended)
        missing = Failed(member if isinstance(member, str) else NO_TIME)
        return answers[winner.trial], answers.get(HAND_MADE, missing)

    def test(self, trained: TrainingOutcome | Failed) -> tuple[Trained | None, str]:
        """Return the network with its metrics on the test set, or else the reason why there is none."""
        if isinstance(trained, Failed):
            return None, trained.reason
        if trained.tflite is None or trained.weights is None:
            return None, f"Its training failed: {trained.record.reason}"
        architecture = Architecture.from_json(trained.record.architecture)
        answer = self.dispatcher.perform_one(
            EvaluationTask(architecture, trained.tflite, trained.weights, whose="the hand-made network")
        )
        if isinstance(answer, Failed):
            return None, f"Its test failed: {answer.reason}"
        epochs = len(trained.record.history["loss"])
        return Trained(replace(trained.record, history={}), epochs=epochs, tested=replace(answer, answers=None)), ""

    def _member(self) -> Architecture | str:
        """Return the network, or the reason why there is none."""
        problem = self.problem
        if not problem.recipe.finals.hand_made:
            return NOT_WANTED
        shape, outputs = problem.splits.input_shape, problem.outputs
        params = hand_made(problem.space, shape, outputs, problem.target, problem.budget)
        return _NO_FIT if params is None else problem.space.from_params(params, shape, outputs)

    def _tasks(self, winner: TrainingTask, member: Architecture | str) -> Iterator[tuple[int, TrainingTask]]:
        """Yield the winner's training, and the other one if as much time is left as has been spent by then."""
        started = self.clock.seconds
        yield winner.trial, winner
        remaining, spent = self.clock.remaining(reserved=2 * OVERHEAD_SECONDS), self.clock.seconds - started
        if isinstance(member, str) or (remaining is not None and remaining < MARGIN * spent):
            return
        rows = winner.rows
        assert isinstance(rows, AllButTest)
        seed = derive(self.problem.study.seed, member.digest(), "final", rows.seed_text)
        yield HAND_MADE, replace(winner, trial=HAND_MADE, architecture=member, params={}, seed=seed, seconds=remaining)
