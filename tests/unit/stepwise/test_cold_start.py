"""What a cold start does not do, so that it is short; and what a snapshot holds of it (SnapStart)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
_UNUSED_BY_SOLVE = (
    "aws_lambda_powertools.event_handler",
    "asyncio",
    "boto3",
    "stepwise.api.openai",
    "stepwise.api.openai_schemas",
    "stepwise.parsing.analysis",
    "stepwise.text.condense.ranking",
    "sympy",
    "z3",
)


def _after_the_start_of(function: str, then: str) -> str:
    """What a fresh process prints that has imported a function's handler, and then runs *then*."""
    layers = [str(ROOT / "layers" / name) for name in ("stepwise", "checkers")]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, handler\n{then}"],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([*layers, str(ROOT / "functions" / function)]),
            "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "TABLE_NAME": "stepwise",
            "QUEUE_URL": "http://127.0.0.1:9/queue",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize("module", _UNUSED_BY_SOLVE)
def test_solve_imports_nothing_that_it_does_not_use(module: str, imported_by_solve: frozenset[str]) -> None:
    assert module not in imported_by_solve


@pytest.fixture(scope="module")
def imported_by_solve() -> frozenset[str]:
    return frozenset(_after_the_start_of("solve", "print(*sys.modules)").split())


_STATE = """
from stepwise.api.schemas import AnalyzeRequest, ChatRequest, SolveRequest
from stepwise.text import canonical_key
print(
    [each.__pydantic_complete__ for each in (SolveRequest, AnalyzeRequest, ChatRequest)],
    canonical_key._neighbours.cache_info().currsize,
    "stepwise.parsing.analysis" in sys.modules,
)
"""


def test_schemas_and_patterns_for_chinese_wait_for_their_first_use() -> None:
    assert _after_the_start_of("solve", _STATE) == "[False, False, False] 0 False"


def test_a_snapshot_holds_what_a_cold_start_leaves_for_its_first_use() -> None:
    hooks = (
        "import snapshot_restore_py\n"
        "for hook, arguments, keywords in snapshot_restore_py.get_before_snapshot(): hook(*arguments, **keywords)"
    )
    assert _after_the_start_of("solve", hooks + _STATE) == "[True, True, True] 1 True"
