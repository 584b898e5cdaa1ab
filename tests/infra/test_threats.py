"""The table of threats names every risk of both lists, and only tests that exist."""

from __future__ import annotations

import re

import pytest
from support.infra import INFRA

TESTS = INFRA.parent / "tests"
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (INFRA / "THREATS.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| (API|LLM)\d", line)
]
RISKS = [f"API{number}" for number in range(1, 11)] + [f"LLM{number:02}" for number in range(1, 11)]


def test_every_risk_of_both_lists_has_its_row() -> None:
    assert [row[0].split()[0] for row in ROWS] == RISKS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].split()[0])
def test_every_row_has_a_control_and_tests_that_exist(row: list[str]) -> None:
    risk, control, proof = row
    named = re.findall(r"`([\w/]+/test_\w+\.py)::(test_\w+)`", proof)

    assert len(control) > 40, risk
    assert named, risk
    for file, test in named:
        code = (TESTS / file).read_text(encoding="utf-8")
        assert re.search(rf"^\s*(async )?def {test}\(", code, re.MULTILINE), f"{file}::{test}"
