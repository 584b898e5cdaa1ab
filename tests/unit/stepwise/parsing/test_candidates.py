"""What a thinking concludes is found; what it only tries, asks or has not computed yet is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepwise.parsing.candidates import LONGEST, candidate


@pytest.mark.parametrize(
    ("paragraph", "stated"),
    [
        ("2x = 10, and dividing by 2 gives x. So x = 5.", "x = 5"),
        ("We add both. Therefore, $x = \\frac{3}{4}$.", "x = \\frac{3}{4}"),
        ("Then the sum is $12 + 30 = 42$.", "42"),
        ("Thus \\(f(3) = 10\\).", "f(3) = 10"),
        ("So the answer is 42.", "42"),
        ("Everything fits: \\boxed{\\sqrt{2}}", "\\sqrt{2}"),
        ("两边同除以 2。所以 x = 7。", "x = 7"),
        ("因此答案是 15。", "15"),
        ("Hence the value is $-3.5$.", "-3.5"),
    ],
)
def test_what_a_paragraph_concludes_is_its_candidate(paragraph: str, stated: str) -> None:
    assert candidate(paragraph) == stated


@pytest.mark.parametrize(
    "paragraph",
    [
        "",
        "Let me think about what is given here.",
        "Is it that x = 5?",
        "Maybe x = 5.",
        "If x = 5 then the left side is 10.",
        "Suppose the answer is 12.",
        "So x is not 5.",
        "Wait, that gives x = 5.",
        "也许 x = 7。",
        "假设答案是 15。",
        "The first term is known.",
        "2x = 10 must hold.",
    ],
)
def test_what_is_only_tried_asked_or_denied_is_no_candidate(paragraph: str) -> None:
    assert candidate(paragraph) is None


@pytest.mark.parametrize(
    "paragraph",
    [
        "So $x = \\frac{\\sin 100}{\\cos 100} + 4\\sin 100$.",
        "Therefore x = 3 + 4.",
        "So the area is $3 \\times 4$.",
        "Thus \\boxed{\\frac{3 + 4}{2}}",
        "Hence the count is $\\binom{5}{2}$.",
        "So the answer is 5!.",
        "Therefore x = log(8).",
    ],
)
def test_a_value_that_is_left_to_be_computed_is_no_candidate(paragraph: str) -> None:
    assert candidate(paragraph) is None


@given(st.text(max_size=400))
def test_any_text_is_read_and_what_is_found_is_short(text: str) -> None:
    found = candidate(text)

    assert found is None or 0 < len(found) <= LONGEST
