"""The capacity simulation against what queueing theory knows, and its constants against the template's."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from statistics import fmean

import pytest
from benchmarks.capacity import Plan, main, sized
from benchmarks.capacity_model import Demand, Fleet, erlang_c, exponential, lognormal, quantile, simulate
from hypothesis import given, settings
from hypothesis import strategies as st
from stepwise.config import Settings
from support.infra import bundle, defaults

# Seeds are fixed, so that the tolerances are about the formulas and not about luck: each is some three times the
# standard deviation of the figure between seeds.


@pytest.mark.parametrize(("hosts", "slots", "use"), [(1, 1, 0.5), (1, 4, 0.8), (3, 4, 0.8), (10, 1, 0.7)])
def test_waiting_agrees_with_erlangs_formula(hosts: int, slots: int, use: float) -> None:
    # Given slots that do not slow each other down, 20 s of service on average, and a queue without limit
    servers = hosts * slots
    service, tokens = 20.0, 2_000.0
    rate = use * servers / service
    fleet = Fleet(hosts, slots, alone=tokens / service, gain=1.0)

    outcome = simulate(
        Demand(rate, 0.0, exponential(tokens)), fleet, seconds=60_000 / rate, warm_up=2_000 / rate
    )

    waits = erlang_c(rate * service, servers)
    mean_wait = waits * service / (servers * (1 - use))
    assert outcome.waited / outcome.asked == pytest.approx(waits, abs=0.04)
    assert fmean(outcome.waits) == pytest.approx(mean_wait, rel=0.3)
    assert outcome.gpu_use(fleet) == pytest.approx(use, rel=0.03)


def test_where_workers_write_no_more_is_written_than_there_are_workers() -> None:
    # Requests that do not wait: ten slots with two workers are as good as two servers.
    rate, service, workers = 0.08, 20.0, 2
    fleet = Fleet(1, 10, alone=100.0, gain=1.0, wait=0.0, workers=workers)

    outcome = simulate(Demand(rate, 0.0, exponential(2_000.0)), fleet, seconds=800_000.0, warm_up=20_000.0)

    load = rate * service / workers
    mean = service + erlang_c(rate * service, workers) * service / (workers * (1 - load))
    assert fmean(outcome.answers) == pytest.approx(mean, rel=0.1)
    assert outcome.functions <= workers + 1, "and the request that has just come"


def test_no_more_requests_and_workers_run_than_the_account_lets_and_the_rest_is_refused() -> None:
    demand = Demand(1.0, 0.0, exponential(2_000.0))
    bounded = Fleet(10, 4, alone=100.0, gain=1.0, wait=25.0, functions=12)

    outcome = simulate(demand, bounded, seconds=20_000.0, warm_up=500.0)
    free = simulate(demand, replace(bounded, functions=math.inf), seconds=20_000.0, warm_up=500.0)

    assert outcome.functions == 12
    assert outcome.refused_share > 0.2
    assert (free.refused, free.functions > 20) == (0, True)


def test_with_enough_workers_nothing_changes_by_who_writes() -> None:
    demand, fleet = Demand(0.1, 0.3, lognormal(4_000.0, 0.45, 8_192.0)), Fleet(2, 4, 75.0, 0.45, 100)

    alone = simulate(demand, fleet, seconds=20_000.0, warm_up=500.0)
    handed = simulate(demand, replace(fleet, wait=25.0, workers=1_000), seconds=20_000.0, warm_up=500.0)

    assert handed.answers == alone.answers
    assert handed.waits == alone.waits


def test_erlangs_formula_has_its_known_values() -> None:
    # One server waits as often as it is busy; two servers at one erlang: 1/3 (by hand).
    assert erlang_c(0.6, 1) == pytest.approx(0.6)
    assert erlang_c(1.0, 2) == pytest.approx(1 / 3)
    assert erlang_c(5.0, 4) == 1.0
    assert erlang_c(1_700.0, 2_000) == pytest.approx(0.0, abs=1e-6)


def test_refusals_agree_with_the_formula_of_a_bounded_queue() -> None:
    # M/M/1/K: with room for 5 in all and 0.9 erlangs, (1 - r) r^5 / (1 - r^6) of the arrivals find no place.
    load, room, service = 0.9, 5, 10.0
    fleet = Fleet(1, 1, alone=100.0, gain=1.0, max_queued=room - 1)

    outcome = simulate(
        Demand(load / service, 0.0, exponential(1_000.0)), fleet, seconds=500_000.0, warm_up=5_000.0
    )

    expected = (1 - load) * load**room / (1 - load ** (room + 1))
    assert outcome.refused_share == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("sigma", [0.1, 1.0])
def test_sharing_one_speed_makes_the_time_independent_of_the_lengths_spread(sigma: float) -> None:
    # M/G/1 with processor sharing: mean time = mean service / (1 - use), whatever the lengths' distribution.
    use, service = 0.6, 10.0
    fleet = Fleet(1, 10_000, alone=100.0, gain=0.0)
    demand = Demand(use / service, 0.0, lognormal(1_000.0, sigma, math.inf))

    outcome = simulate(demand, fleet, seconds=400_000.0, warm_up=5_000.0)

    assert fmean(outcome.answers) == pytest.approx(service / (1 - use), rel=0.08)
    assert set(outcome.waits) == {0.0}


@given(
    rate=st.floats(0.01, 2.0),
    repeat=st.floats(0.0, 1.0),
    hosts=st.integers(1, 4),
    slots=st.integers(1, 8),
    gain=st.floats(0.0, 1.0),
    max_queued=st.integers(0, 20),
    seed=st.integers(0, 1_000),
)
@settings(max_examples=40, deadline=None)
def test_no_question_is_lost_and_none_is_faster_than_the_gpu(
    rate: float, repeat: float, hosts: int, slots: int, gain: float, max_queued: int, seed: int
) -> None:
    fleet = Fleet(hosts, slots, alone=50.0, gain=gain, max_queued=max_queued)
    tokens = 500.0

    outcome = simulate(Demand(rate, repeat, lambda _: tokens), fleet, seconds=300.0, warm_up=0.0, seed=seed)

    assert all(written >= tokens / 50.0 - 1e-6 for written in outcome.written)
    assert all(
        answer == pytest.approx(wait + written)
        for answer, wait, written in zip(outcome.answers, outcome.waits, outcome.written, strict=True)
    )
    assert outcome.gpu_use(fleet) <= 1 + tokens * slots * hosts / (hosts * fleet.speed(slots) * 300.0)
    if max_queued == 0:
        assert set(outcome.waits) <= {0.0}


def test_the_same_seed_tells_the_same_story() -> None:
    demand, fleet = Demand(0.1, 0.3, lognormal(4_000.0, 0.45, 8_192.0)), Fleet(1, 4, 75.0, 0.45, 100)

    first = simulate(demand, fleet, seconds=3_600.0, warm_up=0.0, seed=7)

    assert simulate(demand, fleet, seconds=3_600.0, warm_up=0.0, seed=7) == first
    assert simulate(demand, fleet, seconds=3_600.0, warm_up=0.0, seed=8) != first


def test_the_cache_takes_its_share() -> None:
    fleet = Fleet(4, 4, 75.0, 0.45, 100)

    outcome = simulate(Demand(0.2, 0.4, exponential(1_000.0)), fleet, seconds=50_000.0, warm_up=0.0)

    assert outcome.from_cache / outcome.asked == pytest.approx(0.4, abs=0.02)


def test_answers_are_as_long_as_they_are_said_to_be() -> None:
    draw = lognormal(4_000.0, 0.45, math.inf)
    rng = random.Random(1)

    assert fmean(draw(rng) for _ in range(50_000)) == pytest.approx(4_000, rel=0.02)
    assert max(lognormal(4_000.0, 0.45, 8_192.0)(rng) for _ in range(10_000)) == 8_192.0


def test_a_quantile_is_a_value_that_occurred() -> None:
    assert quantile([], 0.95) == 0.0
    assert quantile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert quantile([float(n) for n in range(1, 101)], 0.95) == 95.0


def test_a_fleet_that_is_asked_for_is_the_least_that_does() -> None:
    plan = Plan(a_day=5_000, hosts=0)

    found, outcome = sized(plan)

    assert quantile(outcome.waits, 0.95) <= plan.longest_wait
    assert outcome.refused_share <= plan.most_refused
    assert 2 <= found.hosts <= 4


def test_the_constants_are_the_functions_and_the_hosts() -> None:
    plan, values, parameters = Plan(0, 0), defaults("model-host"), bundle()["Parameters"]

    assert (plan.slots, plan.max_queued) == (Settings().model_slots, Settings().max_queued)
    assert (plan.slots, plan.max_queued) == tuple(
        parameters[name]["Default"] for name in ("ModelSlots", "MaxQueued")
    )
    assert plan.slots == int(values["SlotsPerHost"])
    assert plan.workers == parameters["WorkerConcurrency"]["MaxValue"]
    # The price is that of the default instance.
    assert (values["InstanceType"], plan.price) == ("g6.xlarge", 0.8048)


def test_the_command_prints_a_markdown_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--a-day", "500", "--hosts", "2"]) == 0

    heading, rule, line = capsys.readouterr().out.splitlines()
    assert heading.startswith("| problems a day | hosts |")
    assert heading.count("|") == rule.count("|") == line.count("|")
    assert line.startswith("| 500 | 2 |")
