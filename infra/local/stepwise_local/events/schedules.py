"""EventBridge Scheduler: ``rate(…)`` and the ``cron(…)`` expressions that are made of numbers, stars and steps.

Source: "Schedule types in EventBridge Scheduler" in AWS's user guide.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from stepwise_local.functions.invocation import FunctionError
from stepwise_local.functions.pool import Functions, Throttled
from stepwise_local.processes.log import Log
from stepwise_local.template.model import Schedule
from stepwise_local.template.yaml_values import TemplateError

__all__ = ["follow_schedule", "next_run"]

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}
_FURTHEST_DAYS = 366


def next_run(expression: str, after: datetime) -> datetime:
    """When a schedule runs next after a time (UTC).

    Raises:
        TemplateError: the expression is not understood here.
    """
    rate = _RATE.fullmatch(expression)
    if rate and int(rate[1]) > 0:
        return after + timedelta(seconds=int(rate[1]) * _SECONDS[rate[2]])
    cron = _CRON.fullmatch(expression)
    if cron:
        fits = _cron(expression, *cron.groups())
        moment = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
        while moment - after < timedelta(days=_FURTHEST_DAYS):
            if fits(moment):
                return moment
            moment += timedelta(minutes=1)
    raise TemplateError(f"The schedule {expression} is not understood here.")


def _cron(
    expression: str, minute: str, hour: str, day: str, month: str, weekday: str, year: str
) -> Callable[[datetime], bool]:
    try:
        minutes, hours = _field(minute, 0, 59), _field(hour, 0, 23)
        days, months = _field(day, 1, 31), _field(month, 1, 12)
        weekdays, years = _field(weekday, 1, 7), _field(year, 1970, 2199)
    except ValueError as error:
        raise TemplateError(f"The schedule {expression} is not understood here.") from error
    return lambda moment: (
        moment.minute in minutes
        and moment.hour in hours
        and moment.day in days
        and moment.month in months
        and moment.isoweekday() % 7 + 1 in weekdays
        and moment.year in years
    )


def _field(text: str, low: int, high: int) -> set[int]:
    values: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        if span in ("*", "?"):
            first, last = low, high
        else:
            start, _, end = span.partition("-")
            first = int(start)
            last = int(end or (high if step else start))
        values.update(range(first, last + 1, int(step or 1)))
    return values


async def follow_schedule(schedule: Schedule, functions: Functions, log: Log) -> None:
    """For ever: invoke the function when the schedule says so, and once at the start."""
    due = datetime.now(UTC)
    while True:
        await asyncio.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))
        try:
            await functions.invoke(schedule.function, json.dumps(schedule.input).encode()).read()
        except (FunctionError, Throttled) as error:
            log.write("schedule", f"{schedule.name} failed: {getattr(error, 'kind', 'Throttled')}")
        due = next_run(schedule.expression, max(due, datetime.now(UTC)))
