"""What holds for every data source that comes with the package."""

import numpy as np
import pytest

from nas.data.source import SOURCES
from nas.data.splits import split


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_repeats_itself_and_can_be_split(name: str) -> None:
    one, two = (split(SOURCES[name](3), 3) for _ in range(2))
    assert one.digest == two.digest
    assert one.train.x.dtype in (np.float32, np.int16)
    for part in one.parts().values():
        assert np.ptp(part.y, axis=0).all() if part.y.ndim == 2 else set(part.y) == set(range(len(one.class_names)))
