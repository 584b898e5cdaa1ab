"""Two partners and one cache: nobody can spoil an answer that the other gets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from support.hosts.model_host import ModelHost

from .conftest import THINKING, Client, client_of

_SUM = re.compile(r"(\d+) ?\+ ?(\d+)")
HIDDEN = [
    "\u00ad",
    "\ufe0e",
    "\ufe0f",
    "\u034f",
    "\u180e",
    "\u200b",
    "\u200d",
    "\u2061",
    "\u3164",
    "\U000e0031",
]


def _boxed(value: object) -> str:
    return f"{THINKING}## Analysis\n\nA sum.\n\n## Answer\n\n$\\boxed{{{value}}}$"


def honest(body: dict[str, Any]) -> str:
    """Add the two numbers that the model reads; a character between digits parts them."""
    found = _SUM.search(body["messages"][-1]["content"])
    return _boxed(int(found[1]) + int(found[2]) if found else "nothing")


def erring(body: dict[str, Any]) -> str:
    return _boxed(666)


@pytest.fixture
def other_app(scripted_stack: Client) -> Iterator[Client]:
    client = client_of(scripted_stack.stack, "demo-key-2")
    with client.http:
        yield client


def test_a_verified_answer_outlives_a_partner_who_asks_until_the_model_errs(
    app: Client, other_app: Client, host: ModelHost
) -> None:
    host.script = honest
    first = app.solve("What is 19584 + 5?").json()
    assert (first["final_answer"], first["verification"]["status"]) == ("19589", "verified")
    host.script = erring

    for _ in range(2):
        spoilt = other_app.solve("What is 19584 + 5?", headers={"Cache-Control": "no-cache"}, verify=False)
        assert spoilt.json()["final_answer"] == "666"
        assert "stored" not in spoilt.headers["Cache-Status"]

    later = app.solve("What is 19584 + 5?").json()
    assert (later["cached"], later["final_answer"]) == (True, "19589")
    assert later["verification"]["status"] == "verified"


def test_a_wrong_answer_that_nobody_wanted_checked_is_none_for_who_does(
    app: Client, other_app: Client, host: ModelHost
) -> None:
    host.script = erring
    assert other_app.solve("What is 70001 + 6?", verify=False).json()["final_answer"] == "666"
    host.script = honest

    reply = app.solve("What is 70001 + 6?").json()

    assert (reply["cached"], reply["final_answer"]) == (False, "70007")
    assert reply["verification"]["status"] == "verified"
    assert other_app.solve("What is 70001 + 6?", verify=False).json()["final_answer"] == "70007"


@pytest.mark.parametrize("character", HIDDEN, ids=lambda character: f"U+{ord(character):04X}")
def test_a_character_that_nobody_sees_cannot_make_another_problem_of_a_key(
    app: Client, other_app: Client, host: ModelHost, character: str
) -> None:
    host.script = honest
    number = 40_000 + 10 * HIDDEN.index(character)
    typed = f"What is {str(number)[:3]}{character}{str(number)[3:]} + 5?"

    attack = other_app.solve(typed)
    victim = app.solve(f"What is {number} + 5?")

    assert attack.json()["problem"] == typed
    assert (attack.json()["final_answer"], victim.json()["final_answer"]) == (
        str(number + 5),
        str(number + 5),
    )
    assert victim.json()["cached"] is True
    assert victim.json()["verification"]["status"] == "verified"


def test_a_full_width_stop_is_no_decimal_point_between_other_digits(
    app: Client, other_app: Client, host: ModelHost
) -> None:
    host.script = erring
    other_app.solve("已知 a=5．3a+2，求 a", verify=False)

    assert app.solve("已知 a=5.3a+2，求 a", verify=False).json()["cached"] is False


def test_a_refuted_answer_is_asked_for_again_without_what_was_computed(app: Client, host: ModelHost) -> None:
    asked: list[str] = []

    def twice(body: dict[str, Any]) -> str:
        asked.append("\n".join(message["content"] for message in body["messages"]))
        return erring(body) if len(asked) == 1 else honest({"messages": body["messages"][1:2]})

    host.script = twice

    reply = app.solve("What is 55501 + 5?").json()

    assert (reply["final_answer"], reply["verification"]["status"]) == ("55506", "verified")
    assert len(asked) == 2
    assert "An independent check does not agree" in asked[1]
    assert "55506" not in asked[1]
