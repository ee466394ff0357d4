"""A candidate of a search, as it is known before training."""

from collections.abc import Mapping
from dataclasses import dataclass

from nas.graph.graph import Graph
from nas.space.architecture import Architecture
from nas.target.budget import Budget
from nas.target.footprint import Totals
from nas.target.front_end import behind_front_end
from nas.target.profiler import estimate_many
from nas.target.target import Target


@dataclass(frozen=True, slots=True)
class Candidate:
    """An architecture and all that is known of it before training.

    Attributes:
        architecture: what was sampled.
        graph: its operators.
        digest: names the network; equal digests are equal networks.
        footprint: the estimate for the study's target.
        over: the excess over each limit that is exceeded, as a fraction of that limit; empty if it fits.
    """

    architecture: Architecture
    graph: Graph
    digest: str
    footprint: Totals
    over: Mapping[str, float]


def examine(architecture: Architecture, target: Target, budget: Budget) -> Candidate:
    """Lower an architecture to its graph and estimate its footprint, which takes a fraction of a millisecond."""
    graph = architecture.lower()
    (network,) = estimate_many([graph], target)
    footprint = behind_front_end(network, architecture, target)
    return Candidate(architecture, graph, architecture.digest(graph), footprint, budget.over(footprint))
