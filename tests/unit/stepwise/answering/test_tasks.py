"""What differs between the kinds of answers stands with their tasks, and nowhere else."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepwise import answering
from stepwise.answering.drafting.draft import Draft
from stepwise.answering.results import read_result, shape
from stepwise.answering.tasks import TASKS, Presentation, task_for
from support.scene import plan_of

PACKAGE = Path(answering.__file__).parents[1]
PRESENTATIONS = st.builds(
    Presentation,
    include_reasoning=st.booleans(),
    verify=st.booleans(),
    problem=st.text(),
    temperature=st.floats(0, 2),
    top_p=st.floats(0, 1),
)


def compared(tree: ast.AST) -> set[str]:
    """The strings that code is decided by: in comparisons, in cases of a match, and as keys of a mapping."""
    deciding: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            deciding += [node.left, *node.comparators]
        elif isinstance(node, ast.MatchValue):
            deciding.append(node.value)
        elif isinstance(node, ast.Dict):
            deciding += [key for key in node.keys if key is not None]
    return {
        leaf.value
        for each in deciding
        for leaf in ([each, *each.elts] if isinstance(each, (ast.Tuple, ast.Set, ast.List)) else [each])
        if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)
    }


def test_what_is_looked_for_is_found() -> None:
    code = 'a == "x"\nb in ("y", "u")\nmatch c:\n    case "z": d = {"w": 1}'

    assert compared(ast.parse(code)) == {"x", "y", "u", "z", "w"}


def test_nothing_outside_of_the_tasks_decides_by_a_kind() -> None:
    files = [path for path in PACKAGE.rglob("*.py") if "tasks" not in path.parts]
    found = {
        str(path.relative_to(PACKAGE))
        for path in files
        if compared(ast.parse(path.read_text("utf-8"))) & TASKS.keys()
    }

    assert len(files) > 50
    assert found == set()


@pytest.mark.parametrize("kind", TASKS)
def test_a_body_has_the_fields_that_its_type_names(kind: str) -> None:
    task = task_for(kind)
    result = read_result(plan_of(kind=kind), Draft("It is so.", reason="stop"), thinking="auto")

    body = shape(kind, result, Presentation(), cached=False)

    assert body.keys() == get_type_hints(task.body).keys()
    assert task.text_of(body) == task.text_of(result) == "It is so."


@pytest.mark.parametrize("kind", TASKS)
def test_what_nothing_checks_is_not_for_others(kind: str) -> None:
    result = read_result(plan_of(kind=kind), Draft("It is so.", reason="stop"), thinking="auto")

    assert task_for(kind).cacheable(result) == (task_for(kind).checker is not None)


def test_a_kind_that_no_task_has_is_refused() -> None:
    with pytest.raises(KeyError):
        task_for("translate")


@given(PRESENTATIONS)
def test_a_presentation_comes_back_from_its_record(presentation: Presentation) -> None:
    assert Presentation.from_dict(presentation.as_dict()) == presentation


@pytest.mark.parametrize(
    "record",
    [
        {"include_reasoning": True, "verify": True, "problem": "1 + 1"},
        {"include_reasoning": True, "verify": True},
        {"include_reasoning": True, "temperature": 0.5, "top_p": 0.9},
        {"include_reasoning": True, "colour": "of a later release"},
    ],
)
def test_presentations_of_other_releases_are_read(record: dict[str, Any]) -> None:
    known = {name: value for name, value in record.items() if name != "colour"}

    assert Presentation.from_dict(record).as_dict().items() >= known.items()
