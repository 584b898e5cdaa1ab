"""The client of a call: its wait counts from the gateway."""

from __future__ import annotations

import pytest
from stepwise.answering.caller import wait_of
from stepwise.api.app import Call
from stepwise.api.endpoint import caller_of
from support.scene import Scene


def wait_after(on_its_way: float | None) -> float:
    """Seconds that a request still waits which wants to wait 20 and was *on_its_way* from the gateway so long."""
    scene = Scene()
    arrived = None if on_its_way is None else scene.clock() - on_its_way
    call = Call("id", "POST", "/", {"prefer": "wait=20"}, "p", b"{}", lambda: 300.0, arrived)
    caller = caller_of(scene.deps, call)
    return caller.started + wait_of(scene.deps, caller) - scene.clock()


def test_a_cold_start_is_a_part_of_the_wait() -> None:
    assert wait_after(1.5) == pytest.approx(18.5)


@pytest.mark.parametrize("wrong", [-3_600.0, -0.5, 29.0, 3_600.0])
def test_a_clock_that_is_wrong_changes_no_wait(wrong: float) -> None:
    assert wait_after(wrong) == pytest.approx(20)


def test_a_call_without_a_time_of_arrival_waits_from_its_start() -> None:
    assert wait_after(None) == pytest.approx(20)
