"""More than the model host can answer, and the same again and again. The long forms are the drills of these names."""

from __future__ import annotations

from collections import Counter

from drills import overload, soak
from drills.load import judging


def test_at_twice_the_capacity_everybody_is_answered_or_told_when_to_come_back() -> None:
    sizes = overload.Sizes(seconds=4.0, slots=2, answer=0.3, queued=5)

    seen = overload.drill(sizes)

    every = [*seen.alone, *seen.queue, *seen.together]
    assert judging.server_errors(every) == []
    assert {one.end for one in every} <= {"succeeded", "refused"}
    assert {one.partner for one in seen.together if one.end == "succeeded"} == set(overload.KEYS)
    assert all(one.retry_after >= 1 for one in every if one.refused)
    assert judging.needless(seen.together, overload.of(seen.together, seen), sizes.queued) == []
    assert not any(one.refused for one in seen.queue)


def test_nothing_fails_and_no_function_keeps_what_it_opened() -> None:
    parts = soak.drill(40, clients=2)

    assert sum((part.statuses for part in parts), Counter()) == {200: 40}
    # The stack and its table have one more connection for each environment that is started meanwhile.
    of_functions = [fault for fault in soak.faults(parts) if fault.startswith(("SolveFunction", "checker"))]
    assert not [fault for fault in of_functions if "descriptors" in fault]
