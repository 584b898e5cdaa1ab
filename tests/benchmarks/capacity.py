"""How many hosts, how long a wait, what does it cost? `python tests/benchmarks/capacity.py` prints two tables in Markdown.

    python tests/benchmarks/capacity.py                                              # the tables of the README
    python tests/benchmarks/capacity.py --a-day 200000 --repeat 0.3 --hosts 60       # one row of your own
    python tests/benchmarks/capacity.py --a-day 200000 --slots 8 --alone 150 --price 1.861    # another GPU, as many as it takes

Slots, the queue's limit, the longest answer and how long a request waits are the functions' own defaults (Settings). What an
answer takes and what things cost are assumptions, and options:

- 4,000 tokens an answer on average, thinking included: the model's usual 3,000 to 6,000 (shares of lognormal, sigma 0.45).
- 75 tokens a second for one answer alone on an L4, within the 50 to 100 that small models reach there: its 300 GB/s through the
  2.5 GB of weights that each token reads would be 120 at most. Each further answer under way adds 45 % of that in all. Both
  are assumptions until measured on your host: the metric TokensPerSecond, or `ollama run --verbose`.
- 0.8048 US dollars an hour for a g6.xlarge on demand in us-east-1 (Amazon EC2's price list, September 2026), and 0.0000133334 for
  a GB-second of Lambda on arm64 (AWS Lambda's price list): a function waits, and is paid for, while the model writes.
- Functions: a request runs for as long as it waits, then a worker writes; an SQS event source runs 1,000 workers at most. The
  column "functions at a time" is what the account's quota of concurrent executions must be at the least; `--functions` bounds it.
- The busiest hour has 2 times the questions of the average one. Tables are of that hour; the fleet is the one that it needs.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "layers" / "stepwise"), str(ROOT / "tests")]

from benchmarks.capacity_model import (  # noqa: E402 - the path above makes it importable
    Demand,
    Fleet,
    Outcome,
    lognormal,
    quantile,
    simulate,
)
from stepwise.config import Settings  # noqa: E402 - the path above makes it importable

SETTINGS = Settings()
DAY = 86_400
HEADINGS = (
    "problems a day",
    "hosts",
    "wait p50 / p95 / p99 (s)",
    "answer p50 / p95 (s)",
    f"in {SETTINGS.default_wait:g} s",
    "refused",
    "GPU use",
    "functions at a time",
    "GPU $ / 1,000",
    "functions $ / 1,000",
)


@dataclass(frozen=True)
class Plan:
    """One question to the simulation; *hosts* 0 asks for the least that keep waits and refusals small."""

    a_day: float
    hosts: int
    repeat: float = 0.3
    peak: float = 2.0
    mean_tokens: float = 4_000.0
    sigma: float = 0.45
    alone: float = 75.0
    gain: float = 0.45
    slots: int = SETTINGS.model_slots
    max_queued: int = SETTINGS.max_queued
    price: float = 0.8048
    lambda_price: float = 0.0000133334
    memory: float = 1.0
    workers: int = 1_000
    functions: float = math.inf
    longest_wait: float = 30.0
    most_refused: float = 0.001

    @property
    def demand(self) -> Demand:
        tokens = lognormal(self.mean_tokens, self.sigma, SETTINGS.num_predict)
        return Demand(self.peak * self.a_day / DAY, self.repeat, tokens)

    @property
    def fleet(self) -> Fleet:
        return Fleet(
            self.hosts,
            self.slots,
            self.alone,
            self.gain,
            self.max_queued,
            wait=SETTINGS.default_wait,
            workers=self.workers,
            functions=self.functions,
        )


def run(plan: Plan) -> Outcome:
    """The busiest hour, or as much longer as it takes for 3,000 questions, up to a day."""
    seconds = min(DAY, max(3_600.0, 3_000 / plan.demand.per_second))
    return simulate(plan.demand, plan.fleet, seconds=seconds, warm_up=900.0)


def sized(plan: Plan) -> tuple[Plan, Outcome]:
    """The plan with the least hosts that keep 95 % of the waits within *longest_wait* and refusals rare."""
    work = plan.demand.per_second * (1 - plan.repeat) * plan.mean_tokens
    hosts = max(1, math.ceil(0.9 * work / plan.fleet.speed(plan.slots)))
    while True:
        candidate = replace(plan, hosts=hosts)
        outcome = run(candidate)
        if quantile(outcome.waits, 0.95) <= plan.longest_wait and outcome.refused_share <= plan.most_refused:
            return candidate, outcome
        hosts += max(1, hosts // 50)


def costs(plan: Plan, outcome: Outcome) -> tuple[float, float]:
    """US dollars for 1,000 answers: the hosts, and the functions that wait for them."""
    if not outcome.answered:
        return math.inf, 0.0
    hosts = plan.hosts * plan.price * outcome.seconds / 3_600
    # The request's function waits as long as it may; a worker waits for what is written after that.
    paid = sum(
        min(answer, SETTINGS.default_wait) + min(written, max(0.0, answer - SETTINGS.default_wait))
        for answer, written in zip(outcome.answers, outcome.written, strict=True)
    )
    functions = paid * plan.memory * plan.lambda_price
    return 1_000 * hosts / outcome.answered, 1_000 * functions / outcome.answered


def row(plan: Plan, outcome: Outcome) -> tuple[str, ...]:
    waits = " / ".join(f"{quantile(outcome.waits, share):.0f}" for share in (0.5, 0.95, 0.99))
    answers = " / ".join(f"{quantile(outcome.answers, share):.0f}" for share in (0.5, 0.95))
    hosts, functions = costs(plan, outcome)
    return (
        f"{plan.a_day:,.0f}",
        f"{plan.hosts}",
        waits,
        answers,
        f"{outcome.within(SETTINGS.default_wait):.0%}",
        f"{outcome.refused_share:.1%}",
        f"{outcome.gpu_use(plan.fleet):.0%}",
        f"{outcome.functions:,}",
        f"{hosts:.2f}",
        f"{functions:.2f}",
    )


def table(plans: Sequence[Plan]) -> Iterator[str]:
    """Lines of a Markdown table, one for each plan as it is computed."""
    yield f"| {' | '.join(HEADINGS)} |"
    yield f"|{'---:|' * len(HEADINGS)}"
    for plan in plans:
        found = sized(plan) if plan.hosts == 0 else (plan, run(plan))
        yield f"| {' | '.join(row(*found))} |"


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="capacity", description="Waiting times, refusals, GPU use and cost by simulation."
    )
    default = Plan(0, 0)
    parser.add_argument("--a-day", type=float, help="problems a day (default: the two tables of the README)")
    parser.add_argument(
        "--hosts", type=int, default=0, help="model hosts; 0 finds the least that do (default)"
    )
    parser.add_argument("--repeat", type=float, default=default.repeat, help="share answered from the cache")
    parser.add_argument("--peak", type=float, default=default.peak, help="busiest hour, in average hours")
    parser.add_argument("--mean-tokens", type=float, default=default.mean_tokens, help="tokens of an answer")
    parser.add_argument(
        "--sigma", type=float, default=default.sigma, help="their spread (sigma of the lognormal)"
    )
    parser.add_argument(
        "--alone", type=float, default=default.alone, help="tokens a second of one answer alone"
    )
    parser.add_argument(
        "--gain", type=float, default=default.gain, help="what each further answer adds, 0 to 1"
    )
    parser.add_argument("--slots", type=int, default=default.slots, help="answers at a time on one host")
    parser.add_argument("--max-queued", type=int, default=default.max_queued, help="answers that may wait")
    parser.add_argument(
        "--workers", type=int, default=default.workers, help="workers at a time (WorkerConcurrency)"
    )
    parser.add_argument(
        "--functions",
        type=float,
        default=default.functions,
        help="the account's concurrent executions (default: as many as it takes)",
    )
    parser.add_argument("--price", type=float, default=default.price, help="US dollars an hour of a host")
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> int:
    options = vars(_arguments(argv))
    a_day = options.pop("a_day")
    if a_day is not None:
        plans = [[Plan(a_day=a_day, **options)]]
    else:
        options.pop("hosts")
        plans = [
            [
                Plan(a_day=load, hosts=0, **options)
                for load in (1_000, 10_000, 50_000, 100_000, 300_000, 1_000_000)
            ],
            [Plan(a_day=load, hosts=1, **options) for load in (1_000, 2_000, 3_000, 5_000)],
        ]
    for index, group in enumerate(plans):
        sys.stdout.write("\n" if index else "")
        for line in table(group):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
