from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st
from stepwise.storage.lru import Lru


def test_what_was_used_longest_ago_makes_room() -> None:
    lru: Lru[str, int] = Lru(2, 100)
    lru.put("a", 1, 1)
    lru.put("b", 2, 1)
    assert lru.get("a") == 1

    lru.put("c", 3, 1)

    assert (lru.get("a"), lru.get("b"), lru.get("c")) == (1, None, 3)


def test_weight_makes_room_too() -> None:
    lru: Lru[str, int] = Lru(100, 10)
    lru.put("a", 1, 4)
    lru.put("b", 2, 4)

    lru.put("c", 3, 7)

    assert (lru.get("a"), lru.get("b"), lru.get("c"), lru.weight) == (None, None, 3, 7)


def test_one_that_is_heavier_than_all_the_room_is_not_kept_and_nor_is_its_older_value() -> None:
    lru: Lru[str, int] = Lru(100, 10)
    lru.put("a", 1, 4)
    lru.put("b", 2, 4)

    lru.put("a", 3, 11)

    assert (lru.get("a"), lru.get("b"), len(lru)) == (None, 2, 1)


def test_no_capacity_keeps_nothing() -> None:
    lru: Lru[str, int] = Lru(0, 10)
    lru.put("a", 1, 1)

    assert (lru.get("a"), len(lru), lru.weight) == (None, 0, 0)


def test_discarding_forgets_and_frees_the_weight() -> None:
    lru: Lru[str, int] = Lru(10, 10)
    lru.put("a", 1, 3)
    lru.discard("a")
    lru.discard("never there")

    assert (lru.get("a"), lru.weight) == (None, 0)


STEPS = st.lists(
    st.tuples(st.sampled_from(["put", "get", "discard"]), st.sampled_from("abcdef"), st.integers(1, 6)),
    max_size=60,
)


@given(steps=STEPS, capacity=st.integers(1, 4), room=st.integers(1, 12))
def test_it_behaves_like_a_plain_model_of_itself(
    steps: list[tuple[str, str, int]], capacity: int, room: int
) -> None:
    lru: Lru[str, int] = Lru(capacity, room)
    model: OrderedDict[str, int] = OrderedDict()
    for step, key, weight in steps:
        if step == "get":
            assert lru.get(key) == model.get(key)
            if key in model:
                model.move_to_end(key)
        elif step == "discard":
            lru.discard(key)
            model.pop(key, None)
        else:
            lru.put(key, weight, weight)
            model.pop(key, None)
            if weight <= room:
                model[key] = weight
            while len(model) > capacity or sum(model.values()) > room:
                model.popitem(last=False)
        assert (len(lru), lru.weight) == (len(model), sum(model.values()))


def test_threads_do_not_break_its_bounds() -> None:
    lru: Lru[int, int] = Lru(50, 500)

    def work(seed: int) -> None:
        for number in range(500):
            lru.put((seed * 31 + number) % 120, number, 1 + number % 20)
            lru.get((seed + number) % 120)
            if number % 7 == 0:
                lru.discard(number % 120)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))

    kept = [value for key in range(120) if (value := lru.get(key)) is not None]
    assert len(kept) == len(lru) <= 50
    assert lru.weight == sum(1 + value % 20 for value in kept) <= 500
