"""What the key of an answer ignores never reaches the model: held for all of Unicode."""

from __future__ import annotations

import unicodedata
from itertools import batched

from hypothesis import given, settings
from hypothesis import strategies as st
from stepwise.api.planning import analyze_plan, solve_plan
from stepwise.api.schemas import AnalyzeRequest, SolveRequest
from stepwise.config import Settings
from stepwise.text.canonical_key import canonical
from stepwise.text.invisible import DEFAULT_IGNORABLE, without_invisible

SETTINGS = Settings()
CODE_POINTS = [chr(code) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF]
PLACES = ["195{}84 + 5", "x{} = 5.3a+2", "已知{}a=1"]


def asked(problem: str) -> tuple[str, tuple[str, ...]]:
    """The key of *problem*, and all that the model and the checker get."""
    plan = solve_plan(SolveRequest(problem=problem, language="en"), SETTINGS)
    return plan.key, (*(message["content"] for message in plan.messages), plan.subject["problem"])


def changed_by_the_key() -> list[str]:
    """The code points that the canonical form does not always leave as they are; all others make another key."""
    changed = set("0123456789abxq()[]{}+-*/^=.,;:?!$ \n")
    for batch in batched(CODE_POINTS, 4_096, strict=False):
        written = canonical("q".join(f"5{character}3" for character in batch))
        changed.update(character for character in batch if character not in written)
    return sorted(changed)


def test_a_code_point_that_the_key_ignores_does_not_reach_the_model() -> None:
    changed = changed_by_the_key()
    for place in PLACES:
        key, plain = asked(place.format(""))
        seen = {key: plain}
        ignored = set()
        for character in changed:
            other, messages = asked(place.format(character))
            assert seen.setdefault(other, messages) == messages, hex(ord(character))
            if other == key:
                ignored.add(character)
        assert {chr(code) for first, last in DEFAULT_IGNORABLE for code in range(first, last + 1)} <= ignored


SIGNS = "x23aA -−*×·^{}().,;:。?!\n²³ⁿ中二%\\=１２，．；：\u0301\u00ad\ufe0f$[]<|>"


@settings(max_examples=600, deadline=None)
@given(
    st.text(alphabet=st.sampled_from(SIGNS), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 12), st.sampled_from(SIGNS + "\u3000\u200d∗–．")), max_size=3),
)
def test_two_texts_of_one_key_are_one_prompt(text: str, changes: list[tuple[int, str]]) -> None:
    other = text
    for at, sign in changes:
        other = other[:at] + sign + other[at:]
    (key, messages), (other_key, other_messages) = asked("q" + text), asked("q" + other)

    assert (key == other_key) == (messages == other_messages)


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1, max_size=30), st.text(max_size=2), st.integers(0, 30))
def test_two_arguments_of_one_key_are_one_prompt(text: str, more: str, at: int) -> None:
    plans = [
        analyze_plan(AnalyzeRequest(text="P1: " + each, language="en"), SETTINGS)
        for each in (text, text[:at] + more + text[at:])
        if not any("\ud800" <= sign <= "\udfff" for sign in each)
    ]

    assert len({plan.key for plan in plans}) == len({str(plan.messages) for plan in plans})


def test_a_long_argument_that_is_condensed_is_keyed_by_what_is_left_of_it() -> None:
    facts = " ".join(f"Fact {number} is about the number {number}." for number in range(2_000))
    question = "What is fact 7 about?"
    plans = [
        analyze_plan(AnalyzeRequest(text=text, question=question), SETTINGS)
        for text in (
            facts,
            facts.replace("Fact 7 ", "Fact\u00ad 7 "),
            facts.replace("number 7.", "number 8."),
        )
    ]

    assert plans[0].key == plans[1].key
    assert plans[0].messages == plans[1].messages
    assert plans[0].key != plans[2].key


def test_the_ranges_of_ignorable_code_points_are_those_of_unicode() -> None:
    """Every format character (Cf) that draws nothing is among them; what is left has a shape or an effect."""
    drawn = {0x0600, 0x06DD, 0x070F, 0x0890, 0x08E2, 0x110BD, 0x110CD, 0x13430}
    for character in CODE_POINTS:
        if unicodedata.category(character) == "Cf" and without_invisible(character):
            assert (
                any(start <= ord(character) < start + 16 for start in drawn)
                or 0xFFF9 <= ord(character) <= 0xFFFB
            )

    assert sum(last - first + 1 for first, last in DEFAULT_IGNORABLE) == 4_174
