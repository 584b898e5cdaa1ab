"""The checker under the drill, 36 problems of each family (more than 2,000) by seed; `make drill` asks more."""

from __future__ import annotations

import pytest
from drills.find_lies import drill
from drills.lies.grammar import FAMILIES


@pytest.mark.parametrize("seed", [101, 102, 103, 104])
def test_the_checker_neither_lies_nor_refutes_and_recognises_half_of_the_problems(seed: int) -> None:
    report = drill(seed=seed, count=9 * len(FAMILIES), limit=4)
    assert report.wrong == []
    assert report.share >= 0.5
