from __future__ import annotations

import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepwise.storage.answer_cache import SCHEMA, AnswerCache
from stepwise.storage.table import Table, TableUnavailable
from support.clock import Clock
from support.tables import MemoryTable

BUSY_MACHINE = 0.15
"""Seconds that threads may wait for a processor."""

ANSWER: dict[str, Any] = {
    "success": True,
    "solution": "第一步：因式分解 $x^2+2x-3=(x-1)(x+3)$。🙂",
    "steps": [{"title": None, "text": "一"}],
    "final_answer": "1, -3",
    "usage": {"prompt_tokens": 10, "completion_tokens": 2000, "duration_ms": 1.5},
}


class World:
    """A table and caches of several environments over it, that share two clocks."""

    def __init__(self) -> None:
        self.table = MemoryTable()
        self.clock = Clock()
        self.monotonic = Clock(0)
        self.words: Counter[str] = Counter()

    def cache(self, table: Table | None = None, **options: Any) -> AnswerCache:
        def report(word: str) -> None:
            self.words[word] += 1

        return AnswerCache(
            table or self.table,
            **{
                "ttl_seconds": 100,
                "clock": self.clock,
                "monotonic": self.monotonic,
                "report": report,
                **options,
            },
        )

    def stored(self) -> dict[str, Any]:
        (item,) = self.table.items()
        return item

    def damage(self, **changes: Any) -> None:
        self.table.put({**self.stored(), **changes})


@pytest.fixture
def world() -> World:
    return World()


def test_an_answer_comes_back_as_it_was_put_in_another_environment_too(world: World) -> None:
    here = world.cache()

    assert here.put("k", ANSWER) is True

    for cache in (here, world.cache()):
        found = cache.get("k")
        assert found is not None
        assert found.answer == ANSWER
        assert found.expires_at == world.clock() + 100
    assert world.words == {"CacheHits": 2}


def test_an_answer_that_was_never_put_is_a_miss(world: World) -> None:
    assert world.cache().get("k") is None
    assert world.words == {"CacheMisses": 1}


def test_a_second_read_does_not_ask_the_table(world: World) -> None:
    world.cache().put("k", ANSWER)
    cache = world.cache()
    cache.get("k")
    asked = len(world.table.calls)

    assert cache.get("k") is not None
    assert len(world.table.calls) == asked


def test_what_a_caller_does_to_an_answer_does_not_change_the_next_one(world: World) -> None:
    cache = world.cache()
    given_answer = {"steps": [{"text": "a"}]}
    cache.put("k", given_answer)
    given_answer["steps"].append({"text": "b"})

    first = cache.get("k")
    assert first is not None
    first.answer["steps"].clear()

    second = cache.get("k")
    assert second is not None
    assert second.answer == {"steps": [{"text": "a"}]}


def test_an_expired_answer_is_a_miss_in_memory_and_in_the_table(world: World) -> None:
    cache = world.cache()
    cache.put("k", ANSWER)
    world.clock.advance(99)
    assert cache.get("k") is not None

    world.clock.advance(1)

    assert cache.get("k") is None
    assert world.cache().get("k") is None
    assert world.stored()["expires_at"] == world.clock()


def test_a_time_to_live_of_its_own_goes_before_the_caches(world: World) -> None:
    cache = world.cache()
    cache.put("k", ANSWER, ttl_seconds=5)
    world.clock.advance(5)

    assert cache.get("k") is None


def test_nothing_is_stored_that_would_be_expired_at_once(world: World) -> None:
    assert world.cache().put("k", ANSWER, ttl_seconds=0) is False
    assert world.table.items() == []


def test_an_expired_answer_in_memory_gives_way_to_a_newer_one_in_the_table(world: World) -> None:
    old = world.cache()
    old.put("k", {"n": 1})
    world.clock.advance(100)
    world.cache().put("k", {"n": 2})

    found = old.get("k")

    assert found is not None
    assert found.answer == {"n": 2}


BETTER_AND_WORSE = [(high, low) for high in range(4) for low in range(high)]


@pytest.mark.parametrize(("high", "low"), BETTER_AND_WORSE)
def test_a_better_checked_answer_never_gives_way_to_a_worse_one(world: World, high: int, low: int) -> None:
    here, elsewhere = world.cache(), world.cache()
    assert here.put("k", {"n": 1}, rank=high) is True

    assert elsewhere.put("k", {"n": 2}, rank=low) is False
    assert here.put("k", {"n": 3}, rank=low) is False

    for cache in (here, elsewhere, world.cache()):
        found = cache.get("k")
        assert found is not None
        assert found.answer == {"n": 1}


@pytest.mark.parametrize(("old", "new"), [(rank, better) for rank in range(4) for better in range(rank, 4)])
def test_an_answer_gives_way_to_one_that_is_checked_as_well(world: World, old: int, new: int) -> None:
    world.cache().put("k", {"n": 1}, rank=old)

    assert world.cache().put("k", {"n": 2}, rank=new) is True

    found = world.cache().get("k")
    assert found is not None
    assert found.answer == {"n": 2}


def test_an_expired_or_unreadable_answer_gives_way_however_well_it_was_checked(world: World) -> None:
    world.cache().put("expired", {"n": 1}, rank=3, ttl_seconds=5)
    world.clock.advance(5)
    assert world.cache().put("expired", {"n": 2}, rank=0) is True
    world.table.delete("answer#expired", "answer")
    world.cache().put("damaged", {"n": 1}, rank=3)
    world.damage(body=b"")

    assert world.cache().put("damaged", {"n": 2}, rank=0) is True


def test_without_a_table_too_a_better_checked_answer_stays(world: World) -> None:
    cache = AnswerCache(None, ttl_seconds=100, clock=world.clock)
    cache.put("k", {"n": 1}, rank=3)

    assert cache.put("k", {"n": 2}, rank=1) is False

    world.clock.advance(100)
    assert cache.put("k", {"n": 2}, rank=1) is True


def test_an_item_of_another_schema_is_a_miss_and_said_to_be_outdated(world: World) -> None:
    world.cache().put("k", ANSWER)
    world.damage(schema=SCHEMA + 1)

    assert world.cache().get("k") is None
    assert world.words == {"CacheOutdated": 1, "CacheMisses": 1}


DAMAGES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "a bit of the body": lambda item: {
        "body": bytes([item["body"][0], item["body"][1] ^ 1]) + item["body"][2:]
    },
    "a shorter body": lambda item: {"body": item["body"][:-1]},
    "no body": lambda item: {"body": b""},
    "a body of text": lambda item: {"body": "{}"},
    "another valid body": lambda item: {"body": zlib.compress(b'{"final_answer":"2"}')},
    "another digest": lambda item: {"digest": bytes(32)},
    "a later expiry": lambda item: {"expires_at": item["expires_at"] + 1},
    "an earlier time": lambda item: {"stored_at": item["stored_at"] - 1},
    "an expiry of text": lambda item: {"expires_at": "never"},
    "a schema of text": lambda item: {"schema": "one"},
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_item_is_a_miss_and_said_to_be_damaged(world: World, name: str) -> None:
    world.cache().put("k", ANSWER)
    world.damage(**DAMAGES[name](world.stored()))

    assert world.cache().get("k") is None
    assert world.words == {"CacheDamaged": 1, "CacheMisses": 1}


def test_an_item_under_another_key_is_damage(world: World) -> None:
    world.cache().put("k", ANSWER)
    world.table.put({**world.stored(), "pk": "answer#other"})

    assert world.cache().get("other") is None
    assert world.words["CacheDamaged"] == 1


@given(data=st.data())
def test_any_single_changed_byte_of_a_body_is_noticed(data: st.DataObject) -> None:
    world = World()
    world.cache().put("k", ANSWER)
    body = bytearray(world.stored()["body"])
    body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    world.damage(body=bytes(body))

    assert world.cache().get("k") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(answer=st.dictionaries(st.text(), JSON, max_size=4))
def test_any_answer_that_json_can_hold_comes_back_equal(answer: dict[str, Any]) -> None:
    world = World()
    world.cache().put("k", answer)

    found = world.cache().get("k")

    assert found is not None
    assert found.answer == answer


def test_half_a_surrogate_pair_in_an_answer_comes_back(world: World) -> None:
    world.cache().put("k", {"solution": "a\ud800b"})

    found = world.cache().get("k")

    assert found is not None
    assert found.answer == {"solution": "a\ud800b"}


def _noise(count: int) -> str:
    state, letters = 1, []
    for _ in range(count):
        state = state * 6364136223846793005 + 1442695040888963407 & (1 << 64) - 1
        letters.append(chr(0x4E00 + (state >> 40) % 20_000))
    return "".join(letters)


def _nested(depth: int) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    for _ in range(depth):
        answer = {"a": answer}
    return answer


UNSTORABLE: dict[str, Callable[[], dict[str, Any]]] = {
    "too large when compressed": lambda: {"solution": _noise(200_000)},
    "too large at all": lambda: {"solution": "x" * 9_000_000},
    "not a number": lambda: {"n": float("nan")},
    "no JSON": lambda: {"n": object()},
    "nested without end": lambda: _nested(200_000),
}


@pytest.mark.parametrize("name", UNSTORABLE)
def test_what_cannot_be_stored_is_not_stored_and_not_an_error(world: World, name: str) -> None:
    cache = world.cache()

    assert cache.put("k", UNSTORABLE[name]()) is False

    assert world.words == {"CacheUnstorable": 1}
    assert world.table.items() == []
    assert cache.get("k") is None


def test_a_long_answer_takes_little_room_in_the_table(world: World) -> None:
    world.cache().put("k", {"solution": "因为 $x^2 = 4$，所以 $x = \\pm 2$。\n" * 500})

    assert len(world.stored()["body"]) < 1000


def test_without_a_table_the_memory_is_all_there_is(world: World) -> None:
    cache = AnswerCache(None, ttl_seconds=100, clock=world.clock)

    assert cache.put("k", ANSWER) is True

    found = cache.get("k")
    assert found is not None
    assert found.answer == ANSWER
    assert AnswerCache(None, ttl_seconds=100, clock=world.clock).get("k") is None


def test_the_memory_holds_as_many_answers_as_its_capacity(world: World) -> None:
    cache = AnswerCache(None, ttl_seconds=100, clock=world.clock, capacity=3)
    for number in range(5):
        cache.put(f"k{number}", {"n": number})

    assert [number for number in range(5) if cache.get(f"k{number}")] == [2, 3, 4]


def test_a_table_that_is_down_costs_no_answer_and_memory_still_serves(world: World) -> None:
    world.table.down = True
    cache = world.cache()

    assert cache.get("k") is None
    assert cache.put("k", ANSWER) is False

    found = cache.get("k")
    assert found is not None
    assert found.answer == ANSWER
    assert world.words == {"CacheUnavailable": 1, "CacheMisses": 1, "CacheHits": 1}


def test_a_table_that_failed_is_left_alone_for_a_while_and_then_asked_once(world: World) -> None:
    world.table.down = True
    cache = world.cache()
    for number in range(10):
        cache.get(f"k{number}")
    assert len(world.table.calls) == 1

    world.monotonic.advance(5)
    for number in range(10):
        cache.get(f"k{number}")

    assert len(world.table.calls) == 2


def test_while_one_request_tries_a_table_that_failed_the_others_do_not_wait_for_it(world: World) -> None:
    cache = world.cache(timeout=30)
    world.table.fail_next()
    cache.get("k")
    world.monotonic.advance(5)
    entered: list[str] = []
    trying, release = threading.Event(), threading.Event()

    def slow() -> None:
        entered.append("call")
        trying.set()
        release.wait(30)

    world.table.slow = slow
    prober = threading.Thread(target=cache.get, args=("k",))
    prober.start()
    assert trying.wait(5)

    assert cache.get("l") is None

    assert entered == ["call"]
    release.set()
    prober.join()


def test_a_table_that_is_back_is_used_again(world: World) -> None:
    world.cache().put("k", ANSWER)
    cache = world.cache()
    world.table.fail_next()
    assert cache.get("k") is None

    world.monotonic.advance(5)

    assert cache.get("k") is not None
    world.cache().put("l", ANSWER)
    assert cache.get("l") is not None


def test_a_write_that_fails_says_so(world: World) -> None:
    cache = world.cache()
    world.table.fail_next()

    assert cache.put("k", ANSWER) is False
    assert world.words == {"CacheUnavailable": 1}


def test_a_table_that_hangs_costs_a_request_its_timeout_in_all(world: World) -> None:
    release = threading.Event()
    world.table.slow = lambda: release.wait(30)
    cache = world.cache()
    started = time.monotonic()

    for number in range(20):
        assert cache.get(f"k{number}") is None
        assert cache.put(f"k{number}", ANSWER) is False

    assert time.monotonic() - started < 0.3 + BUSY_MACHINE
    release.set()


def test_a_write_that_hangs_after_a_quick_read_stays_within_the_rest_of_the_timeout(world: World) -> None:
    cache = world.cache()
    assert cache.get("k") is None
    release = threading.Event()
    world.table.slow = lambda: release.wait(30)
    started = time.monotonic()

    assert cache.put("k", ANSWER) is False

    assert time.monotonic() - started < 0.1 + BUSY_MACHINE
    release.set()


def test_a_late_write_still_takes_effect(world: World) -> None:
    release, written = threading.Event(), threading.Event()
    world.table.slow = lambda: release.wait(30)
    world.table.after_write = lambda writes: written.set()
    assert world.cache(timeout=0.03).put("k", ANSWER) is False

    release.set()

    assert written.wait(5)
    assert world.cache().get("k") is not None


def test_a_table_that_answers_late_is_asked_again_at_the_next_request(world: World) -> None:
    world.cache().put("k", ANSWER)
    release, left = threading.Event(), threading.Event()

    class Slow(MemoryTable):
        def get(self, pk: str, sk: str, *, consistent: bool = False) -> dict[str, Any] | None:
            release.wait(30)
            item = world.table.get(pk, sk)
            left.set()
            return item

    cache = world.cache(Slow(), timeout=0.03)
    assert cache.get("k") is None
    release.set()
    assert left.wait(5)
    assert cache.reachable()

    assert cache.get("k") is not None


def test_a_first_call_that_takes_long_to_connect_does_not_make_the_table_unreachable(world: World) -> None:
    opened = threading.Event()
    world.table.slow = lambda: opened.wait(30)
    cache = world.cache(timeout=3 * 0.05)
    assert cache.get("k") is None
    threading.Timer(0.01, opened.set).start()

    assert cache.reachable() is True
    assert world.table.calls == ["get"]


def test_a_table_that_hangs_is_unreachable_within_the_timeout_of_one_request(world: World) -> None:
    release = threading.Event()
    world.table.slow = lambda: release.wait(30)
    cache = world.cache()
    started = time.monotonic()

    assert cache.get("k") is None
    assert [cache.reachable() for _ in range(10)] == [False] * 10
    assert cache.put("k", ANSWER) is False

    assert time.monotonic() - started < 0.3 + BUSY_MACHINE
    release.set()


def test_a_table_that_fails_is_unreachable_at_once_and_reachable_when_it_is_back(world: World) -> None:
    world.table.down = True
    cache = world.cache()
    assert cache.reachable() is False
    world.table.down = False
    assert cache.reachable() is False

    world.monotonic.advance(5)

    assert cache.reachable() is True


def test_a_table_that_answered_just_now_is_reachable_without_being_asked(world: World) -> None:
    cache = world.cache()
    cache.get("k")
    asked = len(world.table.calls)

    assert cache.reachable() is True
    assert len(world.table.calls) == asked

    world.monotonic.advance(5)
    assert cache.reachable() is True
    assert len(world.table.calls) == asked + 1


def test_no_table_is_never_reachable() -> None:
    assert AnswerCache(None, ttl_seconds=1).reachable() is False


def test_an_exception_of_any_kind_in_the_table_is_a_miss(world: World) -> None:
    class Broken(MemoryTable):
        def get(self, pk: str, sk: str, *, consistent: bool = False) -> dict[str, Any] | None:
            raise ZeroDivisionError

    assert world.cache(Broken()).get("k") is None
    assert world.words == {"CacheUnavailable": 1, "CacheMisses": 1}


def test_a_table_answer_is_not_asked_for_consistently(world: World) -> None:
    seen: list[bool] = []

    class Watched(MemoryTable):
        def get(self, pk: str, sk: str, *, consistent: bool = False) -> dict[str, Any] | None:
            seen.append(consistent)
            raise TableUnavailable

    world.cache(Watched()).get("k")

    assert seen == [False]
