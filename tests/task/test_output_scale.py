"""What brings outputs to the units of their targets."""

import pytest

from nas.task.output_scale import OutputScale


@pytest.mark.parametrize(
    ("mean", "std", "unit"),
    [((0.0, 0.0), (1.0, 1.0), True), ((0.0, 3.0), (1.0, 1.0), False), ((0.0, 0.0), (1.0, 2.0), False)],
)
def test_outputs_are_in_units_if_every_one_of_them_is(
    mean: tuple[float, ...], std: tuple[float, ...], unit: bool
) -> None:
    assert OutputScale(mean, std).is_unit is unit
