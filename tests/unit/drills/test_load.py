"""The drills of load judge by what was promised: every broken promise is found, and a kept one is not doubted."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from drills import overload, soak
from drills.load import judging
from drills.load.host import tokens_for
from drills.load.ideal import times_as_long
from drills.load.partners import at_rates
from drills.load.processes import Process, Sample, sample_of
from drills.load.records import Asked, Exchange, Span, median_time

SIZES = overload.Sizes(seconds=30.0, slots=2, answer=3.0, queued=4)


def answered(
    number: int, sent: float, ended: float, *, partner: str = "small 1", status: int = 200, wait: float = 25.0
) -> Asked:
    exchange = Exchange("default", wait, ended - sent, status)
    return Asked(partner, problem(number), sent, [exchange], ended, 0, "succeeded", ended)


def refused(number: int, sent: float, *, retry_after: int = 3, partner: str = "large") -> Asked:
    exchange = Exchange("default", 25.0, 0.1, 429)
    return Asked(partner, problem(number), sent, [exchange], sent + 0.1, retry_after, "refused", sent + 0.1)


def problem(number: int) -> str:
    return f"How much is {number} times 31?"


def span(number: int, begin: float, end: float) -> Span:
    return Span(f"{number} times 31", begin, end)


def back_to_back(count: int, *, slots: int = 2, answer: float = 3.0, pause: float = 0.0) -> list[Span]:
    """Generations that follow one another on each slot."""
    rounds = (divmod(number, slots)[0] * (answer + pause) for number in range(count))
    return [span(number, begin, begin + answer) for number, begin in enumerate(rounds)]


def all_at_once(spans: Sequence[Span], partner: str = "large") -> list[Asked]:
    """The requests for *spans*, sent at 0 and answered when they were written."""
    return [answered(number, 0.0, each.end, partner=partner) for number, each in enumerate(spans)]


# The model host


def test_answers_take_what_was_wanted_on_average_and_a_third_more_or_less() -> None:
    lengths = [tokens_for(problem(number)) for number in range(1_000)]

    assert (min(lengths), max(lengths)) == (20, 40)
    assert sum(lengths) / len(lengths) == pytest.approx(30, rel=0.02)
    assert tokens_for(f"Solve this. {problem(7)}") == lengths[7]


# Replies


def test_a_5xx_and_a_broken_connection_are_server_errors() -> None:
    kinds = [answered(1, 0, 1, status=status) for status in (200, 202, 429, 503, 0)]

    assert [each.status for each in judging.server_errors(kinds)] == [503, 0]


def test_a_reply_is_late_two_seconds_after_its_wait() -> None:
    kinds = [
        answered(1, 0.0, 6.9, wait=5.0),
        answered(2, 0.0, 7.1, wait=5.0),
        answered(3, 0.0, 2.5, wait=0.0),
    ]

    assert [each.took for each in judging.late(kinds)] == [7.1, 2.5]


# Use of the capacity


@pytest.mark.parametrize(("pause", "use"), [(0.0, 1.0), (0.3, 0.930), (3.0, 0.571)])
def test_a_slot_that_rests_between_answers_is_not_used(pause: float, use: float) -> None:
    spans = back_to_back(8, pause=pause)

    assert judging.use_of_capacity(all_at_once(spans), spans, 2) == pytest.approx(use, abs=0.001)
    assert judging.pauses(spans, 2) == pytest.approx([pause] * 6)


def test_slots_for_which_there_is_no_work_are_no_capacity() -> None:
    spans = [span(0, 0, 3), span(1, 10, 13)]
    asked = [answered(0, 0.0, 3.0), answered(1, 10.0, 13.0)]

    assert judging.use_of_capacity(asked, spans, 4) == 1


def test_an_answer_that_was_handed_over_is_work_until_its_last_generation_ends() -> None:
    spans = [span(0, 0, 3), span(0, 5, 8)]

    assert judging.use_of_capacity([answered(0, 0.0, 8.0)], spans, 1) == pytest.approx(6 / 8)


def test_the_longest_queue_counts_what_no_slot_had() -> None:
    spans = back_to_back(8)

    assert judging.longest_queue(all_at_once(spans), spans, 2) == 6


# Refusals


def test_a_refusal_is_needless_only_below_the_limit() -> None:
    spans = back_to_back(6)
    asked = [*all_at_once(spans), refused(90, 1.0), refused(91, 7.0)]

    assert [one.problem for one in judging.needless(asked, spans, 4)] == [problem(91)]
    assert judging.needless(asked, spans, 2) == []


@pytest.mark.parametrize(("retry_after", "true"), [(1, False), (3, True), (6, True), (13, False)])
def test_a_retry_after_is_true_if_the_queue_has_moved_by_then(retry_after: int, true: bool) -> None:
    spans = back_to_back(20)
    told = refused(90, 0.5, retry_after=retry_after)

    assert judging.unrealistic([told], spans, 8) == ([] if true else [told])


# Partners


def test_one_partner_asks_ten_times_what_each_other_does_and_all_twice_the_capacity() -> None:
    rates = SIZES.rates()
    wishes = at_rates(rates, 300.0, seed=1)
    counts = Counter(wish.partner for wish in wishes)

    assert sum(rates.values()) == pytest.approx(2 * SIZES.slots / SIZES.answer)
    assert counts["large"] == pytest.approx(10 * counts["small 1"], rel=0.1)
    assert len({wish.problem for wish in wishes}) == len(wishes)
    assert [wish.at for wish in wishes] == sorted(wish.at for wish in wishes)


def test_the_median_time_is_of_those_that_were_answered() -> None:
    assert median_time([answered(1, 0, 2), answered(2, 1, 5), answered(3, 0, 9), refused(4, 0)]) == 4
    assert median_time([refused(4, 0)]) == 0


def test_beside_a_large_partner_a_small_one_waits_for_the_next_slot_at_the_least() -> None:
    def three(_: object) -> float:
        return 3.0

    def spread(chance: random.Random) -> float:
        return chance.uniform(0.0, 6.0)

    assert times_as_long(0.01, 1, three) == pytest.approx(1.5, abs=0.05)  # half an answer of 3 s more
    assert times_as_long(0.1, 64, spread) < 1.1 < times_as_long(0.6, 4, spread)


# The verdict of overload


def kept() -> overload.Seen:
    """All promises kept."""
    spans = back_to_back(12)
    alone = [answered(100 + number, 100.0 + number, 103.0 + number) for number in range(3)]
    small = [answered(200 + number, 18.0 + 3 * number, 21.5 + 3 * number) for number in range(3)]
    together = [*small, *all_at_once(spans), refused(90, 1.0, retry_after=3)]
    queue = all_at_once(spans)
    spans += [span(200 + number, 18.0 + 3 * number, 21.0 + 3 * number) for number in range(3)]
    return overload.Seen(SIZES, alone, queue, together, spans)


def verdict(seen: overload.Seen) -> list[str]:
    return overload.faults(seen, overload.figures(seen))


def test_nothing_is_found_where_all_promises_are_kept() -> None:
    assert verdict(kept()) == []


@pytest.mark.parametrize(
    ("fault", "one"),
    [
        ("a 5xx", answered(0, 0.0, 3.0, status=504)),
        ("a late reply", answered(0, 0.0, 3.0, wait=0.5)),
        ("an answer that did not come", replace(answered(0, 0.0, 3.0), end="failed")),
        ("a refusal below the limit", refused(95, 17.0)),
        ("a Retry-After that is not true", refused(95, 1.0, retry_after=1)),
    ],
)
def test_one_broken_promise_is_found(fault: str, one: Asked) -> None:
    seen = kept()

    assert verdict(replace(seen, together=[*seen.together, one])) == [fault]


def test_idle_slots_a_slow_queue_and_a_small_partner_that_waits_are_found() -> None:
    seen = kept()
    spans = back_to_back(12, pause=0.5)
    waits = [answered(200 + number, 0.0, 9.0) for number in range(3)]
    slow = replace(seen, spans=spans, queue=all_at_once(spans), together=[*all_at_once(spans), *waits])

    assert verdict(slow) == ["idle slots", "a queue that is slow", "a small partner that waits"]


# The verdict of soak


def part(
    seconds: float = 0.2, *, megabytes: float = 60.0, descriptors: int = 10, count: int = 5, status: int = 200
) -> soak.Part:
    sample = Sample({"SolveFunction": count}, {"SolveFunction": megabytes}, {"SolveFunction": descriptors})
    return soak.Part([seconds] * 3, [seconds / 4] * 3, Counter({status: 6}), sample)


def test_a_service_that_stays_as_it_was_has_no_faults() -> None:
    assert soak.faults([part(), part(0.25, megabytes=66.0, descriptors=12, count=7)]) == []


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (part(status=500), "a call failed"),
        (part(0.4), "a new problem takes 2.00 times as long"),
        (part(megabytes=90.0), "SolveFunction grew from 60 to 90 MB"),
        (part(descriptors=30), "SolveFunction has 30 descriptors after 10"),
        (part(count=20), "20 processes after 5"),
    ],
)
def test_what_grows_is_found(last: soak.Part, said: str) -> None:
    assert any(said in fault for fault in soak.faults([part(), last]))


def test_a_sample_has_the_largest_process_of_each_role() -> None:
    sample = sample_of([Process(1, "a", 10.0, 5), Process(2, "a", 30.0, 3), Process(3, "b", 1.0, 1)])

    assert sample == Sample({"a": 2, "b": 1}, {"a": 30.0, "b": 1.0}, {"a": 5, "b": 1})
