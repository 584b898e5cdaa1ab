"""The key finds the same problem in other spellings, and never takes two problems for one."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from benchmarks.cache_keys import measure, problems_in

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


@pytest.mark.skipif(not DATA.exists(), reason="the problems are not part of this repository")
def test_respelled_problems_are_found_and_no_two_problems_share_a_key() -> None:
    found = measure(problems_in(DATA), random.Random(11), 6_000)

    assert found.ideal > 3_000
    assert found.hits >= 0.998 * found.ideal
    assert found.shared == []
