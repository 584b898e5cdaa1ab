"""A failure that is lived with is said in the log and counted: what a table or a queue that is down takes with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from stepwise.answering.maintenance import requeue_if_stalled
from stepwise.api.idempotency import Idempotency
from stepwise.api.readiness import readiness
from stepwise.api.reply import Reply
from stepwise.config import Settings
from stepwise.coordination.admission import Admission
from stepwise.coordination.average_duration import AverageDuration
from stepwise.coordination.hosts import Hosts
from stepwise.coordination.thinking_marks import ThinkingMarks
from stepwise.errors import ModelUnavailable
from stepwise.observability import flush
from support.clock import Clock
from support.log_lines import reading_log
from support.scene import Scene, made_run, plan_of
from support.tables import MemoryTable


class Host:
    def resident(self) -> list[Any]:
        raise ModelUnavailable


def _table_down() -> MemoryTable:
    table = MemoryTable()
    table.down = True
    return table


def _answered_without_a_key() -> object:
    once = Idempotency(_table_down(), clock=Clock(), patience=60).once
    return once("partner", "key", b"body", lambda: Reply(200, {})).status == 200


def _key_not_given_free() -> object:
    table = MemoryTable()
    held = Idempotency(table, clock=Clock(), patience=60).hold("partner", "key", b"body", patience=60)
    assert not isinstance(held, Reply)
    table.down = True
    held.free()
    return True


def _not_ready() -> object:
    return readiness(Settings(), Host(), _table_down()).status == 503  # type: ignore[arg-type]


def _queue_not_marked() -> object:
    table = _table_down()
    pace = AverageDuration(table, 4, clock=Clock())
    Admission(
        table, max_queued=1, hosts=Hosts(table, 1, clock=Clock()), average_duration=pace, clock=Clock()
    ).line.mark()
    return True


def _stalled_run() -> object:
    scene = Scene()
    scene.queue.down = True
    shared = scene.deps.shared
    assert shared is not None
    run = made_run(shared, scene.table, "run-1", plan_of(), correlation_id="c")
    scene.clock.advance(60)
    return not requeue_if_stalled(scene.deps, shared, run)


@pytest.mark.parametrize(
    ("lived_with", "code", "said"),
    [
        (
            lambda: AverageDuration(_table_down(), 4, clock=Clock()).seconds_per_answer() == 30,
            "table_unavailable",
            "is not known",
        ),
        (_queue_not_marked, "table_unavailable", "that an answer waits is not known"),
        (lambda: ThinkingMarks(_table_down()).of("m") is None, "table_unavailable", "was not read"),
        (
            lambda: ThinkingMarks(_table_down()).learn("m", "opened") is None,
            "table_unavailable",
            "was not recorded",
        ),
        (_answered_without_a_key, "table_unavailable", "answered without it"),
        (_key_not_given_free, "table_unavailable", "was not given free"),
        (_not_ready, "table_unavailable", "the table is not ready"),
        (_not_ready, "model_unavailable", "the model host is not ready"),
        (_stalled_run, "queue_unavailable", "a stalled run was not woken"),
    ],
)
def test_what_is_lived_with_is_said_and_counted(
    lived_with: Callable[[], object], code: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with reading_log() as lines:
        assert lived_with()
        flush()
        logged = [line for line in lines.read() if said in line["message"]]

    assert [line["level"] for line in logged] == ["WARNING"]
    assert logged[0]["exception_name"]
    assert f'"code":"{code}"' in capsys.readouterr().out.replace(" ", "")
