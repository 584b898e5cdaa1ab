"""No failure is swallowed without a word: what is caught and answered with nothing says why, beside it.

Where the functions talk to something else (``layers/stepwise``), to give back a constant is nothing too. In the checkers
and the embedded model ``None`` and ``False`` are answers: "not understood", "cannot tell".
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sorted(path for room in ("infra", "layers", "functions") for path in (ROOT / room).rglob("*.py"))
SHELL = sorted(
    path
    for path in (
        ROOT / "Makefile",
        ROOT / ".ci/run",
        *(ROOT / ".github/workflows").glob("*.yml"),
        *(ROOT / "infra").glob("*/template.yaml"),
        *(ROOT / "layers").glob("*/Makefile"),
        ROOT / "layers/stepwise/stepwise-bootstrap",
    )
)
_SWALLOWED = re.compile(
    r"\|\|\s*(true|:|return 0|exit 0)(?=\s|;|$)"
    r"|^\s*set \+e"
    r"|(2|&)>\s*/dev/null"
    r"|Exec\w+=-"
    r"|continue-on-error: true"
)


def _is_nothing(statement: ast.stmt, *, constants: bool) -> bool:
    match statement:
        case ast.Pass() | ast.Continue() | ast.Break() | ast.Return(value=None):
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Return(value=ast.Constant()):
            return constants
    return False


def _suppresses(node: ast.With | ast.AsyncWith) -> bool:
    calls = [item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)]
    return any(ast.unparse(call.func).rpartition(".")[2] == "suppress" for call in calls)


def _swallowed(source: str, *, constants: bool) -> Iterator[int]:
    """Lines where something is swallowed and no comment stands in it or just before it."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ExceptHandler(body=body) if all(_is_nothing(one, constants=constants) for one in body):
                said = lines[node.lineno - 1 : body[-1].end_lineno]
            case ast.With() | ast.AsyncWith() if _suppresses(node):
                said = lines[node.lineno - 2 : node.body[0].lineno]
            case _:
                continue
        if not any(re.search(r"# (?!noqa|type:)|# noqa: \S+( \S+)* - ", line) for line in said):
            yield node.lineno


def test_what_is_caught_and_dropped_says_why() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): list(
            _swallowed(path.read_text("utf-8"), constants="layers/stepwise" in path.as_posix())
        )
        for path in PYTHON
    }

    assert len(found) > 100
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_what_a_script_ignores_says_why() -> None:
    found = [
        (path.name, line)
        for path in SHELL
        for before, line in itertools.pairwise(["", *path.read_text("utf-8").splitlines()])
        if _SWALLOWED.search(line) and not re.search(r"^\s*#|\s# ", f"{before}\n{line}", re.MULTILINE)
    ]

    assert len(SHELL) > 8
    assert found == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("try:\n    f()\nexcept OSError:\n    pass\n", [3]),
        ("try:\n    f()\nexcept OSError:  # noqa: S110\n    pass\n", [3]),
        ("for x in y:\n    try:\n        f()\n    except OSError:\n        continue\n", [4]),
        ("def g():\n    try:\n        f()\n    except OSError:\n        return None\n", [4]),
        ("x = 1\nwith contextlib.suppress(OSError):\n    f()\n", [2]),
        ("x = 1\nwith lock, suppress(OSError):\n    f()\n", [2]),
        ("try:\n    f()\nexcept OSError:\n    pass  # it has gone\n", []),
        ("try:\n    f()\nexcept OSError as error:\n    log(error)\n", []),
        ("# It has gone.\nwith suppress(OSError):\n    f()\n", []),
    ],
)
def test_the_search_finds_what_is_swallowed_and_only_that(source: str, lines: list[int]) -> None:
    assert list(_swallowed(source, constants=True)) == lines


@pytest.mark.parametrize(
    "line", ["x || true", "x ||:", "a 2>/dev/null", "set +e", "ExecStop=-/bin/x", "  x || exit 0"]
)
def test_the_search_knows_how_scripts_ignore(line: str) -> None:
    assert _SWALLOWED.search(line)
