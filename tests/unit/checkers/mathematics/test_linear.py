"""Planes, lines, maps of space, vectors known by their products, and conditions on them that must not be lost."""

from __future__ import annotations

from typing import Any

import pytest
from checkers.mathematics import verify


def status(problem: str, answer: str) -> Any:
    return verify({"problem": problem, "final_answer": answer, "solution": "", "language": "en"})["status"]


def column(*cells: int | str) -> str:
    return "\\begin{pmatrix} " + " \\\\ ".join(map(str, cells)) + " \\end{pmatrix}"


_FORM = (
    " Enter your answer in the form \\[Ax + By + Cz + D = 0,\\]where $A,$ $B,$ $C,$ $D$ are integers such that $A > 0$ "
    "and $\\gcd(|A|,|B|,|C|,|D|) = 1.$"
)
_GIVEN = "If $\\mathbf{a}$ and $\\mathbf{b}$ are vectors such that $\\|\\mathbf{a}\\| = 3,$ $\\|\\mathbf{b}\\| = 4,$ and $\\mathbf{a} \\cdot \\mathbf{b} = 6,$ then "
DECIDED = [
    (f"Find the projection of ${column(1, 2, 3)}$ onto the plane $3x - y + 4z = 0.$", column("-1/2", "5/2", 1), column("3/2", "-1/2", 2)),
    ("Find the reflection of the point $(11,16,22)$ across the plane $3x + 4y + 5z = 7.$", "(-13,-16,-18)", "(-1,0,2)"),
    (f"Find the projection of the vector ${column(3, 0, -2)}$ onto the line $\\frac{{x}}{{2}} = y = \\frac{{z}}{{-1}}.$", column("8/3", "4/3", "-4/3"), column("1/3", "-4/3", "-2/3")),
    (f"Find the reflection of ${column(0, 4)}$ over the vector ${column(1, 3)}.$", column("12/5", "16/5"), column("6/5", "18/5")),
    ("What is the reflection of the point $(3,1)$ over the line $y=2x$?", "(-1,3)", "(1,2)"),
    (f"Find the matrix $\\mathbf{{P}}$ such that for any vector $\\mathbf{{v}},$ $\\mathbf{{P}} \\mathbf{{v}}$ is the projection of $\\mathbf{{v}}$ onto the vector ${column(1, 2)}.$", "\\begin{pmatrix} 1/5 & 2/5 \\\\ 2/5 & 4/5 \\end{pmatrix}", "\\begin{pmatrix} 1 & 2 \\\\ 2 & 4 \\end{pmatrix}"),
    ("Find the matrix that corresponds to a dilation centered at the origin with scale factor $-3.$", "\\begin{pmatrix} -3 & 0 \\\\ 0 & -3 \\end{pmatrix}", "\\begin{pmatrix} 3 & 0 \\\\ 0 & 3 \\end{pmatrix}"),
    ("Find the equation of the plane which passes through the point $(1,4,-2),$ and which is parallel to the plane $-2x + y - 3z = 7.$" + _FORM, "2x - y + 3z + 8 = 0", "2x - y + 3z + 7 = 0"),
    (f"Find $y$ so that the vectors ${column(1, -3, -4)}$ and ${column(-2, 'y', -1)}$ are orthogonal.", "\\frac{2}{3}", "2"),
    ("Find the integer $n,$ $0 \\le n \\le 180,$ such that $\\cos n^\\circ = \\cos 259^\\circ.$", "101", "79"),
    (_GIVEN + "find $\\mathbf{a} \\cdot (2\\mathbf{a} - \\mathbf{b}).$", "12", "0"),
    (_GIVEN + "find $\\|\\mathbf{a} - \\mathbf{b}\\|.$", "\\sqrt{13}", "\\sqrt{37}"),
    (_GIVEN + "find the angle between $\\mathbf{a}$ and $\\mathbf{b}$, in degrees.", "60", "120"),
    (_GIVEN + "find $\\|\\mathbf{a} \\times \\mathbf{b}\\|.$", "6\\sqrt{3}", "6"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "right", "wrong"), DECIDED)
def test_space_and_its_maps_are_recomputed(problem: str, right: str, wrong: str) -> None:
    assert status(problem, right) == "verified"
    assert status(problem, wrong) == "refuted"


def test_an_equation_of_a_plane_has_the_form_that_is_asked_for() -> None:
    problem = (
        "Find the equation of the plane containing the points $(2,0,0),$ $(0,-5,0),$ and $(0,0,-4).$" + _FORM
    )
    assert status(problem, "10x - 4y - 5z - 20 = 0") == "verified"
    for other in (
        "20x - 8y - 10z - 40 = 0",
        "-10x + 4y + 5z + 20 = 0",
        "10x - 4y - 5z = 20",
        "5(2x - z) - 4y - 20 = 0",
    ):
        assert status(problem, other) != "verified", other


UNREAD = [
    (f"Find the projection of ${column(1, 2, 3)}$ onto the plane $3x - y + 4z = 0$ in the direction ${column(1, 0, 0)}$.", column("-1/2", "5/2", 1)),
    (f"Find the length of the projection of ${column(1, 2, 3)}$ onto the plane $3x - y + 4z = 0.$", column("-1/2", "5/2", 1)),
    ("Find the reflection of the point $(3,1)$ over the vector $(1,2)$ starting at $(1,1)$.", "(-1,3)"),
    ("Find the equation of the plane which passes through the point $(1,4,-2),$ and which is not parallel to the plane $-2x + y - 3z = 7.$", "2x - y + 3z + 8 = 0"),
    (_GIVEN.replace("vectors", "opposite vectors") + "find $\\mathbf{a} \\cdot (2\\mathbf{a} - \\mathbf{b}).$", "12"),
    (_GIVEN + "$\\mathbf{c}$ is longer than both, find $\\mathbf{a} \\cdot (2\\mathbf{a} - \\mathbf{b}).$", "12"),
    ("Find the integer $n,$ $0 \\le n \\le 360,$ such that $\\cos n^\\circ = \\cos 259^\\circ.$", "101"),
    ("Find the even integer $n,$ $0 \\le n \\le 180,$ such that $\\cos n^\\circ = \\cos 259^\\circ.$", "101"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "answer"), UNREAD)
def test_what_is_said_more_of_vectors_leaves_them_unread(problem: str, answer: str) -> None:
    assert status(problem, answer) == "unverifiable"
