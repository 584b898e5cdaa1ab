"""What an environment makes before its first invocation, and what must differ after it."""

from __future__ import annotations

import random
from typing import Any

import pytest
import snapshot_restore_py  # type: ignore[import-untyped]
from botocore.session import Session
from stepwise import wiring
from stepwise.api.reply import Reply
from stepwise.config import SettingsError
from stepwise.errors import IdempotencyInProgress
from stepwise.storage import aws_client
from support.clock import Clock
from support.tables import MemoryTable


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    wiring.settings.cache_clear()


def test_settings_that_make_no_sense_end_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUM_CTX", "many")

    with pytest.raises(SettingsError, match="NUM_CTX"):
        wiring.prepare()


def test_what_a_function_uses_is_made_at_the_start() -> None:
    made: list[str] = []

    wiring.prepare(lambda: made.append("deps"), lambda: made.append("idempotency"))

    assert made == ["deps", "idempotency"]


def test_environments_of_one_snapshot_do_not_choose_alike() -> None:
    wiring.prepare()
    (reseed, *_), *_others = snapshot_restore_py.get_after_restore()

    choices = set()
    for _ in range(5):
        random.seed(1)  # the progress that the snapshot holds
        reseed()
        choices.add(random.random())

    assert len(choices) == 5


@pytest.mark.parametrize("gateway_timeout", [29, 290])
def test_a_request_within_the_gateways_time_is_not_computed_twice(
    monkeypatch: pytest.MonkeyPatch, gateway_timeout: int
) -> None:
    clock = Clock()
    monkeypatch.setenv("GATEWAY_TIMEOUT_SECONDS", str(gateway_timeout))
    monkeypatch.setattr(wiring, "patient_table", MemoryTable)
    monkeypatch.setattr(wiring.time, "time", clock)
    wiring.idempotency.cache_clear()
    idempotency = wiring.idempotency()
    assert idempotency is not None
    computed = []

    def slow() -> Reply:
        computed.append("first")
        clock.advance(gateway_timeout + 5)
        with pytest.raises(IdempotencyInProgress):
            idempotency.once("p", "k", b"x", lambda: Reply(200, {"computed": "twice"}))
        return Reply(200, {})

    idempotency.once("p", "k", b"x", slow)
    wiring.idempotency.cache_clear()

    assert computed == ["first"]


def test_clients_share_a_session_and_keep_their_own_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions: list[Session] = []
    create = Session.create_client

    def noted(session: Session, *arguments: Any, **keywords: Any) -> Any:
        sessions.append(session)
        return create(session, *arguments, **keywords)

    monkeypatch.setattr(Session, "create_client", noted)
    hasty = aws_client.client("dynamodb", timeout=0.3, attempts=1, region="eu-west-1")
    patient = aws_client.client("sqs", timeout=2, attempts=3, region="eu-west-1")

    assert (hasty.meta.config.read_timeout, patient.meta.config.read_timeout) == (0.3, 2)
    assert hasty.meta.config.retries == {"mode": "standard", "total_max_attempts": 1}
    assert sessions[0] is sessions[1]
