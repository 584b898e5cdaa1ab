"""What a client prefers is read as RFC 7240 asks: what is not understood is left aside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepwise.api.preferences import preference_applied, read_preferences
from stepwise.errors import InvalidRequest


def wait_of(prefer: str) -> float | None:
    return read_preferences({"prefer": prefer}).wait


@pytest.mark.parametrize(
    ("prefer", "wait"),
    [
        ("wait=10", 10),
        ("WAIT=10", 10),
        ('wait="10"', 10),
        ("wait = 10", 10),
        ("wait=10; unit=s", 10),
        ("respond-async, wait=10", 10),
        ('note="a, wait=3", wait=10', 10),
        ("wait=10, wait=3", 10),
        ("wait=0", 0),
        ("wait=" + "9" * 400, 86_400),
        ("wait=-1", None),
        ("wait=1.5", None),
        ("wait=٣", None),
        ("wait=", None),
        ("wait", None),
        ("waiting=3", None),
        (";;==,,,", None),
        ("", None),
    ],
)
def test_wait_is_a_whole_number_of_seconds(prefer: str, wait: float | None) -> None:
    assert wait_of(prefer) == wait


@pytest.mark.parametrize(
    "prefer", ["respond-async", "Respond-Async", "respond-async; x=1", "a, respond-async"]
)
def test_respond_async_is_seen_however_it_is_written(prefer: str) -> None:
    assert read_preferences({"prefer": prefer}).respond_async


@pytest.mark.parametrize(
    ("prefer", "strict"),
    [("handling=strict", True), ('handling="Strict"', True), ("handling=lenient", False), ("strict", False)],
)
def test_strict_handling_is_one_of_two(prefer: str, strict: bool) -> None:
    assert read_preferences({"prefer": prefer}).strict is strict


def test_what_was_honoured_is_told_with_the_wait_that_there_was() -> None:
    preferences = read_preferences({"prefer": "wait=900, respond-async, handling=strict, return=minimal"})

    assert preference_applied(preferences, 27.0) == "respond-async, wait=27, handling=strict"
    assert preference_applied(read_preferences({}), 25.0) == ""


@pytest.mark.parametrize(
    ("value", "no_cache", "no_store"),
    [
        ("no-cache", True, False),
        ("No-Store", False, True),
        ("max-age=0, no-cache", True, False),
        ('no-cache="x"', True, False),
        ("max-age=0", False, False),
    ],
)
def test_cache_control_is_obeyed(value: str, no_cache: bool, no_store: bool) -> None:
    preferences = read_preferences({"cache-control": value})

    assert (preferences.no_cache, preferences.no_store) == (no_cache, no_store)


@pytest.mark.parametrize("key", ["a", "a" * 255, "8e03978e-40d5-43e8-bc93-6894a57f9324", "with space"])
def test_an_idempotency_key_is_up_to_255_printable_characters(key: str) -> None:
    assert read_preferences({"idempotency-key": key}).idempotency_key == key


@pytest.mark.parametrize("key", ["", " ", "a" * 256, "é", "a\tb", "a\x00b"])
def test_another_idempotency_key_is_refused(key: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        read_preferences({"idempotency-key": key})
    assert caught.value.errors[0].code == "idempotency_key"


@given(st.text(), st.text())
def test_no_header_whatever_is_an_error(prefer: str, cache_control: str) -> None:
    preferences = read_preferences({"prefer": prefer, "cache-control": cache_control})

    assert preferences.wait is None or 0 <= preferences.wait <= 86_400


def test_an_answer_that_was_there_at_once_was_no_asynchronous_one() -> None:
    preferences = read_preferences({"prefer": "respond-async"})

    assert preference_applied(preferences, 0) == "respond-async"
    assert preference_applied(preferences, 0, at_once=True) == ""
