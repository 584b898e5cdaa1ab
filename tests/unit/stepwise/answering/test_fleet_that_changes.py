"""Hosts come and go while answers are written: new ones get the slots that there are, and none is lost."""

from __future__ import annotations

import pytest
from stepwise.answering.joining import Begun, begin
from stepwise.answering.work import Progress
from stepwise.config import Settings
from stepwise.coordination.hosts import HOSTS
from stepwise.errors import GenerationBroken
from support.scene import PRESENTATION, Scene, answer, caller, plan_of, solution_of, take_slot, work


class Fleet(Scene):
    """A scene with hosts of two slots each."""

    def has(self, *hosts: str) -> None:
        """These hosts are there, and the functions have seen it."""
        self.table.delete(*HOSTS)
        entries = {name: {"slots": 2, "until": round(self.clock()) + 3_600} for name in hosts}
        if entries:
            self.table.update(*HOSTS, set=entries)
        self.clock.advance(11)

    def begin(self, question: str) -> Begun:
        deps = self.environment()
        assert deps.shared is not None
        options = {"group": "g", "waiter_id": f"job_{question}", "since": self.clock()}
        return begin(deps, deps.shared, plan_of(question), **options)  # type: ignore[arg-type]

    @property
    def numbers(self) -> list[int]:
        return sorted(item["number"] for item in self.items("slots"))


@pytest.fixture
def fleet() -> Fleet:
    return Fleet(Settings(model_slots=6, max_queued=10))


def slots_of(begun: Begun) -> int | None:
    assert begun.ownership is not None
    return None if begun.ownership.slot is None else begun.ownership.slot.number


@pytest.mark.parametrize(
    ("hosts", "slots"), [(["a"], 2), (["a", "b"], 4), (["a", "b", "c", "d"], 6), ([], 6)]
)
def test_as_many_begin_as_the_hosts_have_slots(fleet: Fleet, hosts: list[str], slots: int) -> None:
    fleet.has(*hosts)

    taken = [slots_of(fleet.begin(f"q{number}")) for number in range(8)]

    assert sorted(number for number in taken if number is not None) == list(range(slots))
    assert taken[slots:] == [None] * (8 - slots)


def test_answers_that_wait_begin_when_a_host_comes(fleet: Fleet) -> None:
    fleet.has("a")
    for _ in range(2):
        take_slot(fleet.environment().shared)
    reply = answer(fleet.environment(), plan_of(), PRESENTATION, caller(fleet, respond_async=True))
    assert reply.body["status"] == "queued"

    fleet.has("a", "b")
    work(fleet)

    assert fleet.run["status"] == "succeeded"


def test_an_answer_ends_in_a_slot_that_went_away_and_nobody_gets_it_after_it(fleet: Fleet) -> None:
    fleet.has("a", "b")
    owners = [fleet.begin(f"q{number}").ownership for number in range(4)]

    fleet.has("a")
    for owner in owners:
        assert owner is not None
        owner.heartbeat(Progress())
    assert fleet.numbers == [0, 1, 2, 3]

    for owner in owners:
        assert owner is not None
        owner.hand_over(Progress())
    work(fleet)

    assert fleet.model.peak <= 2
    assert {item["status"] for item in fleet.items("run#") if item["sk"] == "run"} == {"succeeded"}


def test_what_a_host_wrote_that_is_gone_is_gone_on_with_on_the_others(fleet: Fleet) -> None:
    """Its connection breaks: the draft is handed over, and another host goes on from it."""
    fleet.has("a", "b")

    def dies(number: int) -> None:
        if number == 40:
            fleet.model.at_token = lambda _: None
            fleet.has("a")
            raise GenerationBroken

    job = answer(fleet.environment(), plan_of(), PRESENTATION, caller(fleet, respond_async=True))
    fleet.model.at_token = dies
    work(fleet)
    fleet.clock.advance(60)
    work(fleet)

    assert job.status == 202
    assert fleet.run["status"] == "succeeded"
    assert fleet.model.calls[-1].prefill, "it did not begin anew"
    assert fleet.deps.shared is not None
    run = fleet.deps.shared.runs.get(fleet.run["pk"].removeprefix("run#"))
    assert run is not None
    assert run.result is not None
    assert run.result["solution"] == solution_of("q")


def test_an_environment_that_does_not_know_the_hosts_yet_takes_no_slot_that_is_not_there() -> None:
    fleet = Fleet(Settings(model_slots=1_000, max_queued=5))
    fleet.has("a")

    taken = [slots_of(fleet.begin(f"q{number}")) for number in range(5)]

    assert sorted(number for number in taken if number is not None) == [0, 1]


def test_the_hosts_cost_a_new_answer_no_call(fleet: Fleet) -> None:
    fleet.has("a", "b")
    answer(fleet.environment(), plan_of("earlier"), PRESENTATION, caller(fleet))
    fleet.table.calls.clear()

    answer(fleet.environment(), plan_of(), PRESENTATION, caller(fleet))

    before = fleet.table.calls[: fleet.table.calls.index("transact")]
    assert before == ["batch_get"]


def test_nor_do_they_cost_a_worker_one(fleet: Fleet) -> None:
    def calls() -> list[str]:
        answer(
            fleet.environment(), plan_of(f"q{fleet.clock()}"), PRESENTATION, caller(fleet, respond_async=True)
        )
        fleet.table.calls.clear()
        work(fleet)
        return list(fleet.table.calls)

    without = calls()
    fleet.has("a", "b")

    assert calls() == without
    assert without[0] == "batch_get"
    assert without.count("get") == fleet.table.calls.count("get")
